"""The store's readings are the same in every mode; a real server and the imitation in memory stand for all."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from redis.client import Pipeline

from runners.engine.platform import Platform


@pytest.fixture(params=["streams-redis7", "memory"])
def mode(request: pytest.FixtureRequest) -> str:
    """A real server, and fakeredis."""
    return str(request.param)


@dataclass(slots=True)
class Counted:
    """How often the store was asked."""

    number: int = 0


@pytest.fixture
def round_trips(monkeypatch: pytest.MonkeyPatch) -> Callable[[Platform], AbstractContextManager[Counted]]:
    """Count the round trips to a platform's store: single commands, and pipelines as one each."""

    @contextmanager
    def count(platform: Platform) -> Iterator[Counted]:
        counted = Counted()

        def counting(call: Callable[..., Any]) -> Callable[..., Any]:
            def counts(*args: Any, **kwargs: Any) -> Any:
                counted.number += 1
                return call(*args, **kwargs)

            return counts

        with monkeypatch.context() as patched:
            patched.setattr(platform.store.redis, "execute_command", counting(platform.store.redis.execute_command))
            patched.setattr(Pipeline, "execute", counting(Pipeline.execute))
            yield counted

    return count
