"""The pages of notification rules: made, tried, changed and deleted with forms alone; nothing secret stays on a page."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.access.conftest import signed_in

FORM = {
    "rule_id": "night",
    "events": "run.failed, approval.*",
    "channel": "webhook",
    "webhook.url": "https://hooks.example.org/canary-address",
    "language": "en",
    "repeat_sec": "60",
    "max_per_hour": "5",
    "enabled": "on",
}
PLACE = "/ui/notifications/night"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody tells here: a test notice is not waited for."""
    monkeypatch.setattr("webapp.pages.notifications.PATIENCE", timedelta())


def test_a_rule_is_made_tried_changed_and_deleted_with_forms(app: Flask, guarded: Any, impatient: None) -> None:
    browser = signed_in(app, "admin")

    made = browser.send("/ui/notifications/new", page="/ui/notifications/new", **FORM)

    assert made.status_code == 200 and "whsec_" in made.text
    page = browser.get(PLACE).text
    assert "whsec_" not in page and "canary-address" not in page and "****ress" in page
    assert browser.send(f"{PLACE}/test", page=PLACE).status_code == 303
    assert "waits: no scheduler, worker or connector has sent it yet" in browser.get(PLACE).text
    kept = FORM | {"webhook.url": "****ress", "version": "1", "description": "night shift"}
    assert browser.send(PLACE, page=PLACE, **kept).status_code == 303
    assert "night shift" in browser.get("/ui/notifications").text
    overtaken = browser.send(PLACE, page=PLACE, **kept | {"description": "day shift"})
    assert overtaken.status_code == 412, "it was read before the last change"
    assert 'value="day shift"' in overtaken.text and 'name="version" value="2"' in overtaken.text
    assert browser.send(f"{PLACE}/delete", page=PLACE).status_code == 303
    assert "No rules yet" in browser.get("/ui/notifications").text


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(app: Flask) -> None:
    browser = signed_in(app, "admin")
    wrong = FORM | {"rule_id": "a b", "events": "run.faild", "repeat_sec": "often"}

    name = browser.send("/ui/notifications/new", page="/ui/notifications/new", **wrong)
    rest = browser.send("/ui/notifications/new", page="/ui/notifications/new", **(wrong | {"rule_id": "night"}))

    assert name.status_code == 422 and "is not 1 to 64 of" in name.text
    assert rest.status_code == 422 and "run.faild" in rest.text and "often" in rest.text
    assert rest.text.count('class="problem"') == 3
    assert browser.get(PLACE).status_code == 404


def test_a_secret_that_was_typed_is_never_sent_back(app: Flask) -> None:
    browser = signed_in(app, "admin")
    typed = FORM | {"webhook.secret": "canary-of-a-hook", "events": "run.faild"}

    refused = browser.send("/ui/notifications/new", page="/ui/notifications/new", **typed)
    elsewhere = browser.send("/ui/notifications/new", page="/ui/notifications/new", **typed | {"channel": "email"})

    assert refused.status_code == elsewhere.status_code == 422
    assert "canary" not in refused.text and "canary" not in elsewhere.text
    assert refused.text.count("type it once more: a secret is never sent back") == 4, (
        "beside each field, and above them"
    )


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_only_admins_see_whom_is_told(app: Flask, role: str) -> None:
    browser = signed_in(app, role)

    assert [browser.get(page).status_code for page in ("/ui/notifications", "/ui/notifications/new")] == [403, 403]
