"""Sending one notice by its rule's channel, and what follows from how that went."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from runners.engine.errors import MultijobError
from runners.engine.events import EventType
from runners.engine.known_secrets import KNOWN
from runners.engine.notifications.listening import named, told_in
from runners.engine.notifications.report import is_report, report_page, report_text
from runners.engine.notifications.rule import Rule, stored_rule
from runners.engine.notifications.words import Text, limit_text, text_of, trial_text
from runners.engine.platform import Platform
from runners.engine.protocol import notify
from runners.engine.protocol.notify import Taken
from runners.engine.store.event_log import Event
from runners.engine.store.listeners import load_listener
from runners.engine.store.records import Record, load_record
from runners.engine.store.runs import load_run
from runners.engine.vault import Owner
from runners.engine.vault_keys import open_vault
from runners.notifier import chat, mail, webhook
from runners.notifier.fault import NotSent

LOG = structlog.get_logger("runners.notifier")
WAITS = tuple(timedelta(seconds=wait) for wait in (5, 30, 120, 600, 3600))
"""After each failed attempt; after the last of them the delivery has failed."""
LONGEST_WAIT = timedelta(hours=6)
"""The longest that a receiver may ask to be left alone for."""
SHOWN = 300
REPORT = "report.daily"
"""The type of the runs whose output is told in the place of their end."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a channel gets: the notice as text, and what it is about. `page` is the same as HTML, where there is such a thing."""

    taken: Taken
    rule: Rule
    text: Text
    page: str = ""


def send(platform: Platform, taken: Taken) -> None:
    """Send what was taken, and keep how it went. Raises RedisError when that cannot be kept."""
    started = time.monotonic()
    rule_id, place = named(taken.rule_id)
    record = load_record(platform.store, "rule", rule_id)
    channel, error, outcome, wait = "", "", "sent", timedelta()
    try:
        if record is None:
            raise NotSent("its rule was deleted", final=True)
        rule = _told(platform, stored_rule(record), place)
        if not rule.content.enabled and taken.kind != "test":
            raise NotSent("its rule was disabled", final=True)
        channel = rule.content.channel
        _by_channel(platform, record, _outgoing(platform, rule, taken))
    except NotSent as fault:
        error = str(fault)[:SHOWN]
        outcome, wait = next_after(taken, fault)
    except MultijobError as fault:  # a key that is missing, an address that the gate refuses
        error, outcome = str(fault)[:SHOWN], "failed"
    error = KNOWN.redactor.text(error)
    took = timedelta(seconds=time.monotonic() - started)
    notify.end(platform.store, taken, outcome, wait=wait, took=took, error=error, channel=channel)
    LOG.info(f"notice.{outcome}", delivery_id=taken.delivery_id, rule_id=taken.rule_id, attempt=taken.attempt)


def next_after(taken: Taken, fault: NotSent) -> tuple[str, timedelta]:
    """Return what becomes of an attempt that failed: again, after which wait, or failed for good. Pure."""
    if fault.final or taken.kind == "test" or taken.attempt > len(WAITS):
        return "failed", timedelta()
    return "again", min(max(WAITS[taken.attempt - 1], fault.wait or timedelta()), LONGEST_WAIT)


def _told(platform: Platform, rule: Rule, place: str) -> Rule:
    """Return the rule, or as it tells the chat at `place`. Raises NotSent when that is not to be told any more."""
    told = told_in(rule, load_listener(platform.store, place)) if place else rule
    if told is None:
        raise NotSent("the chat is not subscribed to its rule any more", final=True)
    return told


def _outgoing(platform: Platform, rule: Rule, taken: Taken) -> Outgoing:
    """Return what is told: of a report that was made, the report itself."""
    if report := _report(platform, taken.event):
        return Outgoing(taken, rule, report_text(report, rule.language), report_page(report, rule.language))
    return Outgoing(taken, rule, _text(rule, taken))


def _report(platform: Platform, event: Event | None) -> dict[str, Any] | None:
    """Return the report that the event's run has made; None for every other event."""
    if event is None or event.type != EventType.RUN_COMPLETED:
        return None
    run = load_run(platform.store, str(event.data.get("run_id")))
    output = run.result.get("output") if run and run.job_type == REPORT and run.result else None
    return output if isinstance(output, dict) and is_report(output) else None


def _text(rule: Rule, taken: Taken) -> Text:
    if taken.kind == "test":
        return trial_text(rule.rule_id, rule.language)
    if taken.kind == "limit":
        return limit_text(named(rule.rule_id)[0], rule.content.max_per_hour, rule.language)
    if taken.event is None:
        raise NotSent("what it is about cannot be read", final=True)
    return text_of(taken.event, rule.language, taken.repeats)


def _by_channel(platform: Platform, record: Record, outgoing: Outgoing) -> None:
    def secret(place: str) -> str:
        sealed = record.content.get("sealed", {}).get(place)
        if sealed is None:
            raise NotSent(f"the rule holds no {place.replace('/', '.')}; set it again", final=True)
        found = open_vault(platform.settings).open(Owner("rule", record.name, place), sealed)
        KNOWN.learn([found])
        return found

    content = outgoing.rule.content
    if content.channel == "webhook":
        webhook.send(platform.settings, secret("webhook/url"), secret("webhook/secret"), outgoing)
    elif content.channel == "email" and content.email:
        mail.send(platform.settings, content.email.to, outgoing)
    elif content.place:
        chat.send(platform, outgoing)
