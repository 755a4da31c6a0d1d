"""What the planner says beside the specs: each a name of the catalogue of reasons with its values, so that it is said in any language."""

from __future__ import annotations

from dataclasses import dataclass, field

from runners.engine.words import Language, say
from runners.planner.offers import offered


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence: an assumption, a warning, or why something is out of reach."""

    name: str
    values: dict[str, object] = field(default_factory=dict)

    def said(self, language: Language) -> str:
        """Return the sentence."""
        return say(f"plan.{self.name}", language, **self.values)


@dataclass(frozen=True, slots=True)
class Question:
    """What only the person can say. `choices` are phrases that answer it when they are put behind `clause`, the words it is about.

    `instead` says that they are whole sentences, to be put in its place.
    """

    note: Note
    choices: tuple[str, ...] = ()
    clause: str = ""
    instead: bool = False

    def offered(self, language: Language) -> tuple[str, ...]:
        """Return the choices in this language."""
        return tuple(offered(choice, language) for choice in self.choices)

    def answered(self, prompt: str, choice: str) -> str:
        """Return the prompt with a choice, in any language, in the place where it counts: at its clause, else at the end."""
        if not self.clause or prompt.count(self.clause) != 1:
            return choice if self.instead else f"{prompt} {choice}"
        before, _, behind = prompt.partition(self.clause)
        return f"{before}{choice if self.instead else f'{self.clause} {choice}'}{behind}"


def note(name: str, **values: object) -> Note:
    """Return the note of this name."""
    return Note(name, values)


def ask(name: str, *choices: str, **values: object) -> Question:
    """Return the question of this name."""
    return Question(Note(f"ask_{name}", values), choices)
