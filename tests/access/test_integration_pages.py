"""The pages of accounts: administrators make and change them, everybody who may look sees masks, nobody a secret."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from runners.engine import operations
from runners.engine.operations import Role
from tests.access.browsing import Browsing
from tests.access.conftest import ADMIN, signed_in

CANARY = "canary-c1d7-0123456789"
FORM = {"label": "Main", "enabled": "on", "base_url": "https://api.openai.com/v1"}
PAGE = "/ui/integrations/accounts/openai/main"


@pytest.fixture
def admin(app: Flask) -> Browsing:
    """A browser in which an administrator is signed in."""
    return signed_in(app, Role.ADMIN)


@pytest.fixture
def main(guarded: Any) -> Any:
    """An account with a secret, and one inside its settings."""
    fields = {**FORM, "enabled": True, "config": {"region": "eu", "token": CANARY}, "secrets": {"api_key": CANARY}}
    return operations.save_account(guarded, ADMIN, "openai", "main", fields).account


def test_an_account_is_made_by_the_form_that_the_catalog_prefills(admin: Browsing) -> None:
    new = "/ui/integrations/accounts/new?provider=openai"
    form = admin.get(new).text
    assert 'value="https://api.openai.com/v1"' in form
    assert 'name="given.api_key"' in form

    fields = {
        **FORM,
        "provider": "openai",
        "account_id": "main",
        "given.api_key": CANARY,
        "config": '{"region": "eu"}',
    }
    made = admin.send("/ui/integrations/accounts/new", page=new, **fields)

    assert (made.status_code, made.location) == (303, PAGE)
    shown = admin.get(PAGE).text
    assert "****6789" in shown
    assert "{{secret:openai/main/api_key}}" in shown
    assert CANARY not in shown + admin.get("/ui/integrations").text


def test_an_empty_secret_stays_a_ticked_one_goes_and_a_setting_left_out_is_gone(
    admin: Browsing, guarded: Any, main: Any
) -> None:
    fields = {
        **FORM,
        "label": "Two",
        "config": '{"token": "****6789", "new": 1}',
        "new-name.0": "pin",
        "new-value.0": "12345",
    }
    admin.send(f"{PAGE}/edit", page=f"{PAGE}/edit", version="1", **{"given.api_key": "", **fields})

    account = operations.get_account(guarded, ADMIN, "openai", "main")
    assert (account.label, account.config) == ("Two", {"token": "****6789", "new": 1})
    assert account.kept.sealed["config/token"] == main.kept.sealed["config/token"]
    assert account.secrets == {"api_key": "****6789", "pin": "****"}

    admin.send(f"{PAGE}/edit", page=f"{PAGE}/edit", version="2", **{"remove.api_key": "on", **FORM})
    account = operations.get_account(guarded, ADMIN, "openai", "main")
    assert (account.secrets, account.config) == ({"pin": "****"}, {})


@pytest.mark.parametrize(
    ("fields", "status", "fault"),
    [
        ({"config": '{"token": "' + CANARY + '", "max_tokens": "x"'}, 422, "config: it is not JSON"),
        ({"config": '{"a": {"token": "' + CANARY + '"}, "base": [1]}', "label": "a\nb"}, 422, "is not a line"),
        ({"config": "[1]"}, 422, "config is no JSON object"),
        ({"base_url": "ftp://x"}, 422, "is not http or https"),
        ({"provider": "a b"}, 422, "provider &#39;a b&#39; is not 1 to 64"),
        ({"new-name.0": "a b", "new-value.0": CANARY}, 422, "is not 1 to 64 of"),
        ({"provider": "openai", "account_id": "main"}, 409, "exists already"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_kept_but_for_secrets(
    admin: Browsing, main: Any, fields: dict[str, str], status: int, fault: str
) -> None:
    new = "/ui/integrations/accounts/new"
    sent = {**FORM, "provider": "mine", "account_id": "x", "label": "Kept", "given.api_key": CANARY, **fields}
    answer = admin.send(new, page=new, **sent)

    assert (answer.status_code, fault in answer.text) == (status, True), answer.text
    assert CANARY not in answer.text
    assert fields.get("label") or 'value="Kept"' in answer.text


@pytest.mark.parametrize("version", ["1", "odd", ""])
def test_a_form_that_was_overtaken_changes_nothing(admin: Browsing, guarded: Any, main: Any, version: str) -> None:
    operations.save_account(guarded, ADMIN, "openai", "main", {"label": "Theirs"})

    answer = admin.send(f"{PAGE}/edit", page=f"{PAGE}/edit", version=version, **{**FORM, "label": "Mine"})

    assert (answer.status_code, 'value="Mine"' in answer.text) == (412, True)
    assert operations.get_account(guarded, ADMIN, "openai", "main").label == "Theirs"


def test_a_connection_is_tried_and_the_account_deleted(admin: Browsing, guarded: Any, main: Any) -> None:
    operations.save_account(guarded, ADMIN, "openai", "main", {"base_url": "http://10.0.0.7"})
    tried = admin.send(f"{PAGE}/test", page=PAGE)
    said = admin.get(tried.location).text
    assert "openai/main: " in said and "private or reserved address" in said and "HTTP_ALLOW_PRIVATE" in said

    stale = admin.send(f"{PAGE}/delete", page=f"{PAGE}/delete", version="1")
    assert "Nothing was changed" in admin.get(stale.location).text
    gone = admin.send(f"{PAGE}/delete", page=f"{PAGE}/delete", version="2")
    assert gone.location == "/ui/integrations"
    assert "No accounts yet" in admin.get(gone.location).text


def test_a_viewer_sees_masks_and_no_button(app: Flask, main: Any) -> None:
    viewer = signed_in(app, Role.VIEWER)

    for page in ("/ui/integrations", PAGE):
        text = viewer.get(page).text
        assert "****6789" in text
        assert "New account" not in text
        assert f'action="{PAGE}' not in text
    assert viewer.get(f"{PAGE}/edit").status_code == 403


def test_a_secret_whose_key_is_missing_is_named(guarded: Any, main: Any) -> None:
    from runners.engine.vault import new_key
    from webapp import create_app

    stranger = replace(guarded, settings=replace(guarded.settings, encryption_keys=(new_key(),)))

    assert "No key of this process opens" in signed_in(create_app(stranger), Role.VIEWER).get(PAGE).text
