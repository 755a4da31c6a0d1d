"""The pages of MCP servers, the catalog and connectors: administrators change, everybody who may look sees masks."""

import re
from typing import Any

import pytest
from flask import Flask

from runners.engine import operations
from runners.engine.operations import Role
from tests.access.browsing import Browsing
from tests.access.conftest import ADMIN, signed_in

CANARY = "canary-d0c2-0123456789"
MCP, CATALOG, CHATS = (f"/ui/integrations/{name}" for name in ("mcp", "catalog", "connectors"))


@pytest.fixture
def admin(app: Flask) -> Browsing:
    """A browser in which an administrator is signed in."""
    return signed_in(app, Role.ADMIN)


def test_what_the_catalog_offers_is_searched_and_added(admin: Browsing, guarded: Any) -> None:
    found = admin.get(f"{CATALOG}?search=serpapi&kind=mcp").text
    assert ("mcp_serpapi" in found, "mcp_github" in found) == (True, False)

    added = admin.send(f"{CATALOG}/add", page=CATALOG, id="mcp_serpapi")

    assert added.location == CATALOG
    assert "mcp_serpapi is added" in admin.get(CATALOG).text
    assert operations.get_mcp_server(guarded, ADMIN, "mcp_serpapi").url == "https://mcp.serpapi.com/mcp"
    form = admin.get(f"{MCP}/servers/mcp_serpapi/edit").text
    assert 'name="given.Authorization"' in form
    assert "serpapi.com/manage-api-key" in form


def test_an_mcp_server_is_made_changed_tried_and_deleted(admin: Browsing, guarded: Any) -> None:
    new = f"{MCP}/new"
    fields = {
        "server_id": "shop",
        "transport": "http",
        "url": "http://127.0.0.1:9/mcp",
        "enabled": "on",
        "new-name.0": "Authorization",
        "new-value.0": f"Bearer {CANARY}",
    }

    made = admin.send(new, page=new, **fields)

    page = f"{MCP}/servers/shop"
    assert (made.status_code, made.location) == (303, page)
    assert "****6789" in admin.get(page).text
    operations.bootstrap_catalog(guarded, ADMIN, [], ["mcp_github"])  # needs no process to be refused
    github = f"{MCP}/servers/mcp_github"
    admin.send(f"{github}/test", page=github)
    tried = admin.get(github).text
    assert "AGENT_COMMAND_ALLOW_PREFIXES" in tried
    edit = f"{page}/edit"
    admin.send(edit, page=edit, transport="http", url="https://mcp.example.com", label="Shop", version="1")
    server = operations.get_mcp_server(guarded, ADMIN, "shop")
    assert (server.url, server.label, server.enabled, set(server.headers)) == (
        "https://mcp.example.com",
        "Shop",
        False,
        {"Authorization"},
    )
    assert admin.send(edit, page=edit, transport="http", url="https://x.example.com", version="1").status_code == 412
    assert CANARY not in tried + admin.get(MCP).text + admin.get(edit).text
    assert admin.send(f"{page}/delete", page=f"{page}/delete", version="2").location == MCP
    assert admin.get(page).status_code == 404


def test_a_form_that_is_wrong_says_what_and_keeps_what_was_typed_but_secrets(admin: Browsing) -> None:
    new = f"{MCP}/new"
    fields = {"server_id": "shop", "transport": "stdio", "command": "/bin/sh", "args": "-c 'id", "new-value.0": CANARY}

    answer = admin.send(new, page=new, **fields)

    assert answer.status_code == 422
    assert "a quote has no partner" in answer.text
    assert "/bin/sh" in answer.text
    assert CANARY not in answer.text
    refused = admin.send(new, page=new, **fields | {"args": "", "new-value.0": ""})
    assert "AGENT_COMMAND_ALLOW_PREFIXES" in refused.text


