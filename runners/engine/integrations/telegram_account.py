"""A Telegram account: a bot's token, which is only ever shown as a mask, and who is answered by it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from runners.engine.errors import Invalid, Problem
from runners.engine.fields import Whole
from runners.engine.integrations.account_change import check_label, name_problems
from runners.engine.problems import path_problems, problems_of
from runners.engine.secret_fields import Kept, Seal, merged
from runners.engine.secret_names import STARS

OF_ENVIRONMENT = "default"
"""The id of the account that TELEGRAM_BOT_TOKEN makes; a stored one cannot have it."""
TOKEN = r"[0-9]{1,20}:[A-Za-z0-9_-]{1,128}"
LARGEST_ID = 2**52
"""Telegram's ids have at most 52 significant bits (Bot API, User and Chat); those of groups are negative."""
EMPTY = Kept()
CLEARED: Mapping[str, Any] = {"label": "", "enabled": True, "allowed_chats": (), "allowed_senders": ()}

Ids = Annotated[list[Annotated[int, Whole(-LARGEST_ID, LARGEST_ID)]], Field(max_length=500)]


class TelegramChange(BaseModel):
    """What changes; a field that is left out stays, and null clears.

    `token` is encrypted and comes back as a mask only; a mask that is sent back changes nothing. Somebody is answered when
    both lists name him: the chat in `allowed_chats` and the sender in `allowed_senders`. An empty list allows nobody.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    label: Annotated[str, AfterValidator(check_label)] | None = None
    enabled: bool | None = None
    token: str | None = None
    allowed_chats: Ids | None = None
    allowed_senders: Ids | None = None


def hook_path(account_id: str) -> str:
    """Return the path to which Telegram sends the updates of an account."""
    return f"/connector/telegram/webhook/{account_id}"


@dataclass(frozen=True, slots=True)
class TelegramAccount:
    """An account as anybody may see it. `version` 0 means that it does not exist; `tested` is how its last try went.

    `readable` is False when no key of this process opens its token.
    """

    account_id: str
    label: str = ""
    enabled: bool = True
    allowed_chats: tuple[int, ...] = ()
    allowed_senders: tuple[int, ...] = ()
    kept: Kept = EMPTY
    version: int = 0
    made_at: datetime | None = None
    updated_at: datetime | None = None
    tested: Mapping[str, Any] | None = None
    readable: bool = True

    @property
    def token(self) -> str | None:
        """The mask of its token, None when it has none."""
        return self.kept.shown.get("token")


def changed(before: TelegramAccount, raw: Mapping[str, Any], seal: Seal) -> dict[str, Any]:
    """Return the content of `before` with what `raw` names changed. Raises Invalid with all problems, and what `seal` raises."""
    change = _parsed(raw, before.account_id)
    settled = {name: getattr(before, name) for name in CLEARED}
    for name in CLEARED.keys() & change.model_fields_set:
        value = getattr(change, name)
        settled[name] = CLEARED[name] if value is None else value
    patch = {"token": change.token} if "token" in change.model_fields_set else {}
    kept = merged(before.kept, patch, seal, frozenset({"token"}))
    lists = {name: sorted(set(settled[name])) for name in ("allowed_chats", "allowed_senders")}
    return {**settled, **lists, "shown": kept.shown, "sealed": dict(kept.sealed)}


def read(name: str, content: Mapping[str, Any], **about: Any) -> TelegramAccount:
    """Return the account of this name from its content, as `changed` made it. Raises KeyError on another one."""
    chats, senders = tuple(content["allowed_chats"]), tuple(content["allowed_senders"])
    kept = Kept.of(content)
    return TelegramAccount(name, content["label"], content["enabled"], chats, senders, kept, **about)


def _parsed(raw: Mapping[str, Any], account_id: str) -> TelegramChange:
    own = {"account_id": account_id}
    problems = [*name_problems(own), *path_problems(raw, own)]
    if account_id == OF_ENVIRONMENT:
        fault = f"account_id '{OF_ENVIRONMENT}' is the one of TELEGRAM_BOT_TOKEN; choose another"
        problems.append(Problem(("account_id",), fault, "taken"))
    token = raw.get("token")
    if token is not None and not (isinstance(token, str) and (token.startswith(STARS) or re.fullmatch(TOKEN, token))):
        problems.append(Problem(("token",), "token is not a bot token such as 123456:ABC-DEF", "token"))
    try:
        change = TelegramChange.model_validate({name: value for name, value in raw.items() if name != "account_id"})
    except ValidationError as error:
        # pydantic's words would quote the token
        problems += [one for one in problems_of(error, TelegramChange, "account_id") if one.loc != ("token",)]
    if problems:
        raise Invalid(problems)
    return change
