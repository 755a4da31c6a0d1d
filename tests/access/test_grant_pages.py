"""The pages of grants and of a job's approval: asked for, decided on, revoked and kept with forms and commands alone."""

from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from runners.cli import main
from runners.engine import operations
from tests.access.browsing import Browsing
from tests.access.commands import Terminal
from tests.access.conftest import ADMIN, signed_in
from tests.planted import ROLE_TOKENS

SPEC = {"job_id": "copy", "type": "http.request", "schedule": None, "inputs": {"url": "http://127.0.0.1:9/"}}
ASK = {"capability": "private_target", "value": "127.0.0.1:9", "life": "7"}
PLACE, NEW, EDIT = "/ui/jobs/copy", "/ui/jobs/copy/grants/new", "/ui/jobs/copy/edit"
FORM = {
    "job_id": "copy",
    "type": "http.request",
    "inputs.url": "http://127.0.0.1:9/",
    "schedule.kind": "none",
    "version": "1",
}
APPROVERS = {"approvers.role": "admin", "approvers.quorum": "1", "approvers.expires_sec": "86400"}


@pytest.fixture
def job(guarded: Any) -> Any:
    """The spec of the job that stands, as often as it is called."""
    operations.save_job(guarded, ADMIN, SPEC)
    return lambda: operations.get_job(guarded, ADMIN, "copy").spec.to_json()


def granted(app: Flask) -> Browsing:
    """Ask as an operator and approve as an admin; return the admin's browser."""
    asked = signed_in(app, "operator").send(NEW, page=PLACE, **ASK)
    assert asked.status_code == 303 and asked.location.startswith("/ui/approvals/ap_")
    admin = signed_in(app, "admin")
    assert admin.send(f"{asked.location}/approve", page=asked.location).status_code == 303
    return admin


def test_a_grant_is_asked_for_approved_listed_and_revoked_with_forms(app: Flask, guarded: Any, job: Any) -> None:
    admin = granted(app)

    (grant,) = operations.list_grants(guarded, ADMIN)
    assert (grant.value, grant.requester) == ("127.0.0.1:9", "environment:AUTH_OPERATOR_TOKEN")
    for page in ("/ui/grants", "/ui/grants?job_id=copy"):
        shown = admin.get(page).text
        assert "127.0.0.1:9" in shown and f"/ui/approvals/{grant.grant_id}" in shown and "active" in shown, page
    assert "Nothing is granted to other" in admin.get("/ui/grants?job_id=other").text
    revoke = f"/ui/grants/{grant.grant_id}/revoke"
    asked = admin.get(revoke).text
    assert f"Runs of {grant.job_id} that start from now on may not do this any more" in asked
    assert admin.send(revoke, page=revoke).status_code == 303
    assert operations.list_grants(guarded, ADMIN) == []
    assert admin.send(revoke, page=PLACE).status_code == 303
    assert "does not exist" in admin.get("/ui/grants").text


def test_what_cannot_be_granted_is_said_and_what_was_typed_kept(app: Flask, guarded: Any, job: Any) -> None:
    browser = signed_in(app, "operator")

    value = browser.send(NEW, page=NEW, **ASK | {"value": "http://x"})
    rest = browser.send(NEW, page=NEW, **ASK | {"capability": "shell", "life": "0"})

    assert value.status_code == rest.status_code == 422
    assert 'value="http://x"' in value.text and value.text.count('class="problem"') == 1
    assert rest.text.count('class="problem"') == 2
    assert not operations.list_approvals(guarded, ADMIN).rows


def test_who_may_not_is_offered_nothing(app: Flask, job: Any) -> None:
    asks = {role: signed_in(app, role).get(PLACE).text for role in ("viewer", "operator", "admin")}

    assert [NEW in text for text in asks.values()] == [False, True, True]
    assert ["/ui/grants?job_id=copy" in text for text in asks.values()] == [False, False, True]
    assert signed_in(app, "operator").get("/ui/grants").status_code == 403


