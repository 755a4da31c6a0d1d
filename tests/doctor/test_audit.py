"""What doctor says of the audit."""

from dataclasses import replace

import pytest

from runners.doctor import audit as room
from runners.doctor.audit import audit
from runners.engine.store.seal import Seal
from tests.store.making import save


@pytest.fixture
def mode() -> str:
    """A real server; the chain is the same in every mode."""
    return "streams-redis7"


def said(platform) -> list[tuple[bool, str]]:
    return [(finding.well, finding.seen) for finding in audit(platform)]


def test_a_whole_chain_is_well_and_nothing_is_written(platform):
    for timeout_ms in (1000, 2000, 3000):
        save(platform, timeout_ms=timeout_ms)

    assert said(platform) == [(True, "all 3 entries follow one another, each sealed over the one before it")]
    assert not (platform.settings.data_dir / "audit.seen").exists()


def test_of_a_long_chain_the_newest_entries_are_looked_at(platform, monkeypatch):
    monkeypatch.setattr(room, "LOOKED_AT_MOST", 2)
    for timeout_ms in (1000, 2000, 3000):
        save(platform, timeout_ms=timeout_ms)

    assert said(platform)[0][1].startswith("the newest 2 of 3 entries")
    platform.store.redis.zremrangebyrank(platform.store.keys.audit, -2, -2)
    monkeypatch.setattr(room, "LOOKED_AT_MOST", 1)
    assert said(platform) == [
        (True, "the newest 1 of 2 entries follow one another, each sealed over the one before it")
    ]


def test_what_is_broken_is_named(platform):
    save(platform)
    save(platform, timeout_ms=1000)
    platform.store.redis.zremrangebyrank(platform.store.keys.audit, -1, -1)

    ((well, seen),) = said(platform)

    assert not well
    assert seen.startswith("entry 2: entry 2 is missing at the end")


@pytest.mark.parametrize(("index", "value"), [("actor", "ada"), ("object", "job:daily")])
def test_an_entry_that_a_list_leaves_out_is_named(platform, index, value):
    save(platform)
    save(platform, timeout_ms=1000)
    platform.store.redis.zremrangebyrank(platform.store.keys.audit_of(index, value), 0, 0)

    ((well, seen),) = said(platform)

    assert not well
    assert seen.startswith(f"entry 1: the index of its {index} leaves it out, so lists do not show it")


def test_a_key_that_is_missing_is_said(platform):
    def no_key():
        raise room.StoreAway("there is no key")

    blind = replace(platform, store=replace(platform.store, seal=Seal(no_key)))

    assert said(blind) == [(False, "it cannot be read, so every change is refused: there is no key")]
