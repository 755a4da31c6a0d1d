"""The steps of the model that are about approvals: handlers ask, people read and decide, silence decides, too."""

from __future__ import annotations

from collections.abc import Iterator

from tests.protocol.model_world import Bounds, Design, State, Step, changed, ended, enqueued, struck, with_one, without


def waiting(state: State, run: int) -> State:
    """The run waits for people, with one more approval."""
    number = state.runs[run].asks + 1
    return state._replace(
        runs=changed(state, run, status="waiting", asks=number),
        leases=state.leases - {run},
        approvals=state.approvals | {(run, number)},
    )


def asked(state: State, run: int) -> Iterator[Step]:
    """A handler's start ends by asking; one that was asked to stop is not asked about."""
    if not (faults := struck(state, "asks")):
        return
    if state.runs[run].cancel:
        yield f"r{run} asks and is cancelled", ended(state, run, "cancelled")._replace(faults=faults)
    else:
        yield f"r{run} asks people", waiting(state, run)._replace(faults=faults)


def closed(state: State, approval: tuple[int, int]) -> State:
    """The approval is decided on, or void."""
    return state._replace(approvals=state.approvals - {approval}, verdicts=tuple(sorted((*state.verdicts, approval))))


def approval_steps(state: State, design: Design, bounds: Bounds) -> Iterator[Step]:
    if len(state.shown) < bounds.people:
        for run, number in sorted(state.approvals):
            yield f"somebody reads a{number} of r{run}", state._replace(shown=with_one(state.shown, (run, number)))
    for approval in sorted(set(state.shown)):
        yield from said(state._replace(shown=without(state.shown, approval)), approval, design)
    if design.silence_decides:
        for approval in sorted(state.approvals):
            yield from decided(state, approval, "in time nobody has decided on", design)


def said(state: State, approval: tuple[int, int], design: Design) -> Iterator[Step]:
    """Somebody says yes or no to what he has read, now or long ago."""
    run, number = approval
    of_another = design.a_decision_names_what_was_shown and approval not in state.approvals
    none_open = run not in {waits for waits, _ in state.approvals}
    if design.a_decision_compares and (of_another or none_open):
        yield f"a{number} of r{run} is decided already", state
    else:
        yield from decided(state, approval, "somebody decides on", design)


def decided(state: State, approval: tuple[int, int], how: str, design: Design) -> Iterator[Step]:
    """The decision and what it does are one step."""
    run, number = approval
    after = closed(state, approval)
    if not design.a_decision_carries_its_effect:
        yield f"{how} a{number} of r{run}", after
        return
    queued = after._replace(runs=changed(state, run, status="queued"), pending=state.pending | {run})
    yield f"{how} a{number}: r{run} goes on", enqueued(queued, run)
    yield f"{how} a{number}: r{run} fails", ended(after, run, "failed")
