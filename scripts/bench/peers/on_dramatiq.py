"""dramatiq on Redis, with its default middleware."""

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from noop import noop

dramatiq.set_broker(RedisBroker(url=os.environ["REDIS_URL"]))
actor = dramatiq.actor(noop)


def send(sent: float) -> None:
    """Enqueue one message."""
    actor.send(sent)
