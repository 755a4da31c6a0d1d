"""One step of an agent's run, as it stands in the journal: written before it acts, and again when it is known how it went. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from runners.engine.clock import to_ms
from runners.engine.run import at

WHAT_KEPT, WHY_KEPT, PREVIEW_KEPT = 300, 500, 1000


class StepOutcome(StrEnum):
    """How a step went.

    `begun` while it acts; `waiting` for people; `unknown` when it was begun and nobody knows whether it was done; `refused`
    when it lacked something that was not granted.
    """

    BEGUN = "begun"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Step:
    """`tool` is plan, answer (one that called nothing), finish, or the name of what acted; numbers count from 1.

    `tokens_in` and `tokens_out` are what the model's turn for it took, `cost` what that cost, None where no price is stated.
    `took_ms` is the time at work on it, the model's included. `starts` counts how often the act was begun.
    """

    number: int
    attempt: int
    tool: str
    what: str
    why: str
    outcome: StepOutcome
    begun_at: datetime
    ended_at: datetime | None = None
    preview: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    took_ms: int = 0
    starts: int = 1

    def to_store(self) -> str:
        """Return it as JSON, its texts cut to what is kept."""
        kept = asdict(self) | {
            "what": self.what[:WHAT_KEPT],
            "why": self.why[:WHY_KEPT],
            "preview": self.preview[:PREVIEW_KEPT],
            "begun_at": to_ms(self.begun_at),
            "ended_at": to_ms(self.ended_at) if self.ended_at else None,
        }
        return json.dumps(kept)

    @staticmethod
    def from_store(text: str) -> Step:
        """Read what `to_store` gave. Raises KeyError, TypeError or ValueError."""
        kept = json.loads(text)
        begun = at(kept["begun_at"])
        if begun is None:
            raise ValueError("a step without its time")
        rest = {"outcome": StepOutcome(kept["outcome"]), "begun_at": begun, "ended_at": at(kept["ended_at"])}
        return Step(**{**kept, **rest})


@dataclass(frozen=True, slots=True)
class Talk:
    """What a step was between the model and the tool, kept while the run goes on, so that it can be gone on with.

    `arguments` are the model's, `observation` what it was told. `asked` are the requests that people were shown for it. `mark`
    is what the tool was known by when it was chosen.
    """

    arguments: dict[str, Any] = field(default_factory=dict)
    observation: str = ""
    asked: tuple[Any, ...] = ()
    mark: str = ""

    def to_store(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_store(text: str) -> Talk:
        """Read what `to_store` gave. Raises KeyError, TypeError or ValueError."""
        kept = json.loads(text)
        return Talk(dict(kept["arguments"]), str(kept["observation"]), tuple(kept["asked"]), str(kept["mark"]))
