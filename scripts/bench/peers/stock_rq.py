"""Stock RQ: its queue, and its two workers (a fork for each job, or none)."""

import os

import redis
from noop import noop
from rq import Queue

QUEUE = Queue(connection=redis.Redis.from_url(os.environ["REDIS_URL"]))


def send(sent: float) -> None:
    """Enqueue one job."""
    QUEUE.enqueue(noop, sent, result_ttl=600)
