"""The supervisor of `up`: keeps every program of one machine running, and ends them together.

It has one thread, because a child's parent-death signal follows the thread that started it (prctl(2)).
"""

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

from runners.client import local_url
from runners.engine import embedded
from runners.engine.errors import MultijobError
from runners.engine.settings import Settings, read
from runners.local import state
from runners.local.child import Child, Program, ServerChild
from runners.local.logs import shorten
from runners.local.proc import Identity, identify

LOOK_EVERY_SEC = 0.2
SHORTEN_EVERY_SEC = 30.0
SERVER_GRACE = timedelta(seconds=15)
BEYOND_GRACE = timedelta(seconds=5)


def programs(settings: Settings, environ: Mapping[str, str], workers: int) -> list[Program]:
    """Return the programs around the store: all of them, or in memory mode the one that is everything."""
    alone = settings.queue_mode == "memory"
    names = ["web"] if alone else ["web", "scheduler", *_worker_names(workers), "connector"]
    # beside others a program that finds no server must come again, never start a memory of its own
    env = environ if alone else {**environ, "MEMORY_FALLBACK": "never"}
    return [Program(name, [sys.executable, "-m", "runners.cli", name.partition("-")[0]], env) for name in names]


def _worker_names(workers: int) -> list[str]:
    return [f"worker-{number}" if number > 1 else "worker" for number in range(1, workers + 1)]


def embeds_server(settings: Settings) -> bool:
    """Say whether the store is ours to run."""
    return settings.redis_url is None and settings.queue_mode != "memory"


class Supervisor:
    """Runs until SIGTERM or SIGINT."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], workers: int) -> None:
        """Read nothing and start nothing yet."""
        self._settings = settings
        self._asked_to_stop = False
        self._logs = state.LOGS.resolve()
        self._children = [Child(program, self._logs) for program in programs(settings, environ, workers)]
        self._server = self._server_child(environ) if embeds_server(settings) else None
        self._me = identify(os.getpid()) or Identity(os.getpid(), 0, "")
        self._shortened_at = time.monotonic()

    def _server_child(self, environ: Mapping[str, str]) -> ServerChild:
        """Return the embedded server; raises NoServer when this machine has none."""
        binary = embedded.require_binary()
        program = Program("server", embedded.command(binary, self._settings.data_dir), environ)
        return ServerChild(program, self._logs, self._settings.data_dir)

    def run(self) -> None:
        """Keep everything running until asked to stop, then end it all."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        try:
            self._start_server()
            while not self._asked_to_stop:
                self._look()
                self._shorten_logs()
                time.sleep(LOOK_EVERY_SEC)
        finally:
            self._end()

    def _ask_to_stop(self, *_: object) -> None:
        """End after this look. A plain flag, because an event may not be set while the interrupted thread waits for it."""
        self._asked_to_stop = True

    def _start_server(self) -> None:
        """Wait until the embedded server answers, so that nothing else starts in vain."""
        if self._server is not None:
            self._server.keep()
            self.write()
            embedded.wait_until_it_answers(self._settings.data_dir, self._server.process)

    def _look(self) -> None:
        """Look at every program once, and write down what changed."""
        changed = [child for child in self._everyone() if child.keep()]
        if changed:
            self.write()

    def _shorten_logs(self) -> None:
        """Keep logs of a long life small; a disk that takes nothing more ends nothing that runs."""
        if time.monotonic() - self._shortened_at > SHORTEN_EVERY_SEC:
            self._shortened_at = time.monotonic()
            try:
                shorten(self._logs)
            except OSError as error:
                print(f"the logs in '{self._logs}' cannot be shortened: {error}", file=sys.stderr, flush=True)

    def _everyone(self) -> list[Child]:
        return [*([self._server] if self._server else []), *self._children]

    def write(self) -> None:
        """Write down what runs now; a disk that takes nothing more ends nothing that runs."""
        url = local_url(self._settings)
        children = tuple(child.state() for child in self._everyone())
        try:
            state.write(self._settings.data_dir, state.State(self._me, url, str(self._logs), children))
        except OSError as error:
            print(
                f"what runs cannot be written down in '{self._settings.data_dir}': {error}", file=sys.stderr, flush=True
            )

    def _end(self) -> None:
        """End the programs first and the store last, each with its time to finish."""
        end(self._children, self._settings.shutdown_grace + BEYOND_GRACE)
        if self._server is not None:
            end([self._server], SERVER_GRACE)
            embedded.shut_down(self._settings.data_dir)
        state.erase(self._settings.data_dir)


def end(children: Sequence[Child], grace: timedelta) -> None:
    """Ask the programs to end, wait up to `grace` for all of them together, and kill what is left of their groups."""
    for child in children:
        child.ask_to_end()
    deadline = time.monotonic() + grace.total_seconds()
    while not all(child.has_ended() for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    for child in children:
        child.kill_group()


def main() -> int:
    """Supervise what the environment describes; `sys.argv[1]` is the number of workers."""
    settings = read(os.environ)
    lock = state.take_lock(settings.data_dir)
    if lock is None:
        print(f"another `multijob up` runs for '{settings.data_dir}'; see `multijob status`", file=sys.stderr)
        return 1
    try:
        Supervisor(settings, os.environ, int(sys.argv[1])).run()
    except MultijobError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
