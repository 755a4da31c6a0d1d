"""The work of every contender: it does nothing, and remembers when.

Each process writes to a file of its own in `BENCH_MARKS`: one line a run where that costs nothing that matters (runs that
say when they were sent, and workers that fork for each run), else now and then a line that says how many there were.
"""

import itertools
import os
import threading
import time
from pathlib import Path

FOLDER = Path(os.environ["BENCH_MARKS"])
EACH = os.environ.get("BENCH_EACH") == "1"
WRITE_SEC = 0.05


class Marks:
    """How many runs this process has begun, and when the last one: seconds since the epoch."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)
        self.count, self.last = 0, 0.0

    def mark(self, now: float) -> None:
        """Note one run."""
        number = next(self.numbers)
        self.count, self.last = max(self.count, number), now
        if number == 1:
            threading.Thread(target=self.write_on, daemon=True).start()

    def write_on(self) -> None:
        """Add a line whenever there were more runs."""
        written = 0
        while True:
            count = self.count
            if count != written:
                with (FOLDER / f"{os.getpid()}.sum").open("a") as file:
                    file.write(f"{self.last} {count}\n")
                written = count
            time.sleep(WRITE_SEC)


MARKS = Marks()


def noop(sent: float = 0.0) -> None:
    """Do nothing; `sent` is when the run was asked for, 0 if nobody wants to know how long it waited."""
    now = time.time()
    if sent or EACH:
        with (FOLDER / f"{os.getpid()}.each").open("a") as file:
            file.write(f"{now} {sent}\n")
    else:
        MARKS.mark(now)
