"""What is kept of what a handler gives back or raises: each up to a size, here and in the handler's own process.

Known secrets are hidden before anything is cut, so that no cut leaves a part of one.
"""

import json
import traceback
from dataclasses import dataclass

from pydantic import ValidationError

from runners.engine.known_secrets import KNOWN, hidden

OUTPUT_KEPT = 64 * 1024
TRACEBACK_KEPT = 16 * 1024


@dataclass(frozen=True, slots=True)
class Cut:
    """The beginning of an output's JSON text that was longer than `OUTPUT_KEPT`."""

    text: str


def capped(output: object) -> tuple[object, bool]:
    """Return the output, cut to 64 KiB of JSON text if it is longer, and whether it was cut.

    Raises TypeError, ValueError or RecursionError for what JSON cannot hold.
    """
    if output is None or output is True or output is False:
        return output, False
    if isinstance(output, Cut):
        return hidden(output.text), True
    output = KNOWN.redactor.value(output)
    text = json.dumps(output, allow_nan=False)
    return (output, False) if len(text) <= OUTPUT_KEPT else (text[:OUTPUT_KEPT], True)


def words(error: BaseException) -> str:
    """Return the exception in a line; its own words may raise too."""
    try:
        return hidden(f"{type(error).__name__}: {error}")
    except Exception:
        return _speechless(error)


def own_words(error: BaseException) -> str:
    """Return what the exception itself says, which may raise too."""
    try:
        return hidden(str(error))
    except Exception:
        return _speechless(error)


def _speechless(error: BaseException) -> str:
    return f"{type(error).__name__}, which does not say what is wrong"


def refused_inputs(error: ValidationError) -> str:
    """Return the first thing that is wrong with a run's inputs, in a line."""
    first = error.errors()[0]
    return hidden(f"inputs: {first['msg']} at {'.'.join(map(str, first['loc']))}")


def trace(error: BaseException, caller: str) -> str:
    """Return the traceback from where `caller` (a file of ours) called on, as text that any store takes.

    Of one that is longer than `TRACEBACK_KEPT` the beginning is cut off.
    """
    place = start = error.__traceback__
    while place:
        start, place = (place.tb_next if place.tb_frame.f_code.co_filename == caller else start), place.tb_next
    try:
        text = "".join(traceback.format_exception(type(error), error, start))
    except Exception:  # its own words may raise
        text = "".join(traceback.format_tb(start)) + type(error).__name__
    text = hidden(text.encode("utf-8", "backslashreplace").decode())
    return text if len(text) <= TRACEBACK_KEPT else f"…{text[1 - TRACEBACK_KEPT :]}"
