"""Each guard at its edges, and their order: the first hold decides."""

from dataclasses import replace
from datetime import timedelta

import pytest

from runners.engine import guards
from runners.engine.guards import GUARDS, Facts, Hold, first_hold, verdicts
from runners.engine.pause import Pause
from tests.protocol.jobs import START, a_job

FREE = {
    "now": START, "pauses": (), "dispatched": 0, "cap": 80, "window_ends_at": START + timedelta(seconds=0.25),
    "approvals": (), "failures": 0, "cooldown_until": None, "pressure": False, "depth": 0, "pressure_low": 180,
    "active_runs": (), "active_count": 0, "flow_runs": (), "flow_count": 0, "flow_limit": 0,
}  # fmt: skip
HOLDING = {
    "paused": {"pauses": (Pause("everything", START, "ana"),)},
    "dispatch_cap": {"dispatched": 80},
    "pending_approval": {"approvals": ("ap-1",)},
    "cooldown": {"failures": 3, "cooldown_until": START + timedelta(seconds=1)},
    "pressure": {"pressure": True, "depth": 300},
    "flow_limit": {"flow_runs": ("run_f",), "flow_count": 1, "flow_limit": 1},
    "overlap": {"active_runs": ("run_o",), "active_count": 1},
}


def facts(**changes):
    return Facts(**(FREE | changes))


def everything():
    return {name: value for changes in HOLDING.values() for name, value in changes.items()}


def test_the_order_is_the_contracts():
    assert [guard.__name__ for guard in GUARDS] == list(HOLDING)


@pytest.mark.parametrize("name", HOLDING)
def test_each_guard_holds_by_its_own_facts_alone(name):
    holds = {verdict.guard for verdict in verdicts(a_job(flow="f"), facts(**HOLDING[name])) if verdict.hold}

    assert holds == {name}


@pytest.mark.parametrize("place", range(len(HOLDING)))
def test_the_first_hold_in_order_decides(place):
    passed = frozenset(list(HOLDING)[:place])

    assert first_hold(a_job(flow="f"), facts(**everything()), passed).guard == list(HOLDING)[place]


def test_a_free_job_passes():
    assert first_hold(a_job(flow="f"), facts()) is None
    assert [verdict.hold for verdict in verdicts(a_job(), facts())] == [None] * 7


def test_ignoring_guards_passes_over_cooldown_and_pressure_only():
    assert sorted(guards.PASSED_BY_IGNORE) == ["cooldown", "pressure"]
    assert list(guards.ONLY_SCHEDULED) == ["dispatch_cap"]


@pytest.mark.parametrize(("dispatched", "held"), [(0, False), (79, False), (80, True), (81, True)])
def test_the_cap_holds_from_its_number_on(dispatched, held):
    assert bool(guards.dispatch_cap(a_job(), facts(dispatched=dispatched))) is held


def test_everything_a_priority_a_group_and_the_job_may_be_paused_and_the_first_decides():
    pauses = tuple(Pause(blocker, START, "ana") for blocker in ("everything", "queue:normal", "flow:f"))
    own = replace(a_job(), paused=Pause("job", START, "bob"))

    all_four = guards.paused(own, facts(pauses=pauses))
    alone = guards.paused(own, facts())

    assert (all_four.blocked_by, all_four.blocked_count) == (("everything", "queue:normal", "flow:f"), 4)
    assert all_four.pause == pauses[0]
    assert (alone.blocked_by, alone.observed, alone.limit, alone.pause.by) == (("job",), 1, 0, "bob")


def test_only_a_suspension_that_is_the_only_pause_ends_by_the_clock():
    until = START + timedelta(hours=1)
    suspended = Pause("everything", None, "rq suspend", until)

    assert guards.paused(a_job(), facts(pauses=(suspended,))).until == until
    assert guards.paused(a_job(), facts(pauses=(suspended, Pause("flow:f", START, "ana")))).until is None


def test_the_cap_ends_with_its_window():
    assert guards.dispatch_cap(a_job(), facts(dispatched=80)).until == FREE["window_ends_at"]


@pytest.mark.parametrize(("seconds", "held"), [(0, True), (59.999, True), (60, False), (61, False)])
def test_cooldown_ends_exactly_when_it_says(seconds, held):
    now = START + timedelta(seconds=seconds)

    assert (
        bool(guards.cooldown(a_job(), facts(now=now, failures=3, cooldown_until=START + timedelta(minutes=1)))) is held
    )


def test_a_cooldown_says_until_when_and_after_how_many():
    until = START + timedelta(minutes=1)

    hold = guards.cooldown(a_job(threshold=2), facts(failures=4, cooldown_until=until))

    assert hold == Hold("cooldown", observed=4, limit=2, until=until)


def test_a_job_without_failure_memory_never_cools():
    assert guards.cooldown(a_job(memory=False), facts(**HOLDING["cooldown"])) is None


@pytest.mark.parametrize(("priority", "held"), [("critical", False), ("normal", True), ("low", True)])
def test_pressure_lets_critical_jobs_out(priority, held):
    assert bool(guards.pressure(a_job(priority=priority), facts(pressure=True, depth=200))) is held


@pytest.mark.parametrize("depth", [0, 180, 1000])
def test_pressure_is_the_mode_and_not_the_depth(depth):
    assert guards.pressure(a_job(), facts(depth=depth)) is None
    assert guards.pressure(a_job(), facts(depth=depth, pressure=True)).observed == depth


@pytest.mark.parametrize(
    ("count", "limit", "held"),
    [(0, 1, False), (1, 1, True), (2, 1, True), (1, 2, False), (999, 1000, False), (1000, 1000, True), (5, 0, False)],
)
def test_a_flow_group_holds_from_its_limit_on_and_zero_is_none(count, limit, held):
    assert bool(guards.flow_limit(a_job(flow="f"), facts(flow_count=count, flow_limit=limit))) is held


def test_a_job_of_no_group_knows_no_flow_limit():
    assert guards.flow_limit(a_job(), facts(**HOLDING["flow_limit"])) is None


@pytest.mark.parametrize(
    ("count", "allowed", "held"), [(0, False, False), (1, False, True), (2, False, True), (2, True, False)]
)
def test_overlap_holds_while_a_run_is_active_unless_the_job_allows_it(count, allowed, held):
    assert bool(guards.overlap(a_job(overlap=allowed), facts(active_count=count))) is held


@pytest.mark.parametrize(
    ("guard", "names", "count"),
    [("overlap", "active_runs", "active_count"), ("flow_limit", "flow_runs", "flow_count")],
)
def test_a_hold_names_three_blockers_and_counts_all(guard, names, count):
    runs = tuple(f"run_{number}" for number in range(5))

    hold = getattr(guards, guard)(a_job(flow="f"), facts(**{names: runs, count: 7, "flow_limit": 7}))

    assert (hold.blocked_by, hold.blocked_count, hold.observed) == (runs[:3], 7, 7)


def test_approvals_hold_by_name():
    hold = guards.pending_approval(a_job(), facts(approvals=("a", "b", "c", "d")))

    assert (hold.blocked_by, hold.blocked_count) == (("a", "b", "c"), 4)
