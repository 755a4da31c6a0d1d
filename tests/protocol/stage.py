"""A platform in one process with time in the test's hand: jobs, schedulers, workers and upkeep as plain calls.

After each call that may change something the invariants are checked, unless `checking` is off.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from runners.engine import clock, retry
from runners.engine.guards import first_hold
from runners.engine.job import Job
from runners.engine.look import Look
from runners.engine.platform import Platform
from runners.engine.pool import DEFAULT
from runners.engine.protocol import define, retention, upkeep
from runners.engine.protocol import pause as pausing
from runners.engine.protocol.creation import Creation
from runners.engine.protocol.define import Author
from runners.engine.protocol.dispatch import Tick, admit, dispatch, refuse, tick
from runners.engine.protocol.telling import LOG_BYTES, Part, Told, tell
from runners.engine.protocol.work import Claimed, Ended, cancel, exchange, renew
from runners.engine.run import FailureKind, Run, run_id
from runners.engine.seen import passed_over, seen
from runners.engine.store import guard_facts, jobs
from runners.engine.store.connection import Store
from runners.engine.store.flow_groups import own_limit
from runners.scheduler import decide
from tests.clocks import MovingClock
from tests.protocol.books import Seen, check_invariants
from tests.protocol.jobs import a_spec

AUTHOR = Author("ana", "api")
LEASE = timedelta(seconds=30)
FAR = "far"
POOLS = (DEFAULT, FAR)
"""The pools of the random life."""
RESULT = '{"success":true,"output":null,"error":null,"duration_ms":1}'


def checked(step: Callable[..., Any]) -> Callable[..., Any]:
    """Check the invariants after a step of the stage."""

    @wraps(step)
    def stepped(stage: "Stage", *args: Any, **kwargs: Any) -> Any:
        answer = step(stage, *args, **kwargs)
        if stage.checking:
            stage.check()
        return answer

    return stepped


@dataclass(slots=True)
class Stage:
    """The platform, and the clock that it believes."""

    platform: Platform
    clock: MovingClock
    checking: bool = True
    seen: Seen | None = None

    def check(self) -> None:
        """Fail when an invariant is broken now, or was broken since the last look."""
        self.seen = check_invariants(self.store, self.platform.settings, self.seen)

    @property
    def store(self) -> Store:
        return self.platform.store

    def set(self, **settings: Any) -> None:
        """Change settings of the platform."""
        self.platform = replace(self.platform, settings=replace(self.platform.settings, **settings))

    # --- jobs
    @checked
    def save(self, job_id: str = "daily", *, enabled: bool = True, **changes: Any) -> Job:
        """Create or replace a job; see `a_spec`."""
        before = jobs.load_job(self.store, job_id)
        answer = define.save(self.store, a_spec(job_id, **changes), enabled, before, AUTHOR, self.clock())
        assert answer.word == "ok"
        return self.job(job_id)

    @checked
    def enable(self, job_id: str, enabled: bool) -> str:
        return define.set_enabled(self.store, self.job(job_id), enabled, AUTHOR, self.clock()).word

    @checked
    def delete(self, job_id: str, even_if_active: bool = False) -> str:
        return define.delete(self.store, self.job(job_id), AUTHOR, even_if_active, self.clock()).word

    @checked
    def forgive(self, job_id: str = "daily") -> str:
        return define.forgive(self.store, job_id, AUTHOR)

    def job(self, job_id: str = "daily") -> Job:
        found = jobs.load_job(self.store, job_id)
        assert found is not None, job_id
        return found

    def guard(self, job_id: str = "daily") -> str | None:
        """Return the guard that holds the job's slot, None when no slot is held."""
        held = self.job(job_id).held
        return held.hold.guard if held else None

    # --- schedulers
    def look(self, *, backwards: bool = False) -> tuple[Tick, list[Look]]:
        """Do a scheduler's reading: who is due, and what it would decide. Nothing is decided yet."""
        settings = self.platform.settings
        world = tick(self.store, settings, 100)
        names = (*world.critical, *world.regular)
        due = jobs.load_jobs(self.store, dict.fromkeys(reversed(names) if backwards else names))
        return world, decide(due.values(), guard_facts.read(self.store, settings, due.values(), world.world), world)

    @checked
    def act(self, seen: tuple[Tick, list[Look]]) -> dict[str, str]:
        """Carry out what a scheduler has read, now or long ago. Returns the script's word by job id."""
        _, looks = seen
        words = dispatch(self.store, self.platform.settings, looks)
        return {look.job.job_id: word for look, word in zip(looks, words, strict=True)}

    def tick(self, **later: float) -> dict[str, str]:
        """Do one tick, after moving the clock by `later`."""
        self.clock.advance(**later)
        return self.act(self.look())

    @checked
    def ask(
        self, job_id: str = "daily", key: str = "1", *, ignore: bool = False, actor: str = "ana"
    ) -> tuple[str, str]:
        """Ask for a run by hand. Returns (the script's word, the run id)."""
        job = self.job(job_id)
        name = run_id(job_id, job.incarnation, self.clock(), key)
        creation = Creation(name, job, "manual", None, actor, name, job.spec.inputs, ignore)
        saw = seen(job, guard_facts.read_one(self.store, self.platform.settings, job), ignored=ignore)
        return admit(self.store, self.platform.settings, creation, job.version, AUTHOR, saw=saw).word, name

    @checked
    def refuse(self, job_id: str = "daily") -> None:
        """Refuse a run that is asked for by hand, as the guards have it now."""
        job = self.job(job_id)
        known = guard_facts.read_one(self.store, self.platform.settings, job)
        hold = first_hold(job, known, passed_over(asked=True, ignored=False))
        assert hold, "no guard refuses it"
        refuse(self.store, job_id, "manual", hold, seen(job, known))

    def queue(self, count: int, prefix: str = "filler", **changes: Any) -> list[str]:
        """Queue one run each of `count` new jobs without a schedule. Returns the run ids."""
        names = [f"{prefix}-{number}" for number in range(count)]
        return [self._queue(name, **changes) for name in names]

    def _queue(self, job_id: str, **changes: Any) -> str:
        self.save(job_id, schedule=None, **changes)
        word, name = self.ask(job_id, ignore=True)
        assert word == "ok"
        return name

    # --- pauses; a target is 'everything', 'queue:low', 'flow:f', 'drain:w1' or 'job:daily'
    @checked
    def pause(self, target: str = "job:daily", by: str = "ana") -> pausing.Paused:
        kind, _, name = target.partition(":")
        return pausing.pause(self.store, (kind, name), Author(by, "api"))

    @checked
    def resume(self, target: str = "job:daily", by: str = "ana") -> pausing.Paused:
        kind, _, name = target.partition(":")
        return pausing.resume(self.store, (kind, name), Author(by, "api"))

    @checked
    def limit_flow(self, group: str, limit: int) -> str:
        return pausing.limit_flow(self.store, group, limit, AUTHOR, own_limit(self.store, group))

    # --- workers
    @checked
    def take(self, count: int = 1, worker: str = "w1", pool: str = DEFAULT) -> tuple[Claimed, ...]:
        taken = exchange(self.store, worker, LEASE, [], count, pool).taken
        assert {one.fields.get("pool", DEFAULT) for one in taken} <= {pool}, f"I18: taken in pool {pool}: {taken}"
        return taken

    @checked
    def finish(self, claimed: Claimed, outcome: str = "success", worker: str = "w1", **ended: Any) -> str:
        """End a claimed run. Returns its new status, or stale."""
        if outcome == "failed" and "kind" not in ended:
            ended |= {"kind": FailureKind.ERROR, "error": "it broke"}
        one = Ended(claimed.run_id, claimed.token, outcome, RESULT, **ended)
        return exchange(self.store, worker, LEASE, [one], 0).finished[0]

    def fail(self, claimed: Claimed, worker: str = "w1") -> str:
        """Fail a run as a worker does: asking for another attempt where the run's policy allows one."""
        run = self.run(claimed.run_id)
        policy = a_spec(max_retry=run.max_retry, backoff_sec=[1]).retry_policy
        return self.finish(claimed, "failed", worker, retry_after=retry.delay(policy, run.attempt))

    @checked
    def renew(self, *claimed: Claimed) -> list[str]:
        return renew(self.store, LEASE, [(one.run_id, one.token) for one in claimed])

    @checked
    def tell(self, claimed: Claimed, lines: str = "", progress: str = "", most: int = LOG_BYTES, **part: Any) -> Told:
        return tell(self.store, claimed.run_id, claimed.token, progress, Part(lines.encode(), **part), most)

    def log(self, run_id: str) -> str:
        """Return the run's whole log."""
        return self.store.redis.get(self.store.keys.log(run_id)) or ""

    def work_off(self) -> int:
        """Take and finish everything that waits. Returns how many runs there were."""
        done = 0
        for pool in (DEFAULT, *self.store.redis.smembers(self.store.keys.pools)):
            while taken := self.take(20, pool=pool):
                done += len([self.finish(one) for one in taken])
        return done

    # --- upkeep
    @checked
    def reap(self) -> dict[str, str]:
        """Give up every lease that has run out, as two looks find it standing still."""
        due = self.store.redis.zrangebyscore(self.store.keys.leases, "-inf", clock.to_ms(self.clock()), withscores=True)
        return upkeep.reap(self.store, {name: int(score) for name, score in due})

    @checked
    def reconcile(self) -> int:
        return upkeep.reconcile(self.store)

    @checked
    def sweep(self, kept: int) -> int:
        """Drop ended runs but for the newest `kept`."""
        return retention.sweep(self.store, replace(self.platform.settings, runs_kept=kept), self.clock())

    @checked
    def cancel(self, name: str) -> str:
        return cancel(self.store, name, AUTHOR)

    def run(self, name: str) -> Run:
        return Run.from_hash(name, self.store.redis.hgetall(self.store.keys.run(name)))

    def status(self, name: str) -> str:
        return str(self.store.redis.hget(self.store.keys.run(name), "status"))

    # --- messages, as they may be lost or doubled
    @property
    def streams(self) -> bool:
        return self.store.mode.name == "streams"

    def lose_messages(self, priority: str = "normal", pool: str = DEFAULT) -> None:
        keys = self.store.keys
        self.store.redis.delete(keys.stream(priority, pool), keys.queue_list(priority, pool))

    def push(self, message: str, priority: str = "normal", pool: str = DEFAULT) -> None:
        """Put a message there that no script wrote."""
        if self.streams:
            self.store.redis.xadd(self.store.keys.stream(priority, pool), {"run": message})
        else:
            self.store.redis.lpush(self.store.keys.queue_list(priority, pool), message)

    def lose_one_message(self, priority: str, pool: str = DEFAULT) -> None:
        """Lose the oldest message that no worker has taken."""
        keys, redis = self.store.keys, self.store.redis
        if not self.streams:
            redis.rpop(keys.queue_list(priority, pool))
        elif oldest := redis.xrange(keys.stream(priority, pool), count=1):
            redis.xdel(keys.stream(priority, pool), oldest[0][0])

    def hints(self, priority: str = "normal", pool: str = DEFAULT) -> list[str]:
        """Return the run ids in the messages that are there, markers left out."""
        keys, redis = self.store.keys, self.store.redis
        if self.streams:
            return [fields["run"] for _, fields in redis.xrange(keys.stream(priority, pool))]
        return [name for name in redis.lrange(keys.queue_list(priority, pool), 0, -1) if not name.startswith("#")]

    def messages(self, priority: str = "normal") -> int:
        keys = self.store.keys
        return int(
            self.store.redis.xlen(keys.stream(priority))
            if self.streams
            else self.store.redis.llen(keys.queue_list(priority))
        )

    # --- what is told
    def events(self, kind: str = "") -> list[str]:
        """Return the types of the events so far that begin with `kind`, oldest first."""
        rows = self.store.redis.zrange(self.store.keys.events, 0, -1)
        return [row.split("|")[1] for row in rows if row.split("|")[1].startswith(kind)]

    def ledger(self, job_id: str = "daily", *, asked: bool = False) -> list[str]:
        """Return the rows on the job's slots, with `asked` also those on runs that somebody asked for."""
        rows = self.store.redis.lrange(self.store.keys.ledger(job_id), 0, -1)
        return [row for row in rows if asked or not row.split("|")[11]]

    def score(self, key: str, member: str) -> datetime | None:
        found = self.store.redis.zscore(key, member)
        return None if found is None else clock.from_ms(int(found))
