"""Grants over HTTP: asked for, approved, used by the job's runs and by no other's, revoked."""

import json
import time

import pytest

from runners.engine.grant import extended
from runners.engine.protocol.work import exchange
from runners.execution import Execution
from runners.perform import carry_out
from tests.protocol.stage import LEASE


@pytest.fixture
def mode():
    return "memory"


def ask(client, job_id="copy", capability="program", value="echo hello", **more):
    return client.post(f"/jobs/{job_id}/grants", json={"capability": capability, "value": value, **more})


def run(client, platform, job_id):
    """Run the job here and now, as a worker does; return how it ended."""
    client.post(f"/jobs/{job_id}/run")
    (claimed,) = exchange(platform.store, "w1", LEASE, [], 1).taken
    ended = carry_out(Execution(platform, claimed, time.monotonic()), platform.store.rq_redis)
    exchange(platform.store, "w1", LEASE, [ended], 0)
    return json.loads(ended.result)


@pytest.fixture
def jobs(client, save):
    for name in ("copy", "other"):
        save(
            name,
            type="http.request",
            schedule=None,
            inputs={"url": "http://127.0.0.1:9/"},
            retry_policy={"max_retry": 0},
        )


def test_a_granted_target_is_reached_by_its_job_only_until_it_is_revoked(client, platform, jobs):
    assert "HTTP_ALLOW_PRIVATE" in run(client, platform, "copy")["error"]

    approval = ask(client, capability="private_target", value="127.0.0.1:9").json
    assert client.get("/grants").json == []
    client.post(f"/approvals/{approval['approval_id']}/approve")

    (grant,) = client.get("/grants").json
    assert (grant["job_id"], grant["value"], grant["expires_at"]) == ("copy", "127.0.0.1:9", None)
    assert "HTTP_ALLOW_PRIVATE" not in run(client, platform, "copy")["error"]
    assert "HTTP_ALLOW_PRIVATE" in run(client, platform, "other")["error"]

    assert client.delete(f"/grants/{grant['grant_id']}").json == []
    assert client.delete(f"/grants/{grant['grant_id']}").status_code == 404
    assert "HTTP_ALLOW_PRIVATE" in run(client, platform, "copy")["error"]


def test_a_rejected_one_grants_nothing(client, platform, jobs):
    approval = ask(client).json
    client.post(f"/approvals/{approval['approval_id']}/reject")

    assert client.get("/grants").json == []


def test_the_job_is_held_while_nobody_has_decided(client, jobs):
    approval = ask(client).json

    refused = client.post("/jobs/copy/run")

    assert refused.status_code == 409
    assert approval["approval_id"] in refused.json["detail"]


def test_a_grant_goes_with_its_job(client, jobs):
    approval = ask(client).json
    client.post(f"/approvals/{approval['approval_id']}/approve")
    pending = ask(client, value="ls").json

    client.delete("/jobs/copy")

    assert client.get("/grants").json == []
    assert client.get(f"/approvals/{pending['approval_id']}").json["status"] == "void"


@pytest.mark.parametrize(
    ("capability", "value"),
    [
        ("program", "'"),
        ("root", "tmp"),
        ("private_target", "http://x"),
        ("program", ""),
        ("shell", "x"),
        ("root", "/a\u202e"),
    ],
)
def test_what_the_configuration_would_not_take_is_refused(client, jobs, capability, value):
    assert ask(client, capability=capability, value=value).status_code == 422


def test_grants_add_to_the_configuration(platform):
    before = platform.settings

    after = extended(before, [("program", "rsync -a"), ("root", "/srv/x"), ("private_target", "10.0.0.5:80")])

    assert after.command_allow_prefixes[-1] == ("rsync", "-a")
    assert [str(root) for root in after.granted_roots] == ["/srv/x"]
    assert after.http_allow_private[-1] == "10.0.0.5:80"
    assert extended(before, []) is before


def test_a_tool_of_an_mcp_server_is_granted_only_as_what_it_is(client, jobs):
    refused = ask(client, capability="tool", value="shop/echo")
    assert refused.status_code == 422 and "names no fingerprint" in refused.text
    assert ask(client, capability="tool", value=f"shop/echo@sha256:{'0' * 64}").status_code in (200, 201, 202)
