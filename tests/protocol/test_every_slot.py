"""Every slot has exactly one decision, whatever happens to schedulers, the store and the clock: an independent count."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from runners.engine.decision import decode, replay
from tests.protocol.slot_oracle import dispatched, runs_of_slots, slot_problems

BERLIN = {"cron": "*/30 2 * * *", "timezone": "Europe/Berlin", "misfire_grace_sec": 86_400}
JOBS = {
    "pace": {"every": 10},
    "jittered": {"every": 60, "jitter": 50, "overlap": True},
    "all": {"schedule": {"interval_sec": 300, "misfire": "run_all", "misfire_grace_sec": 40_000}, "overlap": True},
    "never": {"schedule": {"interval_sec": 45, "misfire": "skip"}, "overlap": True},
    "minutely": {"schedule": {"cron": "*/2 * * * *"}},
    "nightly": {"schedule": BERLIN, "overlap": True},
    "grouped": {"every": 20, "flow": "etl", "flow_limit": 1},
    "other": {"every": 30, "flow": "etl"},
}
JUMPS = {
    "an hour forward": timedelta(hours=1),
    "an hour back": timedelta(hours=-1),
    "a day forward": timedelta(days=1),
    "a day back": timedelta(days=-1),
}


@pytest.fixture(params=["streams-redis7", "lists"])
def mode(request):
    """Real servers: fakeredis takes minutes for it."""
    return str(request.param)


class Life:
    """A random life of schedulers: what may befall them, counted."""

    def __init__(self, stage, seed):
        self.stage, self.chance, self.befell = stage, random.Random(seed), Counter()
        self.deeds = [
            *[self.tick] * 14,
            *(
                self.kill_before_acting,
                self.act_twice,
                self.act_late,
                self.work,
                self.work,
                self.ask,
                self.restart_store,
            ),
        ]

    def tick(self):
        self.stage.tick(seconds=self.chance.choice([0.25, 1, 3, 7]))

    def kill_before_acting(self):
        """A scheduler dies after it has read and before it acts: all that it leaves is the time of its tick."""
        self.stage.clock.advance(seconds=11)
        _, looks = self.stage.look()
        self.befell["killed with looks in hand"] += bool(looks)

    def act_twice(self):
        """A scheduler's call takes effect, its answer is lost, and it is repeated; and a second scheduler read the same."""
        self.stage.clock.advance(seconds=2)
        seen, again = self.stage.look(), self.stage.look(backwards=True)
        for view in (seen, seen, again):
            self.stage.act(view)

    def act_late(self):
        """A scheduler is stopped between reading and acting, while another one goes on."""
        self.stage.clock.advance(seconds=2)
        seen = self.stage.look()
        for _ in range(3):
            self.stage.tick(seconds=5)
        words = self.stage.act(seen)
        self.befell["acted on what was stale"] += "stale" in words.values()

    def work(self):
        for claimed in self.stage.take(20):
            self.stage.finish(claimed, self.chance.choice(["success", "success", "failed"]))

    def ask(self):
        self.stage.ask(self.chance.choice(list(JOBS)), key=str(self.chance.random()))

    def restart_store(self):
        """A store that was restarted knows no script any more."""
        self.stage.store.redis.script_flush()
        self.befell["store restarted"] += 1

    def be_away(self, **span):
        self.stage.clock.advance(**span)
        self.befell["gap"] += 1

    def step_clock(self, name):
        self.stage.clock.at += JUMPS[name]
        self.befell[name] += 1

    def go_on(self, steps):
        for _ in range(steps):
            self.chance.choice(self.deeds)()

    def settle(self):
        """Let the schedulers catch up with all that fell due."""
        for _ in range(200):
            if not self.stage.tick(seconds=0.3):
                return


def all_problems(stage):
    return [problem for job_id in JOBS for problem in slot_problems(stage, job_id)]


@pytest.mark.parametrize("seed", [1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 13))])
def test_every_slot_has_one_decision_through_kills_gaps_and_clock_steps(stage, seed):
    stage.checking = False
    for job_id, changes in JOBS.items():
        stage.save(job_id, **changes)
    life = Life(stage, seed)
    happenings = [*JUMPS, *JUMPS, "away 8 h", "away 8 h", "away 20 s"]
    life.chance.shuffle(happenings)

    for happening in happenings:
        life.go_on(20)
        if happening in JUMPS:
            life.step_clock(happening)
        else:
            life.be_away(**({"hours": 8} if happening == "away 8 h" else {"seconds": 20}))
        life.settle()

    print(dict(life.befell))
    assert all_problems(stage) == []
    assert life.befell["killed with looks in hand"] > 0
    assert min(life.befell[name] for name in JUMPS) == 2
    for job_id in JOBS:
        rows = [decode(row) for row in stage.ledger(job_id, asked=True)]
        assert runs_of_slots(stage, job_id) == dispatched(stage, job_id), job_id
        assert [row for row in rows if row.outcome != "missed" and not replay(row).same] == []
    stage.check()


@pytest.mark.parametrize(
    ("misfire", "rows"),
    [
        ("run_once", [("missed", "coalesced", 28_794)]),
        ("skip", [("missed", "policy_skip", 28_795)]),
        ("run_all", [("missed", "not_replayed", 28_695)]),
    ],
)
def test_a_job_of_every_second_accounts_for_eight_hours_away_in_one_row(stage, misfire, rows):
    """The gap's slots but those of its last five seconds, which count as looked at in time."""
    stage.save(schedule={"interval_sec": 1, "misfire": misfire}, overlap=True)
    stage.checking = False
    stage.set(max_dispatch_per_tick=1000)
    stage.tick(seconds=1)
    stage.work_off()

    stage.clock.advance(hours=8)
    for _ in range(130):
        stage.tick()
        stage.work_off()

    missed = [row for row in map(decode, stage.ledger()) if row.outcome == "missed"]
    assert [(row.outcome.value, row.reason, row.count) for row in missed] == rows
    assert list(slot_problems(stage, "daily")) == []
    assert runs_of_slots(stage, "daily") == dispatched(stage, "daily")


@pytest.mark.parametrize(("day", "slots"), [("2031-03-30", 1), ("2031-10-26", 2)])
def test_a_gap_over_moved_clocks_accounts_for_every_slot_of_the_night(stage, day, slots):
    """Half past and full, two to three: the spring skips both, which are one slot then; the autumn repeats both."""
    stage.clock.at = stage.clock.at.fromisoformat(f"{day}T00:00:00+00:00") - timedelta(hours=3)
    stage.save(schedule=BERLIN | {"misfire": "run_all"}, overlap=True)
    stage.tick()

    stage.clock.advance(hours=8)
    for _ in range(4):
        stage.tick(seconds=1)

    assert list(slot_problems(stage, "daily")) == []
    assert [row.outcome.value for row in map(decode, stage.ledger())] == ["dispatched"] * slots
