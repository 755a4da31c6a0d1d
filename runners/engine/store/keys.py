"""Every Redis key of the platform: its name, its type, its fields and who writes it.

Nothing else builds a key, but the rooms `*_keys.py` beside this one, each for one concept. Lua scripts get the prefix and
spell the same names; `tests/test_architecture.py` compares the two. Keys that RQ's tools read (rq:job:…, rq:suspended, its
registries) have no prefix: two deployments need two databases, and a Redis Cluster of several nodes serves none.
All times are milliseconds of the store's clock unless a name says otherwise; '' means "none".

The job hash (`job`), written by `define` and the scheduler's scripts:
  spec            JSON of the job spec, as `JobSpec.to_json`; opaque to Lua
  version         counts from 1; rises with every changed spec
  incarnation     rises when a job is made again, and when its schedule is set anew
  enabled         '1' or '0'
  priority        critical | normal | low (copied from the spec for the scripts)
  flow_group      name or ''
  created_at, updated_at, anchor_at
  next_slot       nominal time of the next undecided slot, or ''
  held_slot, held_since, held_guard, held_observed, held_limit, held_by (ids joined by ','), held_count, held_until, held_seen
  held_pause      'since|by' of the pause that holds the slot; of an ended one, held_until is when it ended
  paused          'since|by' while the job is paused (written by `pause`), absent otherwise
  last_run_id, last_status, last_finished_at

The run hash (`run`), created by `dispatch`, changed by the run scripts only:
  job_id, job_type, job_version, incarnation, status, attempt (from 0), token (fencing), source, slot_at, created_at,
  scheduled_at, started_at, finished_at, inputs (JSON), priority, flow_group, timeout_ms, max_retry, backoff_sec (JSON),
  on_worker_lost, expires_at, worker_id, message_id (Streams), actor, trace_id, redelivered, cancel_requested,
  attempts (JSON objects joined by ','; ended attempts only), result (JSON), failure_kind, error (JSON text, for searches), failure_group,
  pool (absent: the default one), threshold, cooldown_ms, cooldown_max_ms, memory ('1' when failure memory counts), progress (JSON)
  asks            how often it asked for approval; its approvals are ap_<its id without run_>_1 and so on
  granted         JSON objects joined by ',': what people approved so far (`approval.Granted`)
  approvers, quorum   who decides, where the job says so; see `job/approvers.py`
  approval_id, decide_by   the approval that it waits for, and when that expires; expires_ms: its life once it is queued
  remembered      of an agent's run: the last attempt that its memory counts or will, 'over' once that is the last one
  An ended run keeps none of message_id, backoff_sec, on_worker_lost, threshold, cooldown_*, memory, remembered.
"""

from dataclasses import dataclass

from runners.engine.store.access_keys import AccessKeys
from runners.engine.store.agent_keys import AgentKeys
from runners.engine.store.approval_keys import ApprovalKeys
from runners.engine.store.audit_keys import AuditKeys
from runners.engine.store.bulk_keys import BulkKeys
from runners.engine.store.chat_keys import ChatKeys
from runners.engine.store.delivery_keys import DeliveryKeys
from runners.engine.store.event_keys import EventKeys
from runners.engine.store.failure_keys import FailureKeys
from runners.engine.store.insight_keys import InsightKeys
from runners.engine.store.process_keys import ProcessKeys
from runners.engine.store.queue_keys import QueueKeys
from runners.engine.store.record_keys import RecordKeys
from runners.engine.store.session_keys import SessionKeys
from runners.engine.store.waiting_keys import WaitingKeys

PRIORITIES = ("critical", "normal", "low")
LANES = ("critical", "regular")


