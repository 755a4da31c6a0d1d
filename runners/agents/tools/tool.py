"""The seam between the loop and what it can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from runners.agents.inputs import AgentInputs
from runners.agents.permits import Lack, Permits
from runners.engine.handler import Context


class ActFailed(Exception):
    """The act did not succeed; the message is what the model learns of it, and holds no secret."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What tools are made for: one start of one run."""

    ctx: Context
    inputs: AgentInputs
    permits: Permits
    closing: ExitStack
    """Ends with this start of the run: what a tool holds open is closed by it."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What came of an act. `text` is for the model: foreign words, of which it sees the first 8 000 characters.

    `preview` is what people see of it, '' for the beginning of `text`.
    """

    text: str
    preview: str = ""


Arguments = TypeVar("Arguments")
Model = TypeVar("Model", bound=BaseModel)


class Tool(ABC, Generic[Arguments]):
    """One kind of act. `name` is what the model calls it by: 1 to 64 of A-Z a-z 0-9 _ -.

    `kind` is the name by which `allow_tools` permits it; the same as `name` unless one kind brings many tools. `told` is what
    somebody else says of it: the model reads it where it reads of the tool, and never among its own rules. `mark` changes
    when the tool becomes another than the one that was chosen; a step that is gone on with later is not taken then.
    """

    name: str
    kind: str
    description: str
    told: str = ""
    mark: str = ""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """Return the JSON schema of its arguments, an object's."""

    @abstractmethod
    def read(self, raw: Mapping[str, Any]) -> Arguments:
        """Return the arguments that the model wrote. Raises ValueError, saying what is wrong with them."""

    @abstractmethod
    def what(self, arguments: Arguments) -> str:
        """Say in a line what this act would do, for the journal and for whoever approves it."""

    def lacks(self, arguments: Arguments) -> Sequence[Lack]:
        """Return what this run would need for the act and has not; () when it may go ahead."""
        return ()

    def repeats_safely(self, arguments: Arguments) -> bool:
        """Say whether the act may be done again with the same key, when nobody knows whether it was done."""
        return False

    @abstractmethod
    def act(self, arguments: Arguments, key: str) -> Observation:
        """Do it. `key` names this act and no other, also when it is repeated.

        It calls `ctx.check` while it waits. Raises ActFailed.
        """


class ModelTool(Tool[Model]):
    """A tool whose arguments are a pydantic model."""

    arguments: type[Model]

    def schema(self) -> dict[str, Any]:
        """Return the model's schema."""
        return self.arguments.model_json_schema()

    def read(self, raw: Mapping[str, Any]) -> Model:
        """Return the model. Raises pydantic.ValidationError."""
        return self.arguments.model_validate(raw, strict=True)
