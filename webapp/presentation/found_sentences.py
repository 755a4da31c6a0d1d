"""The sentences of an examination, and of a store that is not as it has to be; see `sentences.py`."""


def _l(sentence: str) -> str:
    """Return it as it is; scripts/translations.py finds it by this name."""
    return sentence


FOUND = (
    _l("every key is of its kind: %(a)s"),
    _l("at most one active run of a job, unless overlap is allowed: %(a)s"),
    _l("a flow group's active runs stay within its limit: %(a)s"),
    _l("slot sets are the active runs: %(a)s"),
    _l("leases are the running runs, pending sets the queued ones: %(a)s"),
    _l("every queued run has a message, or is pushed again: %(a)s"),
    _l("tokens only rise, one holder each: %(a)s"),
    _l("an end is final, and one: %(a)s"),
    _l("each slot is decided once: %(a)s"),
    _l("every run can end, every open slot is looked at again: %(a)s"),
    _l("pressure follows its two marks: %(a)s"),
    _l("dispatches per tick stay within the cap: %(a)s"),
    _l("cooldowns follow their formula: %(a)s"),
    _l("what waits for a person has an open approval: %(a)s"),
    _l("no more attempts than allowed, no retry lost: %(a)s"),
    _l("all times are the store's: %(a)s"),
    _l("%(a)s is a %(b)s and not a %(c)s: rename it away, it is none of ours"),
    _l(
        "the server's clock is %(a)s s ahead of this machine's; schedules follow the server's: let both ask a time server"
    ),
    _l(
        "the server's clock is %(a)s s behind this machine's; schedules follow the server's: let both ask a time server"
    ),
    _l("the append-only file could not be written; see the server's log and its disk"),
    _l("the append-only file could not be rewritten; see the server's log and its disk"),
    _l("the last snapshot failed; see the server's log and its disk"),
    _l("%(a)s; nearly full: raise maxmemory, or keep less history (RUNS_KEPT)"),
    _l("%(a)s; much is lost to fragmentation: turn activedefrag on, or restart it"),
    _l("it cannot be read, so every change is refused: %(a)s"),
    _l("%(a)s; see `multijob audit verify`"),
    _l("the store has the wrong eviction policy '%(a)s' and may drop jobs; set maxmemory-policy noeviction"),
    _l("the store is used in other mode '%(a)s', and this process speaks '%(b)s'; restart it"),
    _l("the store is read-only; point REDIS_URL at its primary"),
    _l("the store is full; raise its maxmemory or let retention make room"),
    _l("the store is loading its records; wait"),
    _l("the store cannot write to its disk and refuses changes; see its log"),
    _l("I1 to I15 looked at in %(a)s jobs and %(b)s runs (all that are active, and the newest %(c)s of each end)"),
)
