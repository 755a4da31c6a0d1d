"""One change of one job as the scripts take it: its arguments, in the order of `_define.lua`."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from runners.engine import clock
from runners.engine.audit import Author, Entry
from runners.engine.decision import encode
from runners.engine.events import EventType
from runners.engine.job import Job, JobSpec
from runners.engine.look import paused_slots
from runners.engine.protocol.creation import slot_ms
from runners.engine.schedule import jitter_offset, next_slot
from runners.engine.store.job_index import summary
from runners.engine.store.jobs import Broken

Arguments = list[str | int]


@dataclass(frozen=True, slots=True)
class Change:
    """What a job becomes, and what it was when that was decided; `before` None means that there was none.

    `replaced` is the version, as it is stored, of a record that cannot be read and goes; '' when there is none.
    `rolls_back` says that the spec is one that the job had before. `said` is an event to write beside that of the change.
    """

    spec: JobSpec
    enabled: bool
    before: Job | None
    replaced: str = ""
    rolls_back: bool = False
    said: EventType | None = None

    @classmethod
    def of(cls, spec: JobSpec, enabled: bool, before: Job | Broken | None, said: EventType | None = None) -> Self:
        """Return the change of a job, or of what is left of a broken one, into `spec`."""
        if isinstance(before, Broken):
            return cls(spec, enabled, None, replaced=before.version, said=said)
        return cls(spec, enabled, before, said=said)

    @property
    def expected(self) -> int | str:
        """The version that the job must still have, '' when it must not be there."""
        return self.before.version if self.before else self.replaced

    @property
    def only_switches(self) -> bool:
        """Say whether nothing but the enabled flag changes."""
        if self.before is None:
            return False
        return self.before.enabled != self.enabled and not self.changed_fields

    @property
    def changed_fields(self) -> tuple[str, ...]:
        """The names of the spec's fields that differ, but for the enabled flag; all of them for a new job."""
        new, old = self.spec.to_json(), self.before.spec.to_json() if self.before else {}
        return tuple(name for name in new if name != "enabled" and (name not in old or new[name] != old[name]))

    @property
    def renews(self) -> bool:
        """Say whether the schedule is set anew: it is anchored now, and a new incarnation begins."""
        if self.before is None:
            return True
        was = self.before
        return self.spec.schedule != was.spec.schedule or self.spec.controls.jitter != was.controls.jitter

    def arguments(self, author: Author, now: datetime) -> Arguments:
        """Return the script's arguments. A change of the enabled flag alone writes no version."""
        if self.only_switches:
            return self._arguments(EventType.JOB_ENABLED if self.enabled else EventType.JOB_DISABLED, "", author, now)
        about = {"source": author.surface, "actor": author.name, "note": author.note}
        if author.surface == "system" and author.request_id:  # an agent's run, which changes a job in a person's name
            about["run"] = author.request_id
        version = json.dumps(about | {"spec": self.spec.to_json()})
        return self._arguments(self._written, version, author, now)

    @property
    def _written(self) -> EventType:
        """The event of a change that writes a version."""
        if self.rolls_back:
            return EventType.JOB_ROLLED_BACK
        return EventType.JOB_UPDATED if self.before else EventType.JOB_CREATED

    def _arguments(self, kind: EventType, version: str, author: Author, now: datetime) -> Arguments:
        spec, before = self.spec, self.before
        anchor = now if self.renews or before is None else before.anchor_at
        upcoming = next_slot(spec.schedule, now, anchor) if spec.schedule and self.enabled else None
        fields, events = self._fields(anchor, now), self._events(kind, author)
        return [
            spec.job_id,
            self.expected,
            "save",
            *kept_slots(before, now),
            int(self.enabled),
            spec.controls.priority,
            spec.controls.flow_group or "",
            spec.controls.flow_max_active_runs,
            int(self.renews),
            slot_ms(upcoming),
            slot_ms(upcoming and upcoming + jitter_offset(spec.job_id, spec.controls.jitter)),
            summary(spec, self.enabled),
            len(fields),
            *fields,
            version,
            len(events),
            *events,
        ]

    def _events(self, kind: EventType, author: Author) -> Arguments:
        by = {"actor": author.name}
        if self.said is None:
            return [kind, json.dumps(by)]
        more = by | {"status": "updated" if self.before else "created", "enabled": self.enabled}
        return [kind, json.dumps(by), self.said, json.dumps(more)]

    def entry(self, author: Author) -> Entry:
        """Return what the audit says of it: the fields that differ; of `inputs` those within."""
        new, old = _flat(self.spec, self.enabled), _flat(self.before.spec, self.before.enabled) if self.before else {}
        changed = {
            name for name in new.keys() | old.keys() if name not in new or name not in old or new[name] != old[name]
        }
        before = {name: value for name, value in old.items() if name in changed} if self.before else None
        if self.replaced:
            before = {"version": self.replaced, "readable": False}
        return Entry(author, f"job:{self.spec.job_id}", before, {name: new[name] for name in new if name in changed})

    def _fields(self, anchor: datetime, now: datetime) -> Arguments:
        fields: Arguments = ["spec", json.dumps(self.spec.to_json()), "anchor_at", clock.to_ms(anchor)]
        return fields if self.before else [*fields, "created_at", clock.to_ms(now)]


def kept_slots(job: Job | None, now: datetime) -> Arguments:
    """Return the ledger row of the slots that a pause has kept uncounted, and the cursor from which it was counted."""
    counted = paused_slots(job, now) if job else None
    return [encode(counted), slot_ms(job.next_slot_at)] if job and counted else ["", ""]


def _flat(spec: JobSpec, enabled: bool) -> dict[str, Any]:
    """Return a spec's fields with those of its inputs beside them, as inputs.NAME."""
    fields = spec.to_json() | {"enabled": enabled}
    inputs = fields.pop("inputs")
    return fields | {f"inputs.{name}": value for name, value in inputs.items()}
