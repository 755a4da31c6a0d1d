"""Settings of a web server that waits for a request for half a second only."""

from runners import web_worker
from runners.web import *  # noqa: F403 - the settings under test, but for one

web_worker.ARRIVAL_SEC = 0.5
