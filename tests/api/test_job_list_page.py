"""The list of jobs and what is done to many of them at once, as a person does it without a script."""

import re

import pytest

from runners.bulk_work import BulkWork
from runners.engine import operations
from runners.engine.protocol.work import exchange
from tests.round_trips import counted
from tests.store.making import ADMIN, LEASE, fail
from webapp.pages import job_bulk, jobs


@pytest.fixture
def three(save):
    for job_id, tag in (("a-1", "ops"), ("a-2", "ops"), ("b-1", "media")):
        save(job_id, tags=[tag], schedule={"interval_sec": 3600})


def text_of(answer):
    return answer.get_data(as_text=True)


def shown(client, query=""):
    """Return the jobs of the list, in its order."""
    return re.findall(r'<tr id="job-([^"]+)"', text_of(client.get(f"/ui/jobs{query}")))


def token(client, address="/ui/jobs"):
    return re.search(r'name="csrf_token" value="([^"]+)"', text_of(client.get(address)))[1]


def look(client, action, *boxes, **fields):
    """Ask what it would come to; `boxes` are ticked."""
    said = {"csrf_token": token(client), "action": action, "job": list(boxes), **fields}
    return client.post("/ui/job-bulk/preview", data=said, follow_redirects=True)


def confirm(client, previewed):
    """Send the form of a preview as it is."""
    form = re.search(r'<form class="blank" id="bulk".*?</form>', text_of(previewed), re.DOTALL)[0]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(value)
    return client.post("/ui/job-bulk", data=fields, follow_redirects=True)


def finish(client, platform, answer):
    """Do what is left, and return the page that names each job."""
    place = answer.request.path
    for _ in range(10):
        platform.store.redis.delete(platform.store.keys.bulks_turn)
        BulkWork(platform).step()
    return text_of(client.get(place))


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("?failing=yes", ["b-1"]),
        ("?failing=no", ["a-1", "a-2"]),
        ("?held=yes", []),
        ("?failing=perhaps", ["a-1", "a-2", "b-1"]),
        ("?tag=ops", ["a-1", "a-2"]),
        ("?search=OPS&enabled=yes", ["a-1", "a-2"]),
        ("?order=attention", ["b-1", "a-1", "a-2"]),
        ("?order=next&tag=media", ["b-1"]),
        ("?order=outcome", ["b-1", "a-1", "a-2"]),
    ],
)
def test_filters_and_orders_live_in_the_address(three, client, platform, query, ids):
    operations.run_job(platform, ADMIN, "b-1")
    (claimed,) = exchange(platform.store, "worker-1", LEASE, [], 1).taken
    fail(platform, claimed)

    assert shown(client, query) == ids


def test_a_row_says_how_the_job_ended_when_it_goes_on_and_how_long_it_takes(three, client):
    text = text_of(client.get("/ui/jobs"))

    assert re.search(
        r'data-label="next"><time [^>]+>in \d+ min</time><small><time [^>]+>\d\d:\d\d:\d\d UTC</time></small>', text
    )
    assert 'data-label="last">\u2013<' in text


def test_ticked_jobs_are_shown_first_and_then_done(three, client, platform):
    previewed = look(client, "disable", "a-1@1", "b-1@1")
    page = finish(client, platform, confirm(client, previewed))

    assert "Disable 2 jobs?" in text_of(previewed)
    assert "is disabled: no slots until it is enabled" in text_of(previewed)
    assert [client.get(f"/jobs/{name}").json["enabled"] for name in ("a-1", "a-2", "b-1")] == [False, True, False]
    assert "a-1" in page and "b-1" in page and "a-2" not in page


def test_all_that_pass_the_filters_are_taken_whatever_is_on_the_page(three, client, platform, monkeypatch):
    monkeypatch.setattr(jobs, "ROWS", 1)

    previewed = look(client, "tag", all="yes", tag="ops", bulk_tag="night")
    finish(client, platform, confirm(client, previewed))

    assert [client.get(f"/jobs/{name}").json["tags"] for name in ("a-1", "a-2", "b-1")] == [
        ["ops", "night"],
        ["ops", "night"],
        ["media"],
    ]


def test_a_job_that_was_changed_since_the_list_was_drawn_is_named_and_left_alone(three, client, save, platform):
    save("a-1", tags=["ops"], schedule=None)

    previewed = look(client, "delete", "a-1@1", "a-2@1")
    page = finish(client, platform, confirm(client, previewed))

    assert "Delete 1 job?" in text_of(previewed)
    assert "is at version 2, not at 1: somebody changed it" in text_of(previewed)
    assert "is at version 2, not at 1: somebody changed it" in page
    assert [row["job_id"] for row in client.get("/jobs").json] == ["a-1", "b-1"]


def test_what_changed_since_the_preview_is_not_done(three, client, save):
    previewed = look(client, "disable", all="yes", tag="ops")
    save("a-1", tags=["ops"], schedule=None)

    answer = confirm(client, previewed)

    assert answer.request.path == "/ui/jobs"
    assert "a job was changed since you looked; nothing was done" in text_of(answer)
    assert client.get("/jobs/a-2").json["enabled"]


def test_active_runs_refuse_a_deletion_until_it_takes_them_along(three, client, platform):
    client.post("/jobs/a-1/run")

    first = look(client, "delete", "a-1@1")
    again = look(client, "delete", "a-1@1", cancel="1")
    finish(client, platform, confirm(client, again))

    assert "There is nothing to do." in text_of(first)
    assert 'name="cancel" value="1">Look again' in text_of(first)
    assert client.get("/jobs/a-1").status_code == 404
    assert client.get("/runs?status=cancelled").headers["X-Total-Count"] == "1"


@pytest.mark.parametrize("odd", ["@", "a-1", "a-1@x", "@1", "<b>@1", "a-1@" + "9" * 40])
def test_odd_boxes_break_nothing(three, client, odd):
    answer = look(client, "disable", odd)

    assert answer.status_code == 200
    assert "<b>@1" not in text_of(answer)


def test_nothing_ticked_and_a_missing_tag_are_said_on_the_list(three, client):
    nothing, no_tag = look(client, "enable"), look(client, "tag", "a-1@1")

    assert nothing.request.path == no_tag.request.path == "/ui/jobs"
    assert "Choose a job first" in text_of(nothing)
    assert "needs a tag" in text_of(no_tag)


def test_a_long_preview_is_leafed_through(three, client, monkeypatch):
    monkeypatch.setattr(job_bulk, "ROWS", 2)

    first, second = look(client, "disable", all="yes"), look(client, "disable", all="yes", page="2")

    assert [name in text_of(first) for name in ("a-1", "a-2", "b-1")] == [True, True, False]
    assert [name in text_of(second) for name in ("a-1", "a-2", "b-1")] == [False, False, True]


def test_the_list_takes_a_fixed_number_of_round_trips(client, platform, save):
    def asked(query):
        with counted(platform) as trips:
            assert client.get(f"/ui/jobs{query}").status_code == 200
        return trips.number

    queries = ("?search=j", "?held=yes", "?failing=no&order=attention", "?order=next", "?order=outcome")
    for number in range(2):
        save(f"j{number}")
    few = [asked(query) for query in queries]
    for number in range(30):
        save(f"j{number:03}", tags=["t" * 60], schedule={"cron": "0 7 * * *"})
    many = [asked(query) for query in queries]

    assert many == few
    assert len(client.get("/ui/jobs?search=j").data) <= 60_000
