"""An account of a Slack app, or of whatever speaks like one: who signs for it, where its answers go, and who is answered. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from runners.engine.errors import Invalid, Problem
from runners.engine.fields import fault
from runners.engine.integrations.account_change import base_fault, check_label, name_problems
from runners.engine.outgoing.address import fault_of
from runners.engine.problems import path_problems, problems_of
from runners.engine.secret_fields import Kept, Seal, merged
from runners.engine.secret_names import STARS

API = "https://slack.com/api"
"""Slack's own Web API; a server that speaks like it has another address."""
ID = "[A-Za-z0-9_-]{1,30}"
SECRETS = ("signing_secret", "token", "webhook_url")
SECRET_BYTES = range(16, 513)
EMPTY = Kept()
CLEARED: Mapping[str, Any] = {
    "label": "",
    "enabled": True,
    "api_base": API,
    "team": "",
    "allowed_chats": (),
    "allowed_senders": (),
}


def check_api_base(text: str) -> str:
    """Return `text` when it is an http(s) address; raises the fault otherwise."""
    if wrong := "it has a place to fill; write it out" if "{" in text else base_fault(text):
        raise fault("api_base", f"api_base: {wrong}")
    return text.rstrip("/")


Id = Annotated[str, Field(pattern=f"^{ID}$")]
Ids = Annotated[list[Id], Field(max_length=500)]


class SlackChange(BaseModel):
    """What changes; a field that is left out stays, and null clears.

    `signing_secret`, `token` and `webhook_url` are encrypted and come back as masks only; a mask that is sent back changes
    nothing. Answers go by `token` to the Web API at `api_base`, or by `webhook_url`, an incoming webhook. Somebody is
    answered when he writes from `team` (the workspace) in one of `allowed_chats`, and is a linked person; without sign-in
    those of `allowed_senders` are answered, too. What is empty allows nobody.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    label: Annotated[str, AfterValidator(check_label)] | None = None
    enabled: bool | None = None
    signing_secret: str | None = None
    token: str | None = None
    webhook_url: str | None = None
    api_base: Annotated[str, AfterValidator(check_api_base)] | None = None
    team: Id | None = None
    allowed_chats: Ids | None = None
    allowed_senders: Ids | None = None


@dataclass(frozen=True, slots=True)
class SlackAccount:
    """An account as anybody may see it. `version` 0 means that it does not exist; `tested` is how its last try went.

    `readable` is False when no key of this process opens its secrets.
    """

    account_id: str
    label: str = ""
    enabled: bool = True
    api_base: str = API
    team: str = ""
    allowed_chats: tuple[str, ...] = ()
    allowed_senders: tuple[str, ...] = ()
    kept: Kept = EMPTY
    version: int = 0
    made_at: datetime | None = None
    updated_at: datetime | None = None
    tested: Mapping[str, Any] | None = None
    readable: bool = True

    def masked(self, name: str) -> str | None:
        """Return the mask of one of `SECRETS`, None when there is none."""
        return self.kept.shown.get(name)

    @property
    def lack(self) -> str | None:
        """What it needs before anybody can be answered, None when it has that."""
        if not self.masked("signing_secret"):
            return "it has no signing secret; set one"
        if not (self.masked("token") or self.masked("webhook_url")):
            return "it has neither token nor webhook_url to answer by; set one"
        return None


def sender_of(team: str, user: str) -> str:
    """Return by which name somebody of a workspace is known here: numbers of users are those of their workspace only."""
    return f"{team}.{user}"


def changed(before: SlackAccount, raw: Mapping[str, Any], seal: Seal) -> dict[str, Any]:
    """Return the content of `before` with what `raw` names changed. Raises Invalid with all problems, and what `seal` raises."""
    change = _parsed(raw, before.account_id)
    settled = {name: getattr(before, name) for name in CLEARED}
    for name in CLEARED.keys() & change.model_fields_set:
        value = getattr(change, name)
        settled[name] = CLEARED[name] if value is None else value
    patch = {name: getattr(change, name) for name in SECRETS if name in change.model_fields_set}
    kept = merged(before.kept, patch, seal, frozenset(SECRETS))
    if kept.shown.get("token") and kept.shown.get("webhook_url"):
        fault = "an account answers by its token or by its webhook_url; clear one of them"
        raise Invalid([Problem(("webhook_url",), fault, "conflict")])
    lists = {name: sorted(set(settled[name])) for name in ("allowed_chats", "allowed_senders")}
    if kept.shown.get("webhook_url") and len(lists["allowed_chats"]) > 1:
        fault = "a webhook writes into one chat, so that answers in others would be read there; name that chat alone"
        raise Invalid([Problem(("allowed_chats",), fault, "conflict")])
    return {**settled, **lists, "shown": kept.shown, "sealed": dict(kept.sealed)}


def read(name: str, content: Mapping[str, Any], **about: Any) -> SlackAccount:
    """Return the account of this name from its content, as `changed` made it. Raises KeyError on another one."""
    fields = {field: content[field] for field in CLEARED}
    lists = {field: tuple(fields[field]) for field in ("allowed_chats", "allowed_senders")}
    return SlackAccount(name, **fields | lists, kept=Kept.of(content), **about)


def _parsed(raw: Mapping[str, Any], account_id: str) -> SlackChange:
    own = {"account_id": account_id}
    problems = [*name_problems(own), *path_problems(raw, own)]
    problems += [Problem((name,), fault, name) for name in SECRETS if (fault := _secret_fault(name, raw.get(name)))]
    try:
        change = SlackChange.model_validate({name: value for name, value in raw.items() if name != "account_id"})
    except ValidationError as error:
        # pydantic's words would quote the secret
        problems += [one for one in problems_of(error, SlackChange, "account_id") if one.loc[0] not in SECRETS]
    if problems:
        raise Invalid(problems)
    return change


def _secret_fault(name: str, value: object) -> str | None:
    """Return what is wrong with a secret, without quoting it."""
    if value is None or (isinstance(value, str) and value.startswith(STARS)):
        return None
    if not isinstance(value, str) or len(value) not in SECRET_BYTES or not (value.isascii() and value.isprintable()):
        return f"{name} is not a text of {SECRET_BYTES.start} to {SECRET_BYTES.stop - 1} printable ASCII characters"
    if name != "webhook_url":
        return None if " " not in value else f"{name} has a blank in it"
    try:
        fault = fault_of(httpx.URL(value))
    except httpx.InvalidURL:
        fault = "it is no address"
    return f"webhook_url: {fault}" if fault else None
