"""The base of every shape on the wire: a typed dictionary that takes no key it does not name."""

from pydantic import ConfigDict
from typing_extensions import TypedDict


class Shape(TypedDict):
    """A JSON object with exactly the keys that it names."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]  # read by pydantic, no key of the dictionary
