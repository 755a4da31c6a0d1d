"""What the engine refuses in its own words, and how a run ended, is said in chat in the language of the one who asks."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count

import pytest

from runners.connector.answers import asking_of, refused
from runners.connector.commands.runs import error_of
from runners.connector.reply import Command
from runners.engine import operations, settings
from runners.engine.errors import AuditUnusable, Conflict, Invalid, MultijobError, NotFound, Problem, Unreadable
from runners.engine.notifications.listening import MOST_RULES
from runners.engine.operations import Actor, Role
from runners.engine.run import RunStatus
from runners.engine.words import Language
from runners.memory import open_memory
from tests.connector.chatting import Chat

ADMIN = Actor("root", Role.ADMIN, "cli")
ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "a an and already any are be by cannot changed decided does exist has have is it its kept keep no not nothing of "
        "only or read so somebody than that the there this to too was while who with you your",
    )
)
QUOTED = re.compile(r"'[^']*'|“[^”]*”|`[^`]*`|\b(?:run|ap)_\w+|/\w+")
NUMBERS = count(1)


def english_in(text: str) -> set[str]:
    """Return the English words in a text, leaving out the names that it quotes."""
    return set(re.findall(r"[a-z']+", QUOTED.sub("", text).lower())) & ENGLISH


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("platform")
    return open_memory(settings.read({"DATA_DIR": str(folder), "QUEUE_MODE": "memory"}))


@pytest.fixture(params=list(Language), ids=str)
def chat(world, request):
    return Chat(world, name="boss", role=Role.ADMIN, language=request.param, where=f"telegram:default:{next(NUMBERS)}")


def job(chat, **more):
    spec = {"job_id": f"j{next(NUMBERS)}", "type": "simulation.heavy", "schedule": None} | more
    return operations.save_job(chat.platform, ADMIN, spec).job.job_id


def run_of(chat, **more):
    return operations.run_job(chat.platform, Actor("ana", Role.OPERATOR, "cli"), job(chat, **more))


def asked(chat, **more):
    return run_of(chat, requires_approval=True, **more).approval_id


def flow_that_nobody_names(chat):
    return chat.say("/pause flow nowhere")


def priority_that_is_none(chat):
    return chat.say("/pause priority urgent")


def name_that_no_flow_has(chat):
    return chat.say("/pause flow ?")


def held(chat):
    return chat.say(f"/start {run_of(chat).job_id}")


def job_that_went(chat):
    run = run_of(chat)
    operations.delete_job(chat.platform, ADMIN, run.job_id, cancel=True)
    return chat.say(f"/retry {run.run_id}")


def decided_before(chat):
    approval_id = asked(chat)
    chat.say(f"/approve {approval_id}")
    operations.decide_approval(chat.platform, ADMIN, approval_id, "reject")
    return chat.press(chat.labels[0])


def own_request(chat):
    own = replace(chat, name="ana")
    own.say(f"/approve {asked(chat)}")
    return own.press(own.labels[0])


def changed_since_it_was_shown(chat):
    return _said(chat, Conflict("approval 'ap_1' is not what was shown any more; read it again"))


def no_approval(chat):
    return chat.say("/approvals ap_none")


def too_many_rules(chat):
    for number in range(MOST_RULES + 1):
        operations.save_rule(chat.platform, ADMIN, f"r{number}", RULE)
    return [chat.say(f"/subscribe r{number}") for number in range(MOST_RULES + 1)][-1]


RULE = {"events": ["run.failed"], "channel": "email", "email": {"to": ["ops@example.org"]}}


def may_not(chat):
    chat.role = Role.VIEWER
    return chat.say("/start anything")


def rejected(chat):
    approval_id = asked(chat)
    operations.decide_approval(chat.platform, ADMIN, approval_id, "reject", "7")
    return chat.say("/runs")


def _said(chat, error: MultijobError) -> str:
    actor = Actor(chat.name, chat.role, "chat", "1", chat.language)
    return refused(asking_of(chat.platform, actor, Command("runs"), chat.where), error).text


def audit_with_a_foreign_key(chat):
    return _said(chat, AuditUnusable("the audit cannot be gone on with: 7; see `multijob audit verify`"))


def record_that_is_broken(chat):
    return _said(chat, Unreadable("run 'a': its record cannot be read (7); multijob doctor says what else is broken"))


def fields(chat):
    faults = ("timeout_ms 1 is less than 100", "cron: minute 61 is not in 0-59", "unknown field 'a'; did you mean 'b'?")
    return _said(chat, Invalid([Problem(("a",), fault, "b") for fault in faults]))


def history_that_ended(chat):
    return _said(chat, NotFound("version 3 of job 'a' is not kept; the last 100 are"))


CASES = (
    flow_that_nobody_names,
    priority_that_is_none,
    name_that_no_flow_has,
    held,
    job_that_went,
    decided_before,
    own_request,
    changed_since_it_was_shown,
    no_approval,
    too_many_rules,
    may_not,
    rejected,
    audit_with_a_foreign_key,
    record_that_is_broken,
    fields,
    history_that_ended,
)


@pytest.mark.parametrize("meeting", CASES, ids=lambda meeting: meeting.__name__)
def test_a_refusal_is_said_in_the_language_of_the_one_who_asks(chat, meeting):
    said = meeting(chat)

    assert bool(english_in(said)) == (chat.language is Language.EN), said


ENDS = (
    "worker w1 stopped renewing its lease",
    "the worker could not renew its lease, and stopped the run",
    "waited longer than its expires_sec",
    "ran longer than its timeout of 500 ms",
    "no handler serves type 'x' on this worker",
    "nobody decided on its approval in time",
    "limit 'steps' is reached: 2 of 2 are used",
    "the agent gave up: 404",
    "the record of its approval is gone, so nobody can decide on it; retry the run",
    "rejected by ana: later",
    "its process ended by signal 9 (Killed); out of memory, perhaps",
    "its process ended with exit status 3 and gave no result",
)


@pytest.mark.parametrize("end", ENDS)
def test_how_the_platform_ended_a_run_is_said_in_the_language_of_the_one_who_asks(chat, end):
    run = replace(run_of(chat), status=RunStatus.FAILED, result={"error": end})
    actor = Actor(chat.name, chat.role, "chat", "1", chat.language)

    said = error_of(asking_of(chat.platform, actor, Command("runs"), chat.where), run)

    assert (said == end) == (chat.language is Language.EN)
    assert chat.language is Language.EN or not english_in(said)
