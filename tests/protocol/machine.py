"""Random life of a platform: two schedulers, three workers, people, losses, doubles, and a clock that jumps.

Every step goes through the calls that processes make, on a real server; the invariants are checked after each.
`reached` counts the interesting states: a machine that never gets into trouble proves nothing. The kind of actor
is drawn, and a chance that is seeded once decides the rest: with a rule for every step, few examples mix them all.
"""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from runners.engine.approval import Approval
from runners.engine.look import Look
from runners.engine.platform import Platform
from runners.engine.protocol.dispatch import Tick
from runners.engine.protocol.work import Claimed
from tests.clocks import MovingClock
from tests.protocol.approval_life import Deciders
from tests.protocol.draining import drain
from tests.protocol.jobs import JOBS
from tests.protocol.stage import FAR, POOLS, Stage

NAMES = tuple(JOBS)
LANES = ("critical", "normal", "low")
SMALL = {"max_dispatch_per_tick": 3, "pressure_high": 6, "pressure_low": 2, "tick": timedelta(seconds=0.25)}
PAUSED = ("everything", "queue:normal", "queue:low", "flow:f", "job:urgent", "job:fragile")
DOES = {
    "scheduler": ("tick", "tick_together", "read_only", "act_late", "race", "race"),
    "worker": ("take", "take", "end", "end", "renew", "tell", "die", "ask_people"),
    "person": (
        "ask",
        "ask",
        "cancel",
        "define",
        "resume",
        "resume",
        "pause",
        "pause",
        "approval",
        "decide",
        "ask",
        "cancel",
    ),
    "trouble": ("reap", "reap", "reconcile", "lose_messages", "double_a_message", "sweep", "clock_steps_back"),
}
Reading = tuple[Tick, list[Look]]


