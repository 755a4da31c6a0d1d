"""A daily report as it is told: in lines, and by mail as a page with charts beside them, and to channels."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest

from runners.engine.notifications.report import is_report, report_lines, report_page, report_text
from runners.engine.words import Language
from tests.connector import slack_api
from tests.connector.slack_api import SECRET, TEAM, TOKEN, SlackApi
from tests.faults.deployment import deployed
from tests.notifications.receivers import Mailbox, mailbox
from tests.waiting import wait_until

REPORT: dict[str, Any] = {
    "start_at": "2030-01-01T00:00:00.000Z",
    "end_at": "2030-01-02T00:00:00.000Z",
    "runs": 5,
    "by_status": {"success": 3, "failed": 1, "active": 1},
    "jobs": [{"job_id": "a<b>", "runs": 4, "failed": 1}, {"job_id": "well", "runs": 1}],
    "failures": [{"at": "2030-01-01T09:00:00.000Z", "job_id": "a<b>", "error": 'no "paper" & <ink>'}],
    "slowest": [{"job_id": "well", "duration_ms": 61_500, "status": "success"}],
    "skipped_slots": {"overlap": 2},
}


def test_a_report_is_told_in_lines() -> None:
    assert report_lines(REPORT, Language.EN) == [
        "2030-01-01T00:00:00.000Z to 2030-01-02T00:00:00.000Z",
        "5 runs: 1 active, 1 failed, 3 success",
        "  a<b>: 4 runs, 1 failed",
        "  well: 1 runs, 0 failed",
        "",
        "failures, newest first:",
        '  2030-01-01T09:00:00.000Z a<b>: no "paper" & <ink>',
        "",
        "slowest:",
        "  61.5 s well (success)",
        "",
        "slots skipped:",
        "  2 by overlap",
    ]


def test_a_report_speaks_the_language_of_its_rule() -> None:
    said = report_text(REPORT, Language.ID)

    assert said.subject == "5 run, 1 gagal: sehari sampai 2030-01-02T00:00:00.000Z"
    assert "5 run: 1 aktif, 1 gagal, 3 sukses" in said.body
    assert '<html lang="id">' in report_page(REPORT, Language.ID)


def test_a_page_has_a_bar_for_each_number_and_names_as_text() -> None:
    page = report_page(REPORT, Language.EN)

    assert page.count("<div style=") == 3 + 2 + 1 + 1
    assert "a&lt;b&gt;" in page and "<b>" not in page
    assert "&lt;ink&gt;" in page and "<ink>" not in page
    assert "<script" not in page and "http" not in page


def test_an_empty_day_has_a_page_too() -> None:
    empty = REPORT | {"runs": 0, "by_status": {}, "jobs": [], "failures": [], "slowest": [], "skipped_slots": {}}

    assert report_lines(empty, Language.EN)[1] == "0 runs"
    assert "<table>" not in report_page(empty, Language.EN)


@pytest.mark.parametrize("output", [None, "cut to text", {"text": "x"}, []], ids=["none", "text", "other", "list"])
def test_what_is_no_report_is_not_told_as_one(output: object) -> None:
    assert not is_report(output)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as found:
        yield found


@pytest.fixture
def slack() -> Iterator[SlackApi]:
    with slack_api.running() as found:
        yield found


@pytest.fixture
def client(tmp_path: Path, box: Mailbox, slack: SlackApi) -> Iterator[httpx.Client]:
    """A client of a deployment that writes to the mail server and to Slack."""
    mail = f"smtp://127.0.0.1:{box.port}?from=multijob@example.org&tls=off"
    with deployed("streams", tmp_path, SMTP_URL=mail, HTTP_ALLOW_PRIVATE="127.0.0.1") as deployment:
        deployment.start_all("web", "scheduler", "worker")
        with httpx.Client(base_url=deployment.url, trust_env=False) as made:
            yield made


def tell(client: httpx.Client, rule_id: str, **way: Any) -> None:
    rule = {"events": ["run.completed"], "job_ids": ["daily-report"]} | way
    assert client.put(f"/notifications/rules/{rule_id}", json=rule).is_success


@pytest.mark.slow
def test_rules_bring_the_report_by_mail_and_to_channels_in_their_language(
    client: httpx.Client, box: Mailbox, slack: SlackApi
) -> None:
    account = {"signing_secret": SECRET, "token": TOKEN, "api_base": f"{slack.url}/api", "team": TEAM}
    chats = {"allowed_chats": ["C-EN", "C-ID"]}
    assert client.put("/connector/slack/accounts/ops", json=account | chats).is_success
    tell(client, "mail", channel="email", email={"to": ["a@example.org"]})
    tell(client, "english", channel="slack", slack={"account_id": "ops", "chat_id": "C-EN"})
    tell(client, "indonesian", channel="slack", slack={"account_id": "ops", "chat_id": "C-ID"}, language="id")
    for job_id, kind in (("work", "simulation.heavy"), ("daily-report", "report.daily")):
        client.post(
            "/jobs", json={"job_id": job_id, "type": kind, "inputs": {"work_ms": 100} if kind != "report.daily" else {}}
        )
        run = client.post(f"/jobs/{job_id}/run").json()["run_id"]
        wait_until(lambda name=run: client.get(f"/runs/{name}").json()["status"] == "success", 30)

    ((to, text),) = wait_until(lambda: list(box.letters), 30)
    letter = email.message_from_string(text, policy=email.policy.default)
    assert isinstance(letter, EmailMessage)
    plain, page = letter.get_body(("plain",)), letter.get_body(("html",))

    assert to == ["a@example.org"]
    assert letter["Subject"].startswith("1 runs, 0 failed: the day until ")
    assert plain is not None and "  work: 1 runs, 0 failed" in plain.get_content()
    assert page is not None and page.get_content().count("<div style=") >= 2

    wait_until(lambda: len(slack.asked("chat.postMessage")) == 2, 30)
    told = {notice["channel"]: notice["text"] for notice in slack.asked("chat.postMessage")}
    assert told["C-EN"].startswith("1 runs, 0 failed: the day until ") and "work: 1 runs, 0 failed" in told["C-EN"]
    assert told["C-ID"].startswith("1 run, 0 gagal: sehari sampai ") and "work: 1 run, 0 gagal" in told["C-ID"]
