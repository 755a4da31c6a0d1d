"""What somebody sends to make or change an MCP server, checked whole: no fault ever quotes what could be a secret. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from runners.engine.errors import Invalid, Problem
from runners.engine.fields import Whole, fault, show, unprintable
from runners.engine.integrations.account_change import check_label, name_problems
from runners.engine.outgoing.address import fault_of
from runners.engine.outgoing.headers import checked
from runners.engine.problems import path_problems, problems_of
from runners.engine.secret_names import holds_credentials, is_secret_name

MOST_ENTRIES = 50
ENV_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,127}"
PARTS = ("env", "headers")


def _argument(text: str) -> str:
    if unprintable(text, "\t"):
        raise fault("argument", "an argument holds a character that cannot be printed")
    if holds_credentials(text):
        raise fault(
            "argument",
            "an argument holds a password or a token; everybody on the machine can read it there, so put it into env",
        )
    return text


def _folder(text: str) -> str:
    if unprintable(text):
        raise fault("cwd", f"cwd {show(text)} holds a character that cannot be printed")
    return text


def _address(text: str) -> str:
    try:
        url = httpx.URL(text)
        wrong = fault_of(url)
    except httpx.InvalidURL as error:
        raise fault("url", f"url: {error}") from None
    secret = next((name for name in url.params if is_secret_name(name)), None)
    if secret is not None and wrong is None:
        wrong = f"its parameter {show(secret)} is a secret by its name; send it in a header"
    if wrong:
        raise fault("url", f"url: {wrong}")
    return text


Argument = Annotated[str, Field(max_length=4096), AfterValidator(_argument)]


class McpChange(BaseModel):
    """What changes; a field that is left out stays, and null clears.

    A server of transport `stdio` is a program: `command` with `args`, which the server's configuration must allow
    (AGENT_COMMAND_ALLOW_PREFIXES), in the folder `cwd` within AGENT_COMMAND_ALLOWED_ROOTS, with `env` beside PATH, LANG and
    HOME. One of transport `http` is a streamable HTTP `url` with `headers`. `env` and `headers` are merged key by key
    (RFC 7396): a key that is left out stays, null removes it. Secrets in them are encrypted, and come back as masks only; a
    mask that is sent back changes nothing. `timeout_sec` is how long one answer may take.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    label: Annotated[str, AfterValidator(check_label)] | None = None
    enabled: bool | None = None
    transport: Literal["stdio", "http"] | None = None
    command: Annotated[str, Field(min_length=1, max_length=1024), AfterValidator(_argument)] | None = None
    args: Annotated[list[Argument], Field(max_length=64)] | None = None
    env: dict[str, str | None] | None = None
    cwd: Annotated[str, Field(min_length=1, max_length=1024), AfterValidator(_folder)] | None = None
    url: Annotated[str, Field(min_length=1, max_length=2048), AfterValidator(_address)] | None = None
    headers: dict[str, str | None] | None = None
    timeout_sec: Annotated[int, Whole(1, 120)] | None = None


def parsed(raw: Mapping[str, Any], server_id: str) -> McpChange:
    """Return what `raw` (a JSON object) changes of this server; raises Invalid with all its problems."""
    own = {"server_id": server_id}
    problems = [*name_problems(own), *path_problems(raw, own)]
    for part in PARTS:
        problems += _part_problems(part, raw.get(part))
    try:
        change = McpChange.model_validate({name: value for name, value in raw.items() if name not in own})
    except ValidationError as error:
        # pydantic's words quote what is no text; ours, which stand already, do not
        problems += [one for one in problems_of(error, McpChange, *own) if not one.loc or one.loc[0] not in PARTS]
    if problems:
        raise Invalid(problems)
    return change


def _part_problems(part: str, entries: object) -> Iterator[Problem]:
    if not isinstance(entries, dict):
        if entries is not None:
            yield Problem((part,), f"{part} is not an object of texts by their names", "dict_type")
        return
    if len(entries) > MOST_ENTRIES:
        yield Problem((part,), f"{part} has {len(entries)} entries; write at most {MOST_ENTRIES}", "too_long")
    for name, value in entries.items():
        if part == "env" and not re.fullmatch(ENV_NAME, str(name), re.ASCII):
            words = f"the name {show(name)} is not 1 to 128 of A-Z a-z 0-9 _, the first of them no digit"
            yield Problem((part, show(name)), words, "env_name")
        elif not isinstance(value, str | None):
            yield Problem((part, name), f"{part}.{name} is no text; write it in quotes, or null to remove it", "secret")
        elif value is not None and (wrong := _value_fault(part, name, value)):
            yield Problem((part, show(name)), wrong, "value")


def _value_fault(part: str, name: str, value: str) -> str | None:
    if part == "env":
        return f"env.{name} holds a NUL character" if "\0" in value else None
    try:
        checked({name: value})
    except ValueError as error:
        return str(error)
    return None