class Life(Deciders, RuleBasedStateMachine):
    """The machine; a subclass names the platform, and the counter to fill."""

    platform: ClassVar[Platform]
    reached: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.clock = MovingClock()
        platform = replace(self.platform, store=replace(self.platform.store, clock=self.clock))
        self.stage = Stage(platform, self.clock, checking=False)
        self.latest = self.clock.at
        self.chance = random.Random()
        self.hands: list[Claimed] = []
        self.tokens: set[tuple[str, int]] = set()
        self.late: list[Reading] = []
        self.shown: list[Approval] = []
        self.accepted: Counter[str] = Counter()

    @initialize(seed=st.integers(0, 2**64))
    def begin(self, seed: int) -> None:
        """The hourly job is due in five seconds, and then not again in this life."""
        self.chance = random.Random(seed)
        self.stage.store.redis.flushall()
        self.stage.save("hourly", **JOBS["hourly"])
        self.stage.tick()
        self.clock.advance(seconds=3595)
        for name in NAMES[1:]:
            self.stage.save(name, **JOBS[name])
        self.stage.tick()

    @rule(actor=st.sampled_from(["scheduler", "worker", "worker", "person", "trouble"]))
    def step(self, actor: str) -> None:
        """One actor does one thing."""
        name = self.chance.choice(DOES[actor])
        note(f"{name} at {self.clock.at}")
        getattr(self, name)(self.chance)

    # --- schedulers
    def tick(self, chance: random.Random) -> None:
        self.clock.advance(seconds=chance.choice((0, 0.25, 5, 10)))
        self._act(self.stage.look())

    def tick_together(self, chance: random.Random) -> None:
        """Two schedulers read the same; one considers the jobs the other way round."""
        self.clock.advance(seconds=chance.choice((0.25, 5, 10)))
        both = [self.stage.look(), self.stage.look(backwards=True)]
        for seen in both:
            self._act(seen)

    def read_only(self, chance: random.Random) -> None:
        self.late.append(self.stage.look())

    def act_late(self, chance: random.Random) -> None:
        """A scheduler acts on what it read before; its client may repeat the call."""
        if not self.late:
            return
        seen = self.late.pop(chance.randrange(len(self.late)))
        self._act(seen)
        if chance.random() < 0.5:
            words = self.stage.act(seen).values()
            assert "ok" not in {word for word, look in zip(words, seen[1], strict=True) if look.run_slot_at}

    def race(self, chance: random.Random) -> None:
        """Something happens between a scheduler's reading and its acting."""
        self.clock.advance(seconds=chance.choice((0, 5, 10)))
        seen = self.stage.look()
        chance.choice((self.pause, self.approval, self.ask, self.ask, self.fail_fragile, self.fail_fragile))(chance)
        self._act(seen)
        if chance.random() < 0.8:
            self.resume(chance)

    def _act(self, seen: Reading) -> None:
        for look, word in zip(seen[1], self.stage.act(seen).values(), strict=True):
            if word == "ok" and look.run_slot_at and look.job.held and look.job.held.hold.guard == "paused":
                self.reached["went after a pause"] += 1
            if word == "ok":
                word = "ok" if look.run_slot_at else f"held by {look.hold.guard}" if look.hold else "nothing open"
            elif word not in ("stale", "exists"):
                word = f"refused by {word}"
            self.reached[word] += 1

    # --- people
    def ask(self, chance: random.Random) -> None:
        name, ignore = chance.choice(NAMES), chance.random() < 0.5
        self.clock.advance(milliseconds=1)
        if self._exists(name):
            words = [self.stage.ask(name, ignore=ignore)[0] for _ in range(chance.choice((1, 2)))]
            self.reached[f"asked: {words[0]}"] += 1
            assert words[0] != "ok" or words[1:] in ([], ["exists"])

    def cancel(self, chance: random.Random) -> None:
        if known := sorted(self.stage.seen.runs)[-8:]:
            self.reached[f"cancel: {self.stage.cancel(chance.choice(known))}"] += 1

    def define(self, chance: random.Random) -> None:
        """Change a job; slots are set anew only where no slot was decided yet: after the latest time so far."""
        self.clock.at = self.latest = max(self.clock.at, self.latest)
        name = chance.choice(NAMES)
        if not self._exists(name):
            self.stage.save(name, **JOBS[name])
            return
        version = self.stage.job(name).version
        match chance.choice(("edit", "limit", "disable", "enable", "delete", "forgive")):
            case "edit":
                self.stage.save(name, **JOBS[name], timeout_ms=1000 + version)
            case "limit" if "flow" in JOBS[name]:
                self.stage.save(name, **JOBS[name] | {"flow_limit": 1 + version % 3})
            case "forgive":
                self.stage.forgive(name)
            case "delete":
                self.reached[f"delete: {self.stage.delete(name, chance.random() < 0.3)}"] += 1
            case "disable" | "enable" as word:
                self.stage.enable(name, word == "enable")

    def pause(self, chance: random.Random) -> None:
        target = chance.choice(("rq suspend", *PAUSED))
        if target == "rq suspend":
            self.stage.store.redis.set(self.stage.store.keys.suspended, "1")
        else:
            self.reached[f"pause: {self.stage.pause(target).word}"] += 1

    def resume(self, chance: random.Random) -> None:
        """Resume most of what is paused; sometimes as `rq resume` does."""
        for target in PAUSED:
            if chance.random() < 0.6:
                self.reached[f"resume: {self.stage.resume(target).word}"] += 1
        self.let_go()
        if chance.random() < 0.3:
            self.stage.store.redis.delete(self.stage.store.keys.suspended)

    # --- workers
    def take(self, chance: random.Random) -> None:
        before, refused = self._hints(), self._refused()
        waiting = {run["priority"] for run in self.stage.seen.runs.values() if run["status"] == "queued"}
        paused = [lane for lane in waiting if f"queue:{lane}" in self.stage.seen.pauses]
        self.reached["queued runs of a paused priority"] += len(paused)
        taken = self.stage.take(chance.choice((1, 2, 3)), chance.choice(("w1", "w2", "w3")))
        taken += self.stage.take(1, "w4", FAR)
        self._hold(taken)
        refused = self._refused() - refused
        gone = before - self._hints() - (0 if self.stage.streams else len(taken))
        far = sum("pool" in one.fields for one in taken)
        self.reached.update({"foreign refused": refused, "duplicate dropped": gone - refused, "taken far": far})

    def _hold(self, taken: tuple[Claimed, ...]) -> None:
        tokens = {(one.run_id, one.token) for one in taken}
        assert not tokens & self.tokens, "I6: a token was given out twice"
        self.tokens |= tokens
        self.hands += taken

    def end(self, chance: random.Random) -> None:
        """A worker finishes, also one that has lost the run long ago."""
        if self.hands:
            claimed = self.hands.pop(chance.randrange(len(self.hands)))
            self._end(claimed, chance.choice(("success", "success", "failed", "failed", "cancelled", "returned")))
            assert chance.random() < 0.5 or self.stage.finish(claimed) == "stale", f"I7: {claimed.run_id} ended twice"
            if chance.random() < 0.3:  # the reply was lost: it will say so again
                self.hands.append(claimed)

    def _end(self, claimed: Claimed, outcome: str) -> None:
        current = self._is_current(claimed)
        known = claimed.run_id in self.stage.seen.runs  # history may have dropped it long ago
        word = self.stage.fail(claimed) if outcome == "failed" and known else self.stage.finish(claimed, outcome)
        assert (word != "stale") == current, f"I6: {claimed.run_id} with token {claimed.token}: {word}"
        self.accepted[claimed.run_id] += word in ("success", "failed", "cancelled")
        self.reached[f"end: {word}"] += 1

    def fail_fragile(self, chance: random.Random) -> None:
        if self._exists("fragile") and self.stage.ask("fragile", ignore=True)[0] == "ok":
            self._hold(self.stage.take(20))
            for claimed in [one for one in self.hands if one.fields["job_id"] == "fragile"]:
                self.hands.remove(claimed)
                self._end(claimed, "failed")

    def renew(self, chance: random.Random) -> None:
        for claimed in self.hands[:3]:
            current = self._is_current(claimed)
            (word,) = self.stage.renew(claimed)
            assert (word != "lost") == current
            self.reached[f"renew: {word}"] += 1

    def tell(self, chance: random.Random) -> None:
        """A worker adds to a run's log, also one that has lost the run, or whose run is history."""
        for claimed in self.hands[-2:]:
            known = self.stage.store.redis.hget(self.stage.store.keys.run(claimed.run_id), "token")
            word = self.stage.tell(claimed, f"{claimed.token}\n").word
            assert (word == "stale") == (known != str(claimed.token)), f"I6: {claimed.run_id} was told {word}"
            self.reached[f"told: {word}"] += 1

    def die(self, chance: random.Random) -> None:
        self.hands = self.hands[1:]

    # --- upkeep, faults and time
    def reap(self, chance: random.Random) -> None:
        self.clock.advance(seconds=chance.choice((1, 2, 31, 31, 41)))
        self.reached.update(f"reaped: {word}" for word in self.stage.reap().values())

    def reconcile(self, chance: random.Random) -> None:
        self.reached["pushed again"] += self.stage.reconcile()

    def sweep(self, chance: random.Random) -> None:
        """Drop some history; what ended and is not known any more is still fenced."""
        self.reached["forgotten"] += self.stage.sweep(chance.choice((0, 2, 5)))

    def lose_messages(self, chance: random.Random) -> None:
        losing, lane = chance.choice((self.stage.lose_messages, self.stage.lose_one_message)), chance.choice(LANES)
        for pool in POOLS:
            losing(lane, pool)

    def double_a_message(self, chance: random.Random) -> None:
        known = sorted(self.stage.seen.runs)[-8:]
        self.stage.push(chance.choice([*known, "foreign"]), chance.choice(LANES), POOLS[len(known) % 2])

    def clock_steps_back(self, chance: random.Random) -> None:
        self.latest = max(self.latest, self.clock.at)
        self.clock.advance(seconds=-chance.choice((1, 2, 4)))

    # --- what must hold
    @invariant()
    def everything_holds(self) -> None:
        before = self.stage.seen.runs if self.stage.seen else {}
        self.stage.check()
        assert max(self.accepted.values(), default=0) <= 1, "I7: a run ended twice"
        again = [name for name, run in self.stage.seen.runs.items() if run.get("redelivered")]
        self.reached["redelivered"] += len([name for name in again if not before.get(name, {}).get("redelivered")])

    def teardown(self) -> None:
        if self.stage.seen is not None:
            self.clock.at = max(self.clock.at, self.latest)
            drain(self.stage, NAMES, PAUSED)
        super().teardown()

    def _exists(self, name: str) -> bool:
        return bool(self.stage.store.redis.exists(self.stage.store.keys.job(name)))

    def _hints(self) -> int:
        return sum(len(self.stage.hints(priority, pool)) for priority in LANES for pool in POOLS)

    def _refused(self) -> int:
        return int(self.stage.store.redis.hget(self.stage.store.keys.metrics, "refused_messages") or 0)

    def _is_current(self, claimed: Claimed) -> bool:
        """Ask Redis, not the engine: only the current token of a running run counts."""
        key = self.stage.store.keys.run(claimed.run_id)
        return self.stage.store.redis.hmget(key, "status", "token") == ["running", str(claimed.token)]
