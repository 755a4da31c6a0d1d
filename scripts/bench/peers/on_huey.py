"""huey, with results kept as it does by default."""

import os

from huey import RedisHuey
from noop import noop

huey = RedisHuey("bench", url=os.environ["REDIS_URL"])
task = huey.task()(noop)


def send(sent: float) -> None:
    """Enqueue one task."""
    task(sent)
