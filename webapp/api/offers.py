"""The catalog of integrations: what it offers, and adding of it; contract §7."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from runners.engine import operations
from runners.engine.integrations.account_change import NAME
from runners.engine.operations import Role
from webapp.api.answer import one
from webapp.api.endpoint import endpoint
from webapp.api.filters import CatalogQuery
from webapp.asking import actor, platform
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.offers import BootstrappedRow, OfferRow, bootstrapped_row, offer_row

Id = Annotated[str, Field(max_length=64)]


class BootstrapFields(BaseModel):
    """What to add. A list that is left out, or null, means all of that kind; an empty one none of it.

    `account_id` is the id that new accounts get. With `overwrite`, what exists gets what the template says again; its
    secrets, and whatever else was set, stay.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    provider_ids: Annotated[list[Id], Field(max_length=200)] | None = None
    mcp_template_ids: Annotated[list[Id], Field(max_length=200)] | None = None
    account_id: Annotated[str, Field(pattern=f"^{NAME}$")] = "default"
    overwrite: bool = False


@endpoint("GET", "/integrations/catalog", Role.VIEWER, query=CatalogQuery, answers={200: list[OfferRow]})
def list_catalog(query: CatalogQuery) -> Response:
    """List what the catalog offers, accounts before MCP servers."""
    found = operations.list_catalog(platform(), actor(), query.kind, query.transport, query.search)
    return one([offer_row(offer) for offer in found])


@endpoint(
    "POST",
    "/integrations/catalog/bootstrap",
    Role.ADMIN,
    body=BootstrapFields,
    body_optional=True,
    answers={200: BootstrappedRow},
    refusals=(412,),
)
def bootstrap_catalog() -> Response:
    """Add what is named in one step, all of it or nothing; what exists is skipped unless `overwrite`."""
    asked = model_of(BootstrapFields, json_object(optional=True))
    done = operations.bootstrap_catalog(
        platform(), actor(), asked.provider_ids, asked.mcp_template_ids, asked.account_id, asked.overwrite
    )
    return one(bootstrapped_row(done))
