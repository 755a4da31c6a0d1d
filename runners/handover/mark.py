"""The mark of a hand-over that is done: the web server's next worker process goes on as everything, on the server.

It lies in DATA_DIR and names the web server's master process, so that it means nothing to a later start.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from runners.local.proc import identify

NAME = "handed-over.json"


def leave_mark(data_dir: Path) -> None:
    """Say that this process's memory has been handed over."""
    master = identify(os.getppid())
    assert master is not None
    (data_dir / NAME).write_text(json.dumps(asdict(master)), encoding="utf-8")


def took_place(data_dir: Path) -> bool:
    """Say whether an earlier worker of the same web server has handed its memory over."""
    master = identify(os.getppid())
    try:
        marked = json.loads((data_dir / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return master is not None and marked == asdict(master)
