"""`backup.export`: everything that is needed to restore, as one file in DATA_DIR/backups of the host that ran it.

`multijob import FILE` puts it back. The file holds the jobs' inputs as they are, so only its owner may read it.
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field

from runners.engine import operations
from runners.engine.clock import rfc3339
from runners.engine.handler import Context, HandlerFailed, handler
from runners.engine.operations import Actor, Role
from runners.engine.operations.document import FORMAT
from runners.engine.store.failure_memory import FailureMemory, load_memories
from runners.engine.whole_file import replacing

LONGEST_ERROR = 2000  # of a memory, as the import takes it
NAME = re.compile(r"multijob-backup-[0-9]{8}T[0-9]{6}Z-[a-z2-7]+\.json")


class ExportInputs(BaseModel, extra="forbid", frozen=True):
    """`keep` is how many backups stay in the folder, this one included; older ones go."""

    keep: Annotated[int, Field(ge=1, le=1000, description="how many backups stay, this one included")] = 30


@handler("backup.export", inputs=ExportInputs, isolation="thread")
def export(ctx: Context, inputs: ExportInputs) -> dict[str, object]:
    """Write all jobs and their failure memory into one file; a run that starts again overwrites only its own."""
    document = contents(ctx)
    text = json.dumps(document, indent=1, sort_keys=True).encode()
    path = ctx.settings.data_dir / "backups" / file_name(ctx.scheduled_at, ctx.run_id)
    ctx.check()
    if lacking := document["unreadable"]:
        ctx.log(f"not in the backup, because their records cannot be read: {', '.join(lacking)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(text)
        removed = prune(path, inputs.keep)
    except OSError as error:
        raise HandlerFailed(f"backup {path.name!r} cannot be written: {error.strerror}") from error
    return {
        "path": str(path),
        "host": socket.gethostname(),
        "jobs": len(document["jobs"]),
        "memories": len(document["memory"]),
        "unreadable": document["unreadable"],
        "bytes": len(text),
        "sha256": hashlib.sha256(text).hexdigest(),
        "removed": removed,
    }


def file_name(scheduled_at: datetime, run_id: str) -> str:
    """Return the file's name: the time of the run, so that names sort by it, and the end of the run's id."""
    return f"multijob-backup-{scheduled_at:%Y%m%dT%H%M%SZ}-{run_id.rpartition('_')[2]}.json"


def contents(ctx: Context) -> dict[str, Any]:
    """Return the document: what `operations.export_document` gives, and what is remembered of the jobs' failures."""
    actor = Actor(f"run:{ctx.run_id}", Role.OPERATOR, "system", ctx.run_id)
    exported = operations.export_document(ctx.platform, actor)
    jobs = exported["jobs"]
    memories = load_memories(ctx.platform.store, [job["job_id"] for job in jobs])
    return {
        **exported,
        "format": FORMAT,
        "created_at": rfc3339(ctx.started_at),
        "memory": {job_id: _memory(memory) for job_id, memory in memories.items() if memory != FailureMemory()},
    }


def prune(path: Path, keep: int) -> int:
    """Remove the oldest backups beside `path` beyond `keep`, never `path` itself; return how many went."""
    others = sorted(found for found in path.parent.iterdir() if NAME.fullmatch(found.name) and found != path)
    old = others[: max(0, len(others) + 1 - keep)]
    for backup in old:
        backup.unlink(missing_ok=True)
    return len(old)


def _memory(memory: FailureMemory) -> dict[str, Any]:
    return {
        "consecutive_failures": memory.consecutive_failures,
        "cooldown_until": _moment(memory.cooldown_until),
        "last_error": memory.last_error and memory.last_error[:LONGEST_ERROR],
        "last_failure_at": _moment(memory.last_failure_at),
        "last_success_at": _moment(memory.last_success_at),
    }


def _moment(at: datetime | None) -> str | None:
    return rfc3339(at) if at else None
