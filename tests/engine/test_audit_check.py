"""Whoever changes, removes, moves or adds an entry without the key is found out, and the entry is named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from runners.engine.audit import Author, Entry, Head, Key, Row, derive, sealed
from runners.engine.audit_check import DROPPED, Check

NOW = datetime(2030, 1, 1, tzinfo=UTC)
KEY = derive("the key of this chain")
OTHER = derive("another key altogether")
ANA = Author("ana", "api", operation="pause_job")


def chain(count: int, key: Key = KEY, behind: Head | None = None) -> list[Row]:
    rows, head = [], behind or Head()
    for number in range(count):
        row = sealed(Entry(ANA, f"job:j{number}"), head, key, NOW + timedelta(seconds=number))
        rows.append(row)
        head = row.head
    return rows


def faults(rows: list[Row], *keys: Key, head: Head | None = None) -> list[str]:
    check = Check(keys or (KEY,))
    if head:
        check.expect(head, "the head")
    for row in rows:
        check.feed(row.text(), float(row.id))
    return [str(fault) for fault in check.finish()]


def test_a_whole_chain_has_no_faults():
    rows = chain(5)

    assert faults(rows, head=rows[-1].head) == []
    assert faults([]) == []


def test_an_edited_entry_is_named_and_no_other():
    rows = chain(5)
    rows[2] = replace(rows[2], payload=rows[2].payload.replace("ana", "eve"))

    assert faults(rows) == ["entry 3: it was changed, or does not follow the entry before it"]


@pytest.mark.parametrize("field", ["id", "key", "seal"])
def test_nothing_of_an_entry_can_be_changed(field):
    rows = chain(3)
    changed = {"id": rows[1].id + 1, "key": OTHER.id, "seal": "0" * 64}
    rows[1] = replace(rows[1], **{field: changed[field]})

    assert faults(rows)


def test_entries_that_are_missing_inside_are_named():
    rows = chain(6)

    assert faults([*rows[:2], *rows[4:]]) == ["entry 3: entries 3 to 4 are missing"]


def test_a_beginning_that_was_cut_off_is_named():
    assert faults(chain(4)[2:]) == [
        "entry 1: entries 1 to 2 are missing, and no entry says that they were dropped for their age"
    ]


def test_an_end_that_was_cut_off_is_named_by_the_head_and_by_whoever_saw_it():
    rows = chain(5)

    assert faults(rows[:3], head=rows[-1].head) == [
        "entry 4: entries 4 to 5 are missing at the end: the head has seen entry 5"
    ]


def test_an_end_that_was_written_anew_is_another_one_than_was_seen():
    rows = chain(3)
    other = sealed(Entry(ANA, "job:other"), rows[1].head, KEY, NOW + timedelta(hours=1))

    assert faults([*rows[:2], other], head=rows[2].head) == ["entry 3: it is another one than the head has seen"]


def test_entries_that_changed_places_are_named():
    rows = chain(4)
    first, second = rows[1], rows[2]
    rows[1], rows[2] = replace(second, id=first.id), replace(first, id=second.id)

    named = faults(rows)

    assert any(fault.startswith("entry 2:") for fault in named)
    assert any("doubled, inserted or moved" in fault or "missing" in fault for fault in named)


def test_an_entry_that_stands_in_another_place_is_named():
    rows, check = chain(2), Check((KEY,))

    check.feed(rows[0].text(), float(rows[0].id))
    check.feed(rows[1].text(), float(rows[1].id + 5))

    assert [str(fault) for fault in check.finish()] == ["entry 2: it does not stand in its place"]


def test_an_entry_that_was_put_in_without_the_key_is_named():
    rows = chain(3)
    forged = sealed(Entry(ANA, "job:forged"), rows[1].head, OTHER, NOW + timedelta(seconds=1.5))
    forged = replace(forged, key=KEY.id)

    named = faults([*rows[:2], forged, rows[2]])

    assert "entry 3: it was changed, or does not follow the entry before it" in named
    assert "entry 3: it stands behind entry 3: doubled, inserted or moved" in named


def test_an_entry_of_a_key_that_is_not_at_hand_is_counted_and_with_the_key_it_is_well():
    old = chain(2, OTHER)
    rows = [*old, *chain(2, KEY, old[-1].head)]

    assert faults(rows) == [f"2 entries were sealed with key {OTHER.id}, which is not at hand: add it to AUDIT_KEYS"]
    assert faults(rows, KEY, OTHER) == []


def dropped(rows: list[Row], through: int, **more: object) -> Row:
    after = {"through": through, "seal": rows[through - 1].seal, **more}
    author = Author("retention", "system", operation=DROPPED)
    return sealed(Entry(author, "audit", after=after), rows[-1].head, KEY, NOW + timedelta(days=1))


def test_a_beginning_that_was_dropped_for_its_age_is_vouched_for():
    rows = chain(5)
    last = dropped(rows, 3)

    assert faults([*rows[3:], last], head=last.head) == []


@pytest.mark.parametrize("kept", [2, 4])
def test_only_exactly_what_was_dropped_may_be_missing(kept):
    rows = chain(5)

    assert faults([*rows[kept:], dropped(rows, 3)])[-1].startswith("entry 1: entries 1 to")


def test_only_the_retention_itself_vouches():
    rows = chain(5)
    after = {"through": 3, "seal": rows[2].seal, "operation": DROPPED}
    claimed = sealed(Entry(ANA, "audit", after=after), rows[-1].head, KEY, NOW + timedelta(days=1))

    assert len(faults([*rows[3:], claimed])) == 1


def test_what_was_broken_when_it_was_dropped_stays_named():
    rows = chain(5)
    last = dropped(rows, 3, faults=["entry 2: it was changed"])

    assert faults([*rows[3:], last]) == ["entry 6: what it says was dropped was not whole: entry 2: it was changed"]


def test_a_key_follows_from_its_text_alone_and_its_name_tells_nothing_of_it():
    assert derive("the key of this chain") == KEY
    assert KEY.id not in KEY.secret.hex()
    assert "secret" not in repr(KEY)
