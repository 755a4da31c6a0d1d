"""Rotation: everything is sealed with the newest key, in any number of tries, and nothing is lost on the way."""

from dataclasses import replace

import pytest

from runners.engine import operations
from runners.engine.integrations.sealing import used_keys
from runners.engine.protocol import rotation as protocol
from runners.engine.store.records import load_record
from runners.engine.vault import NoKey, Owner, Vault, key_id, new_key
from tests.store.making import ADMIN

OLD, NEW = new_key(), new_key()


@pytest.fixture(params=["memory", "lists-redis3"])
def mode(request):
    """The imitation, and the oldest server."""
    return request.param


def with_keys(platform, *keys):
    return replace(platform, settings=replace(platform.settings, encryption_keys=keys))


def make(platform, count):
    for number in range(count):
        secrets = {"a": f"secret-a-{number}", "b": f"secret-b-{number}"}
        operations.save_account(platform, ADMIN, "crm", str(number), {"secrets": secrets})


def rotate(platform):
    told = []
    found = operations.rotate_secrets(platform, ADMIN, lambda rotation: told.append(rotation.done))
    assert told == list(range(1, found.total + 1))
    return found


def sealed(platform, name):
    return load_record(platform.store, "account", name).content["sealed"]


def test_a_rotation_seals_everything_with_the_newest_key_and_changes_nothing_else(platform):
    make(with_keys(platform, OLD), 3)
    before = load_record(platform.store, "account", "crm/1")

    found = rotate(with_keys(platform, NEW, OLD))

    assert (found.total, found.resealed, found.current, found.unreadable) == (3, 6, 0, [])
    after = load_record(platform.store, "account", "crm/1")
    assert (
        Vault([NEW]).open(Owner("account", "crm/1", "secrets/b"), after.content["sealed"]["secrets/b"]) == "secret-b-1"
    )
    assert replace(after, content={}) == replace(before, content={})
    assert used_keys(platform.store) == {key_id(NEW)}


def test_a_rotation_that_was_ended_half_way_goes_on_where_it_was(platform, monkeypatch):
    make(with_keys(platform, OLD), 4)
    both = with_keys(platform, NEW, OLD)

    def killed(rotation):
        if rotation.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        operations.rotate_secrets(both, ADMIN, killed)
    assert used_keys(platform.store) == {key_id(OLD)}
    assert [operations.get_account(both, ADMIN, "crm", str(number)).unreadable for number in range(4)] == [()] * 4

    found = rotate(both)

    assert (found.resealed, found.current) == (4, 4)
    assert rotate(both).resealed == 0


def test_a_record_that_changes_meanwhile_is_read_again(platform, monkeypatch):
    make(with_keys(platform, OLD), 1)
    both, real = with_keys(platform, NEW, OLD), protocol.reseal

    def overtaken(store, kind, name, version, content):
        monkeypatch.setattr(protocol, "reseal", real)
        operations.save_account(both, ADMIN, "crm", "0", {"secrets": {"a": "another-secret"}})
        return real(store, kind, name, version, content)

    monkeypatch.setattr(protocol, "reseal", overtaken)
    found = rotate(both)

    assert (found.resealed, found.current) == (1, 1)
    assert (
        Vault([NEW]).open(Owner("account", "crm/0", "secrets/a"), sealed(platform, "crm/0")["secrets/a"])
        == "another-secret"
    )


def test_what_no_key_opens_is_named_and_keeps_its_key_needed(platform):
    make(with_keys(platform, OLD), 1)
    platform.store.redis.sadd(platform.store.keys.sealing_keys, key_id(NEW))

    found = rotate(with_keys(platform, NEW))

    assert found.resealed == 0
    assert len(found.unreadable) == 2
    assert "account 'crm/0', field 'secrets/a'" in found.unreadable[0]
    assert used_keys(platform.store) == {key_id(OLD), key_id(NEW)}


def test_without_the_key_one_account_is_unreadable_and_the_rest_works(platform):
    make(with_keys(platform, OLD), 1)
    stranger = with_keys(platform, NEW)

    account = operations.get_account(stranger, ADMIN, "crm", "0")
    assert account.unreadable == ("secrets/a", "secrets/b")
    with pytest.raises(NoKey, match=f"missing key: secrets are sealed with key {key_id(OLD)}"):
        operations.save_account(stranger, ADMIN, "crm", "1", {"secrets": {"a": "new-secret"}})
    assert (
        operations.save_account(stranger, ADMIN, "crm", "0", {"label": "x", "secrets": {"a": None}}).status == "updated"
    )


def test_two_sealed_secrets_that_changed_places_open_nothing(platform):
    mine = with_keys(platform, NEW)
    make(mine, 2)
    record = load_record(platform.store, "account", "crm/0")
    swapped = dict(
        reversed(list(zip(record.content["sealed"], reversed(record.content["sealed"].values()), strict=True)))
    )
    protocol.reseal(platform.store, "account", "crm/0", record.version, record.content | {"sealed": swapped})

    outcome = operations.test_account(mine, ADMIN, "crm", "0").tested

    assert outcome["outcome"] == "failed"
    assert "was sealed for something else; set it again" in outcome["detail"]
    assert "secret-a" not in repr(outcome)
