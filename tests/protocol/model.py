"""Explicit-state model of the dispatch protocol: every order of every step within bounds, breadth first.

Each step is one script call, or one fault; `model_world` says what a state is, `model_approvals` has the steps that are
about approvals, and `model_check` searches. Times are left out: whatever may take long may happen at any moment.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.protocol.model_approvals import approval_steps, asked, closed, waiting
from tests.protocol.model_world import (
    ACTIVE,
    MAX_RETRY,
    Bounds,
    Design,
    State,
    Step,
    changed,
    counted,
    ended,
    enqueued,
    struck,
    with_one,
    without,
)


def steps(state: State, design: Design, bounds: Bounds) -> Iterator[Step]:
    """Yield what may happen next, by name, and the state after it."""
    yield from scheduler_steps(state, design, bounds)
    yield from worker_steps(state, design, bounds)
    yield from upkeep_steps(state, design)
    yield from approval_steps(state, design, bounds)
    yield from people_and_faults(state, design, bounds)


def scheduler_steps(state: State, design: Design, bounds: Bounds) -> Iterator[Step]:
    if len(state.reading) < bounds.schedulers:
        for job, slot in enumerate(state.cursors):
            if slot < bounds.slots and (design.dispatch_is_one_step or not held(state, job, design, bounds)):
                yield f"read j{job}s{slot}", state._replace(reading=with_one(state.reading, (job, slot, "read")))
    for seen in sorted(set(state.reading)):
        job, slot, step = seen
        after = state._replace(reading=without(state.reading, seen))
        if step == "read":
            yield from act(after, job, slot, design, bounds)
        else:
            yield f"enqueue j{job}s{slot}", enqueued(after, job * bounds.slots + slot)
        if faults := struck(state, "deaths"):
            yield f"a scheduler dies with j{job}s{slot}", after._replace(faults=faults)


def act(state: State, job: int, slot: int, design: Design, bounds: Bounds) -> Iterator[Step]:
    """A scheduler acts on what it read: the script looks at everything once more."""
    if design.a_slot_is_compared and state.cursors[job] != slot:
        yield f"j{job}s{slot} is stale", state
        return
    run = job * bounds.slots + slot
    if state.runs[run].status != "-":
        yield f"j{job}s{slot} exists", state
        return
    decided = state._replace(
        cursors=(*state.cursors[:job], slot + 1, *state.cursors[job + 1 :]), decided=counted(state.decided, run)
    )
    if design.dispatch_is_one_step and held(state, job, design, bounds):
        yield f"j{job}s{slot} is held", state
        yield f"j{job}s{slot} ends skipped", decided
        return
    if faults := struck(state, "asks"):
        placed = decided._replace(places=state.places | {run}, faults=faults)
        yield f"dispatch r{run}, which waits for people", waiting(placed, run)
    created = decided._replace(runs=changed(state, run, status="queued"), places=state.places | {run})
    created = created._replace(pending=state.pending | {run})
    if design.dispatch_is_one_step:
        yield f"dispatch r{run}", enqueued(created, run)
    else:
        # the guards were asked when the job was read, the record is written now, and the message comes later
        yield f"write r{run}", created._replace(reading=with_one(state.reading, (job, slot, "written")))


def held(state: State, job: int, design: Design, bounds: Bounds) -> bool:
    """Say whether a guard holds the job now."""
    return (
        (design.the_script_checks_the_pause and state.paused)
        or (design.the_script_checks_the_flow_limit and len(state.places) >= bounds.flow_limit)
        or (design.the_script_checks_overlap and any(run // bounds.slots == job for run in state.places))
    )


def worker_steps(state: State, design: Design, bounds: Bounds) -> Iterator[Step]:
    for message in sorted(set(state.messages)):
        if sum(hand[2] == message[1] for hand in state.hands) < bounds.workers:
            yield take(state._replace(messages=without(state.messages, message)), *message, design)
    for hand in sorted(set(state.hands)):
        run, token, _ = hand
        after = state._replace(hands=without(state.hands, hand))
        current = state.runs[run].status == "running" and (
            state.runs[run].token == token or not design.a_finish_is_fenced
        )
        if design.a_finish_is_fenced and not current:
            yield f"r{run} with token {token} is refused", after
        else:
            yield f"r{run} succeeds", ended(after, run, "success")
            yield failed(after, run, design)
        if current or not design.an_ask_is_fenced:
            yield from asked(after, run)
        if faults := struck(state, "deaths"):
            yield f"a worker dies with r{run}", after._replace(faults=faults)


def take(state: State, run: int, pool: int, design: Design) -> Step:
    """Take and claim are one step; a message whose run does not wait, or waits for another pool's workers, is dropped."""
    record = state.runs[run]
    strays = design.a_claim_compares_the_pool and record.pool != pool
    if strays or (design.a_claim_compares and record.status != "queued"):
        return f"drop message of r{run}", state
    token = record.token + design.the_token_rises
    claimed = state._replace(runs=changed(state, run, status="running", token=token))
    claimed = claimed._replace(pending=state.pending - {run}, leases=state.leases | {run})
    return f"claim r{run} token {token}", claimed._replace(hands=with_one(state.hands, (run, token, pool)))


