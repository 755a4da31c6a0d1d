"""How a command is written in each channel: a slash and its name, or its name behind the one command that the channel has."""

BEHIND = {"slack": "/multijob "}
"""Channels that hear one command of ours alone, and what stands there in front of all that is asked."""


def slash_of(place: str) -> str:
    """Return what stands in front of a command's name in `place`, which begins with the channel. Pure."""
    return BEHIND.get(place.partition(":")[0], "/")
