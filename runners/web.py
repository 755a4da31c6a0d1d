"""Settings of the web server, read by gunicorn: `gunicorn -c python:runners.web wsgi:app`."""

import gc
import os
import socket
from typing import Any

from runners.binding import refuse_open_door
from runners.engine.errors import SettingsInvalid
from runners.engine.programs.unseen import be_unseen
from runners.engine.settings import read
from runners.logs import configure
from runners.process import LIFE, Beating

be_unseen()
_settings = read(os.environ)
configure(_settings)

bind = f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"
workers = _settings.web_concurrency
worker_class = "runners.web_worker.Worker"
threads = 32
# pages ask every 2 s, which is gunicorn's own limit: each poll would find its connection closed in this very moment
keepalive = 5
# gunicorn would take SCRIPT_NAME, PATH_INFO and the scheme from any program on this machine
forwarded_allow_ips = ""
# a search of 200 characters is 2400 bytes long in a URL
limit_request_line = 8190
graceful_timeout = int(_settings.shutdown_grace.total_seconds())
logger_class = "runners.web_worker.WebLog"
# a control socket in the home folder would be shared by every instance of this user
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Refuse to listen where others reach us while nobody is asked who he is: gunicorn's own options may say so."""
    hosts = [address[0] for address in server.cfg.address if isinstance(address, tuple)]
    try:
        refuse_open_door(_settings, hosts)
    except SettingsInvalid as refusal:
        raise RuntimeError(str(refusal)) from refusal  # what gunicorn tells in one line


def when_ready(server: Any) -> None:
    """Say how to sign in first, while nobody is defined."""
    if _settings.auth_enabled:
        from runners.local.coming_in import announce  # brings along what a master process else never needs

        announce(_settings, os.environ)


def post_worker_init(worker: Any) -> None:
    """Beat from now on: the app is loaded and about to serve. What it has refused is put down in the end."""
    # what is loaded stays: without this each full collection looks through all of it, about 70 ms of some page's time
    gc.collect()
    gc.freeze()
    name = f"web-{socket.gethostname()}-{os.getpid()}"
    LIFE.callback(worker.wsgi.extensions["refusals"].flush, everything=True)
    LIFE.enter_context(Beating(worker.wsgi.extensions["platform"], "web", name, lambda: f"serving {bind}"))


def worker_exit(server: Any, worker: Any) -> None:
    """Say goodbye."""
    LIFE.close()
