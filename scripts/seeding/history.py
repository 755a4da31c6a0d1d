"""Writing a job's life as the scripts of the protocol would have left it: records, indexes, ledger, strip, memory, events."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from redis.client import Pipeline

from runners.engine import clock, retry
from runners.engine.compact import compact
from runners.engine.decision import LEDGER_KEPT, dispatched, encode, missed, skipped
from runners.engine.failure import like
from runners.engine.guards import Facts, first_hold
from runners.engine.job import Job
from runners.engine.run import FailureKind, RunStatus, scheduled_run_id
from runners.engine.seen import seen
from runners.engine.store.copies import OF_ACTIVE
from runners.engine.store.job_index import outcome_score
from runners.engine.store.strips import ENDS_KEPT
from scripts.seeding.books import Books
from scripts.seeding.life import Slot

WORKERS = ("worker-seed-1-aaaaaa", "worker-seed-2-bbbbbb", "worker-seed-3-cccccc")
DURATIONS_KEPT = 50
CODES = {"success": "s", "failed": "f", "cancelled": "c"}
ENDS = {"success": "run.completed", "failed": "run.failed", "cancelled": "run.cancelled"}


class History:
    """What one job's slots have left behind; the job was made one interval before the first."""

    def __init__(self, books: Books, pipeline: Pipeline, job: Job, interval_ms: int) -> None:
        self.books, self.pipeline, self.job, self.interval_ms = books, pipeline, job, interval_ms
        self.keys = books.platform.store.keys
        self.made_ms = clock.to_ms(job.next_slot_at) - interval_ms if job.next_slot_at else 0
        spec = job.spec
        kept = zip(spec.run_fields[::2], spec.run_fields[1::2], strict=True)
        self.fields = [part for pair in kept if pair[0] not in OF_ACTIVE for part in pair]
        self.fields += ["job_version", job.version, "incarnation", job.incarnation, "source", "schedule"]
        self.fields += ["inputs", spec.inputs_text, "actor", "scheduler"]
        self.ledger: list[str] = []
        self.strip: list[tuple[int, str]] = []
        self.durations: list[int] = []
        self.places: dict[str, list[str | int]] = {}
        self.events: list[tuple[int, str]] = []
        self.memory: dict[str, str | int] = {}
        self.groups: dict[str, int] = {}
        self.failed: dict[str, list[str | int]] = {}
        self.failures = 0
        self.last = ("", "", 0)

    def write(self, slots: Iterable[Slot]) -> None:
        """Write all that the slots have left, oldest first."""
        pending: list[Slot] = []
        slot_ms = self.made_ms
        for slot in slots:
            slot_ms = self.made_ms + slot.number * self.interval_ms
            if not slot.ran:
                pending.append(slot)
                continue
            self._run(slot, slot_ms, pending)
            pending = []
        self._settle(slot_ms + self.interval_ms)

    # --- one slot
    def _run(self, slot: Slot, slot_ms: int, before: list[Slot]) -> None:
        created = slot_ms + slot.late_ms
        for one in before:
            self._not_run(one, created)
        name = scheduled_run_id(self.job.job_id, self.job.incarnation, clock.from_ms(slot_ms))
        moment, now = clock.from_ms(slot_ms), clock.from_ms(created)
        self.ledger.append(encode(dispatched(moment, now, name, seen(self.job, self._facts(created)))))
        self.books.metrics["decisions|d|"] += 1
        self._record(name, slot, slot_ms, created)
        self._place(name, slot, created)
        self._tell(name, slot, slot_ms, created, sum(one.end == "missed" for one in before))
        self._remember(slot, created + slot.wait_ms + slot.took_ms, name)
        self._count(slot, created)
        ended = f"{CODES[slot.end]}|{slot_ms}|{slot.took_ms}|{name}"
        self.strip.append((created + slot.wait_ms + slot.took_ms, ended))
        if slot.end == "success":
            self.durations.append(slot.took_ms)
        self.last = (name, slot.end, created + slot.wait_ms + slot.took_ms)

    def _record(self, name: str, slot: Slot, slot_ms: int, created: int) -> None:
        started = created + slot.wait_ms
        result = {
            "success": slot.end == "success",
            "output": None,
            "error": slot.error or None,
            "duration_ms": slot.took_ms,
        }
        record: list[Any] = ["status", slot.end, "token", 1, "attempt", 0]
        record += ["created_at", created, "scheduled_at", created, "job_id", self.job.job_id]
        record += ["slot_at", slot_ms, *self.fields, "trace_id", name, "started_at", started]
        record += ["worker_id", WORKERS[slot_ms // 1000 % len(WORKERS)]]
        record += ["cancel_requested", "1"] if slot.end == "cancelled" else []
        record += ["finished_at", started + slot.took_ms, "result", compact(result)]
        if slot.error:
            record += ["failure_kind", slot.kind, "error", json.dumps(slot.error)]
        if slot.end == "failed":
            record += ["failure_group", self._group(slot, name, started + slot.took_ms)]
        self.pipeline.execute_command("HMSET", self.keys.run(name), *record)
        self.books.runs += 1

    def _group(self, slot: Slot, name: str, ended: int) -> int:
        """Put a failed run among those that are like it."""
        word = f"{slot.kind}|{like(FailureKind(slot.kind), slot.error)}"
        if word not in self.groups:
            self.groups[word] = self.books.failure_group()
        self.failed.setdefault(word, []).extend((ended, name))
        return self.groups[word]

    def _place(self, name: str, slot: Slot, created: int) -> None:
        flow = self.job.controls.flow_group
        indexes = [self.keys.runs, self.keys.runs_of("job", self.job.job_id), self.keys.runs_of("status", slot.end)]
        indexes += [self.keys.runs_of("flow", flow)] if flow else []
        for key in indexes:
            self.places.setdefault(key, []).extend((created, name))
        if flow:
            self.books.flow_runs[flow] = (*self.books.flow_runs.get(flow, ())[-3:], name)

    def _not_run(self, slot: Slot, decided: int) -> None:
        slot_ms = self.made_ms + slot.number * self.interval_ms
        moment = clock.from_ms(slot_ms)
        if slot.end == "missed":
            row = encode(missed(moment, moment, 1, clock.from_ms(decided), "coalesced"))
            self.strip.append((decided, f"m|{slot_ms}|1|coalesced"))
            self.books.metrics["decisions|m|coalesced"] += 1
        else:
            at = slot_ms + self.interval_ms + 5
            facts = self._held_by(slot.guard, at)
            hold = first_hold(self.job, facts)
            assert hold is not None and hold.guard == slot.guard
            row = encode(skipped(moment, clock.from_ms(at), hold, seen(self.job, facts)))
            self.strip.append((at, f"x|{slot_ms}|1|{slot.guard}"))
            self.books.metrics[f"decisions|s|{slot.guard}"] += 1
            self.books.count_minute(slot_ms, "held")
            about = f'{{"slot_ms":{slot_ms},"observed":{hold.observed},"limit":{hold.limit}}}'
            self._event(slot_ms + 5, f"scheduler.dispatch_skipped_{slot.guard}", "", about)
        self.ledger.append(row)

    def _facts(self, at_ms: int) -> Facts:
        settings, none = self.books.platform.settings, ()
        cap, low = settings.max_dispatch_per_tick, settings.pressure_low
        return Facts(
            now=clock.from_ms(at_ms), pauses=none, dispatched=0, cap=cap, window_ends_at=None, approvals=none,
            failures=self.failures, cooldown_until=None, pressure=False, depth=0, pressure_low=low, active_runs=none,
            active_count=0, flow_runs=none, flow_count=0, flow_limit=self.job.spec.controls.flow_max_active_runs,
        )  # fmt: skip

    def _held_by(self, guard: str, at_ms: int) -> Facts:
        facts = self._facts(at_ms)
        if guard == "overlap":
            return replace(facts, active_runs=(self.last[0],), active_count=1)
        if guard == "pressure":
            return replace(facts, pressure=True, depth=self.books.platform.settings.pressure_high)
        flow = self.books.flow_runs.get(self.job.controls.flow_group or "", ())
        return replace(facts, flow_runs=flow[-3:], flow_count=facts.flow_limit)

    # --- what is beside the runs
    def _tell(self, name: str, slot: Slot, slot_ms: int, created: int, number_missed: int) -> None:
        started = created + slot.wait_ms
        worker = WORKERS[slot_ms // 1000 % len(WORKERS)]
        self._event(created, "run.queued", name, f'{{"source":"schedule","slot_ms":{slot_ms}}}')
        if number_missed:
            self._event(created, "scheduler.slots_missed", "", json.dumps({"count": number_missed}))
        self._event(started, "run.started", name, f'{{"attempt":0,"worker_id":"{worker}"}}')
        why = f',"failure_kind":"{slot.kind}"' if slot.kind else ""
        why += f',"error":{json.dumps(slot.error)}' if slot.error else ""
        self._event(started + slot.took_ms, ENDS[slot.end], name, f'{{"attempt":0{why},"duration_ms":{slot.took_ms}}}')

    def _event(self, at_ms: int, kind: str, run: str, about: str) -> None:
        if at_ms >= self.books.events_from_ms:
            number = self.books.event_id(at_ms)
            self.events.append((number, f"{number}|{kind}|{self.job.job_id}|{run}|{about}"))

    def _remember(self, slot: Slot, ended: int, name: str) -> None:
        if slot.end == "success":
            if self.memory.get("cooldown_until"):
                self._event(ended, "job.cooldown_ended", name, '{"by":"success"}')
            self.failures = 0
            self.memory |= {"failures": 0, "cooldown_until": "", "last_success_at": ended}
        elif slot.end == "failed":
            self.failures += 1
            self.memory |= {"failures": self.failures, "last_failure_at": ended, "last_error": json.dumps(slot.error)}
            controls = self.job.controls
            if self.failures >= controls.failure_threshold:
                wait = retry.cooldown(
                    controls.failure_threshold, controls.cooldown_base, controls.cooldown_max, self.failures
                )
                until = ended + int(wait.total_seconds() * 1000) if wait else ended
                self.memory["cooldown_until"] = until
                about = f'{{"failures":{self.failures},"until_ms":{until}}}'
                self._event(ended, "job.cooldown_started", name, about)

    def _count(self, slot: Slot, created: int) -> None:
        books, started = self.books, created + slot.wait_ms
        books.metrics[f"runs|{self.job.spec.type}|{slot.end}"] += 1
        books.count_time("wait", slot.wait_ms)
        books.count_time("duration", slot.took_ms)
        books.count_minute(created, "queued")
        books.count_minute(started, "wait_ms", slot.wait_ms)
        books.count_minute(started + slot.took_ms, slot.end)
        books.count_minute(started + slot.took_ms, "busy_ms", slot.took_ms)

    # --- the end of the job's life
    def _settle(self, next_slot_ms: int) -> None:
        pipeline, keys, job_id = self.pipeline, self.keys, self.job.job_id
        for key, pairs in self.places.items():
            pipeline.execute_command("ZADD", key, *pairs)
        over = len(self.ledger) - LEDGER_KEPT
        pipeline.rpush(keys.ledger(job_id), *self.ledger[-LEDGER_KEPT:])
        if over > 0:
            pipeline.hset(keys.ledgers_dropped, job_id, str(over))
        pipeline.rpush(keys.strip(job_id), *(row for _, row in sorted(self.strip)[-ENDS_KEPT:]))
        if self.durations:
            pipeline.rpush(keys.durations(job_id), *reversed(self.durations[-DURATIONS_KEPT:]))
        if self.memory:
            pipeline.hset(keys.memory(job_id), mapping=dict(self.memory))
        if self.failures:
            pipeline.zadd(keys.failing, {job_id: self.failures})
        for word, failed in self.failed.items():
            self._settle_group(word, str(self.groups[word]), failed)
        for key, pairs in self._event_places():
            pipeline.execute_command("ZADD", key, *pairs)
        name, status, finished = self.last
        standing = {"last_run_id": name, "last_status": status, "last_finished_at": finished, "next_slot": next_slot_ms}
        pipeline.hset(keys.job(job_id), mapping=standing)
        pipeline.zadd(keys.outcomes, {job_id: outcome_score(RunStatus(status), int(finished))})
        lane = "critical" if self.job.controls.priority == "critical" else "regular"
        pipeline.zadd(keys.due(lane), {job_id: next_slot_ms})

    def _settle_group(self, word: str, group: str, failed: list[str | int]) -> None:
        pipeline, keys, job_id = self.pipeline, self.keys, self.job.job_id
        kind, _, line = word.partition("|")
        times = [int(at) for at in failed[::2]]
        about = {"job_id": job_id, "kind": kind, "line": line, "first_at": min(times)}
        pipeline.hset(keys.failures_of(job_id), word, group)
        pipeline.hset(keys.failure(group), mapping=about)
        pipeline.execute_command("ZADD", keys.failure_runs(group), *failed)
        pipeline.zadd(keys.failure_versions(group), {str(self.job.version): max(times)})
        pipeline.zadd(keys.failures, {group: max(times)})

    def _event_places(self) -> Iterator[tuple[str, list[str | int]]]:
        if self.events:
            yield self.keys.events, [part for number, row in self.events for part in (number, row)]
            own = [part for number, _ in self.events for part in (number, number)]
            yield self.keys.events_of_job(self.job.job_id), list(own)
