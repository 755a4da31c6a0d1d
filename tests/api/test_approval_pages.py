"""Approvals on pages: what waits is seen, shown whole, and decided on, without a script."""

import re

import pytest


@pytest.fixture
def waiting(client, save):
    save("deploy", schedule=None, requires_approval=True, inputs={"work_ms": 100}, description="<b>odd</b>")
    client.post("/jobs/deploy/run")
    (found,) = client.get("/approvals").json
    return found


def form(client, address):
    """Return the page's text, and the token of its forms."""
    text = client.get(address).get_data(as_text=True)
    return text, re.search(r'name="csrf_token" value="([^"]+)"', text)[1]


def test_it_is_seen_wherever_somebody_looks(client, waiting):
    for address in ("/ui", "/ui/approvals", f"/ui/runs/{waiting['run_id']}"):
        assert f"/ui/approvals/{waiting['approval_id']}" in client.get(address).get_data(as_text=True), address


def test_who_asks_for_a_run_is_told_that_somebody_must_decide_first(client, save):
    save("deploy", schedule=None, requires_approval=True)
    _, token = form(client, "/ui/jobs/deploy")

    answer = client.post("/ui/jobs/deploy/run", data={"csrf_token": token}, follow_redirects=True)

    assert "A run of deploy waits for a decision." in answer.get_data(as_text=True)


def state_and_strip(client, address):
    """Return what a page says of the job's state, and what its strip draws."""
    text = client.get(address).get_data(as_text=True)
    return re.findall(r'data-state="(\w+)">(waiting for a decision|running)<', text), re.findall(
        r"last \d+ slots[^\"<]*", text
    )


@pytest.mark.parametrize("address", ["/ui/jobs", "/ui/jobs/deploy"])
def test_a_job_that_only_waits_for_a_person_says_so_and_does_not_run(client, waiting, address):
    states, strips = state_and_strip(client, address)

    assert states == [("waiting", "waiting for a decision")]
    assert set(strips) == {"last 1 slots: 1 waiting for a decision"}
    assert 'class="waiting"' in client.get(address).get_data(as_text=True)


def test_a_job_of_which_another_run_is_under_way_runs(client, waiting):
    client.post(f"/approvals/{waiting['approval_id']}/approve", json={"digest": waiting["digest"]})

    states, strips = state_and_strip(client, "/ui/jobs")

    assert states == [("running", "running")]
    assert set(strips) == {"last 1 slots: 1 running"}


@pytest.mark.parametrize(("verdict", "status"), [("approve", "queued"), ("reject", "failed")])
def test_it_is_decided_with_a_note(client, waiting, verdict, status):
    address = f"/ui/approvals/{waiting['approval_id']}"
    text, token = form(client, address)
    assert "work_ms" in text and waiting["digest"] in text

    said = {"csrf_token": token, "note": "fine", "digest": waiting["digest"]}
    answer = client.post(f"{address}/{verdict}", data=said, follow_redirects=True)

    assert "fine" in answer.get_data(as_text=True)
    assert client.get(f"/runs/{waiting['run_id']}").json["status"] == status


def test_a_second_decision_says_why_nothing_was_changed(client, waiting):
    address = f"/ui/approvals/{waiting['approval_id']}"
    _, token = form(client, address)
    client.post(f"{address}/approve", data={"csrf_token": token})

    answer = client.post(f"{address}/reject", data={"csrf_token": token}, follow_redirects=True)

    assert "approved already" in answer.get_data(as_text=True)


def test_history_is_filtered(client, waiting):
    assert client.get("/ui/approvals?status=approved").status_code == 200
    assert client.get("/ui/approvals?status=odd").status_code == 404


def test_inputs_that_differ_from_the_jobs_are_named(client, save):
    save("deploy", schedule=None, requires_approval=True, inputs={"work_ms": 100})
    client.post("/jobs/deploy/run", json={"inputs": {"work_ms": 700}})
    client.post("/jobs/deploy/run")
    (asked,) = client.get("/approvals?job_id=deploy").json

    text = client.get(f"/ui/approvals/{asked['approval_id']}").get_data(as_text=True)

    assert "1 differs from what the job states" in text
    assert "<del>100</del> → <ins>700</ins>" in text


def test_filters_of_the_history_stand_in_the_address(client, waiting):
    text = client.get("/ui/approvals?status=approved&job_id=deploy").get_data(as_text=True)

    assert "No approval passes these filters." in text
    assert 'value="deploy"' in text and re.search(r'value="approved" selected', text)
    assert f"/ui/approvals/{waiting['approval_id']}" in text, "what waits is shown whatever the filter"


def test_a_command_is_shown_so_that_its_arguments_are_told_apart(client, save):
    save(
        "sweep",
        type="command.run",
        schedule=None,
        requires_approval=True,
        inputs={"argv": ["rm", "-r", "a b", "$HOME"]},
    )
    client.post("/jobs/sweep/run")
    (found,) = client.get("/approvals").json

    text = client.get(f"/ui/approvals/{found['approval_id']}").text

    assert "<code>rm -r &#39;a b&#39; &#39;$HOME&#39;</code>" in text


def test_what_hides_in_an_approval_is_shown_for_what_it_is(client, save):
    argv = ["df", "\u202egp.x", "a\u200bb", "\u2028rm"]
    save("deploy", type="command.run", schedule=None, requires_approval=True, inputs={"argv": argv})
    client.post("/jobs/deploy/run")
    (found,) = client.get("/approvals").json

    text = client.get(f"/ui/approvals/{found['approval_id']}").get_data(as_text=True)

    assert not {"\u202e", "\u200b", "\u2028"} & set(text)
    for shown in (r"\u202egp.x", r"a\u200bb", r"\u2028rm"):
        assert text.count(shown) == 2, f"{shown} stands in the command and in the inputs"


def test_one_that_a_newer_version_made_void_shows_what_changed(client, save, waiting):
    save("deploy", schedule=None, requires_approval=True, inputs={"work_ms": 250})

    text = client.get(f"/ui/approvals/{waiting['approval_id']}").get_data(as_text=True)

    assert "The job has version 2 now" in text and "so this is void: it was about version 1" in text
    assert re.search(r"<code>inputs\.work_ms</code></dt><dd><del>100</del> → <ins>250</ins>", text)
    assert "exactly as the job states them" in text
    assert "/approve" not in text
