"""Strict YAML: JSON in a form that people like to write, with JSON's values only, read in one way.

Plain `true`, `false`, `null` and JSON's numbers mean what they mean in JSON; every other plain word is text, so that `yes`,
`010`, `12:30` and 2026-01-31 stay as they are written. Aliases, anchors, tags and several documents are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from runners.engine.errors import Malformed
from runners.engine.fields import show
from runners.engine.strict.json_text import MAX_DEPTH, read_integer, read_number, refuse_surrogates

NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
NOT_JSON = re.compile(r"[-+]?\.(?:inf|nan)", re.IGNORECASE)
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def parse(body: bytes) -> Any:
    """Return the value that `body` holds. Raises Malformed naming what is wrong with it, and where."""
    try:
        text = body.decode("utf-8")
        value = _document(yaml.parse(text, Loader=LOADER))
    except UnicodeDecodeError as error:
        raise Malformed(f"the body is not UTF-8: byte {error.start} cannot be read") from None
    except yaml.YAMLError as error:
        raise Malformed(f"the body is not YAML: {' '.join(str(error).split())[:300]}") from None
    refuse_surrogates(value)
    return value


def dump(value: Any) -> str:
    """Return a JSON value as YAML, in the given order, which `parse` reads back to the same value."""
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120))


class _Dumper(DUMPER):  # type: ignore[misc]  # one of two, whichever is there
    """Quotes every text that would be read as something else, and repeats what is the same."""

    def ignore_aliases(self, _: Any) -> bool:
        """Write everything out."""
        return True


_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", NUMBER, list("-0123456789"))


def _document(events: Iterator[Any]) -> Any:
    """Return the only document's value."""
    documents = 0
    value: Any = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise Malformed(f"a second document begins at {_place(event)}; send one")
        elif isinstance(event, yaml.NodeEvent):
            value = _value(event, events, 0)
    return value


def _value(event: Any, events: Iterator[Any], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise Malformed(f"the YAML is nested deeper than {MAX_DEPTH} levels at {_place(event)}")
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        raise Malformed(f"an anchor or an alias stands at {_place(event)}; write out what it means")
    if event.tag:
        raise Malformed(f"the tag {show(event.tag)} stands at {_place(event)}; leave it out")
    if isinstance(event, yaml.ScalarEvent):
        return event.value if event.style else _plain(event)
    if isinstance(event, yaml.SequenceStartEvent):
        return [_value(inner, events, depth + 1) for inner in _inside(events)]
    return _mapping(events, depth)


def _mapping(events: Iterator[Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in _inside(events):
        if not isinstance(key, yaml.ScalarEvent) or key.anchor or key.tag:
            raise Malformed(f"a name at {_place(key)} is not text")
        if key.value in found:
            raise Malformed(f"the name {show(key.value)} stands twice in one object, again at {_place(key)}")
        found[key.value] = _value(next(events), events, depth + 1)
    return found


def _inside(events: Iterator[Any]) -> Iterator[Any]:
    """Yield the events that begin the parts of a list or an object, up to its end; whoever takes one takes the part."""
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            return
        yield event


def _plain(event: Any) -> Any:
    text = event.value
    if text in WORDS:
        return WORDS[text]
    if NOT_JSON.fullmatch(text):
        raise Malformed(f"{text} at {_place(event)} is not JSON; write a finite number or null")
    if not NUMBER.fullmatch(text):
        return text
    return read_integer(text) if text.lstrip("-").isdigit() else read_number(text)


def _place(event: Any) -> str:
    return f"line {event.start_mark.line + 1} column {event.start_mark.column + 1}"
