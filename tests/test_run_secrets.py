"""Secrets in runs: opened at the moment of use, for those who may, sent where they belong, and hidden in all that is kept."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel

from runners.engine import operations
from runners.engine.errors import Invalid
from runners.engine.handler import HandlerFailed, handler
from runners.engine.known_secrets import KNOWN, KnownSecrets
from runners.engine.protocol import upkeep
from runners.engine.redactor import Redactor
from runners.engine.store.run_logs import read_log
from runners.engine.store.runs import load_run
from runners.isolation.warm import environment
from runners.slots import Slots
from tests.handlers import server
from tests.store.making import ADMIN
from tests.waiting import wait_until

CANARY = "canary-71be-0123456789"
OTHER = "other-71be-0987654321"
REFERENCE = "{{secret:crm/main/api_key}}"


class Said(BaseModel):
    """What the handlers of these tests are told."""

    text: Any


@handler("test.leak", inputs=Said, isolation="thread")
def leak(ctx, inputs):
    """Let the secret out in every way that a handler has."""
    ctx.log(f"it is {inputs.text}")
    for char in inputs.text:
        ctx.write("stdout", char)
    ctx.log(inputs.text[:10])
    ctx.log(inputs.text[10:])
    ctx.write("stderr", base64.b64encode(f"user:{inputs.text}".encode()).decode())
    ctx.progress(1, 2, f"at {inputs.text}")
    if ctx.attempt:
        return {"text": inputs.text, inputs.text: [json.dumps(inputs.text)], "hex": inputs.text.encode().hex()}
    raise HandlerFailed(f"refused: {inputs.text}") from ValueError(inputs.text)


@handler("test.tell", inputs=Said, isolation="thread")
def tell(ctx, inputs):
    """Say what came, in a way that nobody hides."""
    return inputs.text[::-1]


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """What this process learns in one test is no secret in the next."""
    monkeypatch.setattr(KNOWN, "redactor", Redactor())


@pytest.fixture
def mode():
    return "memory"


@pytest.fixture
def site() -> Iterator[server.Site]:
    """The account's own service."""
    with server.running() as running:
        running.pages["/"] = (200, {}, b"welcome")
        yield running


@pytest.fixture
def slots(platform, site) -> Iterator[Slots]:
    """A worker with these handlers, and one account of the site."""
    known = platform.catalog.handlers | {"test.leak": leak, "test.tell": tell}
    settings = replace(platform.settings, http_allow_private=("127.0.0.1",))
    ready = Slots(
        replace(platform, settings=settings, catalog=replace(platform.catalog, handlers=known)), "worker-1", 1
    )
    save(
        ready,
        secrets={"api_key": CANARY, "pin": "12345"},
        base_url=site.url(),
        config={"inner": {"token": OTHER}},
    )
    ready.start()
    yield ready
    ready.drain(1)


def save(slots, **fields):
    operations.save_account(slots.platform, ADMIN, "crm", "main", fields)


def run(slots, type, inputs, max_retry=0):
    """Run a new job to its end and return the run."""
    policy = {"max_retry": max_retry, "backoff_sec": [0]}
    operations.save_job(slots.platform, ADMIN, {"job_id": "j", "type": type, "inputs": inputs, "retry_policy": policy})
    run_id = operations.run_job(slots.platform, ADMIN, "j").run_id

    def ended():
        upkeep.reap(slots.platform.store, {})
        slots.submit(*slots.claim(1))
        found = load_run(slots.platform.store, run_id)
        return None if found.status.active else found

    return wait_until(ended, timeout=30)


def everything(store):
    """Return all that the store holds, as text."""
    dump = []
    for key in store.redis.scan_iter("*"):
        kind = store.redis.type(key)
        read = {"hash": store.redis.hgetall, "set": store.redis.smembers, "string": store.redis.get}.get(kind)
        if kind == "list":
            dump.append(store.redis.lrange(key, 0, -1))
        elif kind == "zset":
            dump.append(store.redis.zrange(key, 0, -1))
        elif read:
            dump.append(read(key))
    return repr(dump)


def test_a_run_gets_the_secret_and_keeps_only_the_reference(slots):
    save(slots, config={"job_types": ["test.tell"]})

    told = run(slots, "test.tell", {"text": f"<{REFERENCE}>"})

    assert told.result["output"] == f"<{CANARY}>"[::-1]
    assert told.inputs == {"text": f"<{REFERENCE}>"}


def test_a_secret_inside_the_config_has_a_place(slots):
    save(slots, config={"job_types": ["test.tell"]})

    assert (
        run(slots, "test.tell", {"text": "{{ secret: crm/main/config/inner/token }}"}).result["output"] == OTHER[::-1]
    )


def test_nothing_that_a_handler_lets_out_shows_the_secret(slots):
    save(slots, config={"job_types": ["test.leak"]})

    leaked = run(slots, "test.leak", {"text": REFERENCE}, max_retry=1)

    assert (leaked.status, leaked.attempts[0].error) == ("success", "refused: ****")
    assert leaked.result["output"] == {"text": "****", "****": ['"****"'], "hex": "****"}
    dump = everything(slots.platform.store)
    for spelling in (CANARY, CANARY[:10], base64.b64encode(CANARY.encode()).decode()[:12], CANARY.encode().hex()):
        assert spelling not in dump
    log = read_log(slots.platform.store, leaked.run_id)
    assert "it is ****" in repr(log)