def test_a_grant_is_asked_for_listed_and_revoked_at_a_terminal(
    app: Flask, guarded: Any, job: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    Terminal(app, monkeypatch)
    monkeypatch.setenv("MULTIJOB_TOKEN", ROLE_TOKENS["operator"])
    words = ["grant", "ask", "copy", "private_target", "127.0.0.1:9", "--lasts-sec", "60"]
    assert CliRunner().invoke(main, words).exit_code == 0
    (asked,) = operations.list_approvals(guarded, ADMIN).rows
    operations.decide_approval(guarded, ADMIN, asked.approval_id, "approve")
    monkeypatch.setenv("MULTIJOB_TOKEN", ROLE_TOKENS["admin"])

    assert asked.approval_id in CliRunner().invoke(main, ["grant", "list"]).stdout
    assert CliRunner().invoke(main, ["grant", "revoke", asked.approval_id]).exit_code == 0

    assert operations.list_grants(guarded, ADMIN) == []
    assert CliRunner().invoke(main, ["grant", "revoke", asked.approval_id]).exit_code == 1


def test_an_admin_says_with_the_form_who_approves_and_a_save_untouched_changes_nothing(app: Flask, job: Any) -> None:
    browser = signed_in(app, "admin")
    named = {"approvers.role": "none", "approvers.names": "olga\r\ntoken:ci, two\r\n", "approvers.quorum": "2"}
    form = FORM | {"requires_approval": "on", "approvers.expires_sec": "3600"} | named

    assert browser.send(EDIT, page=EDIT, **form).status_code == 303
    assert job()["requires_approval"] is True
    approvers = {"role": None, "names": ["olga", "token:ci, two"], "quorum": 2, "expires_sec": 3600}
    assert job()["approvers"] == approvers

    assert "olga\ntoken:ci, two</textarea>" in browser.get(EDIT).text
    assert browser.send(EDIT, page=EDIT, **form | {"version": "2"}).status_code == 303
    assert "unchanged" in browser.get(PLACE).text
    assert browser.send(EDIT, page=EDIT, **FORM | APPROVERS | {"version": "2"}).status_code == 303
    assert (job()["requires_approval"], job()["approvers"]) == (False, "admin")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"approvers.role": "none"}, "states neither a role nor names"),
        ({"approvers.quorum": "many"}, "many"),
        ({"approvers.expires_sec": "5"}, "5"),
        ({"approvers.names": "a\x07b"}, "is not 1 to 128 printable characters"),
        ({"approvers.role": "viewer"}, "viewer"),
    ],
)
def test_what_is_wrong_with_approvers_is_said_beside_them(app: Flask, job: Any, wrong: Any, said: str) -> None:
    browser = signed_in(app, "admin")

    answer = browser.send(EDIT, page=EDIT, **FORM | APPROVERS | {"requires_approval": "on"} | wrong)

    assert answer.status_code == 422
    assert said in answer.text and answer.text.count('class="problem"') == 1
    assert f'<a href="#{next(iter(wrong)) if "none" not in wrong.values() else "approvers"}">' in answer.text
    assert job()["requires_approval"] is False


def test_an_operator_takes_no_approval_away_and_reads_why_in_the_form(app: Flask, guarded: Any, job: Any) -> None:
    operations.save_job(guarded, ADMIN, SPEC | {"requires_approval": True})
    browser, form = signed_in(app, "operator"), FORM | APPROVERS | {"version": "2", "description": "typed"}

    lifted = browser.send(EDIT, page=EDIT, **form)
    others = browser.send(EDIT, page=EDIT, **form | {"requires_approval": "on", "approvers.role": "operator"})
    new = browser.send("/ui/jobs/new", page=EDIT, **form | {"job_id": "own", "approvers.role": "operator"})

    for answer, said in ((lifted, "without approval"), (others, "say who approves"), (new, "say who approves")):
        assert answer.status_code == 403 and said in answer.text and "typed</textarea>" in answer.text
        assert answer.text.count('class="problem"') == 1
    assert (job()["requires_approval"], job()["approvers"], job()["description"]) == (True, "admin", "")
    kept = browser.send(EDIT, page=EDIT, **FORM | {"version": "2", "description": "a form without the part"})
    assert kept.status_code == 303 and job()["requires_approval"] is True
