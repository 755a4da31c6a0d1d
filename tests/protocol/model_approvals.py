"""The steps of the model that are about approvals: handlers ask, people read and decide, silence decides, too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
    return state._replace(
        approvals=state.approvals - {approval},
        agreed=tuple(voice for voice in state.agreed if voice[:2] != approval),
        verdicts=tuple(sorted((*state.verdicts, approval))),
    )


def approval_steps(state: State, design: Design, bounds: Bounds) -> Iterator[Step]:
    for run, number in sorted(state.approvals):
        for person in who_reads(state, bounds):
            shown = with_one(state.shown, (run, number, person))
            yield f"person {person} reads a{number} of r{run}", state._replace(shown=shown)
    for seen in sorted(set(state.shown)):
        yield from said(state._replace(shown=without(state.shown, seen)), seen, design, bounds)
    if design.silence_decides:
        for approval in sorted(state.approvals):
            yield from decided(state, approval, "in time nobody has decided on", design)


def who_reads(state: State, bounds: Bounds) -> Iterable[int]:
    """Return who may read something now. Where one is enough people are alike, and all are called 0."""
    reading = [person for _, _, person in state.shown]
    if bounds.agree == 1:
        return [0] if len(reading) < bounds.people else []
    return sorted(set(range(bounds.people)) - set(reading))


def said(state: State, seen: tuple[int, int, int], design: Design, bounds: Bounds) -> Iterator[Step]:
    """A person says yes or no to what he has read, now or long ago; as many must agree as the job wants."""
    run, number, person = seen
    approval = (run, number)
    of_another = design.a_decision_names_what_was_shown and approval not in state.approvals
    none_open = run not in {waits for waits, _ in state.approvals}
    if design.a_decision_compares and (of_another or none_open):
        yield f"a{number} of r{run} is decided already", state
        return
    if design.a_person_counts_once and seen in state.agreed:
        yield f"person {person} has agreed to a{number} already", state
        return
    heard = state._replace(agreed=with_one(state.agreed, seen))
    voices = [voice for voice in heard.agreed if voice[:2] == approval]
    if design.agreement_is_counted and len(voices) < bounds.agree:
        yield f"person {person} agrees to a{number} of r{run}, and more must", heard
        yield f"person {person} decides on a{number}: r{run} fails", ended(closed(state, approval), run, "failed")
    else:
        enough = heard._replace(fewest=min(heard.fewest, len(set(voices))))
        yield from decided(enough, approval, f"person {person} decides on", design)


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
