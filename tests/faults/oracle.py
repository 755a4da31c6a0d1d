"""The oracle: reading what the handlers wrote outside Redis, and installing these handlers for real processes."""

import json
from dataclasses import dataclass, field
from pathlib import Path

ENTRY_POINTS = """[multijob.handlers]
write = tests.faults.oracle_handlers:write
raise = tests.faults.oracle_handlers:fail
polite = tests.faults.rude_handlers:tell
rude = tests.faults.rude_handlers:rude
cautious_thread = tests.faults.cautious_handlers:in_thread
cautious_process = tests.faults.cautious_handlers:in_process
"""
TYPES = ("oracle.write", "oracle.raise", "polite.tell", "rude.do", "cautious.thread", "cautious.process")
"""The types of these handlers; each takes the oracle's file as its input `path`."""
METADATA = "Metadata-Version: 2.1\nName: oracle-handlers\nVersion: 1.0\n"


def install(folder: Path) -> Path:
    """Make a distribution with the oracle's entry points; its folder belongs on PYTHONPATH."""
    distribution = folder / "distribution"
    about = distribution / "oracle_handlers-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(METADATA)
    (about / "entry_points.txt").write_text(ENTRY_POINTS)
    return distribution


@dataclass(slots=True)
class Start:
    """One start of a handler, by the monotonic clock of this machine; `ended_at` is None while it has not come back.

    `claimed_at` is when the store gave the run to its worker, by the store's clock: it tells two claims apart.
    """

    run_id: str
    job_id: str
    attempt: int
    redelivered: bool
    pid: int
    started_at: float
    claimed_at: str
    ended_at: float | None = None


@dataclass(slots=True)
class Oracle:
    """The append-only file that all handlers write to, read as it grows."""

    path: Path
    _starts: list[Start] = field(default_factory=list)
    _open: dict[tuple[str, int, int], Start] = field(default_factory=dict)
    _read_to: int = 0

    def starts(self) -> list[Start]:
        """Return every start so far, in the order of the file."""
        for line in self._new_lines():
            self._take(json.loads(line))
        return self._starts

    def starts_of(self, run_id: str) -> list[Start]:
        """Return the starts of one run."""
        return [start for start in self.starts() if start.run_id == run_id]

    def open_starts(self, pid: int) -> list[Start]:
        """Return what a process has started and not ended yet."""
        self.starts()
        return [start for start in self._open.values() if start.pid == pid]

    def forget(self) -> None:
        """Read on from here: the store lost what it knew of everything before."""
        self.starts()
        self._starts.clear()

    def _new_lines(self) -> list[bytes]:
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(self._read_to)
            whole, newline, _ = file.read().rpartition(b"\n")
        self._read_to += len(whole) + len(newline)
        return whole.splitlines()

    def _take(self, line: dict) -> None:
        key = (line["run_id"], line["attempt"], line["pid"])
        if line["mark"] == "end":
            if begun := self._open.pop(key, None):  # a forked copy of a handler ends what it never began
                begun.ended_at = line["at"]
            return
        told = [line[name] for name in ("run_id", "job_id", "attempt", "redelivered", "pid", "at", "claimed_at")]
        start = Start(*told)
        self._open[key] = start
        self._starts.append(start)
