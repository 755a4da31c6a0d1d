"""Each process of the platform alone: `web`, `scheduler`, `worker`, `connector`.

A command imports its process when it runs: no other command should wait for what it brings along.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from runners.engine.errors import StoreAway
from runners.loading import loading


@click.command()
def web() -> None:
    """Serve the dashboard and the API on HOST and PORT."""
    with loading():
        from gunicorn.app.wsgiapp import WSGIApplication

        from runners.start import check_web

    check_web(os.environ)
    # gunicorn runs inside this process, so that the process keeps its name and its parent's care
    sys.argv = ["multijob web", "--config", "python:runners.web", "wsgi:app"]
    WSGIApplication().run()


@click.command()
def scheduler() -> None:
    """Decide what is due, and send it to the queue."""
    with loading():
        from runners.scheduler import main
        from runners.start import open_process

    with _one_line():
        main(open_process(os.environ))


@click.command()
def worker() -> None:
    """Run what is in the queue, WORKER_CONCURRENCY runs at once."""
    with loading():
        from runners.start import open_process
        from runners.worker import main

    with _one_line():
        main(open_process(os.environ))


@click.command()
def connector() -> None:
    """Answer chat messages; idle while no account is configured."""
    with loading():
        from runners.connector import run
        from runners.start import open_process

    with _one_line():
        run(open_process(os.environ), _stop_on_signals())


@contextmanager
def _one_line() -> Iterator[None]:
    """Say in a line that the store went away while the process started; once it runs, it waits for the store itself."""
    from redis.exceptions import RedisError

    try:
        yield
    except RedisError as error:
        raise StoreAway(f"the store went away while this process started: {error}; start it again") from error


def _stop_on_signals() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
