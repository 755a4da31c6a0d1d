"""The command line is a client of the API: it sends what the API takes, and shows what it answers."""

import json
from pathlib import Path

import pytest
from redis.exceptions import BusyLoadingError

from tests.local.answering import Api

JOB = {
    "job_id": "daily",
    "type": "report.daily",
    "enabled": True,
    "next_run_at": None,
    "last_run": None,
    "hold": {"guard": "overlap"},
}
REFUSAL = {"detail": "two problems", "errors": [{"loc": ["schedule", "cron"], "msg": "minute 61 is not in 0-59"}]}


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["job", "list", "--search", "a b&c"], ("GET", "/jobs?search=a+b%26c&limit=200", None)),
        (["job", "show", "daily"], ("GET", "/jobs/daily", None)),
        (["job", "run", "daily"], ("POST", "/jobs/daily/run", None)),
        (["job", "enable", "daily"], ("PUT", "/jobs/daily/enable", None)),
        (["job", "disable", "daily"], ("PUT", "/jobs/daily/disable", None)),
        (["job", "delete", "daily"], ("DELETE", "/jobs/daily", None)),
        (["job", "delete", "daily", "--cancel"], ("DELETE", "/jobs/daily?cancel=true", None)),
        (["job", "show", "../runs"], ("GET", "/jobs/..%2Fruns", None)),
        (["run", "list", "--status", "failed"], ("GET", "/runs?status=failed&limit=50", None)),
        (["run", "show", "run_1"], ("GET", "/runs/run_1", None)),
        (["run", "cancel", "run_1"], ("POST", "/runs/run_1/cancel", None)),
        (["run", "bulk", "list", "--limit", "3"], ("GET", "/runs/bulk?limit=3", None)),
        (["run", "explain", "run_1"], ("GET", "/runs/run_1/explain", None)),
        (["job", "explain", "daily"], ("GET", "/jobs/daily/explain", None)),
        (["job", "decisions", "daily", "--limit", "9"], ("GET", "/jobs/daily/decisions?limit=9", None)),
        (["job", "forecast", "daily", "--count", "3"], ("GET", "/jobs/daily/forecast?count=3", None)),
        (["job", "then", "daily", "02:00"], ("GET", "/jobs/daily/then?at=02%3A00", None)),
        (["job", "crowding", "daily"], ("GET", "/jobs/daily/crowding", None)),
        (["crowding"], ("GET", "/schedule/crowding", None)),
        (["held"], ("GET", "/queue/held", None)),
        (["agent", "memory", "list", "--limit", "9"], ("GET", "/agents/memory?limit=9", None)),
        (["agent", "memory", "show", "scout"], ("GET", "/agents/memory/scout", None)),
        (
            ["agent", "memory", "reset", "scout", "--signature", "a b"],
            ("DELETE", "/agents/memory/scout?signature=a+b", None),
        ),
        (["automation", "templates"], ("GET", "/automation/templates", None)),
        (
            ["automation", "list", "--lane", "night", "--limit", "9"],
            ("GET", "/automation/agent-workflows?lane=night&limit=9", None),
        ),
        (
            ["automation", "save", "--job-id", "watch", "--every", "60", "--allow-tool", "note"],
            (
                "POST",
                "/automation/agent-workflow",
                {"job_id": "watch", "interval_sec": 60, "allow_tools": ["note"]},
            ),
        ),
        (["export"], ("GET", "/jobs/export", None)),
        (["plan", "backup jam 1"], ("POST", "/planner/plan", {"prompt": "backup jam 1"})),
        (["pause"], ("POST", "/queue/pause", None)),
        (["resume", "--priority", "low"], ("POST", "/queue/resume?priority=low", None)),
        (["pause", "--job", "a/b"], ("POST", "/jobs/a%2Fb/pause", None)),
        (["drain", "worker-1"], ("POST", "/agents/worker-1/drain", None)),
        (["drain", "worker-1", "--stop"], ("POST", "/agents/worker-1/stop", None)),
        (["resume", "--flow", "etl"], ("POST", "/flow-groups/etl/resume", None)),
    ],
)
def test_each_command_asks_one_thing(multijob, api: Api, words: list[str], asked: tuple[str, str, object]) -> None:
    done = multijob(*words, *([] if words == ["export"] else ["--json"]))

    assert api.asked == [asked]
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"ok": True})


