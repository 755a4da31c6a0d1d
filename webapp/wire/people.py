"""People as JSON, without anything of their passwords; contract §7."""

from typing import Literal

from runners.engine.operations import Person
from runners.engine.role import Role
from webapp.wire.shape import Shape
from webapp.wire.times import Stamp, stamp


class PersonRow(Shape):
    """Somebody who may sign in. `version` rises with every change of role, password or state, which ends his sessions."""

    name: str
    role: Role
    disabled: bool
    version: int
    created_at: Stamp
    created_by: str
    changed_at: Stamp


class DeletedPersonRow(Shape):
    """Who may not sign in any more."""

    name: str
    status: Literal["deleted"]


def person_row(person: Person) -> PersonRow:
    """Return `person` for the wire."""
    return {
        "name": person.name,
        "role": person.role,
        "disabled": person.disabled,
        "version": person.version,
        "created_at": stamp(person.created_at),
        "created_by": person.created_by,
        "changed_at": stamp(person.changed_at),
    }
