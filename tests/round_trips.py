"""How often a platform's store is asked: single commands, and pipelines as one each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from redis.client import Pipeline

from runners.engine.platform import Platform
from webapp.metrics_http import HttpDurations


@dataclass(slots=True)
class Counted:
    """How often the store was asked."""

    number: int = 0


@contextmanager
def counted(platform: Platform) -> Iterator[Counted]:
    """Count the round trips to the platform's store while the block runs, without the one with which a web process adds what it
    measured every five seconds.
    """
    found = Counted()

    def counting(call: Callable[..., Any]) -> Callable[..., Any]:
        def counts(*args: Any, **kwargs: Any) -> Any:
            found.number += 1
            return call(*args, **kwargs)

        return counts

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(platform.store.redis, "execute_command", counting(platform.store.redis.execute_command))
        patched.setattr(Pipeline, "execute", counting(Pipeline.execute))
        patched.setattr(HttpDurations, "add_when_due", lambda *_: None)
        yield found
