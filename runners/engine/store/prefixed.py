"""What all rooms of keys share."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prefixed:
    """The prefix of every key of one deployment; a room of keys adds names to it, `Keys` is all rooms together."""

    prefix: str
