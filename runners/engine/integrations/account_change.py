"""What somebody sends to make or change an account, checked whole: no fault ever quotes what could be a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from runners.engine.errors import Invalid, Problem
from runners.engine.fields import fault, show, unprintable
from runners.engine.job.json_values import json_problems
from runners.engine.outgoing.address import fault_of
from runners.engine.problems import dotted, path_problems, problems_of

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
"""A provider or an account's id: the two, joined by a slash, name an account and stand in references to its secrets."""
SECRET_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}"
MOST_SECRETS = 50
LARGEST_CONFIG = 64 * 1024
PLACEHOLDER = re.compile(r"\{([A-Za-z0-9_.-]{1,64})\}")


def check_label(text: str) -> str:
    """Return `text` when it is one printable line of at most 200 characters; raises the fault otherwise."""
    if len(text) <= 200 and unprintable(text) is None:
        return text
    raise fault("label", f"label {show(text)} is not a line of at most 200 printable characters")


def check_base_url(text: str) -> str:
    """Return `text` when it is an http(s) address; `{name}` in it stands for that entry of `config`."""
    if wrong := base_fault(PLACEHOLDER.sub("x", text)):
        raise fault("base_url", f"base_url: {wrong}")
    return text.rstrip("/")


def base_fault(text: str) -> str | None:
    """Return why `text` is no address that paths can be put behind, None when it is one."""
    try:
        wrong = fault_of(httpx.URL(text))
    except httpx.InvalidURL as error:
        wrong = str(error)
    wrong = wrong or ("it has a query; leave it out" if "?" in text or "#" in text else None)
    return wrong or ("it has more than 2048 characters" if len(text) > 2048 else None)


class AccountChange(BaseModel):
    """What changes; a field that is left out stays, and null clears.

    `config` and `secrets` are merged key by key (RFC 7396): a key that is left out stays, null removes it. Secrets, and what
    stands in `config` under a name such as token or password, are encrypted, and come back as masks only; a mask that is
    sent back changes nothing. `{name}` in `base_url` stands for the entry `name` of `config`.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    label: Annotated[str, AfterValidator(check_label)] | None = None
    enabled: bool | None = None
    base_url: Annotated[str, AfterValidator(check_base_url)] | None = None
    config: dict[str, Any] | None = None
    secrets: dict[str, str | None] | None = None


def check_names(provider: str, account_id: str) -> None:
    """Raise Invalid naming each of the two that cannot be a part of an account's name."""
    problems = name_problems({"provider": provider, "account_id": account_id})
    if problems:
        raise Invalid(problems)


def name_problems(names: Mapping[str, str]) -> list[Problem]:
    """Return a problem for each field whose text cannot name what people keep: forms send what no address could hold."""
    rule = "is not 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit"
    return [
        Problem((field,), f"{field} {show(text)} {rule}", field)
        for field, text in names.items()
        if not re.fullmatch(NAME, text, re.ASCII)
    ]


def parsed(raw: Mapping[str, Any], provider: str, account_id: str) -> AccountChange:
    """Return what `raw` (a JSON object) changes of this account; raises Invalid with all its problems."""
    own = {"provider": provider, "account_id": account_id}
    problems = path_problems(raw, own)
    problems += [*_secret_problems(raw.get("secrets")), *_config_problems(raw.get("config"))]
    try:
        change = AccountChange.model_validate({name: value for name, value in raw.items() if name not in own})
    except ValidationError as error:
        # pydantic's words quote what is no text; ours, which stand already, do not
        problems += [
            one for one in problems_of(error, AccountChange, *own) if one.loc[:1] not in (("secrets",), ("config",))
        ]
    if problems:
        raise Invalid(problems)
    return change


def _secret_problems(secrets: object) -> Iterator[Problem]:
    if not isinstance(secrets, dict):
        if secrets is not None:
            yield Problem(("secrets",), "secrets is not an object of texts by their names", "dict_type")
        return
    if len(secrets) > MOST_SECRETS:
        yield Problem(("secrets",), f"secrets has {len(secrets)} entries; write at most {MOST_SECRETS}", "too_long")
    for name, value in secrets.items():
        if not re.fullmatch(SECRET_NAME, str(name), re.ASCII):
            fault = f"the secret's name {show(name)} is not 1 to 64 of A-Z a-z 0-9 _ . -"
            yield Problem(("secrets", show(name)), fault, "secret_name")
        elif not isinstance(value, str | None):
            yield Problem(
                ("secrets", name), f"secrets.{name} is no text; write it in quotes, or null to remove it", "secret"
            )


def _config_problems(config: object) -> Iterator[Problem]:
    if not isinstance(config, dict):
        if config is not None:
            yield Problem(("config",), "config is not an object", "dict_type")
        return
    for one in json_problems(config):
        loc = ("config", *one.loc)
        yield Problem(loc, f"{dotted(loc)} cannot be kept as JSON, exactly as it was sent", one.type)
