"""The store away, and memory mode: pages say so, and show what they can."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests import servers
from tests.browser.conftest import Deployment, Opener, answers, environment
from tests.processes import Spawner
from tests.waiting import wait_until


@pytest.fixture
def spawner(tmp_path: Path) -> Iterator[Spawner]:
    started = Spawner(tmp_path)
    yield started
    for spawned in started.spawned:
        spawned.kill()


def web(spawner: Spawner, folder: Path, **more: str) -> Deployment:
    port = servers.free_port()
    spawner("web", env=environment(folder, port, **more))
    deployment = Deployment(f"http://127.0.0.1:{port}")
    wait_until(lambda: answers(deployment.url), 30)
    return deployment


def test_a_page_shows_what_was_known_and_says_that_the_store_is_away(
    spawner: Spawner, tmp_path: Path, open_page: Opener
):
    with servers.running(servers.redis_binary()) as server:
        deployment = web(spawner, tmp_path / "platform", REDIS_URL=server.url)
        deployment.save("remembered")
        page = open_page(f"{deployment.url}/ui/jobs", expected=("status of 503",)).page
        expect(page.locator("#job-remembered")).to_be_visible()

    answer = page.reload()

    assert answer is not None and answer.status == 503
    assert int(answer.headers["retry-after"]) >= 1
    expect(page.get_by_role("alert").first).to_contain_text("The store is away")
    expect(page.locator("#job-remembered")).to_be_visible()


@pytest.mark.slow
def test_an_open_page_keeps_what_it_shows_and_says_since_when_the_store_is_away(
    spawner: Spawner, tmp_path: Path, open_page: Opener
):
    with servers.running(servers.redis_binary()) as server:
        deployment = web(spawner, tmp_path / "platform", REDIS_URL=server.url)
        deployment.save("still-there")
        page = open_page(f"{deployment.url}/ui/jobs", expected=("status of 503", "htmx")).page
        expect(page.locator("#job-still-there")).to_be_visible()

    expect(page.locator("#away")).to_be_visible(timeout=30_000)

    expect(page.locator("#away")).to_have_text(re.compile(r"away since \d\d:\d\d:\d\d UTC"))
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("#job-still-there")).to_be_visible()


@pytest.mark.slow
def test_a_page_that_was_never_seen_says_that_the_store_is_away(spawner: Spawner, tmp_path: Path, open_page: Opener):
    with servers.running(servers.redis_binary()) as server:
        deployment = web(spawner, tmp_path / "platform", REDIS_URL=server.url)

    page = open_page(f"{deployment.url}/ui/queue", expected=("status of 503",)).page

    expect(page.get_by_role("heading", name="The store is away")).to_be_visible()


@pytest.mark.slow
def test_an_open_page_says_when_the_server_is_silent_and_forgets_it_when_it_answers_again(
    spawner: Spawner, tmp_path: Path, open_page: Opener
):
    with servers.running(servers.redis_binary()) as server:
        deployment = web(spawner, tmp_path / "platform", REDIS_URL=server.url)
        watched = open_page(f"{deployment.url}/ui", expected=("net::ERR_", "htmx"))
        spawner.spawned[0].kill()
        expect(watched.page.locator("#lost")).to_be_visible(timeout=10_000)

        port = httpx.URL(deployment.url).port
        assert port is not None
        spawner("web", env=environment(tmp_path / "platform", port, REDIS_URL=server.url))

        expect(watched.page.locator("#lost")).to_be_hidden(timeout=20_000)


@pytest.mark.slow
def test_memory_mode_is_bannered_on_every_page(spawner: Spawner, tmp_path: Path, open_page: Opener):
    deployment = web(spawner, tmp_path / "platform", QUEUE_MODE="memory")
    page = open_page(f"{deployment.url}/ui").page

    for path in ("", "/jobs", "/jobs/new", "/runs", "/queue"):
        page.goto(f"{deployment.url}/ui{path}")

        expect(page.locator(".banner").first).to_contain_text("Memory mode: nothing survives a restart")


@pytest.mark.slow
def test_an_empty_platform_says_what_to_do_next(spawner: Spawner, tmp_path: Path, open_page: Opener):
    deployment = web(spawner, tmp_path / "platform", QUEUE_MODE="memory")
    page = open_page(f"{deployment.url}/ui/jobs").page

    expect(page.locator("#curl")).to_contain_text(f"curl -X POST {deployment.url}/jobs")
    expect(page.get_by_role("link", name="New job").first).to_be_visible()
