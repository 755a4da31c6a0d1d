"""Settings of a web server of two threads that waits half a second for a client to take a piece of its answer."""

from runners import web_sending
from runners.web import *  # noqa: F403 - the settings under test, but for two

web_sending.PIECE_SEC = 0.5
threads = 2
