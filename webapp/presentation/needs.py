"""What needs a person, in sentences, each with the action beside it; the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from flask_babel import gettext as _
from flask_babel import ngettext

from runners.engine.approval import Approval
from runners.engine.job import Job
from runners.engine.operations import Overview
from runners.engine.run import FailureKind, Run
from runners.engine.settings import Settings
from runners.engine.store.deliveries import Unsent
from runners.engine.store.examination import Examination
from runners.engine.store.facts import QueueFacts
from runners.engine.store.pools import Pool
from runners.engine.store.processes import Process, ProcessStatus, online
from webapp.numbers import number
from webapp.presentation.spoken import spoken
from webapp.presentation.times import about, relative, zoned_clock

ERROR_SHOWN = 160
FAULTS_SHOWN = SILENT_SHOWN = 3
MISSED_FOR = timedelta(hours=1)


class Failures(Protocol):
    """What the failure memory of a job says; see `operations.memory`."""

    @property
    def consecutive_failures(self) -> int: ...
    @property
    def cooldown_until(self) -> datetime | None: ...
    @property
    def last_error(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Act:
    """A button: a link to an endpoint, or a form that posts to it with `fields`."""

    word: str
    endpoint: str
    arguments: dict[str, str]
    post: bool = False
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs a person; `tone` is bad or wait."""

    tone: str
    title: str
    text: str
    acts: tuple[Act, ...]


def needs(found: Overview, settings: Settings, now: datetime, approvals: Sequence[Approval] = ()) -> list[Need]:
    """Return every need, bad ones first."""
    needed = [
        *_store(found.fault),
        *_missing(found.queue, found.processes),
        *_unserved(found.unserved),
        *_broken(found.examination),
        *_failed(found.failing, now),
        *_crashed(found.poison),
        *_asked(approvals, now),
        *_silent(found.processes, now),
        *_pressed(found.queue, settings),
        *_unsent(found.unsent, now),
    ]
    return sorted(needed, key=lambda need: need.tone != "bad")


def _store(fault: str | None) -> Iterator[Need]:
    if fault:
        said = spoken(fault)
        text = said[:1].upper() + said[1:] + "."
        yield Need("bad", _("The store is not as it has to be"), text, (Act(_("About"), "about.show", {}),))


def _missing(queue: QueueFacts, processes: Sequence[Process]) -> Iterator[Need]:
    living = online(processes)
    look = (Act(_("Processes"), "processes.index", {}),)
    if not living["scheduler"]:
        text = _("Slots fall due and nobody decides on them. Start one: multijob scheduler.")
        yield Need("bad", _("No scheduler runs"), text, look)
    waiting = ngettext("%(num)s run in the queue.", "%(num)s runs in the queue.", queue.depth)
    if not living["worker"]:
        text = _("%(waiting)s Start one: multijob worker.", waiting=waiting)
        yield Need("bad", _("No worker runs"), text, look)
    elif not any(process.takes_runs for process in processes):
        text = _("%(waiting)s Nobody takes them. Start another: multijob worker.", waiting=waiting)
        yield Need("bad", _("Every worker drains"), text, look)


def _unserved(pools: Sequence[Pool]) -> Iterator[Need]:
    for pool in pools[:FAULTS_SHOWN]:
        waiting = ngettext("%(num)s run in the queue.", "%(num)s runs in the queue.", pool.depth)
        text = _("%(waiting)s Start one: WORKER_POOL=%(pool)s multijob worker.", waiting=waiting, pool=pool.name)
        look = (Act(_("Queue"), "queue.show", {}),)
        yield Need("bad", _("No worker of pool %(pool)s runs", pool=pool.name), text, look)


def _broken(last: Examination) -> Iterator[Need]:
    """What the last examination found; the store itself is asked each time, and is not told twice."""
    faults = [fault for fault in last.faults if fault.about != "server"]
    for fault in faults[:FAULTS_SHOWN]:
        is_rule = fault.about[:1] == "I" and fault.about[1:].isdecimal()
        title = (
            _("A rule is broken: %(name)s", name=fault.about) if is_rule else _("Not well: %(name)s", name=fault.about)
        )
        yield Need(
            "bad",
            title,
            _first_line(fault.seen),
            (Act(_("Examination"), "about.show", {"_anchor": "examination"}),),
        )
    if (more := len(faults) - FAULTS_SHOWN) > 0:
        title = ngettext("%(num)s more thing is not well", "%(num)s more things are not well", more)
        yield Need("bad", title, "", (Act(_("Examination"), "about.show", {"_anchor": "examination"}),))


