"""The second channel: signed commands in, messages out, and all between them shared with the first."""

import json

import pytest

from runners.connector import live
from runners.engine import operations
from runners.engine.operations import Actor, Role
from runners.engine.store import chats
from runners.engine.store.audit import AuditFilter, list_entries
from runners.engine.store.connectors import list_connectors
from tests.connector import slack_api
from tests.connector.looking import told
from tests.connector.slack_api import CHAT, HOOK, PATH, TEAM, USER, buttons, pressed, signed, typed
from tests.planted import PASSWORD
from tests.waiting import wait_until
from webapp import create_app

ADMIN = Actor("ana", Role.ADMIN, "api")
pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def server_env(server_env):
    """Without Telegram, and allowed to reach the server that plays Slack."""
    kept = {name: value for name, value in server_env.items() if not name.startswith("TELEGRAM")}
    return kept | {"HTTP_ALLOW_PRIVATE": "127.0.0.1"}


def test_a_slash_command_and_json_are_answered_in_the_chat(platform, slack, slack_send, start):
    start()

    assert slack_send(typed("help")) == 200
    assert slack_send(typed("/status"), kind="application/json") == 200

    wait_until(lambda: len(slack.texts) == 2)
    assert slack.texts[0].startswith("/multijob run SENTENCE")
    assert slack.texts[1].startswith("Online: schedulers 0")
    assert {body["channel"] for body in slack.asked("chat.postMessage")} == {CHAT}
    wait_until(lambda: [state.status for state in list_connectors(platform.store)] == ["online"])


def test_a_note_stands_behind_the_slash_command(platform, slack, slack_send, start):
    asking = {"job_id": "asking", "type": "simulation.heavy", "schedule": None, "requires_approval": True}
    operations.save_job(platform, ADMIN, asking | {"approvers": {"role": "operator"}})
    run = operations.run_job(platform, ADMIN, "asking")
    start()

    def last(count):
        wait_until(lambda: len(slack.texts) == count)
        return slack.texts[-1]

    slack_send(typed("note nothing is asked yet"))
    assert last(1).startswith("No note is waited for.") and last(1).endswith(": /multijob approvals")
    slack_send(typed("approvals"))
    wait_until(lambda: len(slack.texts) == 2)
    number = slack.number("Reject with a note")
    slack_send(pressed(buttons(slack.messages[number])["Reject with a note"], number))
    assert last(3) == "Reject: write your note as your next message, or as /multijob note TEXT. It decides at once."
    slack_send(typed("note"))
    assert last(4) == "Write the note behind it: /multijob note TEXT."
    slack_send(typed("/note not on a friday"))
    assert last(5) == "asking: rejected. The run fails as rejected."
    assert operations.run_approvals(platform, ADMIN, run.run_id)[0].note == "not on a friday"


def test_who_asks_is_a_person_by_the_same_code_and_the_audit_names_chat_and_channel(
    platform, slack, slack_send, slack_account, start
):
    slack_account(allowed_senders=[])
    operations.create_person(platform, ADMIN, "ada", Role.OPERATOR, PASSWORD)
    operations.save_job(platform, ADMIN, {"job_id": "nightly", "type": "simulation.heavy", "schedule": None})
    start()

    slack_send(typed(f"link {operations.link_chat(platform, ADMIN, 'ada').text}"))
    wait_until(lambda: slack.texts)
    slack_send(typed("pause nightly"))
    wait_until(lambda: len(slack.texts) == 2)

    (link,) = operations.list_chats(platform, ADMIN).rows
    assert (link.channel, link.sender, link.person) == ("slack", f"{TEAM}.{USER}", "ada")
    entry = list_entries(platform.store, AuditFilter(object="job:nightly"), limit=1).rows[0]
    assert [entry.said[word] for word in ("actor", "role", "surface")] == ["ada", "operator", "chat"]
    assert entry.said["request_id"].startswith(f"slack:ops:{CHAT}:")
    assert [event.type for event in told(platform, "slack.command.*")] == [
        "slack.command.received",
        "slack.command.executed",
    ]


def test_a_button_counts_once_and_its_message_is_edited_in_place(platform, slack, slack_send, start):
    operations.save_job(platform, ADMIN, {"job_id": "nightly", "type": "simulation.heavy", "schedule": None})
    run = operations.run_job(platform, ADMIN, "nightly")
    start()
    slack_send(typed(f"cancel {run.run_id}"))
    wait_until(lambda: slack.messages)
    (number,) = slack.messages
    label = next(label for label in buttons(slack.messages[number]) if "nightly" in label)
    back = buttons(slack.messages[number])[label]

    slack_send(pressed(back, number, user="U2"))
    wait_until(lambda: told(platform, "slack.command.rejected"))
    slack_send(pressed(back, number))
    wait_until(lambda: str(operations.get_run(platform, ADMIN, run.run_id).status) == "cancelled")
    wait_until(lambda: slack.asked("chat.update"))
    slack_send(pressed(back, number))

    wait_until(lambda: len(slack.asked("chat.postEphemeral")) == 2)
    assert slack.asked("chat.postEphemeral")[1]["text"].startswith("This button was used")
    assert [body["ts"] for body in slack.asked("chat.update")] == [number]
    assert label not in buttons(slack.messages[number])
    done = list_entries(platform.store, AuditFilter(operation="cancel_run"), limit=9).rows
    assert [entry.said["actor"] for entry in done] == [f"slack:{TEAM}.{USER}"]


