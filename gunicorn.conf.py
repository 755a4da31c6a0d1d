"""What `gunicorn wsgi:app` reads by itself when started here."""

from runners.web import *  # noqa: F403 - one list of settings, in runners/web.py
