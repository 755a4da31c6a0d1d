"""A sentence over the API: planned without an effect, executed as a whole, once, and under the guards."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine.errors import StoreAway

TWO = "laporan jam 07:30 dan backup jam 01:30"


def plan(client: FlaskClient, prompt: str, **fields: Any) -> Any:
    answer = client.post("/planner/plan", json={"prompt": prompt} | fields)
    assert answer.status_code == 200, answer.json
    return answer.json


def execute(client: FlaskClient, prompt: str, **fields: Any) -> Any:
    answer = client.post("/planner/execute", json={"prompt": prompt} | fields)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_each_clause_is_a_job_at_its_own_time_and_nothing_is_made_yet(client: FlaskClient) -> None:
    found = plan(client, f"  {TWO} ")

    assert [(job["job_spec"]["job_id"], job["job_spec"]["schedule"]["cron"]) for job in found["jobs"]] == [
        ("report-daily", "30 7 * * *"),
        ("backup-export", "30 1 * * *"),
    ]
    assert found["planner_source"] == "rule_based" and found["normalized_prompt"] == TWO
    assert found["summary"] == "2 jobs: create report-daily, create backup-export"
    assert [job["action"] for job in found["jobs"]] == ["create", "create"]
    assert [len(job["forecast"]) for job in found["jobs"]] == [10, 10]
    assert all("T07:30:00.000+07:00" in time["local"] for time in found["jobs"][0]["forecast"])
    assert client.get("/jobs").json == []


@pytest.mark.parametrize(
    ("language", "text", "choices"),
    [
        ("id", "jam berapa?", ["jam 07:00", "jam 12:00", "jam 19:00"]),
        ("en", "at what time?", ["at 07:00", "at 12:00", "at 19:00"]),
    ],
)
def test_a_plan_speaks_the_language_that_is_asked_for(
    client: FlaskClient, language: str, text: str, choices: list[str]
) -> None:
    answer = client.post("/planner/plan", json={"prompt": "laporan harian"}, headers={"Accept-Language": language})

    assert answer.json["questions"] == [{"text": text, "choices": choices}]


def test_what_is_open_or_out_of_reach_is_said_and_never_executed(client: FlaskClient) -> None:
    prompt = "backup tiap minggu dan pantau whatsapp tiap menit"

    found = plan(client, prompt)
    refused = client.post("/planner/execute", json={"prompt": prompt})

    assert found["jobs"] == [] and found["questions"][0]["text"] == "on which day of the week?"
    assert found["warnings"] == ["whatsapp has no connector here; telegram and slack have one"]
    assert refused.status_code == 422
    assert [error["type"] for error in refused.json["errors"]] == ["question", "out_of_reach"]
    assert client.get("/jobs").json == []


@pytest.mark.parametrize("blanks", ["   ", "\t \n ", "\u3000\u00a0\u2003"], ids=["spaces", "lines", "wide"])
@pytest.mark.parametrize("door", ["plan", "plan-ai", "execute"])
def test_a_prompt_of_blanks_is_refused_by_name(client: FlaskClient, door: str, blanks: str) -> None:
    answer = client.post(f"/planner/{door}", json={"prompt": blanks}, headers={"Accept-Language": "id"})

    (error,) = answer.json["errors"]
    assert answer.status_code == 422 and error["loc"][-1] == "prompt" and error["type"] == "blank"
    assert error["msg"].startswith("hanya berisi spasi")


def test_executing_makes_all_jobs_at_once_and_again_changes_nothing(client: FlaskClient) -> None:
    first, second = execute(client, TWO), execute(client, TWO)

    assert [row["create_status"] for row in first["results"]] == ["create", "create"]
    assert [row["create_status"] for row in second["results"]] == ["unchanged", "unchanged"]
    assert {job["job_id"]: job["version"] for job in client.get("/jobs").json} == {
        "backup-export": 1,
        "report-daily": 1,
    }
    made = client.get("/audit/logs?operation=execute_plan").json
    assert len(made) == 1 and [item["object"] for item in made[0]["items"]] == ["job:report-daily", "job:backup-export"]


def test_another_job_of_that_name_is_not_overwritten(client: FlaskClient, save: Any) -> None:
    save("report-daily", type="report.daily", schedule={"interval_sec": 60})

    found = plan(client, "laporan jam 7")["jobs"][0]
    execute(client, "laporan jam 7")

    assert (found["job_spec"]["job_id"], found["action"]) == ("report-daily-2", "create")
    assert (
        found["assumptions"][-1] == "job 'report-daily' exists and is another one; this one is called 'report-daily-2'"
    )
    assert client.get("/jobs/report-daily").json["schedule"]["interval_sec"] == 60


def test_a_job_that_the_person_names_is_changed_and_shown_as_a_change(client: FlaskClient, save: Any) -> None:
    save("Pagi", type="report.daily", schedule={"interval_sec": 60})

    found = plan(client, "laporan bernama Pagi jam 7")["jobs"][0]
    done = execute(client, "laporan bernama Pagi jam 7")

    assert found["action"] == "update" and found["risk"]["level"] == "medium"
    assert ["schedule"] in [change["loc"][:1] for change in found["diff"]]
    assert done["results"][0]["create_status"] == "update"
    assert client.get("/jobs/Pagi").json["schedule"]["cron"] == "0 7 * * *"


def test_a_plan_says_what_would_hold_it_by_the_guards_themselves(client: FlaskClient) -> None:
    client.post("/queue/pause")

    found = plan(client, "backup sekarang")
    done = execute(client, "backup sekarang")

    assert [hold["guard"] for hold in found["jobs"][0]["holds"]] == ["paused"]
    assert done["results"][0]["queue_status"] == "held" and "paused" in done["results"][0]["result_error"]
    assert client.get("/runs").json == []


def test_now_runs_at_once_and_the_same_key_makes_one_run(client: FlaskClient) -> None:
    for _ in range(2):
        answer = client.post(
            "/planner/execute", json={"prompt": "backup sekarang"}, headers={"Idempotency-Key": "once"}
        )
        assert answer.status_code == 200, answer.json

    (run,) = client.get("/runs").json
    assert (run["job_id"], run["source"], run["status"]) == ("backup-export", "planner", "queued")
    assert answer.json["results"][0]["run_id"] == run["run_id"]


@pytest.mark.parametrize(
    ("body", "loc"),
    [
        ({"prompt": "x"}, ["prompt"]),
        ({"prompt": "y" * 1001}, ["prompt"]),
        ({"prompt": "laporan jam 7", "timezone": "Mars/Base"}, ["timezone"]),
        ({"prompt": "laporan jam 7", "wait_seconds": 31}, ["wait_seconds"]),
        ({"prompt": "laporan jam 7", "promt": 1}, ["promt"]),
    ],
)
def test_a_bad_request_is_named(client: FlaskClient, body: Any, loc: Any) -> None:
    answer = client.post("/planner/execute", json=body)

    assert answer.status_code == 422 and [error["loc"] for error in answer.json["errors"]] == [loc]


def look(client: FlaskClient, prompt: str, language: str = "en") -> str:
    """Return the page that shows the plan of a sentence, looked at without a script."""
    (token,) = re.findall(r'name="csrf_token" value="([^"]+)"', main(client.get("/ui/planner").text))
    fields = {"csrf_token": token, "prompt": prompt, "timezone": "Asia/Jakarta"}
    answer = client.post("/ui/planner/plan", data=fields, headers={"Accept-Language": language})
    return main(answer.text)


def main(text: str) -> str:
    return text.partition("<main")[2]


def offered(shown: str) -> dict[str, str]:
    """Return the fields of the form that does what the plan shows."""
    form = shown.partition('action="/ui/planner/execute"')[2]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_the_page_says_which_guards_a_planned_job_would_have(client: FlaskClient) -> None:
    shown = look(client, "critical: run `df -Pk` every 5 minutes, max 3 at once in lane riset, with approval")

    assert "riset, at most 3 active runs" in shown and "priority critical" in shown and "before each run" in shown
    assert "/ui/flow-groups/riset" not in shown


def test_the_page_shows_what_would_be_done_and_a_button_does_it(client: FlaskClient) -> None:
    shown = look(client, TWO)
    before = client.get("/jobs").json

    done = client.post("/ui/planner/execute", data=offered(shown))

    assert "Make report-daily" in shown and "every day at 07:30, Asia/Jakarta" in shown and before == []
    assert done.status_code == 303 and [job["job_id"] for job in client.get("/jobs").json] == [
        "backup-export",
        "report-daily",
    ]
    assert "Job report-daily is made." in client.get(done.headers["Location"]).text


def test_the_page_says_that_the_store_is_away_and_keeps_the_sentence(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise StoreAway("the store does not answer")

    monkeypatch.setattr("webapp.pages.planner.execute_plan", away)

    answer = client.post("/ui/planner/execute", data=offered(look(client, TWO)))

    assert (answer.status_code, "Retry-After" in answer.headers, TWO in answer.text) == (503, True, True)


def test_the_page_asks_what_is_open_and_offers_no_button(client: FlaskClient) -> None:
    shown = look(client, "laporan harian", "id")

    assert "jam berapa?" in shown and "/ui/planner/execute" not in shown
    assert "/ui/planner?prompt=laporan+harian+jam+07:00" in shown


def test_markup_in_a_sentence_is_text(client: FlaskClient) -> None:
    shown = look(client, "<script>alert(1)</script> laporan jam 7 </textarea>")

    assert "<script>" not in shown and shown.count("</textarea>") == 1


@pytest.mark.parametrize(
    ("prompt", "level", "said"),
    [
        ("GET http://10.0.0.5:81/x every hour", "high", "10.0.0.5:81 is a private address"),
        ("GET http://localhost/x every hour", "high", "localhost:80 is a private address"),
        ("GET http://0x7f.1/x every hour", "high", "private address"),
        ('run "rm -rf /" every day at 1', "high", "'rm' may not run by this server's configuration"),
        ("sync notion every hour with account Work", "high", "account 'notion/Work' does not exist"),
        ("agent summarise the news every hour", "high", "no language model is configured"),
        ("check telegram account X every hour", "medium", "telegram account 'X' has never been reported"),
    ],
)
def test_what_would_refuse_the_runs_is_said_before(client: FlaskClient, prompt: str, level: str, said: str) -> None:
    (job,) = plan(client, prompt)["jobs"]

    assert job["risk"]["level"] == level
    assert any(said in reason for reason in job["risk"]["reasons"]), job["risk"]


def test_an_address_that_everybody_may_reach_is_no_risk(client: FlaskClient) -> None:
    jobs = plan(client, "GET https://8.8.8.8/x every hour and GET https://a.example every hour")["jobs"]

    assert [job["risk"]["level"] for job in jobs] == ["low", "low"]
