"""JSON with secrets inside, as it is kept: what is shown holds masks, and beside it stand the sealed secrets by their place.

A change is a JSON merge patch (RFC 7396): it changes only what it names, `null` removes, a list is replaced as a whole. A
secret's own mask, sent back where it stands, leaves it as it is. Used for accounts, MCP servers and chat accounts alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runners.engine.errors import Invalid, Problem
from runners.engine.secret_names import holds_credentials, is_mask, is_secret_name, mask

Place = tuple[str | int, ...]
Seal = Callable[[str, str], str]
"""From the text of a place and a secret to the sealed secret."""

LONGEST_SECRET = 16 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """`shown` is free of secrets; `sealed` maps the text of a place (`place_text`) to what only the vault can open."""

    shown: dict[str, Any] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(content: Mapping[str, Any]) -> Kept:
        """Return what a record's content keeps. Raises KeyError or TypeError on another one."""
        shown, sealed = content["shown"], content["sealed"]
        if not isinstance(shown, dict) or not isinstance(sealed, dict):
            raise TypeError("what is shown and what is sealed are not two objects")
        return Kept(shown, sealed)


def merged(before: Kept, patch: Mapping[str, Any], seal: Seal, all_secret: frozenset[str] = frozenset()) -> Kept:
    """Return `before` with `patch` merged into it, its new secrets sealed.

    What stands under the outermost names of `all_secret` is secret whatever it is called. Raises Invalid naming every
    secret that cannot be kept, none of them by its value, and what `seal` raises.
    """
    merging = _Merging(before, seal, all_secret)
    shown = merging.object((), before.shown, patch, False)
    if merging.problems:
        raise Invalid(merging.problems)
    return Kept(shown, merging.sealed)


def merged_parts(before: Kept, patch: Mapping[str, Any], seal: Seal, all_secret: frozenset[str] = frozenset()) -> Kept:
    """Return `merged`, where null for an outermost object empties it instead of removing it."""
    shown = {name: {} if name in patch and patch[name] is None else part for name, part in before.shown.items()}
    return merged(Kept(shown, before.sealed), {name: part or {} for name, part in patch.items()}, seal, all_secret)


class _Merging:
    """One merge; `sealed` and `problems` grow while it goes on."""

    def __init__(self, before: Kept, seal: Seal, all_secret: frozenset[str]) -> None:
        self.sealed: dict[str, str] = {}
        self.problems: list[Problem] = []
        self._before = before
        self._seal = seal
        self._all_secret = all_secret

    def object(self, place: Place, old: Any, patch: Mapping[str, Any], secret: bool) -> dict[str, Any]:
        """Return the object at `place`; `secret` says that all inside is, because of a name further out."""
        before = old if isinstance(old, dict) else {}
        kept: dict[str, Any] = {}
        for name in [*before, *(name for name in patch if name not in before)]:
            at = (*place, name)
            if name not in patch:
                kept[name] = before[name]
                self._carry(at, before[name])
            elif patch[name] is not None:
                kept[name] = self._value(at, before.get(name), patch[name], secret or self._is_secret(at))
        return kept

    def _is_secret(self, place: Place) -> bool:
        return place[0] in self._all_secret or is_secret_name(str(place[-1]))

    def _value(self, place: Place, old: Any, new: Any, secret: bool) -> Any:
        if isinstance(new, dict):
            return self.object(place, old, new, secret)
        if isinstance(new, list):
            olds = old if isinstance(old, list) else []
            return [
                self._value((*place, at), olds[at] if at < len(olds) else None, one, secret)
                for at, one in enumerate(new)
            ]
        if isinstance(new, str) and new and (secret or holds_credentials(new) or self._is_sealed(place, old, new)):
            return self._secret(place, old, new)
        if secret and not isinstance(new, bool | str | None):
            self._refuse(place, "is a secret by its name, and no text; write it in quotes")
        return new

    def _is_sealed(self, place: Place, old: Any, new: str) -> bool:
        """Say whether `new` is the mask of the secret that is kept at `place`."""
        return new == old and place_text(place) in self._before.sealed

    def _secret(self, place: Place, old: Any, new: str) -> str:
        text = place_text(place)
        if self._is_sealed(place, old, new):
            self.sealed[text] = self._before.sealed[text]
        elif is_mask(new):
            self._refuse(
                place, "is a mask, and stands for no secret that is kept here; send the secret, or leave it out"
            )
        elif len(new) > LONGEST_SECRET or any(char == "\0" or "\ud800" <= char <= "\udfff" for char in new):
            self._refuse(place, f"is longer than {LONGEST_SECRET} characters, or holds a NUL or half a character")
        else:
            self.sealed[text] = self._seal(text, new)
        return mask(new) if not is_mask(new) else new

    def _carry(self, place: Place, value: Any) -> None:
        for text in (place_text(at) for at in _leaves(place, value)):
            if text in self._before.sealed:
                self.sealed[text] = self._before.sealed[text]

    def _refuse(self, place: Place, fault: str) -> None:
        self.problems.append(Problem(place, f"{'.'.join(map(str, place))} {fault}", "secret"))


def place_text(place: Place) -> str:
    """Return the place as one text (a JSON pointer of RFC 6901 without its first slash): no two places share one."""
    return "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in place)


def _leaves(place: Place, value: Any) -> Iterator[Place]:
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves((*place, step), inner)
    else:
        yield place
