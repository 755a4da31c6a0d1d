"""A connector in memory mode that talks to a local Bot API."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from runners.connector import account, health, run
from tests.connector import bot_api
from tests.connector.bot_api import CHAT, SENDER, TOKEN, BotApi

FIRST_WAIT = timedelta(milliseconds=10)


@pytest.fixture
def mode() -> str:
    """The connector does not care for the queue's transport."""
    return "memory"


@pytest.fixture
def api() -> Iterator[BotApi]:
    """The Bot API."""
    with bot_api.running() as running:
        yield running


@pytest.fixture
def server_env(tmp_path: Path, api: BotApi) -> dict[str, str]:
    """The environment of a platform with one account, one allowed chat and one allowed sender."""
    return {
        "DATA_DIR": str(tmp_path / "platform"),
        "QUEUE_MODE": "memory",
        "TELEGRAM_API_BASE": api.url,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_ALLOWED_CHATS": str(CHAT),
        "TELEGRAM_ALLOWED_SENDERS": str(SENDER),
    }


@pytest.fixture
def start(platform: Any) -> Iterator[Callable[..., Callable[[], None]]]:
    """`start()` runs a connector in a thread; what it returns stops it again and waits for its end."""
    ends: list[Callable[[], None]] = []

    def begin(on: Any = platform) -> Callable[[], None]:
        stop = threading.Event()
        thread = threading.Thread(target=run, args=(on, stop), daemon=True)
        thread.start()

        def end() -> None:
            stop.set()
            thread.join(10)
            assert not thread.is_alive(), "the connector did not end within ten seconds"

        ends.append(end)
        return end

    yield begin
    for end in ends:
        end()


@pytest.fixture
def quick(monkeypatch):
    """Waits begin at ten milliseconds here."""
    monkeypatch.setattr(health, "FIRST_WAIT", FIRST_WAIT)


@pytest.fixture
def noted(monkeypatch):
    """Every health that the account had, in order."""
    seen, note = [], account.Account.note

    def spy(self, health):
        seen.append(health)
        note(self, health)

    monkeypatch.setattr(account.Account, "note", spy)
    return seen
