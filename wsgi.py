"""The web process for any WSGI server: `gunicorn wsgi:app`."""

import os
import sys

from runners.loading import loading

with loading():
    from runners.binding import hosts_listened_on, refuse_open_door
    from runners.engine.errors import MultijobError
    from runners.engine.settings import read
    from runners.logs import configure
    from runners.start import open_web
    from webapp import create_app

CANNOT_START = 3
"""The exit status after which gunicorn gives up instead of starting the next worker."""

try:
    configure(read(os.environ))
    refuse_open_door(read(os.environ), hosts_listened_on())
    app = create_app(open_web(os.environ))
except MultijobError as refusal:
    print(refusal, file=sys.stderr)
    sys.exit(CANNOT_START)
