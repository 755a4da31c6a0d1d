"""A result of ten megabytes: what is kept of it, and that the API and the page stay small and say so."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import BaseModel

from runners.engine.handler import handler
from runners.slots import Slots
from tests.waiting import wait_until
from webapp import create_app

KEPT = 64 * 1024
LONG_TEXTS = {
    "latin": "x" * 10_000_000,
    "bahasa": "é" * 5_000_000,
    "wide": "字🍛" * 1_500_000,
    "quotes": '"\\' * 5_000_000,
}


class Nothing(BaseModel):
    """It takes no inputs."""


@handler("test.loud", inputs=Nothing, isolation="thread")
def loud(ctx: Any, inputs: Nothing) -> object:
    """Give back ten megabytes."""
    return {"rows": LONG_TEXTS[ctx.job_id]}


@pytest.fixture
def platform(platform: Any) -> Any:
    """A platform that knows the loud handler."""
    known = platform.catalog.handlers | {"test.loud": loud}
    return replace(platform, catalog=replace(platform.catalog, handlers=known))


@pytest.fixture
def client(platform: Any) -> FlaskClient:
    return create_app(platform).test_client()


@pytest.fixture
def slots(platform: Any) -> Iterator[Slots]:
    slots = Slots(platform, "worker-1", 1)
    slots.start()
    yield slots
    slots.drain(1)


@pytest.mark.parametrize("job_id", LONG_TEXTS)
def test_ten_megabytes_are_cut_and_marked_everywhere(client: FlaskClient, slots: Slots, save: Any, job_id: str) -> None:
    save(job_id, type="test.loud")
    run_id = client.post(f"/jobs/{job_id}/run").json["run_id"]
    for execution in slots.claim(1):
        slots.submit(execution)
    wait_until(lambda: client.get(f"/runs/{run_id}").json["status"] == "success")

    result, page = client.get(f"/runs/{run_id}").json["result"], client.get(f"/ui/runs/{run_id}")
    file = client.get(f"/ui/runs/{run_id}/output.json")

    assert (result["truncated"], result["success"]) == (True, True)
    assert KEPT - 10 < len(result["output"].encode()) <= KEPT
    assert result["output"].startswith('{"rows": "')
    assert len(page.data) < 60_000
    assert "cut to the 64 KiB that are kept" in page.text
    assert json.loads(file.data) == result["output"]
    assert client.get("/runs?full=1").json[0]["result"]["truncated"] is True
    assert "output" not in client.get("/runs").json[0]["result"]


def test_a_small_result_is_whole(client: FlaskClient, slots: Slots, save: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(LONG_TEXTS, "small", "all of it")
    save("small", type="test.loud")
    run_id = client.post("/jobs/small/run").json["run_id"]
    for execution in slots.claim(1):
        slots.submit(execution)
    wait_until(lambda: client.get(f"/runs/{run_id}").json["status"] == "success")

    result = client.get(f"/runs/{run_id}").json["result"]

    assert (result["truncated"], result["output"]) == (False, {"rows": "all of it"})
    assert "Download all" not in client.get(f"/ui/runs/{run_id}").text
