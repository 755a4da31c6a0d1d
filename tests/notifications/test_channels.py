"""What goes over the wire: a signed request, a letter; and what follows when it is not taken."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from runners.engine import settings
from runners.engine.notifications.words import Text
from runners.engine.protocol.notify import Taken
from runners.notifier import mail, sending, webhook
from runners.notifier.fault import NotSent
from runners.notifier.sending import Outgoing
from tests.notifications.making import NOON, event, rule
from tests.notifications.receivers import Hook, Mailbox, hook, mailbox

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def receiver() -> Iterator[Hook]:
    """A web server that takes notices."""
    with hook() as found:
        yield found


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A mail server."""
    with mailbox() as found:
        yield found


def taken(attempt: int = 1, kind: str = "event") -> Taken:
    return Taken("ntf_1_ab", attempt, kind, "ops", event(job_id="daily"), 0, NOON)


def outgoing() -> Outgoing:
    return Outgoing(taken(), rule(), Text("job daily failed", "job daily failed\nwhy: ä"))


def settled(**env: str) -> Any:
    return settings.read({"DATA_DIR": "/nonexistent", "HTTP_ALLOW_PRIVATE": "127.0.0.1"} | env)


def test_a_signature_is_what_the_specification_s_example_has() -> None:
    """Standard Webhooks 1.0.0, the example of its reference implementations."""
    headers = webhook.signed("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', SECRET)

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek"


def test_a_secret_that_is_no_base64_signs_as_it_is() -> None:
    plain = webhook.signed("a", 1, b"", "plain words")
    same = webhook.signed("a", 1, b"", "whsec_" + base64.b64encode(b"plain words").decode())

    assert plain["webhook-signature"] == same["webhook-signature"]


def test_a_webhook_gets_the_notice_and_the_event(receiver: Hook) -> None:
    webhook.send(settled(), receiver.url, SECRET, outgoing())

    (got,) = receiver.received
    said = json.loads(got.body)
    assert got.path == "/hook/canary-path"
    assert said["type"] == "notification.event"
    assert said["data"]["event"]["type"] == "run.failed" and said["data"]["text"].endswith("ä")
    expected = webhook.signed("ntf_1_ab", int(got.headers["webhook-timestamp"]), got.body, SECRET)
    assert got.headers["webhook-signature"] == expected["webhook-signature"]


@pytest.mark.parametrize(("status", "final"), [(500, False), (429, False), (404, True), (302, True)])
def test_what_a_receiver_answers_decides_whether_it_is_tried_again(receiver: Hook, status: int, final: bool) -> None:
    receiver.answers.append(status)

    with pytest.raises(NotSent, match=f"127.0.0.1 answered {status}") as fault:
        webhook.send(settled(), receiver.url, SECRET, outgoing())

    assert fault.value.final is final
    assert "canary-path" not in str(fault.value)


def test_a_private_address_is_refused_unless_the_configuration_allows_it(receiver: Hook) -> None:
    with pytest.raises(NotSent, match="private or reserved address") as fault:
        webhook.send(settings.read({"DATA_DIR": "/nonexistent"}), receiver.url, SECRET, outgoing())

    assert fault.value.final and receiver.received == []


def test_a_letter_names_its_delivery_and_reaches_every_address(box: Mailbox) -> None:
    url = f"smtp://127.0.0.1:{box.port}?from=jobs@example.org&tls=off"

    mail.send(settled(SMTP_URL=url), ["a@example.org", "b@example.org"], outgoing())

    ((to, text),) = box.letters
    assert to == ["a@example.org", "b@example.org"]
    assert "Message-ID: <ntf_1_ab@example.org>" in text and "Auto-Submitted: auto-generated" in text
    assert "Subject: job daily failed" in text


def test_an_address_that_the_mail_server_refuses_is_named(box: Mailbox) -> None:
    url = f"smtp://127.0.0.1:{box.port}?from=jobs@example.org&tls=off"
    box.refuses.add("b@example.org")

    with pytest.raises(NotSent, match=r"refused b@example\.org; the others have it") as fault:
        mail.send(settled(SMTP_URL=url), ["a@example.org", "b@example.org"], outgoing())

    assert fault.value.final and box.letters[0][0] == ["a@example.org"]


def test_without_a_mail_server_it_says_what_to_set() -> None:
    with pytest.raises(NotSent, match="set SMTP_URL"):
        mail.send(settled(), ["a@example.org"], outgoing())


@pytest.mark.parametrize(
    ("attempt", "fault", "becomes", "wait"),
    [
        (1, NotSent("x"), "again", 5),
        (2, NotSent("x"), "again", 30),
        (1, NotSent("x", wait=timedelta(seconds=77)), "again", 77),
        (1, NotSent("x", wait=timedelta(days=3)), "again", 6 * 3600),
        (5, NotSent("x"), "again", 3600),
        (6, NotSent("x"), "failed", 0),
        (1, NotSent("x", final=True), "failed", 0),
    ],
)
def test_an_attempt_that_failed_is_repeated_later_and_later(
    attempt: int, fault: NotSent, becomes: str, wait: int
) -> None:
    assert sending.next_after(taken(attempt), fault) == (becomes, timedelta(seconds=wait))


def test_a_test_is_not_repeated() -> None:
    assert sending.next_after(taken(kind="test"), NotSent("x"))[0] == "failed"