def _silent(processes: Sequence[Process], now: datetime) -> Iterator[Need]:
    """Those that fell silent, workers first: what they ran waits for its lease to end."""
    found = [one for one in processes if one.status is ProcessStatus.STALE or _is_missed(one, processes, now)]
    look = (Act(_("Processes"), "processes.index", {}),)
    for process in sorted(found, key=lambda one: one.type != "worker")[:SILENT_SHOWN]:
        title = _("%(type)s %(pid)s on %(host)s does not report", type=process.type, pid=process.pid, host=process.host)
        beat = _("Its last beat was %(ago)s.", ago=relative(process.last_heartbeat_at, now))
        taken = _("A scheduler takes over what it runs when its lease ends.")
        again = _("Was it killed? Start it again: multijob %(type)s.", type=process.type)
        yield Need("wait", title, f"{beat} {taken if process.type == 'worker' else again}", look)
    if (more := len(found) - SILENT_SHOWN) > 0:
        title = ngettext("%(num)s more process does not report", "%(num)s more processes do not report", more)
        yield Need("wait", title, "", look)


def _is_missed(process: Process, processes: Sequence[Process], now: datetime) -> bool:
    """Say whether a process died of late without a goodbye, and none of its kind was started in its place since."""
    if process.status is not ProcessStatus.OFFLINE or process.left_at or now - process.last_heartbeat_at > MISSED_FOR:
        return False
    same = (other for other in processes if (other.type, other.host) == (process.type, process.host))
    return not any(other.started_at > process.last_heartbeat_at for other in same)


def _pressed(queue: QueueFacts, settings: Settings) -> Iterator[Need]:
    if queue.pressure_mode:
        since = queue.pressure_since
        title = _("Pressure mode since %(time)s", time=zoned_clock(since)) if since else _("Pressure mode")
        text = ngettext(
            "%(num)s run in the queue; only critical jobs go out until at most %(low)s wait.",
            "%(num)s runs in the queue; only critical jobs go out until at most %(low)s wait.",
            queue.depth,
            low=number(settings.pressure_low),
        )
        yield Need("wait", title, text, (Act(_("Queue"), "queue.show", {}),))


def _failed(failing: Sequence[tuple[Job, Failures]], now: datetime) -> Iterator[Need]:
    for job, memory in failing:
        named = {"job_id": job.job_id}
        until = memory.cooldown_until
        cooling = _("cooldown until %(time)s", time=zoned_clock(until)) if until and until > now else ""
        times = ngettext(
            "%(job)s failed %(num)s time in a row",
            "%(job)s failed %(num)s times in a row",
            memory.consecutive_failures,
            job=job.job_id,
        )
        again = Act(_("Run anyway"), "job_changes.run", named, post=True, fields=(("guards", "ignore"),))
        text = " · ".join(filter(None, (_first_line(memory.last_error), cooling)))
        yield Need("bad", times, text, (Act(_("Why"), "jobs.show", named), again))


def _crashed(poison: Sequence[Run]) -> Iterator[Need]:
    for run in poison:
        named = {"run_id": run.run_id}
        crashed = run.failure_kind is FailureKind.CRASHED
        title = (
            _("A run of %(job)s crashed", job=run.job_id)
            if crashed
            else _("A run of %(job)s lost its worker", job=run.job_id)
        )
        tries = ngettext("%(num)s attempt, none is left", "%(num)s attempts, none is left", len(run.attempts))
        again = Act(_("Try again"), "run_changes.retry", named, post=True)
        yield Need("bad", title, f"{_first_line(run.error)} · {tries}", (Act(_("Look"), "runs.show", named), again))


def _asked(approvals: Sequence[Approval], now: datetime) -> Iterator[Need]:
    for approval in approvals:
        left = _("%(time)s left", time=about(approval.left(now)))
        agreed, quorum = len(approval.votes), approval.approvers.quorum
        counted = _("%(agreed)s of %(quorum)s have agreed", agreed=agreed, quorum=quorum) if agreed else ""
        text = " · ".join(filter(None, (spoken(approval.summary), left, counted)))
        look = Act(_("Look"), "approvals.show", {"approval_id": approval.approval_id})
        yield Need("wait", _("%(job)s waits for a decision", job=approval.job_id), text, (look,))


def _unsent(unsent: Unsent, now: datetime) -> Iterator[Need]:
    if unsent.count and unsent.newest_at:
        title = ngettext("%(num)s notice could not be sent", "%(num)s notices could not be sent", unsent.count)
        last = _("rule %(rule)s, %(ago)s", rule=unsent.rule_id, ago=relative(unsent.newest_at, now))
        acts = (Act(_("Deliveries"), "notifications.index", {}),)
        yield Need("wait", title, f"{last}: {_first_line(unsent.error)}", acts)


def _first_line(error: str | None) -> str:
    line = spoken(error or _("no words for it")).strip().partition("\n")[0]
    return line if len(line) <= ERROR_SHOWN else f"{line[:ERROR_SHOWN]}…"
