"""The catalog as JSON: what it offers, and what adding of it did; contract §7."""

from typing import Literal

from runners.engine.integrations.templates import AccountTemplate, HttpTemplate, StdioTemplate
from runners.engine.operations import Bootstrapped, Offer
from runners.engine.words import Language
from webapp.wire.shape import Shape


class TextsRow(Shape):
    """A text in English and in Bahasa Indonesia."""

    en: str
    id: str


class PartRow(Shape):
    """A value that a person gives: an entry of `secrets` or `config`, a variable or a header; `prefix` goes before it."""

    name: str
    secret: bool
    required: bool
    prefix: str


class OfferRow(Shape):
    """A template of the catalog. An account has `base_url`; an MCP server `transport` with `command` and `args`, or `url`.

    `hint` says which secret is needed and where it is to be had. `existing` names what was made of it already: the ids of
    accounts, or the id of the MCP server.
    """

    id: str
    kind: Literal["account", "mcp"]
    transport: Literal["stdio", "http"] | None
    label: str
    description: TextsRow
    hint: TextsRow
    base_url: str | None
    command: str | None
    args: list[str]
    url: str | None
    fields: list[PartRow]
    existing: list[str]


class AddedRow(Shape):
    """Something that was asked for: an account ('openai/default') or an MCP server ('mcp_github')."""

    kind: Literal["account", "mcp"]
    name: str


class BootstrappedRow(Shape):
    """What became of each that was asked for."""

    created: list[AddedRow]
    skipped: list[AddedRow]
    overwritten: list[AddedRow]


def offer_row(offer: Offer) -> OfferRow:
    """Return a template for the wire."""
    template = offer.template
    stdio = template if isinstance(template, StdioTemplate) else None
    return {
        "id": template.id,
        "kind": template.kind,
        "transport": None if isinstance(template, AccountTemplate) else template.transport,
        "label": template.label,
        "description": {"en": template.description[Language.EN], "id": template.description[Language.ID]},
        "hint": {"en": template.hint[Language.EN], "id": template.hint[Language.ID]},
        "base_url": template.base_url if isinstance(template, AccountTemplate) else None,
        "command": stdio.command if stdio else None,
        "args": list(stdio.args) if stdio else [],
        "url": template.url if isinstance(template, HttpTemplate) else None,
        "fields": [
            {"name": name, "secret": part.secret, "required": part.required, "prefix": part.prefix}
            for name, part in template.fields.items()
        ],
        "existing": list(offer.existing),
    }


def bootstrapped_row(done: Bootstrapped) -> BootstrappedRow:
    """Return what was added for the wire."""

    def rows(pairs: tuple[tuple[str, str], ...]) -> list[AddedRow]:
        return [{"kind": "account" if kind == "account" else "mcp", "name": name} for kind, name in pairs]

    return {"created": rows(done.created), "skipped": rows(done.skipped), "overwritten": rows(done.overwritten)}
