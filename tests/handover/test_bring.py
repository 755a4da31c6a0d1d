"""What was in memory is on the server afterwards, once, whole and with its invariants; what was there before wins."""

import json
from dataclasses import replace

import pytest
from redis.exceptions import ConnectionError as Gone

from runners.engine import operations
from runners.engine.audit_check import Check
from runners.engine.integrations.sealing import used_keys
from runners.engine.protocol import pause
from runners.engine.run import FailureKind
from runners.engine.settings import read
from runners.engine.store import audit, events, failure_memory, jobs, pauses
from runners.engine.store.audit import AuditFilter
from runners.engine.store.events import EventFilter
from runners.engine.store.records import load_record
from runners.engine.vault import Owner, Vault, key_id, new_key
from runners.handover import bring
from runners.handover.bring import Bringing
from runners.memory import open_memory
from tests.planted import SECRET_KEY
from tests.protocol.stage import AUTHOR, Stage
from tests.store.making import ADMIN

TARGETS = pytest.mark.parametrize("mode", ["streams-redis7", "lists-redis3"])


@pytest.fixture
def memory(clock):
    """A platform in memory; the test's own steps stand for its scheduler, worker and doors."""
    return in_memory(clock)


def in_memory(clock):
    opened = open_memory(read({"SECRET_KEY": SECRET_KEY}))
    return Stage(replace(opened, store=replace(opened.store, clock=clock)), clock)


@pytest.fixture
def server(clocked, clock):
    """The server that has appeared, on the same time."""
    stage = Stage(clocked, clock)
    yield stage
    stage.check()


def hand_over(memory, server):
    bringing = Bringing(memory.store, server.store, "web-1")
    bringing.everything()
    return said(server)


def said(server):
    """Return what the one event about the hand-over says."""
    rows = events.list_events(server.store, EventFilter(event_type="system.mode_changed"), 10, 0).rows
    (event,) = list(rows)
    return event.data


def filled(memory):
    """Fill the memory: a job with history, a queued run, a retrying one, a held slot, and an asked-for run that failed."""
    memory.save("daily")
    memory.save("daily", every=5)
    memory.tick(seconds=6)
    (claimed,) = memory.take()
    memory.finish(claimed)
    memory.tick(seconds=5)  # a queued run
    memory.tick(seconds=5)  # a slot that it holds
    memory.save("flaky", max_retry=2, every=60)
    memory.tick(seconds=60)
    memory.fail(next(one for one in memory.take(9) if one.fields["job_id"] == "flaky"))
    return memory


@TARGETS
def test_everything_is_there_and_goes_on(memory, server):
    filled(memory)
    before = {name: memory.run(name) for name in memory.store.redis.zrange(memory.store.keys.runs, 0, -1)}
    memory.reap()
    taken = [name for name, run in before.items() if run.status == "running"]
    for name in taken:  # what its worker has not finished is given back
        memory.store.redis.zadd(memory.store.keys.leases, {name: 0})
    memory.clock.advance(seconds=31)
    memory.reap()
    before = {name: memory.run(name) for name in before}

    told = hand_over(memory, server)

    assert {name: server.run(name) for name in before} == before
    assert server.job("daily").spec == memory.job("daily").spec
    assert server.job("daily").next_slot_at == memory.job("daily").next_slot_at
    assert server.ledger("daily") == memory.ledger("daily")
    assert len(server.store.redis.lrange(server.store.keys.versions("daily"), 0, -1)) == 2
    assert (told["from"], told["to"], told["jobs"], told["runs"]) == ("memory", server.store.mode.name, 2, len(before))
    assert (told["clash_count"], told["lost"]) == (0, 0)
    assert set(memory.events()) <= set(server.events())
    active = [name for name, run in before.items() if run.status in ("queued", "retrying")]
    server.tick(seconds=5)
    server.reap()
    assert server.work_off() >= len(active)
    assert {server.status(name) for name in active} == {"success"}


@TARGETS
def test_what_the_server_has_wins_and_is_named(memory, server):
    server.save("daily", every=30, description="the server's own")
    memory.save("daily", every=10)
    word, name = memory.ask("daily")
    assert word == "ok"

    told = hand_over(memory, server)

    assert server.job("daily").spec.description == "the server's own"
    assert told["clashes"] == ["job:daily"]
    assert (server.status(name), server.run(name).failure_kind) == ("failed", "lost")
    assert "has a job of this name already" in json.loads(server.store.redis.hget(server.store.keys.run(name), "error"))
    assert server.messages() == 0


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_a_failure_stands_among_those_that_are_like_it_there(memory, server):
    for stage, errors in ((server, ("no ink", "row 1")), (memory, ("row 2",))):
        for error in errors:
            stage.queue(1, prefix=f"job-{error[:3].strip()}", memory=False)
            stage.finish(*stage.take(), "failed", kind=FailureKind.ERROR, error=error)
            stage.clock.advance(seconds=1)

    hand_over(memory, server)

    groups = [server.store.redis.hget(server.store.keys.run(name), "failure_group") for name in all_runs(server)]
    assert sorted(groups) == ["1", "2", "2"]


def all_runs(stage):
    return stage.store.redis.zrange(stage.store.keys.runs, 0, -1)


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_a_flow_group_that_is_full_there_takes_no_more(memory, server):
    server.save("theirs", flow="lane", flow_limit=1, schedule=None)
    assert server.ask("theirs")[0] == "ok"
    memory.save("ours", flow="lane", flow_limit=1, schedule=None)
    _, name = memory.ask("ours")

    hand_over(memory, server)

    assert server.run(name).failure_kind == "lost"
    assert server.job("ours").spec.controls.flow_group == "lane"


