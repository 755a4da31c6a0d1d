"""One record that somebody broke in the store turns no list and no page into an error."""

import re

import pytest

PLACES = ("/jobs", "/agents", "/metrics", "/ui", "/ui/jobs", "/ui/queue", "/ui/runs")


@pytest.fixture
def broken(platform, save):
    """A store with a broken record of every kind, and one good job."""
    store = platform.store
    for job_id in ("good", "after"):
        save(job_id)
    for key, fields in {
        store.keys.job("good"): {"last_run_id": "run_x", "last_status": "zz"},
        store.keys.job("after"): {"spec": '{"a":'},
        store.keys.process("worker-x"): {"beat_at": "zz", "started_at": "zz", "pid": "zz"},
        store.keys.minute(int(store.now().timestamp()) // 60): {"failed": "zz"},
    }.items():
        store.redis.hset(key, mapping=fields)
    store.redis.zadd(store.keys.processes, {"worker-x": int(store.now().timestamp() * 1000)})
    store.redis.rpush(store.keys.durations("good"), "zz")
    store.redis.rpush(store.keys.depths, "zz")
    return platform


@pytest.mark.parametrize("place", [*PLACES, "/jobs/good", "/jobs/after/runs", "/ui/jobs/good"])
def test_broken_records_stop_no_other(broken, client, place):
    assert client.get(place, follow_redirects=True).status_code == 200


def test_the_open_page_of_a_job_that_breaks_is_asked_for_as_a_whole(broken, client):
    part = client.get("/ui/jobs/after", headers={"HX-Request": "true", "HX-PTag": "-"})

    assert (part.status_code, part.headers["HX-Refresh"], part.data) == (409, "true", b"")
    assert "The record of this job cannot be read" in client.get("/ui/jobs/after").text


@pytest.mark.parametrize(("kind", "value"), [("set", "zz"), ("hset", {"lost": "zz"})])
def test_metrics_go_without_what_is_no_counter(platform, client, kind, value):
    if kind == "set":
        platform.store.redis.set(platform.store.keys.metrics, value)
    else:
        platform.store.redis.hset(platform.store.keys.metrics, mapping=value)

    assert client.get("/metrics").status_code == 200


def test_a_broken_job_is_a_conflict_until_it_is_saved_again(broken, client, save):
    for method, place in (
        ("GET", ""),
        ("GET", "/explain"),
        ("GET", "/forecast"),
        ("POST", "/run"),
        ("PUT", "/disable"),
    ):
        answer = client.open(f"/jobs/after{place}", method=method)
        assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
        assert answer.json["detail"].startswith("job 'after': its record cannot be read (")
        assert answer.json["detail"].endswith("); save it again or delete it")

    save("after")

    assert client.get("/jobs/after").status_code == 200


@pytest.mark.parametrize("tab", ["", "/runs", "/decisions", "/schedule", "/guards", "/versions", "/spec", "/edit"])
def test_the_page_of_a_broken_job_says_what_mends_it(broken, client, tab):
    answer = client.get(f"/ui/jobs/after{tab}")

    assert answer.status_code == 200
    assert "The record of this job cannot be read" in answer.text
    assert 'action="/ui/jobs/after/mend/1"' in answer.text
    assert 'href="/ui/jobs/after/delete"' in answer.text
    assert client.get("/ui/jobs/after/delete").status_code == 200


def test_a_broken_job_is_mended_by_its_last_version(broken, client):
    page = client.get("/ui/jobs/after").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]

    mended = client.post("/ui/jobs/after/mend/1", data={"csrf_token": token}, follow_redirects=True)

    assert (mended.status_code, "is whole again" in mended.text) == (200, True)
    assert client.get("/jobs/after").json["type"] == "simulation.heavy"


def test_a_broken_job_whose_versions_are_broken_too_has_a_page(broken, client):
    keys, redis = broken.store.keys, broken.store.redis
    redis.delete(keys.versions("after"))
    redis.rpush(keys.versions("after"), "zz")

    assert "No version of it can be read either" in client.get("/ui/jobs/after").text


def test_a_broken_job_has_no_row_but_counts(broken, client):
    answer = client.get("/jobs")

    assert [row["job_id"] for row in answer.json] == ["good"]
    assert answer.headers["X-Total-Count"] == "2"


def test_a_broken_job_can_be_replaced_and_deleted_by_name(broken, client):
    spec = {"type": "simulation.heavy"}

    assert client.put("/jobs/after", json=spec).json["status"] == "updated"
    broken.store.redis.hset(broken.store.keys.job("after"), "spec", '{"a":')
    assert client.delete("/jobs/after").status_code == 200
    assert client.get("/jobs/after").status_code == 404


def test_a_job_whose_failure_memory_is_broken_is_held_in_words(broken, client):
    broken.store.redis.hset(broken.store.keys.memory("good"), "cooldown_until", "zz")

    for method, place in (("GET", "/explain"), ("POST", "/run"), ("GET", "/memory")):
        answer = client.open(f"/jobs/good{place}", method=method)
        assert answer.status_code == 409
        assert answer.json["detail"].endswith("its failure memory cannot be read; reset the memory")
    assert client.get("/ui").status_code == 200


BROKEN_RUNS = {
    "attempts": ["1", "[", '{"n":"x"}', '{"n":1,"s":[1]}', "[" * 100_000],
    "result": ["5", "[]", "zz", '{"a":' * 40_000],
    "inputs": ["5", "[]", "NaN", '{"a":' * 40_000],
    "timeout_ms": ["zz", "-1", "9" * 30],
    "attempt": ["zz"],
    "status": ["zz", ""],
    "created_at": ["zz", "9" * 17],
    "failure_kind": ["zz"],
}
ONE_BROKEN = [(field, value) for field, values in BROKEN_RUNS.items() for value in values]


@pytest.mark.parametrize(("field", "value"), ONE_BROKEN, ids=lambda part: part[:12])
def test_a_broken_run_is_a_conflict_and_is_left_out_of_lists(platform, client, save, field, value):
    save("good", inputs={"allow_overlap": True})
    broken, good = (client.post("/jobs/good/run").json["run_id"] for _ in range(2))
    platform.store.redis.hset(platform.store.keys.run(broken), field, value)

    alone = {place: client.get(f"{place.format(broken)}") for place in ("/runs/{}", "/runs/{}/explain", "/ui/runs/{}")}

    assert {place: answer.status_code for place, answer in alone.items()} == dict.fromkeys(alone, 409)
    assert alone["/runs/{}"].json["detail"].startswith(f"run '{broken}': its record cannot be read (")
    for place in ("/runs?full=1", "/jobs/good/runs?full=1"):
        assert [row["run_id"] for row in client.get(place).json] == [good]
    for place in ("/ui", "/ui/runs", "/ui/jobs/good"):
        assert client.get(place).status_code == 200


@pytest.mark.parametrize("value", ["[" * 100_000, "5", '{"done":"x"}'])
def test_progress_that_cannot_be_read_is_none(platform, client, save, value):
    save("good")
    run = client.post("/jobs/good/run").json["run_id"]
    platform.store.redis.hset(platform.store.keys.run(run), "progress", value)

    assert client.get(f"/runs/{run}").json["progress"] is None