def test_a_run_is_shown_with_its_attempts_and_where_they_failed(multijob, api: Api) -> None:
    row = {"attempt": 0, "outcome": "failed", "started_at": "1", "finished_at": "2", "worker_id": "w"}
    row |= {"error": "no ink"}
    api.will_answer({"run_id": "run_1", "attempts": [row | {"traceback": 'File "printer.py", line 7\n\x1b[2J\x9b2J'}]})

    lines = multijob("run", "show", "run_1").stdout.splitlines()
    as_json = multijob("run", "show", "run_1", "--json").stdout

    assert lines[0].split() == ["run_id", "run_1"]
    assert lines[3].split() == ["0", "failed", "1", "2", "w", "no", "ink"]
    assert lines[-2:] == ['attempt 0: File "printer.py", line 7', "\\x1b[2J\\x9b2J"]
    assert "\x9b" not in as_json and json.loads(as_json)["attempts"][0]["traceback"].endswith("\x1b[2J\x9b2J")


def test_one_thing_is_paused_at_a_time(multijob, api: Api) -> None:
    assert multijob("pause", "--job", "a", "--flow", "b").exit_code == 2
    assert api.asked == []


def test_a_pause_shows_since_when_and_by_whom(multijob, api: Api) -> None:
    pause = {"blocker": "everything", "since": "2030-01-01T00:00:00.000Z", "by": "ana", "until": None}
    api.will_answer({"status": "paused", "pause": pause})

    lines = [line.split() for line in multijob("pause").stdout.splitlines()]

    assert lines[:4] == [
        ["status", "paused"],
        ["blocker", "everything"],
        ["since", "2030-01-01T00:00:00.000Z"],
        ["by", "ana"],
    ]


def test_reasons_are_asked_for_in_the_language_of_the_terminal(multijob, api: Api, monkeypatch) -> None:
    for language in ("id_ID.UTF-8", "C.UTF-8"):
        monkeypatch.setenv("LC_ALL", language)
        multijob("job", "list")

    assert api.languages == ["id", "en"]


def test_an_explanation_is_a_sentence_and_a_verdict_for_each_guard(multijob, api: Api) -> None:
    hold = {"observed": 1, "limit": 1, "blocked_by": ["run_x"], "until": None}
    verdicts = [
        {"guard": "paused", "passes": True, "hold": None, "outlook": None},
        {"guard": "overlap", "passes": False, "hold": hold, "outlook": {"sentence": "soon"}},
    ]
    api.will_answer({"job_id": "daily", "sentence": "an earlier run is active", "verdicts": verdicts, "hold": hold})

    lines = multijob("job", "explain", "daily").stdout.splitlines()

    assert lines[0] == "an earlier run is active"
    assert [line.split() for line in lines[2:]] == [
        ["paused", "passes"],
        ["overlap", "holds", "1", "1", "run_x", "soon"],
    ]


@pytest.mark.parametrize(("same", "said", "code"), [(True, "the same", 0), (False, "skipped overlap", 1)])
def test_a_replay_fails_when_the_guards_of_today_decide_otherwise(multijob, api: Api, same, said, code) -> None:
    again = {"decision": "skipped", "reason": "overlap", "same": same}
    row = {"slot_at": None, "asked_at": "2030-01-01T00:00:00.000Z", "count": 1, "decision": "skipped", "source": "api"}
    api.will_answer([row | {"sentence": "it was busy", "run_id": None, "replay": again}])

    done = multijob("job", "decisions", "daily", "--replay")

    assert api.asked == [("GET", "/jobs/daily/decisions?limit=200&replay=true", None)]
    assert (done.exit_code, done.stdout.splitlines()[1].endswith(said)) == (code, True)


@pytest.mark.parametrize("text", ['{"job_id": "daily", "schedule": null}', "job_id: daily\nschedule: null\n"])
def test_a_job_is_created_from_json_or_yaml(multijob, api: Api, tmp_path: Path, text: str) -> None:
    path = tmp_path / "job"
    path.write_text(text)

    multijob("job", "create", "-f", str(path))
    multijob("job", "create", "-f", "-", stdin=text)

    assert api.asked == [("POST", "/jobs", {"job_id": "daily", "schedule": None})] * 2


def test_an_export_that_lacks_something_says_what_and_ends_so(multijob, api: Api) -> None:
    document = {"jobs": [], "flow_groups": [], "accounts": [], "unreadable": ["job:torn"]}
    api.will_answer(document)

    done = multijob("export")

    assert (done.exit_code, json.loads(done.stdout)) == (1, document)
    assert "not in it, because their records cannot be read: job:torn" in done.stderr