def test_a_run_is_watched_in_one_message(platform, slack, slack_send, start, monkeypatch):
    monkeypatch.setattr(live, "EVERY_SEC", 0.05)
    operations.save_job(platform, ADMIN, {"job_id": "nightly", "type": "simulation.heavy", "schedule": None})
    run = operations.run_job(platform, ADMIN, "nightly")
    start()
    slack_send(typed("watch nightly"))
    wait_until(lambda: slack.texts)

    operations.cancel_run(platform, ADMIN, run.run_id)

    wait_until(lambda: slack.asked("chat.update"))
    assert "cancelled" in slack.asked("chat.update")[-1]["text"]
    assert len(slack.texts) == 1


def test_a_body_that_was_changed_and_an_account_that_is_off_are_refused(platform, slack_account):
    client = create_app(platform).test_client()
    body, headers = signed(typed("status"), platform.store.now().timestamp())

    assert client.post(PATH, data=body + b"&text=pause", headers=headers).status_code == 401
    assert client.post(PATH, data=body).status_code == 401
    slack_account(enabled=False)
    assert client.post(PATH, data=body, headers=headers).status_code == 401
    slack_account(enabled=True, signing_secret=None)
    assert client.post(PATH, data=body, headers=headers).status_code == 401
    assert client.post(PATH, data=b"x" * (64 * 1024 + 1), headers=headers).status_code == 413


def test_what_is_sent_again_is_heard_once(platform, slack, slack_account, start):
    client = create_app(platform).test_client()
    body, headers = signed(typed("help"), platform.store.now().timestamp())
    start()

    first = [client.post(PATH, data=body, headers=headers).status_code for _ in range(3)]
    wait_until(lambda: slack.texts)
    wait_until(lambda: chats.unread(platform.store, "slack:ops", 9) == [])
    late = client.post(PATH, data=body, headers=headers).status_code

    assert [*first, late] == [200] * 4
    assert chats.unread(platform.store, "slack:ops", 9) == []
    assert len(told(platform, "slack.command.received")) == 1


@pytest.mark.parametrize("kind", [slack_api.FORM, "application/json"])
def test_a_retry_that_is_signed_anew_is_heard_once(platform, slack_send, kind):
    pressed_once = pressed("card:0", "1700000000.000100")
    pressed_once["payload"] = pressed_once["payload"].replace('{"type"', '{"trigger_id": "13.98.abcdef", "type"', 1)
    typed_once = typed("status") | {"trigger_id": "13.99.abcdef"}

    for fields in (typed_once, typed_once, *([pressed_once] * 2 if kind == slack_api.FORM else [])):
        assert slack_send(fields, kind=kind) == 200

    numbers = [json.loads(text)["update_id"] for text in chats.unread(platform.store, "slack:ops", 9)]
    assert len(set(numbers)) == (2 if kind == slack_api.FORM else 1)


def test_another_chat_another_workspace_and_a_stranger_are_not_heard(platform, slack, slack_send, start):
    start()

    for where in ({"chat": "C9"}, {"team": "T9"}, {"user": "U9"}):
        assert slack_send(typed("status", **where)) == 200

    wait_until(lambda: len(told(platform, "slack.command.rejected")) == 3)
    assert {event.data["chat_id"] for event in told(platform, "slack.command.rejected")} == {"C9", "T9.C1", "C1"}
    assert slack.calls == []


@pytest.mark.parametrize(
    "fields",
    [{}, {"payload": "{"}, {"payload": '{"type":"view_submission"}'}, {"payload": '{"type":"block_actions"}'}, {"payload": "7"},
     {"team_id": "T1", "channel_id": "<b>", "user_id": "U1"}],
    ids=["nothing", "no JSON", "another kind", "no button", "a number", "no id"],
)  # fmt: skip
def test_what_says_nothing_holds_up_nobody(platform, slack, slack_send, start, fields):
    start()
    slack_send(fields)
    slack_send(typed("help"))

    wait_until(lambda: slack.texts)
    assert told(platform, "slack.command.failed") == ()


def test_it_waits_as_long_as_it_is_asked_to_and_gives_up_what_is_never_taken(platform, slack, slack_send, start):
    slack.faults.append((429, {"Retry-After": "1"}, b""))
    slack.faults.append((200, {}, b'{"ok":false,"error":"channel_not_found"}'))
    start()
    slack_send(typed("help"))
    slack_send(typed("status"))

    wait_until(lambda: slack.texts)
    assert slack.texts[0].startswith("Online")
    (failed,) = told(platform, "slack.command.failed")
    assert "channel_not_found" in failed.data["error"]


def test_a_webhook_writes_into_its_chat_and_no_text_mentions_anybody(platform, slack, slack_send, slack_account, start):
    slack_account(token=None, webhook_url=f"{slack.url}{HOOK}")
    start()

    slack_send(typed("job <!channel>&co"))

    wait_until(lambda: slack.asked("webhook"))
    assert "&lt;!channel&gt;&amp;co" in slack.texts[0]
    assert "<!" not in slack.texts[0]


def test_a_token_of_another_workspace_answers_nobody(platform, slack, slack_send, start):
    slack.team = "T9"
    start()
    slack_send(typed("help"))

    wait_until(lambda: [state.status for state in list_connectors(platform.store)] == ["degraded"])
    assert "another workspace" in list_connectors(platform.store)[0].last_error
    assert slack.calls == []


def test_no_secret_is_told_anywhere(platform, slack, slack_send, slack_account, start, capfd):
    end = start()
    slack_send(typed("help"))
    wait_until(lambda: slack.texts)
    end()
    slack_account(token=None, webhook_url=f"{slack.url}{HOOK}")
    end = start()
    slack.faults.append((500, {}, b""))
    slack_send(typed("help"))
    wait_until(lambda: slack.asked("webhook"))
    end()

    redis = platform.store.redis
    kept = [redis.hgetall(key) for key in redis.keys("*") if redis.type(key) == "hash"]
    assert "canary" not in str(kept) + str(told(platform, "*")) + "".join(capfd.readouterr())
