"""The base of every shape on the wire: a typed dictionary that takes no key it does not name."""

from pydantic import with_config
from typing_extensions import TypedDict


@with_config(extra="forbid")
class Shape(TypedDict):
    """A JSON object with exactly the keys that it names."""
