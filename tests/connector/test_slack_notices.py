"""A chat in Slack is told as one in Telegram is: by rules, by what it subscribed to, and with the buttons that decide."""

from __future__ import annotations

import pytest

from runners.engine import operations
from runners.engine.events import EventType
from runners.engine.notifications.listening import name_of, named
from runners.engine.operations import Actor, DeliveryFilter, Role
from runners.engine.protocol import events
from runners.notifier.telling import Notifier
from tests.connector.chatting import Chat
from tests.connector.slack_api import CHAT, buttons
from tests.waiting import wait_until

ADMIN = Actor("root", Role.ADMIN, "cli")
HERE = f"slack:ops:{CHAT}"
MAIL = {"channel": "email", "email": {"to": ["ops@example.org"]}}
DIRECT = {"channel": "slack", "slack": {"account_id": "ops", "chat_id": CHAT}}
pytestmark = pytest.mark.usefixtures("slack_account")


@pytest.fixture
def server_env(server_env):
    """Allowed to reach the server that plays Slack."""
    return server_env | {"HTTP_ALLOW_PRIVATE": "127.0.0.1"}


@pytest.fixture
def tell(platform):
    """Do what a process that tells does until nothing is left to be sent."""

    def telling():
        notifier = Notifier(platform)
        store = platform.store
        wait_until(lambda: notifier.step() or not store.redis.zcard(store.keys.deliveries_due))
        notifier._pool.shutdown(wait=True)
        notifier.close()

    return telling


def rule(platform, rule_id, wanted, way):
    operations.save_rule(platform, ADMIN, rule_id, {"events": [wanted]} | way)


def fails(platform, job_id):
    events.append(platform.store, EventType.RUN_FAILED, {"job_id": job_id, "run_id": "run_x", "error": "no disk"})


def test_a_rule_tells_a_chat_in_slack_with_its_buttons(platform, slack, tell):
    rule(platform, "direct", "run.failed", DIRECT)
    fails(platform, "nightly")
    tell()

    (notice,) = slack.asked("chat.postMessage")
    assert notice["channel"] == CHAT and notice["text"].startswith("job nightly failed")
    assert list(buttons(notice)) == ["Log", "Retry"]


def test_a_chat_in_slack_hears_what_it_subscribed_to_and_nothing_while_it_is_muted(platform, slack, tell):
    rule(platform, "failed", "run.failed", MAIL | {"enabled": True})
    chat = Chat(platform, where=HERE)
    assert chat.say("/subscribe failed") == "This chat is told what failed tells, from now on."
    fails(platform, "first")
    tell()
    chat.say("/mute 2h")
    fails(platform, "second")
    tell()
    chat.say("/mute off")
    chat.say("/unsubscribe failed")
    fails(platform, "third")
    tell()

    assert [text.splitlines()[0] for text in slack.texts] == ["job first failed"]
    assert {row.rule_id for row in operations.list_deliveries(platform, ADMIN, DeliveryFilter(), 50).rows} >= {
        f"failed@{HERE}"
    }


def test_one_message_tells_of_one_matter_whatever_tells_it(platform, slack, tell):
    rule(platform, "direct", "run.failed", DIRECT)
    rule(platform, "failed", "run.failed", MAIL)
    Chat(platform, where=HERE).say("/subscribe failed")
    fails(platform, "nightly")
    tell()

    assert len(slack.texts) == 1


def test_what_asks_for_a_decision_comes_whole_and_with_the_buttons_that_decide(platform, slack, tell):
    rule(platform, "decide", "approval.request_created", DIRECT)
    spec = {"job_id": "deploy", "type": "simulation.heavy", "schedule": None, "requires_approval": True}
    operations.save_job(platform, ADMIN, spec)
    operations.run_job(platform, Actor("ana", Role.OPERATOR, "cli"), "deploy")
    tell()

    (notice,) = slack.asked("chat.postMessage")
    assert "simulation.heavy, version 1 of the job" in notice["text"]
    assert list(buttons(notice)) == ["Approve", "Reject", "Approve with a note", "Reject with a note"]


def test_a_chat_that_the_account_does_not_allow_is_not_told(platform, slack, tell):
    away = {"channel": "slack", "slack": {"account_id": "ops", "chat_id": "C9"}}
    rule(platform, "direct", "run.failed", away)
    fails(platform, "nightly")
    tell()

    (row,) = operations.list_deliveries(platform, ADMIN, DeliveryFilter(), 50).rows
    assert (row.status, row.error) == ("failed", "account 'ops' does not allow chat C9; add it there")
    assert slack.texts == []


@pytest.mark.parametrize("place", ["telegram:default:-1001", HERE])
def test_the_name_of_what_a_chat_hears_leads_back_to_it(place):
    assert named(name_of("failed", place)) == ("failed", place)
