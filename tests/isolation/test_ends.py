"""What a run in a process of its own came to, from what the process and its keeper said."""

import pytest

from runners.engine.handler import Cancelled, HandlerFailed, TimedOut
from runners.execution import GivenBack, LeaseLost
from runners.isolation.ends import BadInputs, BadOutput, Crashed, Ending, Raised, crash
from runners.output import Cut


def said(how, **more):
    return {"how": how, "error": "words"} | more


@pytest.mark.parametrize(
    ("ending", "raised", "text"),
    [
        (Ending(said("failed")), HandlerFailed, "words"),
        (Ending(said("raised")), Raised, "words"),
        (Ending(said("bad_inputs")), BadInputs, "words"),
        (Ending(said("bad_output")), BadOutput, "words"),
        (Ending(said("interrupted", error="TimedOut")), TimedOut, ""),
        (Ending(said("interrupted", error="Interrupted"), told=LeaseLost), LeaseLost, ""),
        (Ending(said("interrupted", error="Interrupted")), Crashed, "its process ended by signal 15 (Terminated)"),
        (Ending(died="ended 9 killed", told=Cancelled), Cancelled, ""),
        (Ending(died="ended 9 killed", told=TimedOut), TimedOut, ""),
        (Ending(died="ended 9 killed"), GivenBack, ""),
        (Ending(died="ended 9 lease", told=Cancelled), LeaseLost, ""),
        (Ending(died="ended 9 killed", fault="it spoke nonsense"), Crashed, "it spoke nonsense"),
        (Ending(died="ended 139 own"), Crashed, "its process ended by signal 11 (Segmentation fault)"),
        (Ending(died="ended 9 gone"), Crashed, "its process ended by signal 9 (Killed); out of memory, perhaps"),
    ],
)
def test_why_there_is_no_output(ending, raised, text):
    with pytest.raises(raised) as found:
        ending.output()

    assert str(found.value) == text


def test_a_result_counts_even_when_the_run_was_told_to_stop_before_it():
    assert Ending({"how": "success", "output": [1], "truncated": False}, told=Cancelled).output() == [1]
    assert Ending({"how": "success", "output": "[1", "truncated": True}).output() == Cut("[1")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (6, "its process ended by signal 6 (Aborted)"),
        (3 << 8, "its process ended with exit status 3 and gave no result"),
        (0, "its process ended with exit status 0 and gave no result"),
    ],
)
def test_how_a_process_ended_is_said_in_words(status, words):
    assert crash(status) == words
