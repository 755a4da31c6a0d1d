"""Answers of the Bot API, looked at before python-telegram-bot does: that one puts a whole HTML page into its errors."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from telegram.error import NetworkError, TelegramError
from telegram.request import HTTPXRequest

from runners.connector.inbox import is_update
from runners.connector.telegram_updates import readable

TOO_MANY_REQUESTS = 429
LONGEST_WAIT = timedelta(hours=1)
"""However long it asks to wait: then it is asked again."""


class TooManyRequests(TelegramError):
    """HTTP 429. The library's own class warns about its units on each use."""

    def __init__(self, wait: timedelta | None) -> None:
        super().__init__("the Bot API asks to wait" + (f" {wait.total_seconds():g} s" if wait else ""))
        self.wait = wait


class BotRequest(HTTPXRequest):
    """A request that refuses what is not the Bot API's JSON, and leaves out updates that cannot be read."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Return status and body as the library has it."""
        status, payload = await super().do_request(*args, **kwargs)
        answer = _answer(payload)
        if status == TOO_MANY_REQUESTS:
            raise TooManyRequests(_wait(answer))
        if not isinstance(answer.get("ok"), bool) or (status < 300) != answer["ok"]:
            raise NetworkError(f"the Bot API answered {status} with something else than its JSON")
        if isinstance(answer.get("result"), list):
            answer["result"] = [readable(update) for update in answer["result"] if is_update(update)]
            return status, json.dumps(answer).encode()
        return status, payload


def _answer(payload: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _wait(answer: dict[str, Any]) -> timedelta | None:
    parameters = answer.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if not isinstance(seconds, int) or seconds <= 0:
        return None
    return timedelta(seconds=min(seconds, LONGEST_WAIT.total_seconds()))
