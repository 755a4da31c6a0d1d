"""Reading what `noop` has written: how many runs there were, how fast, and how long they waited."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

Series = Sequence[tuple[float, float]]
SHORTEST_SEC = 0.2


@dataclass(frozen=True, slots=True)
class Marked:
    """Runs of all processes: (time, how many so far) of each process, the times of single runs, and waits in ms, sorted."""

    series: tuple[Series, ...] = ()
    singles: tuple[float, ...] = ()
    waits_ms: tuple[float, ...] = ()

    @property
    def count(self) -> int:
        """How many runs have begun."""
        return sum(int(one[-1][1]) for one in self.series) + len(self.singles)

    @property
    def last(self) -> float:
        """When the last run began."""
        return max([one[-1][0] for one in self.series] + list(self.singles))

    @property
    def per_second(self) -> float:
        """Runs per second while all processes were at work: the last one's beginning to the first one's end.

        Starting a process is not what is measured. Where that time is too short to say anything, or no process lives
        longer than a run, all runs count from the first to the last.
        """
        start = max((one[0][0] for one in self.series), default=0.0)
        end = min((one[-1][0] for one in self.series), default=0.0)
        if end - start >= SHORTEST_SEC:
            return sum(at(one, end) - at(one, start) for one in self.series) / (end - start)
        times = [time for one in self.series for time in (one[0][0], one[-1][0])] + list(self.singles)
        return self.count / (max(times) - min(times))

    def percentile(self, part: float) -> float:
        """Return the wait that this part of the runs does not exceed."""
        return self.waits_ms[min(len(self.waits_ms) - 1, int(len(self.waits_ms) * part))]


def at(series: Series, time: float) -> float:
    """Return how many runs there were at a time, on the line between the two nearest marks."""
    place = bisect_left(series, (time, 0.0))
    if place == 0 or place == len(series):
        return series[min(place, len(series) - 1)][1]
    (before, few), (after, many) = series[place - 1], series[place]
    return few + (many - few) * (time - before) / (after - before)


def read(folder: Path) -> Marked:
    """Return what all processes have marked so far."""
    series = tuple(sorted(rows) for path in folder.glob("*.sum") if (rows := lines(path)))
    each = [row for path in folder.glob("*.each") for row in lines(path)]
    waits = sorted((now - sent) * 1000 for now, sent in each if sent)
    return Marked(series, tuple(now for now, _ in each), tuple(waits))


def lines(path: Path) -> list[tuple[float, float]]:
    """Return the whole lines of a file, as two numbers each."""
    whole = path.read_text().rpartition("\n")[0].splitlines()
    return [(float(first), float(second)) for first, second in (line.split() for line in whole)]


def clear(folder: Path) -> None:
    """Forget all marks."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
