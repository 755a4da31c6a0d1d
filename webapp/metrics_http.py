"""How long requests take: counted in this process, and added to the deployment's counters now and then.

A counter that was not added yet is lost with its process; a store that is away keeps nothing from being answered.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import timedelta

from flask import Flask, Response, current_app, g, request
from redis.exceptions import RedisError

from runners.engine.store.connection import Store
from runners.engine.store.gauges import HttpCount, add_http
from webapp.asking import on_page, platform

ADD_EVERY = timedelta(seconds=5)
LAST_BUCKET_MS = 4_194_304


class HttpDurations:
    """Durations by surface (page, static, api) and class of status; safe to be shared by threads."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._spent_ms: Counter[tuple[str, str, int]] = Counter()
        self._added = time.monotonic()

    def observe(self, surface: str, status: str, length: timedelta) -> None:
        """Count one answered request."""
        milliseconds = length // timedelta(milliseconds=1)
        place = (surface, status, bucket(milliseconds))
        with self._lock:
            self._requests[place] += 1
            self._spent_ms[place] += milliseconds

    def add_when_due(self, store: Store) -> None:
        """Add what was counted to the store, at most every five seconds; a store that is away is asked again later."""
        if time.monotonic() - self._added >= ADD_EVERY.total_seconds():
            self.add(store)

    def add(self, store: Store) -> None:
        """Add what was counted to the store."""
        with self._lock:
            counts = [HttpCount(*place, number, self._spent_ms[place]) for place, number in self._requests.items()]
            self._requests.clear()
            self._spent_ms.clear()
            self._added = time.monotonic()
        if counts:
            add_http(store, counts)


def measure(app: Flask) -> None:
    """Measure every request of `app`."""
    app.extensions["http_durations"] = HttpDurations()
    app.before_request(_begin)
    app.after_request(_end)


def durations() -> HttpDurations:
    """Return what this process has counted."""
    found: HttpDurations = current_app.extensions["http_durations"]
    return found


def bucket(milliseconds: int) -> int:
    """Return the upper end of the bucket: powers of four from 1; the last one holds all longer ones too."""
    end = 1
    while end < milliseconds and end < LAST_BUCKET_MS:
        end *= 4
    return end


def _begin() -> None:
    g.began = time.monotonic()


def _end(response: Response) -> Response:
    length = timedelta(seconds=time.monotonic() - g.began) if "began" in g else timedelta()
    durations().observe(_surface(), f"{response.status_code // 100}xx", length)
    if response.status_code < 500:
        _add_quietly()
    return response


def _add_quietly() -> None:
    try:
        durations().add_when_due(platform().store)
    except RedisError:
        # the counts of these seconds are given up: figures must not make a request fail
        return


def _surface() -> str:
    if request.endpoint == "static":
        return "static"
    return "page" if on_page() else "api"
