"""A function that a stranger might name as a callback: it leaves a trace."""

import os
from pathlib import Path


def touch(*_: object) -> None:
    """Make the file that BAIT names."""
    Path(os.environ["BAIT"]).touch()
