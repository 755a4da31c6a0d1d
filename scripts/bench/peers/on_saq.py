"""saq on Redis."""

import asyncio
import os

from noop import noop
from saq import Queue

queue = Queue.from_url(os.environ["REDIS_URL"], name="bench")
LOOP = asyncio.new_event_loop()


async def task(ctx, *, sent):
    """Do nothing."""
    noop(sent)


settings = {"queue": queue, "functions": [task], "concurrency": 16}


def send(sent: float) -> None:
    """Enqueue one job."""
    LOOP.run_until_complete(queue.enqueue("task", sent=sent))
