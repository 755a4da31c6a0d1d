"""Bringing over what the server lacks: people, tokens, accounts and the like, jobs with active runs, ended runs, answers, events.

Each object comes whole or not at all, and what the server has already wins. So a call that failed half way, for
whatever reason, may simply be made again; a process that dies in between leaves nothing half made behind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

import structlog
from redis.exceptions import ResponseError

from runners.engine.clock import to_ms
from runners.engine.events import EventType
from runners.engine.protocol import events
from runners.engine.protocol.adopt import Copy, adopt, adopt_events
from runners.engine.protocol.audit import note
from runners.engine.store import copies
from runners.engine.store.access_copies import AccessCopy, access_copies
from runners.engine.store.chat_copies import chat_copies
from runners.engine.store.connection import Store
from runners.engine.store.jobs import all_ids
from runners.engine.store.record_copies import record_copies
from runners.engine.store.writes import Write, again
from runners.handover.audit import entries

LOG = structlog.get_logger("runners.handover")
EVENTS_AT_ONCE = 200
CLASHES_NAMED = 20
ERROR = "lost in the hand-over to the server, which {}"
TAKEN, FULL = "has a job of this name already", "has no place left in its flow group"


class Bringing:
    """One hand-over from `source` to `target`. `everything` may be called until it returns."""

    def __init__(self, source: Store, target: Store, process_id: str) -> None:
        self._source, self._target, self._process_id = source, target, process_id
        self._words: dict[str, str] = {}
        self._tried: set[str] = set()
        self._lost: dict[str, str] = {}
        self._rows = 0
        self._audit = 0
        self._row_clashes = 0
        self._broken: list[str] = []

    def everything(self) -> None:
        """Bring everything over, and say so in one event. Raises redis.RedisError, and then goes on where it was."""
        # pauses and limits first: nothing may begin before them
        adopt(self._target, Copy("", tuple(copies.settings_writes(self._source))))
        for copy in access_copies(self._source):
            self._bring_access(copy)
        for key, writes in record_copies(self._source):
            self._bring(Copy(key, tuple(writes)))
        for key, writes in chat_copies(self._source):
            self._bring(Copy(key, tuple(writes)))
        for job_id in all_ids(self._source):
            self._unless_broken(self._bring_job, "job", job_id)
        ids: Any = self._source.redis.zrange(self._source.keys.runs, 0, -1)
        for run_id in ids:
            self._unless_broken(self._bring_run, "run", run_id)
        for key in copies.answer_keys(self._source):
            self._unless_broken(self._bring_answer, "answer", key)
        self._bring_events()
        self._bring_audit()
        self._say()

    def _bring_access(self, copy: AccessCopy) -> None:
        """Bring a person or a token, unless the server knows another one of that name."""
        known: Any = self._target.redis.hget(copy.names, copy.name) if copy.name else None
        if known and not copy.key.endswith(f":{known}"):
            self._words[copy.key] = "clash"
        else:
            self._bring(Copy(copy.key, copy.writes))

    def _unless_broken(self, bring: Callable[[str], None], kind: str, name: str) -> None:
        """Bring one object; one whose record is broken stays behind, is named, and keeps no other from coming."""
        try:
            bring(name)
        except (KeyError, ValueError, TypeError, ResponseError) as fault:
            if isinstance(fault, ResponseError) and not _is_of_another_kind(fault):
                raise
            LOG.error("handover.unreadable", kind=kind, name=name, fault=repr(fault))
            self._broken.append(f"{kind}:{name}")

    def _bring_answer(self, key: str) -> None:
        self._bring(Copy(key, tuple(again(self._source, key))))

    def _bring_job(self, job_id: str) -> None:
        """Bring a job and its active runs in one step; without them where they find no place."""
        keys, writes = self._source.keys, copies.job_writes(self._source, job_id)
        flow, key = str(self._source.redis.hget(keys.job(job_id), "flow_group") or ""), keys.job(job_id)
        active: dict[str, list[Write]] = {}
        for run_id in self._active(job_id):
            if not self._is_there(keys.run(run_id)):
                self._unless_broken(lambda run: active.update({run: self._run_writes(run)}), "run", run_id)
        self._tried |= {keys.run(run_id) for run_id in active}
        made = chain.from_iterable(active.values())
        word = self._bring(Copy(key, (*writes, *made), flow, len(active), tuple(self._queued(active))))
        if word == "full":
            self._lost |= dict.fromkeys(active, FULL)
            self._bring(Copy(key, tuple(writes)))
        elif word == "clash":
            self._lost |= dict.fromkeys(active, TAKEN)
        else:
            self._words |= {keys.run(run_id): "adopted" for run_id in active}

    def _run_writes(self, run_id: str) -> list[Write]:
        return copies.run_writes(self._source, run_id, {})

    def _active(self, job_id: str) -> list[str]:
        keys, redis = self._source.keys, self._source.redis
        members: Any = redis.smembers(keys.active_of_job(job_id))
        return sorted(run for run in members if redis.hget(keys.run(run), "status") in copies.ACTIVE)

    def _queued(self, runs: Iterable[str]) -> Iterable[tuple[str, str]]:
        for run in runs:
            status, priority = self._source.redis.hmget(self._source.keys.run(run), "status", "priority")
            if status == "queued":
                yield run, str(priority)

    def _bring_run(self, run_id: str) -> None:
        """Bring a run that has ended; one that has not, and found no place, ends as lost."""
        key = self._source.keys.run(run_id)
        if key in self._words:
            return
        status, ended = self._source.redis.hget(key, "status"), {}
        if status not in ("success", "failed", "cancelled"):
            ended = copies.lost(ERROR.format(self._lost.get(run_id, TAKEN)), to_ms(self._source.now()))
        self._bring(Copy(key, tuple(copies.run_writes(self._source, run_id, ended))))

    def _bring(self, copy: Copy) -> str:
        """Bring one object; what was brought by a call whose answer got lost is no clash."""
        if copy.key in self._words:
            return self._words[copy.key]
        if self._is_there(copy.key):
            word = "clash"
        else:
            self._tried.add(copy.key)
            word = adopt(self._target, copy)
            word = "adopted" if word == "clash" else word
        if word != "full":
            self._words[copy.key] = word
        return word

    def _is_there(self, key: str) -> bool:
        """Say whether the server had it before we brought it."""
        return key not in self._tried and bool(self._target.redis.exists(key))

    def _bring_events(self) -> None:
        rows: Any = self._source.redis.zrange(self._source.keys.events, self._rows, -1)
        for at in range(0, len(rows), EVENTS_AT_ONCE):
            part = rows[at : at + EVENTS_AT_ONCE]
            _, clashes = adopt_events(self._target, part)
            self._rows += len(part)
            self._row_clashes += clashes

    def _bring_audit(self) -> None:
        """Seal every entry anew on the server; one whose answer got lost may come twice, with the same time in it."""
        for entry in entries(self._source)[self._audit :]:
            note(self._target, entry)
            self._audit += 1

    def _say(self) -> None:
        """Write the one event about it all."""
        prefix = self._target.keys.prefix
        words = {key.removeprefix(prefix): word for key, word in self._words.items()}
        clashes = [name for name, word in words.items() if word == "clash"]
        brought = Counter(name.partition(":")[0] for name, word in words.items() if word == "adopted")
        said = {
            "from": self._source.mode.name,
            "to": self._target.mode.name,
            "process_id": self._process_id,
            "jobs": brought["job"],
            "runs": brought["run"],
            "events": self._rows - self._row_clashes,
            "audit": self._audit,
            "lost": len(self._lost),
            "unreadable": sorted(set(self._broken))[:CLASHES_NAMED],
            "clashes": clashes[:CLASHES_NAMED],
            "clash_count": len(clashes) + self._row_clashes,
        }
        LOG.warning("handover.brought", **said)
        events.append(self._target, EventType.SYSTEM_MODE_CHANGED, said)


def _is_of_another_kind(refusal: ResponseError) -> bool:
    return "WRONGTYPE" in str(refusal)
