"""How every process writes its log: one line an event, `key=value` or JSON (LOG_FORMAT), on stdout.

A line that cannot be written is dropped: a full disk under a log must never end a run or a process.
"""

from __future__ import annotations

import logging
import os
import traceback
from contextlib import suppress
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from runners.engine.key_file import kept_keys
from runners.engine.known_secrets import KNOWN
from runners.engine.settings import Settings
from runners.engine.settings.own_secrets import own_secrets

STDOUT = 1


class Lines:
    """Writes whole lines past Python's buffers, so that nothing half-written is left for the end of the process."""

    def msg(self, line: str) -> None:
        """Write one line, or drop it when there is no room or nobody to read it."""
        with suppress(OSError):
            os.write(STDOUT, line.encode(errors="backslashreplace") + b"\n")

    debug = info = warning = error = critical = exception = log = msg


class LineHandler(logging.Handler):
    """Brings what libraries log through `logging` into the same lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record as an event of its logger."""
        try:
            text = record.getMessage()
        except Exception as error:  # the arguments are other people's, and so is how they are printed
            text = f"{record.msg!r} cannot be printed: {error!r}"
        raised = record.exc_info[1] if record.exc_info else None
        log = structlog.get_logger()
        log.log(record.levelno, "library.logged", logger=record.name, text=text, exc_info=raised)


def configure(settings: Settings) -> None:
    """Log in the format of the settings from now on, in this process; libraries from warnings upwards.

    No line shows a secret that this process knows, those of its environment and of DATA_DIR among them.
    """
    KNOWN.learn(own_secrets(os.environ) | kept_keys(settings.data_dir))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_traceback,
            _without_secrets,
            *RENDERERS[settings.log_format],
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: Lines(),
    )
    logging.basicConfig(level=logging.WARNING, handlers=[LineHandler()], force=True)


def _with_traceback(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Write an exception that was given as `exc_info` as text."""
    if error := event.pop("exc_info", None):
        event["traceback"] = "".join(traceback.format_exception(error))
    return event


def _without_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Hide known secrets in whatever is logged; what is no JSON value is logged as its repr."""
    if not KNOWN.redactor:
        return event
    return {name: KNOWN.redactor.value(value if _is_json(value) else repr(value)) for name, value in event.items()}


def _is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(name, str) and _is_json(inner) for name, inner in value.items())
    if isinstance(value, list | tuple):
        return all(map(_is_json, value))
    return value is None or isinstance(value, str | int | float)


def _printable(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Write control and bidi characters as escapes; line breaks are the renderer's."""
    return {name: _escaped(value) for name, value in event.items()}


def _escaped(value: Any) -> Any:
    if isinstance(value, bool | int | float) or value is None:
        return value
    text = value if isinstance(value, str) else repr(value)
    return "".join(one if one.isprintable() or one == "\n" else repr(one)[1:-1] for one in text)


RENDERERS: dict[str, list[Processor]] = {
    "text": [
        _printable,
        structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
    ],
    "json": [structlog.processors.JSONRenderer(default=repr)],
}
