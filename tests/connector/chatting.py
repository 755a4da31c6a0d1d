"""One person in one chat, without a wire: what is said, and pressed, and how it is answered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from runners.connector.answers import answer, asking_of, refused
from runners.connector.commands import parse
from runners.connector.reply import Command, Reply
from runners.engine.errors import MultijobError
from runners.engine.operations import Actor, Role
from runners.engine.words import Language

HERE = "telegram:default:1001"


@dataclass
class Chat:
    """A chat with the platform; every message and every press is an update of its own. `last` is what was answered last."""

    platform: Any
    name: str = "ana"
    role: Role = Role.OPERATOR
    language: Language = Language.EN
    where: str = HERE
    numbers: Any = field(default_factory=lambda: count(1))
    last: Reply = field(default_factory=lambda: Reply(""))

    def say(self, text: str, update: int | None = None) -> str:
        """Return the text of the answer to what is written."""
        command = parse(text)
        assert command is not None, text
        return self._ask(command, update)

    def press(self, label: str, update: int | None = None) -> str:
        """Return the text of the answer to pressing the first button of this label."""
        button = next(one for row in self.last.buttons for one in row if one.label == label)
        return self._ask(Command(button.action, button.argument, pressed=True), update)

    def note(self, text: str) -> str:
        """Return the text of the answer to the note that was waited for."""
        assert self.last.awaits is not None
        return self._ask(replace(self.last.awaits, note=text))

    @property
    def labels(self) -> list[str]:
        """The buttons under the last answer."""
        return [one.label for row in self.last.buttons for one in row]

    def _ask(self, command: Command, update: int | None = None) -> str:
        number = update if update is not None else next(self.numbers)
        actor = Actor(self.name, self.role, "chat", f"{self.where}-{number}", self.language)
        try:
            self.last = answer(self.platform, actor, command, self.where)
        except MultijobError as error:
            self.last = refused(asking_of(self.platform, actor, command, self.where), error)
        return self.last.text
