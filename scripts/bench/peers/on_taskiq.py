"""taskiq on a Redis stream."""

import asyncio
import os

from noop import noop
from taskiq_redis import RedisStreamBroker

broker = RedisStreamBroker(url=os.environ["REDIS_URL"])
LOOP = asyncio.new_event_loop()


@broker.task(task_name="bench.noop")
async def task(sent: float) -> None:
    """Do nothing."""
    noop(sent)


STARTED = []


def send(sent: float) -> None:
    """Enqueue one task."""
    if not STARTED:
        STARTED.append(LOOP.run_until_complete(broker.startup()))
    LOOP.run_until_complete(task.kiq(sent))
