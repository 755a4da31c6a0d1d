"""The model of the protocol holds in every state within its bounds; a protocol with one thing left out does not."""

import gc
from collections.abc import Iterator
from dataclasses import fields, replace

import pytest

from tests.protocol.model_check import check
from tests.protocol.model_world import Bounds, Design

MESSAGES = Bounds(slots=1, deaths=1, naps=1, losses=1, doubles=1)
CANCELS = Bounds(slots=1, flow_limit=2, deaths=1, naps=1, cancels=1)
PAUSES = Bounds(jobs=1, slots=2, flow_limit=2, deaths=1, losses=1, expiries=1, pauses=1)
APPROVALS = Bounds(jobs=1, slots=1, schedulers=1, deaths=1, naps=1, cancels=1, asks=2)
SILENCE = Bounds(jobs=1, slots=1, asks=1, people=0)
QUORUM = Bounds(jobs=1, slots=1, schedulers=1, cancels=1, asks=2, agree=2)
POOLS = Bounds(slots=1, flow_limit=2, pools=2, schedulers=1, workers=1, deaths=1, strays=1)
SMALL = {
    "lost and doubled messages": MESSAGES,
    "cancelled runs": CANCELS,
    "pauses and expiries": PAUSES,
    "people decide": APPROVALS,
    "nobody decides": SILENCE,
    "two must agree": QUORUM,
    "two pools": POOLS,
}
LARGE = {
    "two slots each": Bounds(deaths=1, naps=1),
    "all at once": Bounds(slots=1, deaths=1, naps=1, losses=1, doubles=1, cancels=1, expiries=1, pauses=1),
    "all at once, room for two": Bounds(
        slots=1, flow_limit=2, deaths=1, naps=1, losses=1, doubles=1, cancels=1, pauses=1
    ),
    "people decide on two jobs": Bounds(slots=1, flow_limit=2, schedulers=1, naps=1, cancels=1, asks=2),
}
BREAKS = {
    "a_slot_is_compared": ("I8", MESSAGES),
    "dispatch_is_one_step": ("I2", MESSAGES),
    "the_script_checks_overlap": ("I1", PAUSES),
    "the_script_checks_the_flow_limit": ("I2", MESSAGES),
    "the_script_checks_the_pause": ("paused", PAUSES),
    "a_claim_compares": ("I3", MESSAGES),
    "the_token_rises": ("I6", MESSAGES),
    "a_finish_is_fenced": ("I7", MESSAGES),
    "retries_are_counted": ("I14", MESSAGES),
    "a_retry_is_kept": ("I14", MESSAGES),
    "the_reaper_looks": ("I9", MESSAGES),
    "the_reaper_frees_places": ("I3", MESSAGES),
    "lost_messages_are_pushed_again": ("I9", MESSAGES),
    "a_cancel_compares": ("I7", CANCELS),
    "an_expiry_compares": ("I7", PAUSES),
    "an_ask_is_fenced": ("I4", APPROVALS),
    "a_decision_compares": ("I13", APPROVALS),
    "a_decision_names_what_was_shown": ("I13", APPROVALS),
    "a_decision_carries_its_effect": ("I13", APPROVALS),
    "a_cancel_closes_the_approval": ("I13", APPROVALS),
    "silence_decides": ("I9", SILENCE),
    "agreement_is_counted": ("I13", QUORUM),
    "a_person_counts_once": ("I13", QUORUM),
    "a_claim_compares_the_pool": ("I18", POOLS),
    "a_run_comes_back_to_its_pool": ("I18", POOLS),
}


@pytest.fixture(autouse=True)
def uncollected() -> Iterator[None]:
    """Look for no garbage: all that a search makes is kept, and the looks took a fifth of its time."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("world", SMALL)
def test_every_invariant_holds_in_every_state(world: str) -> None:
    checked = check(Design(), SMALL[world])

    print(f"{world}: {checked.states} states")
    assert checked.broken is None, checked.trace


@pytest.mark.slow
@pytest.mark.parametrize("world", LARGE)
def test_every_invariant_holds_in_every_state_of_a_larger_world(world: str) -> None:
    checked = check(Design(), LARGE[world])

    print(f"{world}: {checked.states} states")
    assert checked.broken is None, checked.trace


@pytest.mark.parametrize("left_out", [field.name for field in fields(Design)])
def test_a_protocol_with_one_thing_left_out_is_found_out(left_out: str) -> None:
    invariant, world = BREAKS[left_out]

    found = check(replace(Design(), **{left_out: False}), world)

    print(f"without {left_out}: {found.broken}, after {' -> '.join(found.trace)}")
    assert str(found.broken).partition(":")[0] == invariant