@TARGETS
@pytest.mark.parametrize("after_commit", [False, True], ids=["call-lost", "answer-lost"])
def test_a_call_or_an_answer_that_gets_lost_doubles_and_loses_nothing(memory, server, monkeypatch, after_commit):
    filled(memory)
    names = memory.store.redis.zrange(memory.store.keys.runs, 0, -1)
    struck = []

    def failing(real):
        def call(*args):
            if len(struck) < 100 and len(struck) % 2 == 0:
                struck.append(1)
                if after_commit:
                    real(*args)
                raise Gone("cut")
            struck.append(0)
            return real(*args)

        return call

    monkeypatch.setattr(bring, "adopt", failing(bring.adopt))
    monkeypatch.setattr(bring, "adopt_events", failing(bring.adopt_events))
    bringing = Bringing(memory.store, server.store, "web-1")
    attempts = 0
    while True:
        attempts += 1
        try:
            bringing.everything()
            break
        except Gone:
            continue

    print(f"struck {sum(struck)} times in {attempts} attempts")
    assert sum(struck) > 3
    assert sorted(server.store.redis.zrange(server.store.keys.runs, 0, -1)) == sorted(names)
    assert said(server)["clash_count"] == 0
    assert len(server.events()) == len(memory.events()) + 1
    assert server.messages() == sum(server.status(name) == "queued" for name in names)


@TARGETS
def test_slots_that_were_decided_are_not_decided_again(memory, server):
    memory.save("daily", every=10)
    memory.tick(seconds=11)
    decided = memory.ledger("daily")
    assert len(decided) == 1

    hand_over(memory, server)
    server.work_off()
    server.tick(seconds=1)

    assert server.ledger("daily") == decided
    server.tick(seconds=10)
    assert len(server.ledger("daily")) == 2


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_what_a_job_remembers_comes_along(memory, server):
    memory.save("daily", threshold=1, cooldown=600, every=10)
    memory.tick(seconds=11)
    memory.fail(memory.take()[0])
    before = failure_memory.load_memories(memory.store, ["daily"])["daily"]
    assert before.cooldown_until is not None

    hand_over(memory, server)

    assert failure_memory.load_memories(server.store, ["daily"])["daily"] == before
    assert jobs.load_job(server.store, "daily").enabled


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_pauses_and_limits_come_first(memory, server):
    memory.save("daily", flow="lane")
    pause.pause(memory.store, ("job", "daily"), AUTHOR)
    pause.pause(memory.store, ("everything", ""), AUTHOR)
    pause.limit_flow(memory.store, "lane", 3, AUTHOR, 0)

    hand_over(memory, server)

    found = pauses.read(server.store)
    assert (found.everything.by, found.first_jobs) == ("ana", ("daily",))
    assert server.store.redis.zscore(server.store.keys.flow_limits("lane"), ":group") == 3


@TARGETS
def test_a_broken_record_stays_behind_named_and_keeps_no_other_from_coming(memory, server):
    filled(memory)
    memory.save("other", schedule=None)
    _, lame = memory.ask("other")
    keys, redis = memory.store.keys, memory.store.redis
    redis.hdel(keys.run(lame), "created_at")
    memory.save("wrong", schedule=None)
    redis.delete(keys.job("wrong"))
    redis.set(keys.job("wrong"), "a text")

    told = hand_over(memory, server)

    assert told["unreadable"] == ["job:wrong", f"run:{lame}"]
    assert {"daily", "other"} <= set(jobs.load_jobs(server.store, ["daily", "other", "wrong"]))


@TARGETS
def test_accounts_come_with_their_secrets_sealed_and_the_servers_own_win(memory, server, platform):
    key = new_key()
    here = replace(platform, store=memory.store, settings=replace(platform.settings, encryption_keys=(key,)))
    there = replace(platform, store=server.store, settings=here.settings)
    for name in ("a", "b"):
        operations.save_account(
            here, ADMIN, "crm", name, {"label": "memory", "secrets": {"token": f"secret-of-{name}"}}
        )
    operations.save_account(there, ADMIN, "crm", "b", {"label": "server"})

    found = hand_over(memory, server)

    assert [row.label for row in operations.list_accounts(there, ADMIN, 10).rows] == ["memory", "server"]
    sealed = load_record(server.store, "account", "crm/a").content["sealed"]["secrets/token"]
    assert Vault([key]).open(Owner("account", "crm/a", "secrets/token"), sealed) == "secret-of-a"
    assert used_keys(server.store) == {key_id(key)}
    assert found["clashes"] == ["record:account:crm/b"]
    assert operations.save_account(there, ADMIN, "crm", "a", {"label": "again"}).account.version == 2


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_the_audit_comes_along_behind_that_of_the_server(memory, server):
    server.save("theirs")
    memory.save("daily")
    memory.pause("job:daily", "bob")

    said = hand_over(memory, server)

    found = audit.list_entries(server.store, AuditFilter(), 10).rows
    assert [(entry.said["actor"], entry.said["object"]) for entry in found] == [
        ("bob", "job:daily"),
        ("ana", "job:daily"),
        ("ana", "job:theirs"),
    ]
    assert found[0].said["after"] == {"paused": True, "written_in_memory_at": "2030-01-01T00:00:00.000Z"}
    assert said["audit"] == 2
    check = Check(server.store.seal.keys)
    for text, place in audit.walk(server.store):
        check.feed(text, place)
    assert check.finish() == []
