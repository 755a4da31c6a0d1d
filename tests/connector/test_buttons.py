"""Buttons of a real approval, pressed over the wire: each counts once, for whom it is meant, where it stands, as it was shown."""

import pytest

from runners.connector.sayings import ANSWER_KEPT
from runners.engine import operations
from runners.engine.operations import Actor, Role
from runners.engine.store.deliveries import DeliveryFilter, DeliveryStatus
from tests.connector.bot_api import CHAT, SENDER
from tests.connector.looking import told
from tests.waiting import wait_until

ADMIN = Actor("ana", Role.ADMIN, "api")
SENT = DeliveryFilter(status=DeliveryStatus.SENT)
FRIEND, STRANGER, ELSEWHERE = 3003, 666, 4004
OVER = "This button was used, or its time is over; ask again"
NOT_YOURS = "This button is not yours to press here"


@pytest.fixture
def server_env(server_env):
    """Two people are listed, in two chats."""
    return server_env | {
        "TELEGRAM_ALLOWED_CHATS": f"{CHAT},{ELSEWHERE}",
        "TELEGRAM_ALLOWED_SENDERS": f"{SENDER},{FRIEND}",
    }


@pytest.fixture
def asked(platform):
    """A run that waits for an operator's decision."""
    spec = {"job_id": "deploy", "type": "simulation.heavy", "schedule": None, "requires_approval": True}
    operations.save_job(platform, ADMIN, spec | {"approvers": {"role": "operator"}})
    run = operations.run_job(platform, ADMIN, "deploy")
    return operations.run_approvals(platform, ADMIN, run.run_id)[0].approval_id


@pytest.fixture
def shown(platform, api, start, asked):
    """The same, shown in chat; returns what its buttons bring back."""
    start()
    api.say(f"/approvals {asked}")
    wait_until(lambda: api.sent)
    return api.buttons()


def status(platform, approval_id):
    return str(operations.get_approval(platform, ADMIN, approval_id).approval.status)


def answers(api):
    return [asked["text"] for asked in api.asked("answerCallbackQuery")]


def press(api, back, **more):
    """Press a button, and return what is answered to the one who did."""
    before = len(answers(api))
    api.press(back, **more)
    wait_until(lambda: len(answers(api)) > before)
    return answers(api)[-1]


def test_a_press_decides_and_its_message_says_so_without_buttons(platform, api, asked, shown):
    heard = press(api, shown["Approve"])

    assert heard.startswith("deploy: approved")
    assert status(platform, asked) == "approved"
    wait_until(lambda: api.asked("editMessageText"))
    wait_until(lambda: api.buttons(1) == {})
    assert operations.get_approval(platform, ADMIN, asked).approval.decided_by == f"telegram:{SENDER}"


def test_pressed_again_by_another_update_it_does_nothing(platform, api, asked, shown):
    press(api, shown["Approve"])

    assert press(api, shown["Approve"]) == OVER
    assert press(api, shown["Reject"]) == OVER
    assert status(platform, asked) == "approved"


@pytest.mark.parametrize(
    "how", [{"sender": STRANGER}, {"sender": FRIEND}, {"chat": ELSEWHERE}, {"chat": 666}, {"text": "approve a rose"}]
)
def test_pressed_by_another_elsewhere_or_under_another_text_it_does_nothing(platform, api, asked, shown, how):
    assert press(api, shown["Approve"], **how) == NOT_YOURS

    assert status(platform, asked) == "pending"
    assert press(api, shown["Approve"]).startswith("deploy: approved")


@pytest.mark.parametrize("back", ["", "x" * 60, "nobody-dealt-this-one:0", "a:b", "{}:99"])
def test_what_no_button_brings_back_does_nothing(platform, api, asked, shown, back):
    card = shown["Approve"].partition(":")[0]

    assert press(api, back.format(card)) in (OVER, NOT_YOURS)
    assert status(platform, asked) == "pending"


def test_its_time_over_it_does_nothing(platform, api, asked, shown):
    for key in platform.store.redis.keys("*chat:card:*"):
        assert platform.store.redis.pttl(key) <= 15 * 60 * 1000
        platform.store.redis.delete(key)

    assert press(api, shown["Approve"]) == OVER
    assert status(platform, asked) == "pending"


def test_a_note_is_the_next_message_of_the_one_who_pressed(platform, api, asked, shown):
    press(api, shown["Reject with a note"])
    wait_until(lambda: len(api.sent) == 2)
    api.say("not mine", sender=FRIEND)
    api.say("not on a Friday")

    wait_until(lambda: status(platform, asked) == "rejected")
    assert operations.get_approval(platform, ADMIN, asked).approval.note == "not on a Friday"
    api.say("and this is no note any more")
    api.say("/help")
    wait_until(lambda: "/status" in api.texts[-1])
    assert len(told(platform, "telegram.command.received")) == 4


def test_a_card_tells_nothing_and_an_answer_fits(platform, api, asked, shown):
    assert all(len(back.encode()) <= 64 and asked not in back for back in shown.values())
    assert all(len(text) <= ANSWER_KEPT for text in [press(api, shown["Approve"]), press(api, "x")])


@pytest.fixture
def told_of(platform, api, start):
    """An approval that a notification rule tells the chat of."""
    rule = {"events": ["approval.request_created"], "channel": "telegram", "telegram": {"chat_id": CHAT}}
    operations.save_rule(platform, ADMIN, "ask", rule)
    spec = {"job_id": "deploy", "type": "simulation.heavy", "schedule": None, "requires_approval": True}
    operations.save_job(platform, ADMIN, spec | {"approvers": {"role": "operator"}})
    start()
    run = operations.run_job(platform, ADMIN, "deploy")
    # the chat has it a moment before it is kept which message that is; nobody answers in between
    wait_until(lambda: operations.list_deliveries(platform, ADMIN, SENT, 1).total, 30)
    return operations.run_approvals(platform, ADMIN, run.run_id)[0]


def test_a_notice_that_asks_for_a_decision_is_decided_where_it_stands_by_whoever_may(platform, api, told_of):
    assert "deploy" in api.texts[0]
    assert list(api.buttons()) == ["Approve", "Reject", "Approve with a note", "Reject with a note"]
    approve = api.buttons()["Approve"]

    assert press(api, approve, sender=STRANGER) == NOT_YOURS
    assert press(api, approve, sender=FRIEND).startswith("deploy: approved")

    assert operations.get_run(platform, ADMIN, told_of.run_id).status == "queued"
    wait_until(lambda: api.buttons(1) == {})
    assert press(api, approve) == OVER


def test_an_answer_to_such_a_notice_is_a_note_and_asked_about_once_more(platform, api, told_of):
    api.say("after the backup", reply_to_message={"message_id": 1, "date": 1, "chat": {"id": CHAT, "type": "private"}})
    wait_until(lambda: len(api.sent) == 2)

    assert "after the backup" in api.texts[1]
    assert status(platform, told_of.approval_id) == "pending"
    press(api, api.buttons(2)["Approve"])
    assert operations.get_approval(platform, ADMIN, told_of.approval_id).approval.note == "after the backup"


def test_what_was_approved_from_a_notice_is_what_it_showed(platform, api, told_of):
    operations.save_job(
        platform,
        ADMIN,
        {"job_id": "deploy", "type": "simulation.heavy", "schedule": None, "inputs": {"work_ms": 500}},
    )

    press(api, api.buttons()["Approve"])

    assert status(platform, told_of.approval_id) != "approved"
