"""/run and /exec: one sentence becomes jobs, shown before anything is made; what is open comes back as buttons."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from runners.connector.commands.asking import Asking
from runners.connector.commands.plan_words import plan_text, result_text
from runners.connector.reply import Button, Command, Reply
from runners.engine import clock, operations
from runners.engine.errors import NotFound, Stale
from runners.planner import Plan, Wish, execute_plan, plan
from runners.planner.risk import Level

SHORTEST, LONGEST = 3, 1000
ZONE = "Asia/Jakarta"
"""The planner's own, for whoever has chosen none."""
EXECUTE = "execute"
"""What the button under a plan asks for."""
Way = Literal["run", "exec"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """What was asked, and when: a button holds it, and the digest of the plan that stood above it."""

    prompt: str
    asked_at: datetime
    digest: str = ""

    def to_text(self) -> str:
        """Return it as a button holds it."""
        return json.dumps([self.prompt, clock.to_ms(self.asked_at), self.digest])

    @staticmethod
    def from_text(text: str) -> Sentence:
        """Read what `to_text` gave."""
        prompt, asked_ms, digest = json.loads(text)
        return Sentence(prompt, clock.from_ms(asked_ms), digest)


def run(asking: Asking) -> Reply:
    """Show what a sentence asks for."""
    return _looked_at(asking, "run")


def execute(asking: Asking) -> Reply:
    """Do what a sentence asks for; what is not clear, or may do harm, is shown first."""
    return _looked_at(asking, "exec")


def answer_run(asking: Asking) -> Reply:
    """Take the answer that was pressed, and show what the sentence comes to now."""
    return _settled(asking, Sentence.from_text(asking.argument), "run")


def answer_exec(asking: Asking) -> Reply:
    """Take the answer that was pressed, and do it if that was the last question."""
    return _settled(asking, Sentence.from_text(asking.argument), "exec")


def execute_shown(asking: Asking) -> Reply:
    """Do what was shown, if the same sentence still comes to the same."""
    sentence = Sentence.from_text(asking.argument)
    try:
        return _done(asking, sentence)
    except Stale:
        found = plan(asking.platform, asking.actor, _wish(asking, sentence))
        return replace(_shown(asking, found, sentence, asking.say("plan_moved")), replaces=True)


def _looked_at(asking: Asking, way: Way) -> Reply:
    prompt = asking.argument
    if not SHORTEST <= len(prompt) <= LONGEST:
        return Reply(asking.say("which_sentence", command=way, shortest=SHORTEST, longest=LONGEST))
    if job := _named(asking, prompt):
        button = asking.button("start_job", "start", job, job=job)
        return Reply(asking.say("is_a_job", job=job, command=way), ((button,),))
    return _settled(asking, Sentence(prompt, asking.first_asked_at), way)


def _named(asking: Asking, prompt: str) -> str | None:
    """Return the job of which the prompt is nothing but the name."""
    if " " in prompt:
        return None
    try:
        return operations.get_job(asking.platform, asking.actor, prompt).job_id
    except NotFound:
        return None


def _settled(asking: Asking, sentence: Sentence, way: Way) -> Reply:
    found = plan(asking.platform, asking.actor, _wish(asking, sentence))
    if way == "exec" and found.whole and is_harmless(found):
        return _done(asking, sentence)
    if found.questions:
        return _asked(asking, found, sentence, way)
    return replace(_shown(asking, found, sentence), replaces=asking.command.pressed)


def is_harmless(found: Plan) -> bool:
    """Say whether a plan may be executed unseen: it changes no job that exists, and nothing in it is of high risk. Pure."""
    return all(job.action != "update" and job.risk.level is not Level.HIGH for job in found.jobs)


def _shown(asking: Asking, found: Plan, sentence: Sentence, first: str = "") -> Reply:
    text = plan_text(asking, found)
    if first:
        text = f"{first}\n\n{text}"
    if not found.whole:
        return Reply(text, page="/ui/planner")
    held = replace(sentence, digest=found.digest).to_text()
    row = (asking.button("execute", EXECUTE, held), asking.button("drop", "keep"))
    return Reply(f"{text}\n\n{asking.say('nothing_yet')}", (row,), page="/ui/planner")


def _asked(asking: Asking, found: Plan, sentence: Sentence, way: Way) -> Reply:
    """Ask the first question, each answer a button; the sentence goes on with it at its end."""
    question, *others = found.questions
    if question.note.name == "ask_what":  # its choices are whole sentences, no answers
        return Reply(asking.say("say_what", command=way), replaces=asking.command.pressed)
    lines = [question.note.said(asking.actor.language)]
    lines += [asking.say("asked_next", question=other.note.said(asking.actor.language)) for other in others]
    lines += [refusal.said(asking.actor.language) for refusal in found.refusals]
    rows = tuple(
        (_choice(sentence, question.answered(found.normalized, choice), choice, way),)
        for choice in question.offered(asking.actor.language)
    )
    dropped = ((asking.button("drop", "keep"),),) if rows else ()
    hint = "press_or_say" if rows else "say_anew"
    return Reply("\n".join([*lines, asking.say(hint, command=way)]), rows + dropped, replaces=asking.command.pressed)


def _choice(sentence: Sentence, prompt: str, choice: str, way: Way) -> Button:
    answered = replace(sentence, prompt=prompt[:LONGEST])
    return Button(choice, f"answer_{way}", answered.to_text())


def _done(asking: Asking, sentence: Sentence) -> Reply:
    wish, digest = _wish(asking, sentence), sentence.digest or None
    done = execute_plan(asking.platform, asking.actor, wish, idempotency_key=asking.key, digest=digest)
    begun = [result.run.run_id for result in done.results if result.run]
    live = Command("watch", begun[0]) if len(begun) == 1 and len(done.results) == 1 else None
    first = done.results[0].job.spec.job_id
    page = f"/ui/jobs/{first}" if len(done.results) == 1 else "/ui/jobs"
    row = (asking.button("job", "job", first), asking.button("forecast", "forecast", first))
    buttons = (row,) if len(done.results) == 1 and not live else ()
    return Reply(result_text(asking, done), buttons, page=page, live=live, replaces=asking.command.pressed)


def _wish(asking: Asking, sentence: Sentence) -> Wish:
    zone = ZONE if asking.zone == "UTC" else asking.zone
    return Wish(sentence.prompt, zone, asked_at=sentence.asked_at)
