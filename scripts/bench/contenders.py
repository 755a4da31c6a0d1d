"""Who is measured: how each one's workers are started, and how runs are put before them.

The peers run in environments of their own (`peers/requirements*.txt`), made once in a cache folder outside of the checkout.
"""

import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
THREADS = "16"
ARQ = "requirements-arq.txt"
HUEY = ("huey_consumer", "on_huey.huey", "-w", THREADS, "-k", "thread", "-q")


@dataclass(frozen=True, slots=True)
class Contender:
    """`workers` are the commands of two worker processes; `send(count, pause_sec, env)` enqueues through its own API.

    `number` is how many runs of a round are enough for it; `forks` says that no process lives longer than a run; `close` that
    its rate decides whether a goal that is nearly reached is.
    """

    name: str
    number: int
    workers: tuple[tuple[str, ...], ...]
    send: Callable[[int, float, Mapping[str, str]], None]
    forks: bool = False
    settings: Mapping[str, str] | None = None
    close: bool = False


def peers(cache: Path) -> list[Contender]:
    """Return the peers, with their environments made where they are missing."""
    most, arq = environment(cache / "peers", "requirements.txt"), environment(cache / "arq", ARQ)

    def peer(
        name: str, module: str, number: int, *words: str, python: Path = most, twice: bool = True, **more: bool
    ) -> Contender:
        command = (str(python.parent / words[0]), *words[1:])
        return Contender(name, number, (command, command) if twice else (command,), sender(python, module), **more)

    return [
        peer("rq, Worker", "stock_rq", 150, "rq", "worker", "--quiet", "-w", "rq.worker.Worker", forks=True),
        peer("rq, SimpleWorker", "stock_rq", 800, "rq", "worker", "--quiet", "-w", "rq.worker.SimpleWorker"),
        peer("huey, 16 threads", "on_huey", 12000, *HUEY, close=True),
        peer("dramatiq", "on_dramatiq", 4000, "dramatiq", "on_dramatiq", "-p", "2", "-t", THREADS, twice=False),
        peer("celery", "on_celery", 2000, "celery", "-A", "on_celery", "worker", "-c", "2", "-l", "ERROR", twice=False),
        peer("saq", "on_saq", 3000, "saq", "on_saq.settings"),
        peer("taskiq", "on_taskiq", 3000, "taskiq", "worker", "on_taskiq:broker", "--workers", "2", twice=False),
        peer("arq", "on_arq", 1500, "arq", "on_arq.WorkerSettings", python=arq),
    ]


def environment(folder: Path, requirements: str) -> Path:
    """Return the Python of the environment in `folder`; it is made again when the requirements have changed."""
    wanted = (HERE / "peers" / requirements).read_text()
    python, made_of = folder / "bin" / "python", folder / "made-of.txt"
    if not made_of.exists() or made_of.read_text() != wanted:
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(HERE / "peers" / requirements)], check=True)
        made_of.write_text(wanted)
    return python


def sender(python: Path, module: str) -> Callable[[int, float, Mapping[str, str]], None]:
    """Return what enqueues through the peer's module, in the peer's environment."""

    def send(count: int, pause_sec: float, env: Mapping[str, str]) -> None:
        pause = [str(pause_sec)] if pause_sec else []
        subprocess.run(
            [str(python), str(HERE / "peers" / "sender.py"), module, str(count), *pause], env=dict(env), check=True
        )

    return send


def workers(count: int = 2) -> tuple[tuple[str, ...], ...]:
    """Return the commands of our own workers."""
    return ((sys.executable, "-m", "runners.cli", "worker"),) * count
