"""arq."""

import asyncio
import os

from arq import create_pool
from arq.connections import RedisSettings
from noop import noop

LOOP = asyncio.new_event_loop()
POOL = []


async def task(ctx, sent):
    """Do nothing."""
    noop(sent)


class WorkerSettings:
    """Sixteen at once, as the others have; asked for work as often as it takes not to wait for the poll."""

    functions = (task,)
    redis_settings = RedisSettings.from_dsn(os.environ["REDIS_URL"])
    max_jobs = 16
    poll_delay = 0.01


def send(sent: float) -> None:
    """Enqueue one job."""
    if not POOL:
        POOL.append(LOOP.run_until_complete(create_pool(WorkerSettings.redis_settings)))
    LOOP.run_until_complete(POOL[0].enqueue_job("task", sent))
