"""The page of processes: who lives, what each has in its hands, and how a worker is let go."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from runners.engine.platform import Platform
from runners.engine.protocol import presence
from runners.engine.protocol.leading import lead
from runners.engine.protocol.work import exchange
from runners.engine.store.at_work import SHOWN, at_work
from runners.engine.store.processes import ProcessBeat
from tests.round_trips import counted
from tests.store.making import LEASE, claim, save, start


def beat(platform: Platform, name: str, kind: str = "worker", slots: int = 5, silent_sec: float = 0) -> None:
    said = ProcessBeat(name, kind, "host-1", 7, "0.1.0", platform.store.now(), "ticking", slots=slots)
    presence.beat(platform.store, said)
    if silent_sec:
        heard = platform.store.now() - timedelta(seconds=silent_sec)
        platform.store.redis.hset(platform.store.keys.process(name), "beat_at", int(heard.timestamp() * 1000))


def row(html: str, process_id: str) -> str:
    """Return the row of one worker, as words."""
    (found,) = re.findall(rf'<tr id="{process_id}">.*?</tr>', html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", found).split())


def test_each_worker_shows_its_slots_and_what_is_in_each(client: FlaskClient, platform: Platform) -> None:
    beat(platform, "worker-1")
    beat(platform, "worker-2", silent_sec=15)
    beat(platform, "worker-3", silent_sec=40)
    save(platform)
    start(platform)
    (running,) = claim(platform)

    html = client.get("/ui/processes").text

    assert "1 of 5 slots taken daily for" in row(html, "worker-1")
    assert f'href="/ui/runs/{running.run_id}"' in html
    assert "0 of 5 slots taken" in row(html, "worker-2")
    assert "stale no word for" in row(html, "worker-2")
    assert "offline silent; a scheduler takes over what it ran" in row(html, "worker-3")
    assert "/ui/processes/worker-1/stop" in html
    assert "/ui/processes/worker-3/stop" not in html


def test_every_kind_of_process_and_the_chat_accounts_are_there(client: FlaskClient, platform: Platform) -> None:
    for kind in ("scheduler", "web", "connector"):
        beat(platform, f"{kind}-1", kind, slots=0)
    beat(platform, "worker-9")
    presence.goodbye(platform.store, "worker-9")
    lead(platform.store, "scheduler-1", timedelta(minutes=1))
    key = platform.store.keys.connector("telegram", "main")
    now = int(platform.store.now().timestamp() * 1000)
    platform.store.redis.hset(key, mapping={"status": "degraded", "beat_at": now, "last_error": "<b>no</b>"})
    platform.store.redis.sadd(platform.store.keys.connectors, "telegram:main")

    html = client.get("/ui/processes").text

    for kind in ("scheduler", "web", "connector"):
        assert f'title="{kind}-1">{kind}<' in html
    assert html.count("leads, for ") == 1
    assert "1 process said goodbye" in html
    assert "&lt;b&gt;no&lt;/b&gt;" in html
    assert "<b>no</b>" not in html


def test_an_empty_page_says_how_to_start(client: FlaskClient) -> None:
    html = client.get("/ui/processes").text

    assert "multijob worker" in html
    assert "multijob up" in html


def test_a_broken_run_hides_no_other(client: FlaskClient, platform: Platform) -> None:
    beat(platform, "worker-1")
    save(platform)
    for _ in range(3):
        start(platform)
    broken, odd, good = (one.run_id for one in claim(platform, 3))
    platform.store.redis.delete(platform.store.keys.run(broken))
    platform.store.redis.set(platform.store.keys.run(broken), "zz")
    platform.store.redis.hset(platform.store.keys.run(odd), "started_at", "zz")

    html = client.get("/ui/processes").text

    assert broken not in html
    assert odd in html
    assert good in html


def test_what_is_named_is_bounded_and_what_is_counted_is_all(platform: Platform) -> None:
    save(platform)
    start(platform)
    claim(platform)
    ghosts = {f"run_{number}": number for number in range(SHOWN + 5)}
    platform.store.redis.zadd(platform.store.keys.leases, ghosts)

    found = at_work(platform.store)

    assert (found.running, found.shown) == (SHOWN + 6, SHOWN)


def test_a_process_that_crashes_all_the_time_does_not_fill_the_page(client: FlaskClient, platform: Platform) -> None:
    for number in range(120):
        beat(platform, f"worker-{number:03}-with-a-name-as-long-as-hosts-have", silent_sec=60)
        beat(platform, f"web-{number:03}", "web", slots=0, silent_sec=60)
    beat(platform, "worker-alive")

    html = client.get("/ui/processes").text

    assert "and 96 more" in html and "and 105 more" in html
    assert 'id="worker-alive"' in html
    assert len(html) < 60_000


def test_many_busy_workers_name_fewer_runs_each(client: FlaskClient, platform: Platform) -> None:
    for job in range(25):
        save(platform, f"a-job-with-quite-a-long-name-{job}")
        for _ in range(6):
            start(platform, f"a-job-with-quite-a-long-name-{job}")
    for number in range(25):
        beat(platform, f"worker-{number:02}-with-a-name-as-long-as-hosts-have")
        exchange(platform.store, f"worker-{number:02}-with-a-name-as-long-as-hosts-have", LEASE, [], 6)

    html = client.get("/ui/processes").text

    assert html.count("6 of 5 slots taken") == 25
    assert html.count("and 3 more") == 25
    assert len(html) < 60_000


def test_the_page_asks_the_store_as_often_with_many_processes_as_with_one(
    client: FlaskClient, platform: Platform
) -> None:
    beat(platform, "worker-1")
    save(platform)
    start(platform)
    claim(platform)
    client.get("/ui/processes")
    with counted(platform) as few:
        client.get("/ui/processes")
    for number in range(20):
        beat(platform, f"worker-{number}")
        start(platform)
    claim(platform, 20)
    with counted(platform) as many:
        client.get("/ui/processes")

    assert few.number == many.number


@pytest.mark.parametrize(("what", "said"), [("drain", "takes no more runs"), ("stop", "was asked to stop")])
def test_a_worker_is_let_go_after_a_question(client: FlaskClient, platform: Platform, what: str, said: str) -> None:
    beat(platform, "worker-1")
    beat(platform, "worker-2")

    asked = client.get(f"/ui/processes/worker-1/{what}").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', asked)
    assert token
    assert "1 other worker takes runs" in asked
    done = client.post(f"/ui/processes/worker-1/{what}", data={"csrf_token": token[1]}, follow_redirects=True).text

    assert f"worker-1 {said}" in done
    assert 'href="/ui/processes#worker-1"' in done
    assert f"{'draining' if what == 'drain' else 'stopping'}" in row(done, "worker-1")
    assert f"/ui/processes/worker-1/{what}" not in done


def test_nobody_is_asked_about_a_worker_that_is_not_there(client: FlaskClient) -> None:
    assert client.get("/ui/processes/worker-1/stop").status_code == 404