def failed(state: State, run: int, design: Design) -> Step:
    record = state.runs[run]
    if record.attempt >= MAX_RETRY and design.retries_are_counted:
        return f"r{run} fails", ended(state, run, "failed")
    if record.cancel:
        return f"r{run} fails and is cancelled", ended(state, run, "cancelled")
    pool = record.pool if design.a_run_comes_back_to_its_pool else 0
    again = state._replace(runs=changed(state, run, status="retrying", attempt=record.attempt + 1, pool=pool))
    kept = state.retries | {run} if design.a_retry_is_kept else state.retries
    return f"r{run} will be tried again", again._replace(leases=state.leases - {run}, retries=kept)


def upkeep_steps(state: State, design: Design) -> Iterator[Step]:
    if design.the_reaper_looks:
        for run in sorted(state.leases):
            yield from reaped(state, run, design)
    for run in sorted(state.retries):
        queued = state._replace(runs=changed(state, run, status="queued"), pending=state.pending | {run})
        yield f"r{run} is due again", enqueued(queued._replace(retries=state.retries - {run}), run)
    if design.lost_messages_are_pushed_again:
        own = {run for run, pool in state.messages if pool == state.runs[run].pool}
        for run in sorted(state.pending - own):
            yield f"push r{run} again", enqueued(state, run)


def reaped(state: State, run: int, design: Design) -> Iterator[Step]:
    """A lease is given up when its worker is dead, or overslept (a nap)."""
    record = state.runs[run]
    alive = any(hand[:2] == (run, record.token) for hand in state.hands)
    faults = struck(state, "naps") if alive else state.faults
    if record.status != "running" or faults is None:
        return
    token = record.token + design.the_token_rises
    lost = state._replace(runs=changed(state, run, token=token), faults=faults)
    if record.cancel:
        yield f"reap r{run}, cancelled", ended(lost, run, "cancelled", frees=design.the_reaper_frees_places)
    elif record.attempt >= MAX_RETRY and design.retries_are_counted:
        yield f"reap r{run}, lost", ended(lost, run, "failed", frees=design.the_reaper_frees_places)
    else:
        again = lost._replace(runs=changed(lost, run, status="queued", attempt=record.attempt + 1))
        again = again._replace(leases=state.leases - {run}, pending=state.pending | {run})
        yield f"reap r{run}, queued again", enqueued(again, run)


def people_and_faults(state: State, design: Design, bounds: Bounds) -> Iterator[Step]:
    for run, record in enumerate(state.runs):
        if record.status != "-" and not record.cancel and (faults := struck(state, "cancels")):
            if record.status == "running":
                yield f"ask r{run} to stop", state._replace(runs=changed(state, run, cancel=True), faults=faults)
            elif record.status in ACTIVE or not design.a_cancel_compares:
                waited = record.status == "waiting" and design.a_cancel_closes_the_approval
                void = closed(state, (run, record.asks)) if waited else state
                yield f"cancel r{run}", ended(void, run, "cancelled")._replace(faults=faults)
        waits = record.status == "queued" and record.attempt == 0
        if (waits or (record.status != "-" and not design.an_expiry_compares)) and (
            faults := struck(state, "expiries")
        ):
            yield f"r{run} expires", ended(state, run, "failed")._replace(faults=faults)
    for message in sorted(set(state.messages)):
        run, here = message
        if faults := struck(state, "losses"):
            yield f"lose message of r{run}", state._replace(messages=without(state.messages, message), faults=faults)
        if faults := struck(state, "doubles"):
            yield f"double message of r{run}", enqueued(state, run, here)._replace(faults=faults)
        for pool in set(range(bounds.pools)) - {here}:
            if faults := struck(state, "strays"):
                yield f"message of r{run} strays into pool {pool}", enqueued(state, run, pool)._replace(faults=faults)
    if state.paused:
        yield "resume", state._replace(paused=False)
    elif faults := struck(state, "pauses"):
        yield "pause", state._replace(paused=True, faults=faults)
