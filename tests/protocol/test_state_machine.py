"""The protocol under random life, on real servers; and the proof that this life was interesting."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.protocol.machine import SMALL, Life

SLOW = pytest.mark.slow
OLD = ("streams-redis5", "lists-redis3")
GUARDS = ("paused", "dispatch_cap", "pending_approval", "cooldown", "pressure", "flow_limit", "overlap")
MUST_REACH = (
    *("ok", "stale", "pushed again", "redelivered", "duplicate dropped", "foreign refused", "forgotten"),
    *(f"refused by {guard}" for guard in GUARDS),
    *(f"held by {guard}" for guard in GUARDS if guard != "dispatch_cap"),
    *(
        "taken far",
        "went after a pause",
        "queued runs of a paused priority",
        "pause: ok",
        "pause: same",
        "resume: ok",
    ),
    *("end: stale", "end: success", "end: failed", "end: retrying", "end: queued", "end: cancelled"),
    *("reaped: requeued", "reaped: failed", "renew: ok", "renew: lost", "renew: cancel", "told: ok", "told: stale"),
    *("end: waiting_approval", "approval: approved", "approval: rejected", "approval: decided"),
)
EXAMPLES = 50
LIFE = settings(
    max_examples=EXAMPLES,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # a failure names its steps; shrinking them takes minutes
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("mode", ["streams-redis7", *(pytest.param(name, marks=SLOW) for name in ("lists", *OLD))])
def test_every_invariant_holds_whatever_happens(platform, mode):
    reached: Counter[str] = Counter()
    small = replace(platform, settings=replace(platform.settings, **SMALL))

    run_state_machine_as_test(type("Here", (Life,), {"platform": small, "reached": reached}), settings=LIFE)

    print(f"{mode}:", ", ".join(f"{name} {count}" for name, count in sorted(reached.items())))
    assert [name for name in MUST_REACH if not reached[name]] == []
