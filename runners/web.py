"""Settings of the web server, read by gunicorn: `gunicorn -c python:runners.web wsgi:app`."""

import os

from runners.engine.settings import read

_settings = read(os.environ)

bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
workers = _settings.web_concurrency
worker_class = "gthread"
threads = 16
# gunicorn would take SCRIPT_NAME, PATH_INFO and the scheme from any program on this machine
forwarded_allow_ips = ""
# a search of 200 characters is 2400 bytes long in a URL
limit_request_line = 8190
graceful_timeout = int(_settings.shutdown_grace.total_seconds())
# a control socket in the home folder would be shared by every instance of this user
control_socket_disable = True
