"""Requests that wait for a language model, or for runs, leave room for all others."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from runners.engine.operations import mcp_servers
from runners.planner import ai, executing
from tests.api.live import ROOT, serving
from tests.handlers import server
from tests.models.speaking import PATH
from tests.planted import MODEL_KEY
from tests.waiting import wait_until
from webapp import sse

ASKED, EXECUTED = 20, 20
LONG = 120


def test_all_that_may_wait_at_once_leaves_threads_for_the_rest() -> None:
    threads = int(re.findall(r"^threads = (\d+)$", (ROOT / "runners/web.py").read_text(), re.M)[0])
    waiting = (ai.AT_ONCE, executing.WAITING, mcp_servers.AT_ONCE)

    most = sum(vars(one)["_initial_value"] for one in waiting) + sse.STREAMS_PER_PROCESS

    assert most <= threads - 8


@pytest.mark.slow  # a real gunicorn, and a model that says nothing until it is told to
def test_others_are_answered_while_as_many_wait_for_a_model_and_for_runs_as_may(
    redis_server: Any, tmp_path: Path
) -> None:
    told = threading.Event()

    def silent(door: BaseHTTPRequestHandler) -> None:
        told.wait(LONG)
        door.send_error(500)

    with (
        server.running() as model,
        serving(
            redis_server.url,
            tmp_path,
            config="tests.api.patient_web",
            KEY_PREFIX="waiting:",  # others leave an audit on this server, sealed with keys of their own
            HTTP_ALLOW_PRIVATE="127.0.0.1",
            OPENAI_BASE_URL=model.url("/v1"),
            OPENAI_API_KEY=MODEL_KEY,
            PLANNER_AI_MODEL="tiny",
        ) as live,
        ThreadPoolExecutor(ASKED + EXECUTED) as people,
    ):
        model.pages[PATH] = silent

        def ask(path: str, number: int, **more: object) -> httpx.Response:
            body = {"prompt": f"cek https://shop-{number}.example.com tiap 5 menit", **more}
            return httpx.post(f"{live.url}/planner/{path}", json=body, timeout=LONG)

        asked = [people.submit(ask, "plan-ai", number) for number in range(ASKED)]
        try:
            wait_until(lambda: len(model.seen) == 4 and sum(one.done() for one in asked) == ASKED - 4, LONG)
            executed = [
                people.submit(ask, "execute", number, run_immediately=True, wait_seconds=2)
                for number in range(ASKED, ASKED + EXECUTED)
            ]
            others = [httpx.get(f"{live.url}{path}", timeout=LONG) for path in ("/healthz", "/jobs", "/ui")]
            waiting, models_asked = [one for one in asked if not one.done()], len(model.seen)
        finally:
            told.set()

        assert [one.status_code for one in others] == [200, 200, 200]
        assert len(waiting) == 4, "they were answered while these waited"
        answers = [one.result() for one in asked]
        refused = [one.text for one in [*answers, *(one.result() for one in executed)] if one.status_code != 200]
        assert refused == []
        busy = [one for one in answers if any("is being asked" in said for said in one.json()["warnings"])]
        assert len(busy) == ASKED - 4 and models_asked == 4
