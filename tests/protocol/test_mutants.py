"""What the tests are worth: a protocol with any one of these faults must turn them red."""

from collections import Counter
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
from hypothesis.stateful import run_state_machine_as_test

from runners.engine import guards
from runners.engine.protocol import scripts
from tests.protocol import (
    access_mutants,
    agent_mutants,
    approval_mutants,
    bulk_mutants,
    chat_mutants,
    failure_mutants,
    mutants,
    pause_mutants,
    record_mutants,
    session_mutants,
)
from tests.protocol.broken_by import INVARIANTS, invariants_of
from tests.protocol.machine import SMALL, Life
from tests.protocol.mutants import Mutant
from tests.protocol.stage import Stage
from tests.protocol.test_state_machine import LIFE

DOCUMENT = Path(__file__).parents[2] / "docs/reliability.md"

ALL = (
    *mutants.MUTANTS,
    *pause_mutants.MUTANTS,
    *approval_mutants.MUTANTS,
    *bulk_mutants.MUTANTS,
    *failure_mutants.MUTANTS,
    *session_mutants.MUTANTS,
    *access_mutants.MUTANTS,
    *record_mutants.MUTANTS,
    *chat_mutants.MUTANTS,
    *agent_mutants.MUTANTS,
)


@pytest.fixture
def mutated(mutant: Mutant, monkeypatch):
    """Apply the mutant's replacements to every script that holds the text; one that fits nowhere is an error."""
    whole = {name: scripts.text(name) for name in scripts.PARTS}
    changed = dict(whole)
    for old, new in mutant.replacements:
        fits = [name for name, text in changed.items() if old in text]
        assert fits, f"mutant {mutant.name!r} no longer applies: {old!r} is in no script"
        changed |= {name: changed[name].replace(old, new) for name in fits}
    kept = tuple(guard for guard in guards.GUARDS if guard.__name__ not in mutant.without_guards)
    assert len(kept) == len(guards.GUARDS) - len(mutant.without_guards)
    monkeypatch.setattr(guards, "GUARDS", kept)
    if mutant.patch:
        mutant.patch(monkeypatch)
    monkeypatch.setattr(scripts, "text", changed.__getitem__)
    scripts._sha.cache_clear()
    yield mutant
    scripts._sha.cache_clear()


EVERY_DAY = 16
"""Of so many mutants one is tried whenever tests run; all of them with the slow ones."""


@pytest.mark.parametrize(
    ("mutant", "mode"),
    [
        pytest.param(mutant, mutant.mode, marks=[] if at % EVERY_DAY == 0 else pytest.mark.slow)
        for at, mutant in enumerate(ALL)
    ],
    ids=lambda value: value.name.replace(" ", "-") if isinstance(value, Mutant) else value,
)
def test_a_mutant_is_killed(mutated, platform, clock, mode):
    with pytest.raises(AssertionError) as death:
        if mutated.killer:
            stage = Stage(replace(platform, store=replace(platform.store, clock=clock)), clock)
            mutated.killer(stage)
            stage.check()
        else:
            small = replace(platform, settings=replace(platform.settings, **SMALL))
            run_state_machine_as_test(type("Here", (Life,), {"platform": small, "reached": Counter()}), settings=LIFE)
    said = str(death.value).splitlines()[0]
    print(f"{mutated.name}: {said}")
    broken = invariants_of(mutated.name)
    assert mutated.killer or not broken or said.partition(":")[0] in broken


def test_every_invariant_has_its_mutants_and_the_document_names_them():
    names = {mutant.name for mutant in ALL}
    rows = [line.split("|") for line in DOCUMENT.read_text().splitlines() if line.startswith("| I")]

    assert set(chain(*INVARIANTS.values())) <= names
    assert {row[1].split()[0]: tuple(row[3].strip().split("; ")) for row in rows if row[3].strip() != "—"} == INVARIANTS
