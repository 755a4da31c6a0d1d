"""The web process for any WSGI server: `gunicorn wsgi:app`."""

import os

from runners.start import open_web
from webapp import create_app

app = create_app(open_web(os.environ))
