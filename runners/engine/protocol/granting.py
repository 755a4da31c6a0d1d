"""Typed calls of request_grant and revoke_grant: asking for a capability of a job, and taking it away."""

import json
import secrets

from runners.engine import grant
from runners.engine.ask import Ask
from runners.engine.audit import Author, Entry
from runners.engine.clock import to_ms
from runners.engine.grant import Capability, Grant
from runners.engine.job import Job
from runners.engine.protocol.asking import opened
from runners.engine.protocol.audit import audited
from runners.engine.run import BASE32, base32
from runners.engine.store.connection import Store


def request(
    store: Store, author: Author, job: Job, capability: Capability, value: str, lasts_sec: int | None, waits_sec: int
) -> tuple[str, str]:
    """Open the approval by which an admin grants it. Returns the script's word (ok, gone) and the approval's id."""
    chance = "".join(secrets.choice(BASE32) for _ in range(12))
    name = f"ap_{base32(to_ms(store.now()))}_{chance}_1"
    until = "until it is revoked" if lasts_sec is None else f"for {_lasting(lasts_sec)}"
    ask = Ask(f"Let {job.job_id} use a {capability.replace('_', ' ')}, {until}", ({capability: value},), waits_sec)
    lasts, summary, _, *fields = opened("grant", ask, job.job_id, "", job.spec.type, job.version, "")
    fields += ["grants", grant.to_store(capability, value, author.name, lasts_sec), "requester", author.name]
    about = {"job_id": job.job_id, "capability": capability, "value": value, "lasts_sec": lasts_sec}
    entry = Entry(author, f"approval:{name}", after=about)
    word = audited(store, entry, "request_grant", name, job.job_id, lasts, summary, len(fields), *fields)
    return str(word), name


def revoke(store: Store, author: Author, known: Grant) -> str:
    """Take a grant away. Returns ok or gone."""
    was = {"job_id": known.job_id, "capability": known.capability, "value": known.value}
    about = json.dumps({"grant_id": known.grant_id, "actor": author.name} | was)
    return str(
        audited(
            store, Entry(author, f"grant:{known.grant_id}", was), "revoke_grant", known.grant_id, known.job_id, about
        )
    )


def _lasting(seconds: int) -> str:
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
