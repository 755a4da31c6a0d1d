"""What is going on: events, the queue, processes and connectors."""

from __future__ import annotations

from runners.engine.job import Job
from runners.engine.operations.roles import Actor, Role, operation
from runners.engine.platform import Platform
from runners.engine.store import connectors as accounts
from runners.engine.store import event_pages, events, facts, held, jobs, processes
from runners.engine.store import vitals as stored_vitals
from runners.engine.store.at_work import AtWork
from runners.engine.store.at_work import at_work as read_at_work
from runners.engine.store.chat_messages import Message
from runners.engine.store.chat_messages import last_messages as read_last_messages
from runners.engine.store.connectors import ConnectorState
from runners.engine.store.event_log import Event, EventFilter
from runners.engine.store.event_pages import EventPage
from runners.engine.store.events import Tail
from runners.engine.store.facts import DepthSample, QueueFacts
from runners.engine.store.held import HeldBy
from runners.engine.store.page import Page
from runners.engine.store.pools import Pool, read_pools
from runners.engine.store.pressure import Pressure
from runners.engine.store.pressure import read as read_pressure
from runners.engine.store.processes import Process
from runners.engine.store.vitals import Vitals

DEPTHS_SHOWN = 720
"""Samples of two hours."""
DEPTHS_OF_HOUR = 361
HELD_NAMED = 5
"""Jobs that are named for each guard."""


@operation(Role.VIEWER)
def list_events(
    platform: Platform, actor: Actor, wanted: EventFilter, limit: int, offset: int = 0, cursor: str | None = None
) -> Page[Event]:
    """Return a page of events, ascending in time; without `since`, `limit` and `offset` count back from the newest."""
    return events.list_events(platform.store, wanted, limit, offset, cursor)


@operation(Role.VIEWER)
def leaf_events(
    platform: Platform,
    actor: Actor,
    wanted: EventFilter,
    limit: int,
    before: int | None = None,
    after: int | None = None,
) -> EventPage:
    """Return the wanted events on either side of one, or the newest; at the same cost however long the log is."""
    return event_pages.leaf(platform.store, wanted, limit, before, after)


@operation(Role.VIEWER)
def tail_events(platform: Platform, actor: Actor, after_id: str, wanted: EventFilter, limit: int = 500) -> Tail:
    """Return the wanted events after `after_id`, and the id from which to ask next; that one moves on without any."""
    return events.tail(platform.store, after_id, wanted, limit)


@operation(Role.VIEWER)
def last_event_id(platform: Platform, actor: Actor) -> str:
    """Return the id of the newest event, '0' before the first."""
    return events.last_id(platform.store)


@operation(Role.VIEWER)
def vitals(platform: Platform, actor: Actor) -> Vitals:
    """Return the few figures that stand on every page."""
    return stored_vitals.read(platform.store)


@operation(Role.VIEWER)
def queue(platform: Platform, actor: Actor) -> QueueFacts:
    """Return the queue as it is now."""
    return facts.queue_facts(platform.store)


@operation(Role.VIEWER)
def pools(platform: Platform, actor: Actor) -> list[Pool]:
    """Return the default pool and every other one in which runs wait or that a worker serves."""
    return read_pools(platform.store, processes.list_processes(platform.store))


@operation(Role.VIEWER)
def pressure(platform: Platform, actor: Actor) -> Pressure:
    """Return pressure mode with its marks, what it holds back, and how long the backlog takes at the present rate."""
    settings = platform.settings
    return read_pressure(platform.store, settings.pressure_high, settings.pressure_low)


@operation(Role.VIEWER)
def depth_history(platform: Platform, actor: Actor, *, day: bool) -> list[DepthSample]:
    """Return the queue's depth and oldest wait, oldest first: of the last hour every 10 s, or of the last day the highest of
    each five minutes.
    """
    return facts.depths_of_day(platform.store) if day else facts.depth_samples(platform.store, DEPTHS_OF_HOUR)


@operation(Role.VIEWER)
def held_by(platform: Platform, actor: Actor) -> list[tuple[HeldBy, list[Job]]]:
    """Return how many jobs each guard holds, by what, and those with the oldest slots; those that cannot be read are left out."""
    found = held.by_guard(platform.store, HELD_NAMED)
    known = jobs.load_jobs(platform.store, [job_id for one in found for job_id in one.first])
    return [(one, [known[job_id] for job_id in one.first if job_id in known and known[job_id].held]) for one in found]


@operation(Role.VIEWER)
def agents(platform: Platform, actor: Actor) -> list[Process]:
    """Return every process that beat in the last day."""
    return processes.list_processes(platform.store)


@operation(Role.VIEWER)
def at_work(platform: Platform, actor: Actor) -> AtWork:
    """Return which worker executes which runs, of at most 400 of them."""
    return read_at_work(platform.store)


@operation(Role.VIEWER)
def connectors(platform: Platform, actor: Actor) -> list[ConnectorState]:
    """Return every chat account that a connector has spoken for."""
    return accounts.list_connectors(platform.store)


@operation(Role.VIEWER)
def last_messages(platform: Platform, actor: Actor, channel: str, account_id: str) -> list[Message]:
    """Return the last messages of a chat account, newest first: who asked for what, and what came of it, without any text."""
    return read_last_messages(platform.store, f"{channel}:{account_id}")
