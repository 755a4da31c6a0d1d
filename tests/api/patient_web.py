"""The settings of a web server that waits for a model as long as a test wants it to."""

from runners.models import asking
from runners.web import *  # noqa: F403 - all of gunicorn's settings

asking.LONGEST_SEC = 600.0
