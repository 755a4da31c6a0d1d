"""Jobs over HTTP: their answers, versions, preconditions and pages."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine.job import JobSpec
from webapp.wire.jobs import SpecRow


def test_a_new_job_is_created_at_its_place(client: FlaskClient) -> None:
    answer = client.post("/jobs", json={"job_id": "daily", "type": "simulation.heavy", "inputs": {}})

    assert answer.status_code == 201
    assert answer.headers["Location"] == "/jobs/daily"
    assert answer.headers["ETag"] == '"1"'
    assert answer.json == {"job_id": "daily", "status": "created", "version": 1}


def test_saving_again_says_what_happened(save: Any) -> None:
    save("daily")

    assert save("daily")["status"] == "unchanged"
    assert save("daily", timeout_ms=500) == {"job_id": "daily", "status": "updated", "version": 2}


def test_the_wire_names_every_field_of_a_spec() -> None:
    fields = {field.alias or name for name, field in JobSpec.model_fields.items()}

    assert set(SpecRow.__annotations__) == fields


def test_a_row_holds_the_whole_spec_and_where_the_job_stands(client: FlaskClient, save: Any) -> None:
    save("daily", tags=["a"], inputs={"work_ms": 200, "flow_group": "g"})

    row = client.get("/jobs/daily").json

    assert row["schedule"]["interval_sec"] == 3600
    assert row["retry_policy"] == {"max_retry": 3, "backoff_sec": [1, 2, 5]}
    assert row["enabled"] is True
    assert row["version"] == 1
    assert row["next_run_at"].endswith("Z")
    assert row["last_run"] is None
    assert row["hold"] is None
    assert client.get("/jobs").json == [row]


def test_what_was_read_can_be_sent_back(client: FlaskClient, save: Any) -> None:
    save("daily")
    row = client.get("/jobs/daily").json

    spec = {name: row[name] for name in SpecRow.__annotations__}

    assert client.put("/jobs/daily", json=spec).json["status"] == "unchanged"


def test_put_keeps_the_flag_and_post_sets_it(client: FlaskClient, save: Any) -> None:
    save("daily")
    client.put("/jobs/daily/disable")

    client.put("/jobs/daily", json={"type": "simulation.heavy", "timeout_ms": 700})
    kept = client.get("/jobs/daily").json["enabled"]
    save("daily", timeout_ms=800)

    assert kept is False
    assert client.get("/jobs/daily").json["enabled"] is True


def test_a_body_that_names_another_job_than_the_path_is_refused(client: FlaskClient) -> None:
    answer = client.put("/jobs/daily", json={"job_id": "nightly", "type": "simulation.heavy"})

    assert answer.status_code == 422
    assert answer.json["errors"][0]["loc"] == ["job_id"]


@pytest.mark.parametrize(
    ("condition", "status"),
    [('"1"', 200), ('"9", "1"', 200), ("*", 200), ('"2"', 412), ('W/"1"', 412), ("1", 400), ('"x"', 400), ("", 400)],
)
def test_if_match_replaces_only_that_version(client: FlaskClient, save: Any, condition: str, status: int) -> None:
    save("daily")

    for send in (
        lambda spec, headers: client.post("/jobs", json={"job_id": "daily", **spec}, headers=headers),
        lambda spec, headers: client.put("/jobs/daily", json=spec, headers=headers),
    ):
        version = client.get("/jobs/daily").headers["ETag"]
        answer = send({"type": "simulation.heavy"}, {"If-Match": condition.replace('"1"', version)})
        assert answer.status_code == status


def test_if_match_on_a_job_that_is_not_there_is_stale(client: FlaskClient) -> None:
    answer = client.put("/jobs/gone", json={"type": "simulation.heavy"}, headers={"If-Match": '"1"'})

    assert answer.status_code == 412
    assert client.get("/jobs/gone").status_code == 404


@pytest.mark.parametrize(("condition", "status"), [('"2"', 200), ("*", 200), ('"1"', 412), ('W/"2"', 412), ("2", 400)])
def test_if_match_deletes_only_that_version(client: FlaskClient, save: Any, condition: str, status: int) -> None:
    save("daily")
    save("daily", timeout_ms=500)

    answer = client.delete("/jobs/daily", headers={"If-Match": condition})

    assert answer.status_code == status
    assert client.get("/jobs/daily").status_code == (404 if status == 200 else 200)


def test_if_none_match_creates_and_never_replaces(client: FlaskClient) -> None:
    spec = {"job_id": "daily", "type": "simulation.heavy"}

    first = client.post("/jobs", json=spec, headers={"If-None-Match": "*"})
    second = client.post("/jobs", json=spec, headers={"If-None-Match": "*"})

    assert (first.status_code, second.status_code) == (201, 412)


def test_the_switch_says_how_it_stands(client: FlaskClient, save: Any) -> None:
    save("daily")

    assert client.put("/jobs/daily/disable").json == {"job_id": "daily", "status": "disabled"}
    assert client.put("/jobs/daily/enable").json == {"job_id": "daily", "status": "enabled"}


def test_a_run_is_queued_and_the_next_is_held_by_overlap(client: FlaskClient, save: Any) -> None:
    save("daily")

    first = client.post("/jobs/daily/run")
    second = client.post("/jobs/daily/run", json={"guards": "ignore"})

    assert first.status_code == 200
    assert first.json["status"] == "queued"
    assert second.status_code == 409
    assert second.json["hold"]["guard"] == "overlap"
    assert second.json["hold"]["blocked_by"] == [first.json["run_id"]]


def test_a_run_takes_inputs_but_no_controls(client: FlaskClient, save: Any) -> None:
    save("daily", inputs={"work_ms": 200})

    refused = client.post("/jobs/daily/run", json={"inputs": {"allow_overlap": True}})
    unknown = client.post("/jobs/daily/run", json={"input": {}})
    run = client.post("/jobs/daily/run", json={"inputs": {"work_ms": 300}}).json["run_id"]

    assert (refused.status_code, unknown.status_code) == (422, 422)
    assert "did you mean 'inputs'?" in unknown.json["detail"]
    assert client.get(f"/runs/{run}").json["inputs"]["work_ms"] == 300


def test_a_job_with_active_runs_is_not_deleted_unless_they_end_with_it(client: FlaskClient, save: Any) -> None:
    save("daily")
    run = client.post("/jobs/daily/run").json["run_id"]

    refused = client.delete("/jobs/daily")
    deleted = client.delete("/jobs/daily?cancel=true")

    assert (refused.status_code, deleted.status_code) == (409, 200)
    assert client.get("/jobs/daily").status_code == 404
    assert client.get(f"/runs/{run}").json["status"] == "cancelled"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/jobs/gone"),
        ("DELETE", "/jobs/gone"),
        ("PUT", "/jobs/gone/enable"),
        ("POST", "/jobs/gone/run"),
        ("GET", "/jobs/gone/runs"),
        ("GET", "/jobs/gone/memory"),
        ("DELETE", "/jobs/gone/memory"),
        ("GET", "/jobs/gone/explain"),
        ("GET", "/jobs/gone/forecast"),
        ("GET", "/runs/run_2222222222_222222222222"),
        ("GET", "/runs/run_2222222222_222222222222/events"),
    ],
)
def test_what_is_not_there_is_a_404(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method)

    assert answer.status_code == 404
    assert "does not exist" in answer.json["detail"]


def test_pages_of_jobs_lead_to_the_next(client: FlaskClient, save: Any) -> None:
    for name in "abcde":
        save(name)

    first = client.get("/jobs?limit=2&type=simulation.heavy")
    second = client.get(first.headers["Link"].partition("<")[2].partition(">")[0])

    assert [row["job_id"] for row in first.json] == ["a", "b"]
    assert first.headers["X-Total-Count"] == "5"
    assert [row["job_id"] for row in second.json] == ["c", "d"]
    assert "Link" not in client.get("/jobs?limit=5").headers


def test_rows_that_come_between_do_not_move_the_next_page(client: FlaskClient, save: Any) -> None:
    for name in "bcd":
        save(name)
    link = client.get("/jobs?limit=2").headers["Link"].partition("<")[2].partition(">")[0]

    save("a")

    assert [row["job_id"] for row in client.get(link).json] == ["d"]


def test_facts_of_a_job_answer(client: FlaskClient, save: Any) -> None:
    save("daily")

    assert client.get("/jobs/daily/memory").json["consecutive_failures"] == 0
    assert client.get("/jobs/daily/decisions").json == []
    assert [row["guard"] for row in client.get("/jobs/daily/explain").json["verdicts"]][-1] == "overlap"
    assert len(client.get("/jobs/daily/forecast?count=3").json) == 3


def test_a_preview_stores_nothing(client: FlaskClient) -> None:
    spec = {"job_id": "soon", "type": "simulation.heavy", "schedule": {"cron": "0 9 * * *", "timezone": "Asia/Jakarta"}}

    answer = client.post("/jobs/preview?count=2", json=spec)

    assert answer.status_code == 200
    assert [row["local"][11:25] for row in answer.json["forecast"]] == ["09:00:00.000+0"] * 2
    assert client.get("/jobs").json == []


def test_an_export_can_be_imported_elsewhere(client: FlaskClient, save: Any) -> None:
    save("a", tags=["x"])
    save("b")
    exported = client.get("/jobs/export").json
    client.delete("/jobs/a")

    tried = client.post("/jobs/import?dry_run=true", json=exported)
    done = client.post("/jobs/import", json=exported)

    assert tried.status_code == 200
    assert done.status_code == 200
    assert client.get("/jobs/export").json == exported


def test_an_import_with_one_bad_spec_changes_nothing(client: FlaskClient) -> None:
    good = {"job_id": "good", "type": "simulation.heavy"}

    answer = client.post("/jobs/import", json=[good, {"job_id": "bad", "type": "nope"}])

    assert answer.status_code == 422
    assert answer.json["errors"][0]["loc"][0] == 1
    assert answer.json["detail"].startswith("job 'bad': type 'nope' is not known")
    assert client.get("/jobs").json == []


@pytest.mark.parametrize("value", [[], {}, 5, True, None, 1.5, "x" * 10_000, "\u0000", "\u202e"])
@pytest.mark.parametrize(
    "field",
    ["job_id", "type", "schedule", "timeout_ms", "retry_policy", "inputs", "tags", "enabled", "pool", "approvers"],
)
def test_no_value_in_no_field_is_a_server_error(client: FlaskClient, field: str, value: object) -> None:
    spec = {"job_id": "odd", "type": "simulation.heavy", field: value}

    for path in ("/jobs", "/jobs/preview"):
        assert client.post(path, json=spec).status_code in (200, 201, 422)
    assert client.post("/jobs/import", json=[spec]).status_code in (200, 422)


@pytest.mark.parametrize("switch", ["enable", "disable"])
def test_a_switch_takes_no_fields(client, switch):
    client.post("/jobs", json={"job_id": "daily", "type": "simulation.heavy"})

    assert client.put(f"/jobs/daily/{switch}", json={}).status_code == 200
    refused = client.put(f"/jobs/daily/{switch}", json={"shedule": 1})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["loc"] == ["shedule"]


@pytest.mark.parametrize("path", ["/joobs", "/runs/no-id-of-a-run"])
def test_an_address_of_nothing_is_named(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.json["detail"].startswith(f"nothing is at '{path}': ")
