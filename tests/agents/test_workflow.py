"""An agent's run from its inputs to its end, by a model that says what the test wants."""

from __future__ import annotations

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
