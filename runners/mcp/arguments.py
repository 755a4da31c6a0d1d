"""Checking a call's arguments against the schema that the server gives for them (JSON Schema, 2020-12 unless it names another)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, SchemaError
from jsonschema.validators import validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

MOST_FAULTS = 5
SHOWN = 200


def faults_of(schema: Mapping[str, Any], arguments: object) -> list[str]:
    """Return what is wrong with `arguments`, the first few faults; a schema that is none, or refers outside of itself, is one."""
    kind = validator_for(schema, default=Draft202012Validator)
    try:
        kind.check_schema(schema)
        # an empty registry: no reference in the schema is ever fetched
        found = kind(schema, registry=Registry()).iter_errors(arguments)
        return [_words(fault) for fault in islice(found, MOST_FAULTS)]
    except SchemaError as fault:
        return [f"the server's schema is none ({fault.message[:SHOWN]})"]
    except Unresolvable as fault:
        return [f"the server's schema refers to what is not in it ({str(fault)[:SHOWN]})"]
    except RecursionError:
        return ["the server's schema never ends"]


def _words(fault: Any) -> str:
    where = ".".join(map(str, fault.absolute_path))
    return f"{where}: {fault.message[:SHOWN]}" if where else str(fault.message[:SHOWN])
