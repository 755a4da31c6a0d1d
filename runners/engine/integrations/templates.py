"""The catalog: what can be added with one step, as `templates.yaml` lists it. Read once, checked whole."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, Field, TypeAdapter

from runners.engine.words import Language

Texts = dict[Language, Annotated[str, Field(min_length=1, max_length=300)]]
TemplateId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")]


class Part(BaseModel, extra="forbid", frozen=True):
    """A value that a person gives; `prefix` is what stands before it in a header."""

    secret: bool
    required: bool = True
    prefix: str = ""


class Auth(BaseModel, extra="forbid", frozen=True):
    """Where the credentials go; see the head of `templates.yaml`. `also` are headers that the service needs besides."""

    header: str | None = None
    query: str | None = None
    path: str | None = None
    signed: bool = False
    text: str = ""
    also: dict[str, str] = {}


class Described(BaseModel, extra="forbid", frozen=True):
    """What every template says of itself."""

    id: TemplateId
    label: Annotated[str, Field(min_length=1, max_length=60)]
    description: Texts
    hint: Texts
    fields: dict[str, Part]

    def matches(self, text: str) -> bool:
        """Say whether `text`, in any case, stands in its id, label or descriptions."""
        said = (self.id, self.label, *self.description.values())
        return any(text.casefold() in one.casefold() for one in said)


class AccountTemplate(Described, frozen=True):
    """An account of a service."""

    kind: Literal["account"]
    base_url: str
    auth: Auth | None = None
    probe: str | None = None


class StdioTemplate(Described, frozen=True):
    """An MCP server that is a program on this machine; its fields are environment variables."""

    kind: Literal["mcp"]
    transport: Literal["stdio"]
    command: str
    args: tuple[str, ...]


class HttpTemplate(Described, frozen=True):
    """An MCP server behind an address; its fields are headers."""

    kind: Literal["mcp"]
    transport: Literal["http"]
    url: str


McpTemplate = StdioTemplate | HttpTemplate
Template = AccountTemplate | McpTemplate


@cache
def templates() -> dict[str, Template]:
    """Return every template by its id, in the order of the file."""
    text = (files(__package__) / "templates.yaml").read_text(encoding="utf-8")
    found = TypeAdapter(list[Template]).validate_python(yaml.load(text, yaml.CSafeLoader))
    return {template.id: template for template in found}


def account_templates() -> dict[str, AccountTemplate]:
    """Return the templates of accounts by provider."""
    return {name: template for name, template in templates().items() if isinstance(template, AccountTemplate)}


def mcp_templates() -> dict[str, McpTemplate]:
    """Return the templates of MCP servers by id."""
    return {name: template for name, template in templates().items() if not isinstance(template, AccountTemplate)}
