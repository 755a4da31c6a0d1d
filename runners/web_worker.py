"""The web server's worker: gunicorn's threads, of which no slow client keeps one for longer than a request may take."""

from __future__ import annotations

import logging
import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn import util
from gunicorn.glogging import Logger
from gunicorn.http import errors
from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.http.errors import NoMoreData
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers import gthread

from runners.logs import LineHandler
from runners.web_sending import Sending

ARRIVAL_SEC = 10.0
"""How long a request may take to arrive, its body included, from when a thread takes it up."""
DRAINED_BYTES = 64 * 1024
"""The largest unread body after which a connection is kept; gunicorn itself reads away no more."""

STATUSES = {
    errors.ForbiddenProxyRequest: 403,
    errors.LimitRequestLine: 414,
    errors.ExpectationFailed: 417,
    errors.LimitRequestHeaders: 431,
    errors.UnsupportedTransferCoding: 501,
}
"""Of requests that cannot be read; every other one is a 400."""


class WebLog(Logger):
    """Sends gunicorn's own lines where all others go; it would write them to stderr in a format of its own."""

    def setup(self, cfg: Any) -> None:
        """Log what gunicorn does, and no line per request."""
        self.error_log.propagate = False
        self.error_log.setLevel(logging.INFO)
        self.error_log.handlers = [LineHandler()]


class DeadlineUnreader(SocketUnreader):
    """Reads a connection until a deadline, however slowly it trickles."""

    def __init__(self, sock: Any) -> None:
        super().__init__(sock)
        self.deadline = time.monotonic() + ARRIVAL_SEC

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return what has come. Raises NoMoreData once the deadline is over."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise NoMoreData(b"the deadline")
        before = self.sock.gettimeout()
        self.sock.settimeout(left if before is None else min(left, before))
        try:
            received: bytes = super().chunk(size_hint)
            return received
        except TimeoutError:
            raise NoMoreData(b"the deadline") from None
        finally:
            self.sock.settimeout(before)


class Worker(gthread.ThreadWorker):
    """Threads that wait for the rest of a request until its deadline, and for its first byte not at all."""

    def handle(self, conn: Any) -> Any:
        """Serve one request of `conn`; a connection that is silent goes back to the poller, which needs no thread."""
        if not conn.initialized and not conn.wait_for_data(0):
            return gthread._DEFER
        self._start_clock(conn)
        kept = super().handle(conn)
        if not kept and time.monotonic() >= conn.parser.unreader.deadline:
            _hang_up(conn.sock)
        return kept

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer `req`, and close after it when the app may leave more of its body unread than is read away."""
        if not _short(req.body.reader):
            req.force_close()
        sock = conn.sock
        conn.sock = Sending(sock)
        try:
            return super().handle_request(req, conn)
        finally:
            conn.sock = sock

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Refuse what cannot be read as the app refuses everything else: a problem, with its headers."""
        status, detail = 500, "an unforeseen error, kept in the log"
        if isinstance(exc, errors.ParseException):
            # what stands behind the colon was sent: a header may hold a token
            fault = str(exc).partition(":")[0][:300]
            status, detail = STATUSES.get(type(exc), 400), f"the request cannot be read: {fault}"
            self.log.warning("Invalid request: %s", fault)
        else:
            self.log.error("Error handling a request", exc_info=exc)
        with suppress(OSError):
            util.write_nonblock(client, self.wsgi.extensions["unread_answer"](status, detail))

    def _start_clock(self, conn: Any) -> None:
        conn.init()
        if not isinstance(conn.parser.unreader, DeadlineUnreader):
            conn.parser.unreader = DeadlineUnreader(conn.sock)
        conn.parser.unreader.deadline = time.monotonic() + ARRIVAL_SEC


def _hang_up(sock: Any) -> None:
    """End both directions at once: gunicorn's poller would wait for a slow client to close, and serve nobody meanwhile."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _short(reader: Any) -> bool:
    if isinstance(reader, LengthReader):
        return bool(reader.length <= DRAINED_BYTES)
    return not isinstance(reader, ChunkedReader)
