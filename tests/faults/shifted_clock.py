"""A wall clock that a test sets for one program: a small library in front of its C library (`shifted_clock.c`).

libfaketime cannot be used: it allocates, and the server's allocator asks it for the time.
"""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")


@dataclass(slots=True)
class ShiftedClock:
    """The clock of every program that is started with `env`; it goes on from wherever it is set."""

    folder: Path
    shift_sec: int = 0

    def __post_init__(self) -> None:
        assert shutil.which("gcc"), "gcc is not on the PATH, and the clock's library is built with it"
        command = ["gcc", "-O1", "-shared", "-fPIC", "-o", str(self._library), str(SOURCE)]
        subprocess.run(command, check=True)
        self._write()

    @property
    def env(self) -> dict[str, str]:
        """What a program needs in its environment to live by this clock."""
        return {"LD_PRELOAD": str(self._library), "CLOCK_SHIFT": str(self._place)}

    def now(self) -> datetime:
        """Return what the clock shows."""
        return datetime.now(UTC) + timedelta(seconds=self.shift_sec)

    def jump(self, by: timedelta) -> None:
        """Move the clock at once, forward or back, by whole seconds."""
        self.shift_sec += round(by.total_seconds())
        self._write()

    def set(self, at: datetime) -> None:
        """Let the clock show about `at` from now on."""
        self.shift_sec = round(at.timestamp() - time.time())
        self._write()

    @property
    def _library(self) -> Path:
        return self.folder / "shifted_clock.so"

    @property
    def _place(self) -> Path:
        return self.folder / "clock_shift"

    def _write(self) -> None:
        """Write in place: the programs look at these eight bytes all the time."""
        descriptor = os.open(self._place, os.O_WRONLY | os.O_CREAT, 0o600)
        os.write(descriptor, self.shift_sec.to_bytes(8, "little", signed=True))
        os.close(descriptor)
