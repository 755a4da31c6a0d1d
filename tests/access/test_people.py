"""People: made, changed and deleted whole, each change ending what was opened before, and the last administrator kept."""

from dataclasses import replace

import pytest

from runners.engine import operations
from runners.engine.access.first import new_code, nobody_is_defined, redeem
from runners.engine.access.identity import of_person, still, verify_password
from runners.engine.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from runners.engine.operations import Role
from runners.engine.store.people import load_person
from tests.access.conftest import ADMIN
from tests.planted import PASSWORD

OTHER = "a lantern under green water"


def make(platform, name="ana", role=Role.ADMIN):
    return operations.create_person(platform, ADMIN, name, role, PASSWORD)


def change(platform, name="ana", **what):
    return operations.change_person(platform, ADMIN, name, **what)


def test_a_person_is_found_by_name_id_and_password(platform):
    ana = make(platform)

    assert (ana.name, ana.role, ana.version, ana.disabled, ana.created_by) == ("ana", Role.ADMIN, 1, False, "tests")
    assert verify_password(platform, " Ana", PASSWORD) == ana == load_person(platform.store, ana.id)
    assert [person.name for person in operations.list_people(platform, ADMIN, 10).rows] == ["ana"]


@pytest.mark.parametrize(
    ("name", "password"), [("ana", OTHER), ("ana", ""), ("bob", PASSWORD), ("", PASSWORD), ("*", "*")]
)
def test_a_wrong_name_or_password_finds_nobody(platform, name, password):
    make(platform)

    assert verify_password(platform, name, password) is None


def test_a_password_is_kept_as_a_slow_hash_only(platform):
    ana = make(platform)

    kept = platform.store.redis.hgetall(platform.store.keys.person(ana.id))

    assert kept["password"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in str(kept) and PASSWORD not in repr(ana)


def test_a_name_is_given_once(platform):
    make(platform)

    with pytest.raises(Conflict, match="person 'ana' exists already"):
        make(platform)


@pytest.mark.parametrize(
    "what", [{"role": Role.VIEWER}, {"password": OTHER}, {"disabled": True}], ids=["role", "password", "state"]
)
def test_each_change_ends_what_was_opened_before(platform, what):
    auth_on = replace(platform, settings=replace(platform.settings, auth_enabled=True))
    make(platform, "ben")
    ana = of_person(make(platform))
    assert still(auth_on, ana) == ana

    changed = change(platform, **what)

    assert changed.version == 2
    assert still(auth_on, ana) is None


def test_what_changes_nothing_ends_nothing(platform):
    make(platform)

    assert change(platform, role=Role.ADMIN, disabled=False).version == 1


def test_who_is_disabled_or_deleted_does_not_come_in(platform):
    make(platform)
    ben = of_person(make(platform, "ben"))

    change(platform, "ben", disabled=True)
    assert verify_password(platform, "ben", PASSWORD) is None
    operations.delete_person(platform, ADMIN, "ben")

    assert verify_password(platform, "ben", PASSWORD) is None
    assert still(platform, ben) is None
    with pytest.raises(NotFound):
        operations.get_person(platform, ADMIN, "ben")
    assert still(platform, of_person(make(platform, "ben"))) is not None
    assert still(platform, ben) is None


@pytest.mark.parametrize("end", ["delete", "disable", "demote"])
def test_the_last_administrator_stays(platform, end):
    make(platform)
    make(platform, "ben", Role.OPERATOR)

    with pytest.raises(Conflict, match="person 'ana' is the last administrator"):
        finish(platform, end)
    make(platform, "cora")

    finish(platform, end)


def finish(platform, end):
    if end == "delete":
        operations.delete_person(platform, ADMIN, "ana")
    else:
        change(platform, **({"disabled": True} if end == "disable" else {"role": Role.OPERATOR}))


def test_a_change_of_another_version_is_refused(platform):
    make(platform)
    make(platform, "ben")
    change(platform, role=Role.OPERATOR)

    with pytest.raises(Stale, match="person 'ana' is at version 2 now"):
        change(platform, role=Role.VIEWER, expected_version=1)
    with pytest.raises(Stale):
        operations.delete_person(platform, ADMIN, "ana", expected_version=1)


@pytest.mark.parametrize("name", ["", "Ana", "ana:b", "a b", "\u0430na", "-a", "a" * 65, "a/b", "ana\n", None, 7])
def test_a_name_that_could_be_taken_for_another_is_refused(platform, name):
    with pytest.raises(Invalid, match="is not 1 to 64 of a-z 0-9"):
        operations.create_person(platform, ADMIN, name, Role.VIEWER, PASSWORD)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short", "has not 12 to 256 characters"),
        ("x" * 257, "has not 12 to 256 characters"),
        ("password12345", "is easy to guess"),
        ("qwertyuiopasdf", "is easy to guess"),
        ("aaaaaaaaaaaaaaaaaaaa", "is easy to guess"),
        ("ana-ana-ana-ana", "is easy to guess"),
        ("Administrator1!", "is easy to guess"),
        ("seven herons\nover", "holds a character that cannot be typed"),
        (123456789012, "is no text"),
    ],
)
def test_a_weak_password_is_refused_without_being_repeated(platform, password, fault):
    with pytest.raises(Invalid) as caught:
        operations.create_person(platform, ADMIN, "ana", Role.VIEWER, password)

    assert fault in str(caught.value) and str(password) not in str(caught.value)


def test_the_first_administrator_is_made_by_the_code_once(platform):
    code = new_code(platform, ADMIN.author())
    assert nobody_is_defined(platform)

    ana = redeem(platform, code.upper(), "ana", PASSWORD)

    assert (ana.role, verify_password(platform, "ana", PASSWORD)) == (Role.ADMIN, ana)
    assert not nobody_is_defined(platform)
    assert new_code(platform, ADMIN.author()) is None
    with pytest.raises(Forbidden):
        redeem(platform, code, "ben", PASSWORD)


def test_a_code_is_void_after_a_newer_one_a_wrong_guess_is_nothing_and_somebody_else_ends_it(platform):
    first, second = new_code(platform, ADMIN.author()), new_code(platform, ADMIN.author())

    for wrong in (first, "", "aaaa-aaaa-aaaa-aaaa-aaaa", second[:-1]):
        with pytest.raises(Forbidden, match="multijob user first"):
            redeem(platform, wrong, "ana", PASSWORD)
    operations.create_token(platform, ADMIN, "ci", Role.VIEWER)
    with pytest.raises(Forbidden):
        redeem(platform, second, "ana", PASSWORD)


def test_nothing_kept_lets_anybody_redeem_the_code(platform):
    code = new_code(platform, ADMIN.author())

    kept = platform.store.redis.get(platform.store.keys.first_code)

    assert code.replace("-", "") not in kept
    assert 0 < platform.store.redis.pttl(platform.store.keys.first_code) <= 15 * 60 * 1000
