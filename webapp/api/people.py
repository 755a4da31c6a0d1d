"""People who may sign in: list, read, make, change and delete them; contract §7."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from runners.engine import operations
from runners.engine.access.names import PERSON_NAME
from runners.engine.access.passwords import LONGEST, SHORTEST
from runners.engine.operations import Role
from webapp.api import preconditions
from webapp.api.answer import many, one
from webapp.api.endpoint import endpoint
from webapp.api.filters import RowQuery
from webapp.asking import actor, platform
from webapp.parsing_json import json_object
from webapp.parsing_model import model_of
from webapp.wire.people import DeletedPersonRow, PersonRow, person_row

PATH = "/people/{person_name}"
RoleName = Literal["viewer", "operator", "admin"]
PASSWORD = {"type": "string", "minLength": SHORTEST, "maxLength": LONGEST, "writeOnly": True}
Password = Annotated[Any, WithJsonSchema(PASSWORD)]
"""Checked by the operation, whose sentences never repeat it."""
NewPassword = Annotated[Any, WithJsonSchema({"anyOf": [PASSWORD, {"type": "null"}]})]


class PersonFields(BaseModel):
    """A new person. Passwords that are easy to guess are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: Annotated[str, Field(pattern=f"^{PERSON_NAME}$")]
    role: RoleName
    password: Password


class PersonChange(BaseModel):
    """What becomes of a person; what is not named stays."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    role: RoleName | None = None
    password: NewPassword = None
    disabled: bool | None = None


@endpoint("GET", "/people", Role.ADMIN, query=RowQuery, answers={200: list[PersonRow]}, paged=True)
def list_people(query: RowQuery) -> Response:
    """List the people in the order of their names."""
    return many(operations.list_people(platform(), actor(), query.limit, query.offset, query.cursor), person_row)


@endpoint("POST", "/people", Role.ADMIN, body=PersonFields, answers={201: PersonRow})
def create_person() -> Response:
    """Make a person who may sign in with a name and a password."""
    asked = model_of(PersonFields, json_object())
    person = operations.create_person(platform(), actor(), asked.name, Role(asked.role), asked.password)
    return one(person_row(person), 201, {"Location": f"/people/{person.name}"} | preconditions.etag(person.version))


@endpoint("GET", PATH, Role.ADMIN, answers={200: PersonRow}, versioned=True)
def read_person(person_name: str) -> Response:
    """Read one person."""
    person = operations.get_person(platform(), actor(), person_name)
    return preconditions.one_tagged(person_row(person), person.version)


@endpoint("PUT", PATH, Role.ADMIN, body=PersonChange, answers={200: PersonRow}, versioned=True, refusals=(409,))
def change_person(person_name: str) -> Response:
    """Change role, password or state of a person, and end his sessions; the last administrator stays one."""
    asked = model_of(PersonChange, json_object())
    person = operations.change_person(
        platform(),
        actor(),
        person_name,
        role=Role(asked.role) if asked.role else None,
        password=asked.password,
        disabled=asked.disabled,
        expected_version=_expected(person_name),
    )
    return one(person_row(person), headers=preconditions.etag(person.version))


@endpoint("DELETE", PATH, Role.ADMIN, answers={200: DeletedPersonRow}, versioned=True, refusals=(409,))
def delete_person(person_name: str) -> Response:
    """Delete a person, and end his sessions; what he did keeps his name."""
    operations.delete_person(platform(), actor(), person_name, _expected(person_name))
    row: DeletedPersonRow = {"name": person_name, "status": "deleted"}
    return one(row)


def _expected(name: str) -> int | None:
    return preconditions.expected_record(
        f"person '{name}'", lambda: operations.get_person(platform(), actor(), name).version
    )
