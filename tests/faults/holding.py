"""What every process and the server hold while a play goes on, and whether it stays what it was.

A process that was killed begins anew: each pid is a life of its own. Only a life of half the play or more can show a leak, so
a soak spares one process of each kind. The server keeps all history of a play, so what it holds is measured for each run.
"""

import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from redis.exceptions import RedisError

from tests.faults.deployment import Deployment
from tests.faults.meanwhile import Meanwhile
from tests.processes import below, resident_mb

EVERY_SEC = 10.0
MB = 1024**2
KINDS = ("web", "scheduler", "worker", "connector")
WARM = 1 / 3
"""The part of a life after which everything has been used once."""
SLACK, SLACK_MB = 0.03, 2.0
"""How much of itself, or how many MB, a life may grow by from then to its end: in half an hour not even 200 bytes a run."""
STEEPER = 1.3
"""How much more the server may keep of each run in the last third than it kept in the middle."""

HEAD = "| kind | pids | the oldest | warm -> at its end | MB an hour | MB grown |\n|---|---|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Look:
    """`sec` counts from the beginning of the play; `runs` are those that the server had then, 0 for a process."""

    sec: float
    mb: float
    runs: int = 0


@dataclass(frozen=True, slots=True)
class Life:
    """One process from its first look to its last."""

    kind: str
    pid: int
    looks: list[Look] = field(default_factory=list)

    @property
    def lasted_sec(self) -> float:
        """For how long it was looked at."""
        return self.looks[-1].sec - self.looks[0].sec

    @property
    def slope_mb_per_hour(self) -> float:
        """How fast it grows once it is warm."""
        return steepness([(look.sec, look.mb) for look in self._warm]) * 3600

    @property
    def grown_mb(self) -> float:
        """What that slope comes to, from when it was warm to its end."""
        warm = self._warm
        return self.slope_mb_per_hour * (warm[-1].sec - warm[0].sec) / 3600

    @property
    def is_flat(self) -> bool:
        """True unless it grew by more than the slack."""
        return self.grown_mb <= max(SLACK_MB, SLACK * self.looks[-1].mb)

    @property
    def _warm(self) -> list[Look]:
        return self.looks[int(len(self.looks) * WARM) :]

    def told(self) -> dict[str, Any]:
        """Return what a report says of it."""
        numbers = {"slope_mb_per_hour": self.slope_mb_per_hour, "grown_mb": self.grown_mb}
        looks = [[round(look.sec), round(look.mb, 1)] for look in self.looks]
        return (
            {"kind": self.kind, "pid": self.pid} | {name: round(n, 2) for name, n in numbers.items()} | {"looks": looks}
        )


class Holding(Meanwhile):
    """Looks every few seconds while the block runs. `lives` are told by pid, `server` are the looks at the server."""

    def __init__(self, deployment: Deployment) -> None:
        super().__init__(EVERY_SEC)
        self.deployment = deployment
        self.lives: dict[int, Life] = {}
        self.server: list[Look] = []
        self._began = time.monotonic()

    def told(self) -> dict[str, Any]:
        """Return everything that was seen, for a report."""
        looks = [[round(look.sec), round(look.mb, 2), look.runs] for look in self.server]
        lives = sorted(self.lives.values(), key=lambda life: (KINDS.index(life.kind.split()[-1]), life.looks[0].sec))
        return {"processes": [life.told() for life in lives], "server": {"bytes_per_run": self.kept(), "looks": looks}}

    def kept(self) -> list[int]:
        """Return how many bytes more the server held for each run more, in the middle and in the last third of the play.

        A play with less than two looks in each says nothing of it.
        """
        third = len(self.server) // 3
        parts = (self.server[third : 2 * third], self.server[2 * third :]) if third > 1 else ()
        return [round(steepness([(look.runs, look.mb) for look in part]) * MB) for part in parts]

    def problems(self) -> Iterator[str]:
        """Yield what grows, and which kind had nobody who lived long enough to show it."""
        lasted = max((life.lasted_sec for life in self.lives.values()), default=0.0)
        long = [life for life in self.lives.values() if life.lasted_sec >= lasted / 2]
        for kind in KINDS:
            if not any(life.kind == kind for life in long):
                yield f"no {kind} lived long enough to show what it holds"
        for life in long:
            if not life.is_flat:
                yield f"{life.kind} {life.pid} grew by {life.grown_mb:.1f} MB to {life.looks[-1].mb:.1f} MB"
        if (kept := self.kept()) and kept[1] > kept[0] * STEEPER:
            yield f"the server kept {kept[0]} bytes of a run in the middle of the play, and {kept[1]} at its end"

    def step(self) -> None:
        """Look once at everybody."""
        sec = time.monotonic() - self._began
        for kind in KINDS:
            for one in self.deployment.alive(kind):
                self._look_at(kind, one.process.pid, sec)
                for child in below(one.process.pid):
                    self._look_at(f"child of {kind}", child, sec)
        store = self.deployment.platform.store
        try:
            used: Any = store.redis.info("memory")["used_memory"]
            self.server.append(Look(sec, used / MB, int(store.redis.zcard(store.keys.runs))))
        except RedisError:  # it was killed, too
            pass

    def _look_at(self, kind: str, pid: int, sec: float) -> None:
        try:
            mb = resident_mb(pid)
        except (OSError, AssertionError):  # it has ended meanwhile
            return
        self.lives.setdefault(pid, Life(kind, pid)).looks.append(Look(sec, mb))


def steepness(points: Sequence[tuple[float, float]]) -> float:
    """Return the slope through (x, y) points: the median of all pairs', which a single point that is far off does not bend."""
    slopes = [(y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2) if x1 != x2]
    return statistics.median(slopes) if slopes else 0.0


def held_table(held: Mapping[str, Any]) -> str:
    """Return what `told` says as a table: the processes that lived longest of each kind, and how many others there were."""
    if not held:
        return ""
    kinds = defaultdict(list)
    for life in held["processes"]:
        kinds[life["kind"]].append(life)
    rows = [_row(kind, max(lives, key=lambda life: len(life["looks"])), len(lives)) for kind, lives in kinds.items()]
    return "\n".join([HEAD, *rows, "", _of_server(**held["server"]), ""])


def _of_server(bytes_per_run: Sequence[int], looks: Sequence[tuple[float, float, int]]) -> str:
    if not looks:
        return ""
    kept = f", {bytes_per_run[0]} then {bytes_per_run[1]} bytes of a run" if bytes_per_run else ""
    return f"the server: {looks[0][1]} MB -> {looks[-1][1]} MB with {looks[-1][2]} runs{kept}"


def _row(kind: str, oldest: Mapping[str, Any], count: int) -> str:
    looks = oldest["looks"]
    mb = f"{looks[int(len(looks) * WARM)][1]} -> {looks[-1][1]} MB"
    return f"| {kind} | {count} | {looks[-1][0] - looks[0][0]} s | {mb} | {oldest['slope_mb_per_hour']} | {oldest['grown_mb']} |"