def test_a_telegram_account_is_made_changed_and_deleted(admin: Browsing, guarded: Any) -> None:
    new, token = f"{CHATS}/telegram/new", f"111:{CANARY}"
    fields = {"account_id": "sales", "token": token, "allowed_chats": "-5, 7", "allowed_senders": "2", "enabled": "on"}

    assert admin.send(new, page=new, **fields).location == f"{CHATS}/telegram/sales"

    shown = admin.get(CHATS).text
    assert "no connector has taken it up yet" in shown
    edit = f"{CHATS}/telegram/sales/edit"
    form = admin.get(edit).text
    assert "****6789" in form
    admin.send(edit, page=edit, allowed_chats="7", allowed_senders="x", version="1")
    wrong = admin.send(edit, page=edit, allowed_chats="7", allowed_senders="x", version="1")
    assert (wrong.status_code, "allowed_senders" in wrong.text) == (422, True)
    admin.send(edit, page=edit, allowed_chats="7", allowed_senders="2", version="1")
    account = operations.get_telegram_account(guarded, ADMIN, "sales")
    assert (account.allowed_chats, account.enabled, account.token) == ((7,), False, "****6789")
    assert CANARY not in shown + form + wrong.text
    gone = f"{CHATS}/telegram/sales/delete"
    assert admin.send(gone, page=gone, version="2").location == CHATS
    assert "sales" not in [row.account_id for row in operations.list_telegram_accounts(guarded, ADMIN, 10).rows]


def test_the_list_says_that_linked_people_are_answered_where_no_sender_is_named(admin: Browsing) -> None:
    new = f"{CHATS}/telegram/new"
    form = admin.get(new).text
    for account_id, chats in (("open", "7"), ("shut", "")):
        admin.send(new, page=new, account_id=account_id, allowed_chats=chats)

    rows = dict(re.findall(r'>(open|shut)</a>.*?data-label="answers">([^<]*)', admin.get(CHATS).text, re.DOTALL))

    assert rows == {"open": "1 chat", "shut": "nobody"}
    assert re.findall(r'<input id="(\w+)"[^>]* required', form) == ["account_id"]


def test_a_slack_account_is_made_changed_tried_and_deleted(admin: Browsing, guarded: Any) -> None:
    new, secret = f"{CHATS}/slack/new", f"{CANARY}-signing"
    fields = {"account_id": "ops", "signing_secret": secret, "team": "T1", "allowed_chats": "C2, C1", "enabled": "on"}

    assert admin.send(new, page=new, **fields).location == f"{CHATS}/slack/ops"

    shown, edit = admin.get(CHATS).text, f"{CHATS}/slack/ops/edit"
    form = admin.get(edit).text
    assert "no connector has taken it up yet" in shown
    assert "****ning" in form and 'value="C1, C2"' in form and "/connector/slack/commands/ops" in form
    wrong = admin.send(edit, page=edit, team="no id", allowed_chats="C1", webhook_url=f"ftp://{CANARY}", version="1")
    assert (wrong.status_code, "webhook_url" in wrong.text) == (422, True)
    admin.send(f"{CHATS}/slack/ops/test", page=CHATS)
    assert "neither token nor webhook_url" in admin.get(CHATS).text
    admin.send(edit, page=edit, team="T1", allowed_chats="C1", remove_signing_secret="on", version="1")
    account = operations.get_slack_account(guarded, ADMIN, "ops")
    assert (account.allowed_chats, account.enabled, account.kept.shown) == (("C1",), False, {})
    assert CANARY not in shown + form + wrong.text
    gone = f"{CHATS}/slack/ops/delete"
    assert admin.send(gone, page=gone, version="2").location == CHATS
    assert operations.list_slack_accounts(guarded, ADMIN, 10).rows == ()


@pytest.mark.parametrize(
    ("new", "name"),
    [(f"{CHATS}/slack/new", "account_id"), (f"{CHATS}/telegram/new", "account_id"), (f"{MCP}/new", "server_id")],
)
def test_nothing_is_made_under_a_name_that_no_address_could_hold(new: str, name: str, admin: Browsing) -> None:
    made = {"url": "https://mcp.example.com/mcp", "transport": "http"} if new.startswith(MCP) else {}
    for said in ("", "a/b"):
        answer = admin.send(new, page=new, **{name: said}, **made)

        assert answer.status_code == 422
        assert f'href="#{name}"' in answer.text and "is not 1 to 64 of A-Z a-z 0-9 . _ -" in answer.text


@pytest.mark.parametrize("page", [MCP, CATALOG, CHATS])
def test_who_only_looks_sees_no_button(app: Flask, page: str) -> None:
    text = signed_in(app, Role.VIEWER).get(page).text

    assert "New " not in text
    assert ">Add<" not in text
    assert ">Test<" not in text
