"""An account's own page: its last messages, by whom and with what outcome, and never a word of their texts."""

import re
from datetime import UTC, datetime

import pytest

from runners.engine.store import chats
from runners.engine.store.chat_messages import KEPT, Message, last_messages, noting
from runners.engine.store.connectors import ConnectorState, ConnectorStatus, beat_connector
from tests.connector.bot_api import CHAT, SENDER
from tests.connector.slack_api import typed
from tests.round_trips import counted
from tests.waiting import wait_until
from webapp import create_app

pytestmark = pytest.mark.usefixtures("quick")
ONLINE = ConnectorState("telegram", "default", ConnectorStatus.ONLINE, datetime(2026, 1, 1, tzinfo=UTC), None, 0)
TELEGRAM, SLACK = "telegram:default", "slack:ops"


@pytest.fixture
def server_env(server_env):
    """Allowed to reach the server that plays Slack."""
    return server_env | {"HTTP_ALLOW_PRIVATE": "127.0.0.1"}


def kept(platform, place):
    return [(one.way, one.command, one.outcome) for one in last_messages(platform.store, place)]


def page(platform, path):
    answer = create_app(platform).test_client().get(f"/ui/integrations/connectors/{path}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.text)


@pytest.mark.slow  # a connector and two channels
def test_both_channels_show_who_asked_for_what_and_what_came_of_it(platform, api, slack_send, start):
    start()
    api.say("/status canary-text")
    api.say("/why canary-job")
    api.say("/status", sender=SENDER + 1)
    assert slack_send(typed("status")) == 200
    wait_until(lambda: len(kept(platform, TELEGRAM)) == 5 and len(kept(platform, SLACK)) == 2)

    told = page(platform, "telegram/default")
    assert sorted(kept(platform, TELEGRAM)) == [
        ("in", "status", "executed"),
        ("in", "status", "rejected"),
        ("in", "why", "executed"),
        ("out", "status", "sent"),
        ("out", "why", "sent"),
    ]
    assert "unknown sender<small>" + str(SENDER + 1) in told and f"telegram:{SENDER}" in told and str(CHAT) in told
    assert "<code>/why</code>" in told and "from the environment" in told and "canary" not in told
    assert "<code>/status</code>" in page(platform, "slack/ops")


def test_only_the_last_are_kept_and_the_page_takes_as_many_round_trips(platform):
    client, trips = create_app(platform).test_client(), []
    for said in (1, KEPT):
        for _ in range(said):
            message = Message(platform.store.now(), "in", str(CHAT), "executed", str(SENDER), "ana", "help")
            chats.do(platform.store, noting(platform.store, TELEGRAM, message))
        beat_connector(platform.store, ONLINE)
        with counted(platform) as found:
            assert client.get("/ui/integrations/connectors/telegram/default").status_code == 200
        trips.append(found.number)

    assert trips[0] == trips[1] <= 14
    assert len(last_messages(platform.store, TELEGRAM)) == KEPT


def test_an_account_that_is_not_there_is_not_found_and_what_is_broken_is_left_out(platform):
    platform.store.redis.rpush(platform.store.keys.chat_lately(TELEGRAM), "{", '{"at": 1}', "[]")
    client = create_app(platform).test_client()

    assert last_messages(platform.store, TELEGRAM) == []
    assert client.get("/ui/integrations/connectors/telegram/nobody").status_code == 404
    assert client.get("/ui/integrations/connectors/slack/nobody").status_code == 404
