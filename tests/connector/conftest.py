"""A connector in memory mode that talks to a local Bot API, and to a server that plays Slack where a test asks for it."""

import itertools
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from runners.connector import account, health, inbox, run
from runners.engine import operations
from runners.engine.operations import Actor, Role
from tests.connector import bot_api, slack_api
from tests.connector.bot_api import CHAT, SENDER, TOKEN, BotApi
from tests.connector.doors import Doors, opened
from tests.connector.slack_api import SlackApi
from webapp import create_app

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
def slack() -> Iterator[SlackApi]:
    """The server that plays Slack; who talks to it must be allowed to reach 127.0.0.1."""
    with slack_api.running() as running:
        yield running


@pytest.fixture
def slack_account(platform: Any, slack: SlackApi) -> Callable[..., None]:
    """Changes the account 'ops' in Slack; it has a token, one workspace, one chat and one sender."""

    def change(**fields: Any) -> None:
        operations.save_slack_account(platform, Actor("ana", Role.ADMIN, "api"), "ops", fields)

    change(
        signing_secret=slack_api.SECRET,
        token=slack_api.TOKEN,
        api_base=f"{slack.url}/api",
        team=slack_api.TEAM,
        allowed_chats=[slack_api.CHAT],
        allowed_senders=[slack_api.USER],
    )
    return change


@pytest.fixture
def slack_send(platform: Any, slack_account: Any) -> Callable[..., int]:
    """Sends fields signed to the web process, and returns the status of the answer."""
    client = create_app(platform).test_client()
    seconds = itertools.count(int(platform.store.now().timestamp()), -1)

    def post(
        fields: dict[str, Any],
        *,
        ago: int = 0,
        kind: str = slack_api.FORM,
        secret: str = slack_api.SECRET,
        path: str = slack_api.PATH,
    ) -> int:
        # each in a second of its own: two that read alike in one second would be one
        body, headers = slack_api.signed(fields, next(seconds) - ago, secret, kind)
        return client.post(path, data=body, headers=headers).status_code

    return post


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


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """Both channels, served at once, for all tests of a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(health, "FIRST_WAIT", FIRST_WAIT)
        patch.setattr(inbox, "LOOK_SEC", 0.01)
        with opened(str(tmp_path_factory.mktemp("platform"))) as doors:
            yield doors


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
