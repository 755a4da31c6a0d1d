"""An agent's run from its inputs to its end, by a model that says what the test wants."""

from __future__ import annotations

import json

from click.testing import CliRunner

from runners.cli import main
from tests.models.speaking import asked, call, finish, plan, play, told


def test_a_model_plans_acts_and_finishes_and_each_step_is_on_record(client, save, work, site):
    assert save().status_code == 201
    play(site, plan("note"), call("note", why="so that it is known", text="the shop is open"), finish("all is well"))

    run = work()

    assert run["status"] == "success", run
    assert run["result"]["output"]["summary"] == "all is well" and run["result"]["output"]["tokens"] == 330
    last = asked(site)[-1]["messages"]
    assert [one["outcome"] for one in told(last)] == ["done", "done"] and told(last)[1]["data"] == "noted"
    steps = client.get(f"/runs/{run['run_id']}/steps").json
    assert [(step["number"], step["tool"], step["outcome"]) for step in steps] == [
        (1, "plan", "done"),
        (2, "note", "done"),
        (3, "finish", "done"),
    ]
    assert (steps[1]["why"], steps[1]["preview"]) == ("so that it is known", "the shop is open")
    assert run["progress"] == {"done": 1, "total": 1, "note": ""}, "what was done, and not what might have been"


def test_the_page_of_a_run_shows_its_steps_while_it_goes_on_and_text_of_others_stays_text(client, save, work, site):
    save()
    bold = "<b>open</b>"
    play(site, plan("note"), call("note", why=bold, text=bold), finish("all is well"))

    run = work()
    page = client.get(f"/ui/runs/{run['run_id']}").text
    part = client.get(f"/ui/runs/{run['run_id']}", headers={"HX-Request": "true"}).text

    for shown in (page, part):
        assert "What the agent did" in shown and "3 steps, 330 tokens" in shown
        assert bold not in shown and "&lt;b&gt;open&lt;/b&gt;" in shown
    assert '<span class="state" data-state="success">done</span>' in part


def test_a_run_of_another_type_has_no_steps(client, work):
    spec = {"job_id": "heavy", "type": "simulation.heavy", "inputs": {"work_ms": 100}}
    assert client.post("/jobs", json=spec).status_code == 201

    run = work("heavy")

    assert client.get(f"/runs/{run['run_id']}/steps").json == []
    assert "What the agent did" not in client.get(f"/ui/runs/{run['run_id']}").text
    assert client.get("/runs/run_2222222222_abcdefabcdef/steps").status_code == 404


def test_the_terminal_shows_the_steps_too(client, save, work, site, monkeypatch):
    save()
    play(site, plan("note"), call("note", text="the shop is open"), finish("all is well"))
    run = work()

    class Asking:
        def __enter__(self):
            return self

        def __exit__(self, *fault):
            return None

        def ask(self, method, path, **query):
            return client.open(path, method=method).json

    monkeypatch.setattr("runners.cli.runs.open_client", Asking)
    shown = CliRunner().invoke(main, ["run", "show", run["run_id"]])

    assert shown.exit_code == 0 and "note: the shop is open" in shown.output
    assert '{"done": 1, "total": 1' in shown.output
    assert (
        json.loads(CliRunner().invoke(main, ["run", "show", run["run_id"], "--json"]).output)["steps"][2]["tool"]
        == "finish"
    )
