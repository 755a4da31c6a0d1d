"""A replay's word against the truth: the same past lived through on a virtual clock with the guards that it was asked about."""

from datetime import timedelta

import pytest

from runners.engine import operations
from runners.engine.decision import Outcome
from runners.engine.operations import Actor, Role
from runners.scheduler import GuardedScheduler
from runners.simulation.ground import START, VirtualClock, virtual_platform
from runners.simulation.timeline import Timeline
from runners.simulation.workers import VirtualWorkers

pytestmark = pytest.mark.slow
ADA = Actor("ada", Role.ADMIN, "system")
DAY = timedelta(days=1)
JOBS = {"long": (600, 300_000), "short": (420, 200_000), "other": (300, 250_000)}
"""By name: the interval in seconds, and how long its runs work in ms."""


def lived(changes, asked=None):
    """Live through half a day with three jobs, of which `long` has these guards; return its slots, and what a replay says of it."""
    clock = VirtualClock()
    with virtual_platform(clock) as platform:
        workers = VirtualWorkers(platform.store, platform.settings.lease, 10, 1, 0.5)
        timeline = Timeline(clock, GuardedScheduler(platform), workers)
        for name, (interval, work_ms) in JOBS.items():
            own = changes if name == "long" else {}
            inputs = {"work_ms": work_ms, "flow_group": "shared", **own}
            spec = {"job_id": name, "type": "simulation.heavy", "schedule": {"interval_sec": interval}}
            operations.save_job(platform, ADA, spec | {"timeout_ms": 600_000, "inputs": inputs})
        timeline.go_to(START + DAY / 2)
        rows = operations.decisions(platform, ADA, "long", 1000).decisions
        went = sum(row.count for row in rows if row.outcome is Outcome.DISPATCHED)
        skips = sum(row.count for row in rows if row.outcome is Outcome.SKIPPED)
        return (went, skips), operations.what_if(platform, ADA, "long", asked or {}, DAY)


def test_with_nothing_changed_a_replay_decides_as_it_was_decided():
    for changes in ({}, {"flow_max_active_runs": 1}, {"flow_max_active_runs": 2}):
        _, found = lived(changes)

        assert len(found.rows) > 60
        assert found.agreeing >= 0.97 * len(found.rows)


@pytest.mark.parametrize(("before", "after"), [(2, 0), (1, 2)])
def test_a_limit_that_is_tried_comes_out_as_one_that_is_lived_with(before, after):
    """The others of the group stay as they were in a replay, and do not in life: so it is near, and not exact."""
    (was, _), found = lived({"flow_max_active_runs": before}, {"flow_max_active_runs": after})
    (truth, _), _ = lived({"flow_max_active_runs": after})

    would = found.replayed["dispatched"]
    assert abs(would - truth) <= 0.1 * truth
    assert abs(would - truth) <= abs(was - truth)