@dataclass(frozen=True, slots=True)
class Keys(
    AccessKeys,
    AgentKeys,
    ApprovalKeys,
    AuditKeys,
    BulkKeys,
    ChatKeys,
    DeliveryKeys,
    EventKeys,
    FailureKeys,
    InsightKeys,
    ProcessKeys,
    QueueKeys,
    RecordKeys,
    SessionKeys,
    WaitingKeys,
):
    """Names of all keys under one prefix."""

    # --- jobs
    def job(self, job_id: str) -> str:
        """HASH, see the module docstring."""
        return f"{self.prefix}job:{job_id}"

    @property
    def jobs(self) -> str:
        """ZSET job id → 0: all jobs in the order of their ids (ZRANGEBYLEX)."""
        return f"{self.prefix}jobs"

    @property
    def jobs_index(self) -> str:
        """HASH job id → `jobs.summary`, opaque to Lua: what lists filter by; written by `define`."""
        return f"{self.prefix}jobs:index"

    def versions(self, job_id: str) -> str:
        """LIST of 'version|created_at|JSON {source, actor, note, run (an agent's), spec}', newest last; 100; written by `define`."""
        return f"{self.prefix}versions:{job_id}"

    @property
    def last_versions(self) -> str:
        """HASH job id → its newest version's number; outlives the job, so that an ETag never names two specs."""
        return f"{self.prefix}versions:last"

    @property
    def incarnations(self) -> str:
        """HASH job id → the last incarnation used; outlives the job, so that run ids never repeat."""
        return f"{self.prefix}incarnations"

    @property
    def gone_jobs(self) -> str:
        """ZSET deleted job id → when it was deleted: what retention has still to clear away."""
        return f"{self.prefix}jobs:gone"

    def due(self, lane: str) -> str:
        """ZSET job id → when to look at the job next (slot + jitter, or the end of a hold); lane critical | regular."""
        return f"{self.prefix}due:{lane}"

    def memory(self, job_id: str) -> str:
        """HASH failures, cooldown_until, last_error, last_failure_at, last_success_at; written by what ends runs, and `forgive`."""
        return f"{self.prefix}memory:{job_id}"

    def ledger(self, job_id: str) -> str:
        """LIST of decision rows (`decision.encode`), newest last; written by `dispatch`, `admit`, `refuse` and `define`."""
        return f"{self.prefix}ledger:{job_id}"

    @property
    def ledgers_dropped(self) -> str:
        """HASH job id → how many of its oldest decision rows were dropped."""
        return f"{self.prefix}ledgers:dropped"

    def strip(self, job_id: str) -> str:
        """LIST of the last 30 ends, newest last: s f c are 'code|slot or start|duration ms|run id', x m 'code|slot|slots|reason'."""
        return f"{self.prefix}strip:{job_id}"

    def durations(self, job_id: str) -> str:
        """LIST of the last 50 durations (ms) of successful runs, newest first; written by `exchange`."""
        return f"{self.prefix}durations:{job_id}"

    # --- runs
    def run(self, run_id: str) -> str:
        """HASH, see the module docstring."""
        return f"{self.prefix}run:{run_id}"

    def log(self, run_id: str) -> str:
        """STRING the run's log: whole lines (`log_line`), at most 1 MiB; written by `tell`."""
        return f"{self.prefix}log:{run_id}"

    def tracebacks(self, run_id: str) -> str:
        """HASH attempt → the traceback that it ended with, of the last ten attempts; written by `exchange`."""
        return f"{self.prefix}tracebacks:{run_id}"

    @property
    def logs(self) -> str:
        """ZSET run id → when its log was last written to; every run that has one."""
        return f"{self.prefix}logs"

    @property
    def runs(self) -> str:
        """ZSET run id → created_at: all runs."""
        return f"{self.prefix}runs"

    def runs_of(self, index: str, value: str) -> str:
        """ZSET run id → created_at; index is job, flow, status or source.

        status only for ends (success, failed, cancelled): queued runs are in `pending`, running ones in `leases`,
        retrying ones in `retries`, those that wait for a person in `waiting_runs`. source only when it is not 'schedule'.
        """
        return f"{self.prefix}runs:{index}:{value}"

    def active_of_job(self, job_id: str) -> str:
        """SET of the job's active runs: its overlap slots."""
        return f"{self.prefix}active:job:{job_id}"

    @property
    def leases(self) -> str:
        """ZSET run id → lease end, one entry per running run; its score moves with every renewal (the beat)."""
        return f"{self.prefix}leases"

    @property
    def retries(self) -> str:
        """ZSET run id → when its next attempt is due."""
        return f"{self.prefix}retries"

    @property
    def expiries(self) -> str:
        """ZSET run id → when a queued run that states `expires_sec` expires."""
        return f"{self.prefix}expiries"

    def set_back(self, name: str) -> str:
        """ZSET copy of what waited for a time when the clock was set back (`reap` names the sets): who is still to be moved."""
        return f"{self.prefix}set_back:{name}"

    def once(self, digest: str) -> str:
        """STRING the run that an idempotency key made; lives a day; written by `admit`."""
        return f"{self.prefix}once:{digest}"

    @property
    def held(self) -> str:
        """ZSET job id → guard and held slot in one number (`held.score`): every job whose slot waits now."""
        return f"{self.prefix}held"

    @property
    def failing(self) -> str:
        """ZSET job id → failed runs in a row; a job leaves it with a success or a reset."""
        return f"{self.prefix}failing"

    @property
    def poison(self) -> str:
        """ZSET run id → its end, newest 100: runs that took their process or worker along until no attempt was left.

        Written by every script that ends a run; one that is tried again leaves it.
        """
        return f"{self.prefix}poison"

    # --- one truth for all processes
    @property
    def mode(self) -> str:
        """HASH name, durability, recorded_at, recorded_by; the queue mode that binds while a process lives."""
        return f"{self.prefix}mode"

    @property
    def pressure(self) -> str:
        """HASH on ('1'/'0'), since, changed_depth."""
        return f"{self.prefix}pressure"

    @property
    def ticks(self) -> str:
        """HASH last, gap_start, gap_end, gap_full, decided, reaped, set_back: when a scheduler last ticked, the last stretch in
        which none did (from gap_full on because the store was full), when one last decided on slots, when anybody last moved
        due retries on, and the last step back of the clock.
        """
        return f"{self.prefix}ticks"

    def window(self, number: int) -> str:
        """STRING count of dispatches in one tick window, expires by itself."""
        return f"{self.prefix}window:{number}"

    @property
    def metrics(self) -> str:
        """HASH of counters: runs|type|status, decisions|verdict|reason (verdict d s m), retries, lost, stale_results,
        refused_messages, duration_ms and wait_ms (sums), duration|bucket and wait|bucket (powers of 4 ms, not cumulative)."""
        return f"{self.prefix}metrics"

    def minute(self, number: int) -> str:
        """HASH of counters of one minute (epoch // 60): queued, success, failed, cancelled, held, busy_ms, wait_ms; lives 26 h."""
        return f"{self.prefix}minute:{number}"

    @property
    def depths(self) -> str:
        """LIST of 'ms|depth|pressure|oldest wait in ms' every 10 s, newest first, at most 720; written by `tick`."""
        return f"{self.prefix}depths"

    @property
    def depths_of_day(self) -> str:
        """LIST like `depths`: of each five minutes the highest, at their start, at most 289; written by `tick`."""
        return f"{self.prefix}depths:day"

    def idempotency(self, scope: str, digest: str) -> str:
        """STRING the stored first answer to an Idempotency-Key; lives 24 h."""
        return f"{self.prefix}idempotency:{scope}:{digest}"

    @property
    def probe(self) -> str:
        """Scratch key for probes."""
        return f"{self.prefix}probe"