def test_without_the_redactor_the_same_run_leaks(slots, monkeypatch):
    for module in ("runners.execution", "runners.output", "runners.run_log"):
        monkeypatch.setattr(f"{module}.KNOWN", KnownSecrets())
    monkeypatch.setattr("runners.output.hidden", str)
    monkeypatch.setattr("runners.execution.hidden", str)
    monkeypatch.setattr("runners.perform.hidden", str)
    save(slots, config={"job_types": ["test.leak"]})

    leaked = run(slots, "test.leak", {"text": REFERENCE}, max_retry=1)

    assert leaked.result["output"]["text"] == CANARY
    assert CANARY in everything(slots.platform.store)


@pytest.mark.parametrize(
    ("reference", "change", "reason"),
    [
        ("{{secret:crm/other/api_key}}", {}, "account 'crm/other' does not exist"),
        ("{{secret:crm/main/nothing}}", {}, "the account has no such secret; it has config/inner/token, api_key, pin"),
        ("{{secret:crm/main/config/job_types}}", {}, "the account has no such secret"),
        (REFERENCE, {"enabled": False}, "the account is disabled"),
        (REFERENCE, {"config": {"job_types": ["test.other"]}}, "jobs of type 'test.tell' may not use this account"),
        (REFERENCE, {"config": {"job_types": "test.tell"}}, "jobs of type 'test.tell' may not use this account"),
        ("{{secret:crm/main/pin}}", {}, "it is shorter than 6 characters"),
    ],
)
def test_what_cannot_be_had_fails_the_run_with_its_reason(slots, reference, change, reason):
    save(slots, **({"config": {"job_types": ["test.tell"]}} | change))

    failed = run(slots, "test.tell", {"text": reference})

    assert failed.status == "failed"
    assert reason in failed.result["error"]
    assert CANARY not in failed.result["error"]


@pytest.mark.parametrize(
    ("type", "inputs", "fault"),
    [
        ("command.run", {"argv": ["curl", REFERENCE]}, "everybody on the machine could see it there"),
        ("http.request", {"url": "https://a.example/{{secret:crm/main}}"}, "holds a reference that is not"),
        ("http.request", {"url": "https://a.example", "headers": {REFERENCE: "x"}}, "only texts may"),
    ],
)
def test_a_reference_where_none_can_be_is_refused_when_the_job_is_saved(slots, type, inputs, fault):
    with pytest.raises(Invalid, match=fault):
        operations.save_job(slots.platform, ADMIN, {"job_id": "j", "type": type, "inputs": inputs})


def test_http_request_sends_a_secret_to_the_accounts_own_address(slots, site):
    sent = run(slots, "http.request", {"url": site.url("/"), "headers": {"Authorization": f"Bearer {REFERENCE}"}})

    assert sent.status == "success"
    assert site.seen[0].headers["Authorization"] == f"Bearer {CANARY}"


@pytest.mark.parametrize("other", ["http://127.0.0.1:{port}/", "https://127.0.0.1:{site}/", "http://localhost:{site}/"])
def test_http_request_sends_a_secret_nowhere_else(slots, site, other):
    with server.running() as elsewhere:
        url = other.format(port=elsewhere.port, site=site.port)
        refused = run(slots, "http.request", {"url": url, "body": {"a": [REFERENCE]}})

        assert (
            f"a secret of account 'crm/main' may go to http://127.0.0.1:{site.port}, not to" in refused.result["error"]
        )
        assert elsewhere.seen == site.seen == []


def test_a_redirect_takes_no_secret_elsewhere(slots, site):
    with server.running() as elsewhere:
        site.pages["/away"] = (307, {"Location": elsewhere.url("/catch")}, b"")
        refused = run(slots, "http.request", {"url": site.url("/away"), "method": "POST", "body": REFERENCE})

        assert (refused.status, len(site.seen), elsewhere.seen) == ("failed", 1, [])


def test_an_account_may_name_further_addresses(slots, site):
    with server.running() as elsewhere:
        elsewhere.pages["/"] = (200, {}, b"")
        save(slots, config={"hosts": [elsewhere.url().rstrip("/")]})

        assert run(slots, "http.request", {"url": elsewhere.url("/"), "body": REFERENCE}).status == "success"
        assert elsewhere.seen[0].body == CANARY.encode()


def test_a_handlers_process_gets_no_secret_of_the_configuration_that_it_does_not_need():
    environ = {
        "REDIS_URL": "r",
        "ENCRYPTION_KEYS": "e",
        "TELEGRAM_BOT_TOKEN": "t",
        "AUTH_ADMIN_TOKEN": "a",
        "PATH": "p",
    }

    assert environment(environ) == {"REDIS_URL": "r", "PATH": "p"}