def test_an_import_is_sent_whole(multijob, api: Api, tmp_path: Path) -> None:
    path = tmp_path / "jobs.yaml"
    path.write_text("- job_id: daily\n")
    api.will_answer({"applied": False, "jobs": [], "memories": 0})

    multijob("import", str(path), "--dry-run")

    assert api.asked == [("POST", "/jobs/import?dry_run=true", [{"job_id": "daily"}])]


def test_an_import_is_a_table_of_what_differs(multijob, api: Api) -> None:
    same = {"job_id": "old", "action": "unchanged", "diff": []}
    other = {"job_id": "daily", "action": "update", "diff": [{"loc": ["enabled"], "before": True, "after": False}]}
    api.will_answer({"applied": False, "jobs": [other, same], "flow_groups": [], "accounts": [], "memories": 2})

    shown = multijob("import", "-", "--dry-run", stdin="[]").stdout

    assert "daily  update  enabled true → false" in shown and "old" not in shown
    assert "1 unchanged; 2 failure memories; nothing was saved: a dry run" in shown


def test_a_list_is_a_table_for_people(multijob, api: Api) -> None:
    api.will_answer([JOB, JOB | {"job_id": "[bold]name"}])

    shown = multijob("job", "list")

    assert " ".join(shown.stdout.splitlines()[0].split()) == "job type enabled next run last run waits for"
    assert shown.stdout.splitlines()[1].split() == ["daily", "report.daily", "true", "overlap"]
    assert "[bold]name" in shown.stdout


def test_a_refusal_is_told_with_all_its_problems(multijob, api: Api) -> None:
    api.will_answer(REFUSAL, status=422)

    refused = multijob("job", "run", "daily")

    assert refused.exit_code == 1
    assert refused.stderr == "two problems\nschedule.cron: minute 61 is not in 0-59\n"


def test_a_single_problem_is_told_once(multijob, api: Api) -> None:
    api.will_answer(REFUSAL | {"detail": "minute 61 is not in 0-59"}, status=422)

    assert multijob("job", "run", "daily").stderr == "minute 61 is not in 0-59\n"


def test_an_answer_that_is_no_json_is_told_by_its_status(multijob, api: Api) -> None:
    api.answer, api.status = "<html>", 502

    assert multijob("job", "list").stderr == "the server answered 502\n"


def test_a_server_that_is_away_is_named_with_the_fix(multijob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MULTIJOB_URL", "http://127.0.0.1:1")

    failed = multijob("job", "list")

    assert failed.exit_code == 1
    assert "http://127.0.0.1:1 cannot be reached" in failed.stderr and "multijob up" in failed.stderr


@pytest.mark.parametrize("words", [["job", "list", "--limit", "0"], ["nonsense"], ["up", "--port", "70000"]])
def test_wrong_usage_ends_with_2(multijob, words: list[str]) -> None:
    assert multijob(*words).exit_code == 2


def test_bad_settings_end_with_2_and_are_all_named(multijob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("RUN_LEASE_SEC", "y")

    refused = multijob("job", "list")

    assert refused.exit_code == 2
    assert "PORT='x'" in refused.stderr and "RUN_LEASE_SEC='y'" in refused.stderr


@pytest.mark.parametrize("text", ["a: [", "[" * 10_000], ids=["open", "deep"])
def test_a_file_that_is_neither_json_nor_yaml_is_refused(multijob, api: Api, text: str) -> None:
    refused = multijob("job", "create", "-f", "-", stdin=text)

    assert refused.exit_code == 1
    assert "'<stdin>' cannot be read" in refused.stderr
    assert api.asked == []


def test_a_store_that_goes_away_during_a_start_is_told_in_a_line(multijob, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise BusyLoadingError("Redis is loading the dataset in memory")

    monkeypatch.setattr("runners.start.open_process", lambda _: None)
    for process in ("scheduler.main", "worker.main", "connector.run"):
        monkeypatch.setattr(f"runners.{process}", gone)

    said = [multijob(name) for name in ("scheduler", "worker", "connector")]

    assert [one.exit_code for one in said] == [1, 1, 1]
    assert {one.stderr for one in said} == {
        "the store went away while this process started: Redis is loading the dataset in memory; start it again\n"
    }
