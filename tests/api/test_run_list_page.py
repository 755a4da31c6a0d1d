"""The page of runs and the page of failures: tabs, ways, what may be done, and what it costs."""

import re
from datetime import timedelta

import pytest

from tests.round_trips import counted
from tests.store.making import claim, fail, finished, save, start


@pytest.fixture
def mode():
    return "streams-redis7"


@pytest.fixture
def past(platform):
    """Two failures that are alike and one that is not, a success, and a run that waits."""
    save(platform, "daily", inputs={"failure_memory_enabled": False})
    for error in ("row 1 is empty", "row 2 is empty", "no <b>paper</b>"):
        start(platform, "daily")
        fail(platform, *claim(platform), error)
    finished(platform, "daily")
    return start(platform, "daily").run_id


def tabs(page):
    """Return the counts of the tabs by their addresses' states."""
    nav = page[page.index('class="tabs"') : page.index("</nav>", page.index('class="tabs"'))]
    return dict(re.findall(r'href="/ui/runs(?:\?status=)?(\w*)".*?<small>(\d+)</small>', nav, re.DOTALL))


def test_each_state_has_a_tab_with_its_count(client, past):
    expected = {"": "5", "queued": "1", "running": "0", "retrying": "0", "waiting_approval": "0"}
    assert tabs(client.get("/ui/runs").text) == expected | {"success": "1", "failed": "3", "cancelled": "0"}


def test_a_search_leads_to_all_runs_of_the_jobs_that_begin_like_it(client, past, platform):
    with counted(platform) as named:
        page = client.get("/ui/runs?search=dai&status=failed").text
    with counted(platform) as unknown:
        nobody = client.get("/ui/runs?search=nothing&status=failed").text

    assert 'All runs of: <a class="id" href="/ui/runs?status=failed&amp;job_id=daily">daily</a>' in page
    assert "All runs of" not in nobody
    assert max(named.number, unknown.number) <= 9  # rows or none, and whatever it is called like


def test_counts_of_all_runs_do_not_stand_beside_filters(client, past):
    page = client.get("/ui/runs?job_id=daily&status=failed").text

    assert tabs(page) == {}
    assert 'href="/ui/runs?status=queued&amp;job_id=daily"' in page or "job_id=daily&amp;status=queued" in page


def test_a_page_stays_where_it_is_while_runs_come(client, past, platform, monkeypatch):
    monkeypatch.setattr("webapp.pages.runs.ROWS", 2)
    first = client.get("/ui/runs").text
    older = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    before = re.findall(r'<tr id="(run_\w+)"', client.get(older).text)
    start(platform, "daily")

    page = client.get(older).text
    assert re.findall(r'<tr id="(run_\w+)"', page) == before
    newer = re.search(r'rel="prev" href="([^"]+)"', page)[1].replace("&amp;", "&")
    assert re.findall(r'<tr id="(run_\w+)"', client.get(newer).text) != before
    assert ">Newest</a>" in page


def test_a_search_says_how_far_it_looked_and_goes_on(client, past, monkeypatch):
    monkeypatch.setattr("webapp.pages.runs.LOOKED_AT", 2)
    pages = [client.get("/ui/runs?search=paper").text]

    pages.append(client.get(re.search(r'rel="next" href="([^"]+)"', pages[0])[1].replace("&amp;", "&")).text)
    alone = client.get(re.search(r'href="([^"]+)">Search failed runs alone', pages[0])[1].replace("&amp;", "&")).text

    assert [re.findall(r'<tr id="(run_\w+)"', page) != [] for page in pages] == [False, True]
    assert "Nothing found in 2 runs, back to 2" in pages[0]
    assert "looked through 2 runs, back to 2" in pages[1]
    assert "Nothing found" not in alone
    ended = client.get(re.search(r'rel="next" href="([^"]+)">Older', pages[1])[1].replace("&amp;", "&"))
    assert "Nothing found further back" in ended.text and "Back to the newest" in ended.text


def test_times_without_a_zone_are_the_readers(client, past, platform):
    ahead = f"{platform.store.now() + timedelta(hours=1):%Y-%m-%dT%H:%M}"

    assert "No run passes these filters" in client.get("/ui/runs", query_string={"since": ahead}).text
    assert past in client.get("/ui/runs", query_string={"until": ahead}).text


def test_an_unreadable_run_is_marked_and_breaks_nothing(client, past, platform):
    platform.store.redis.hset(platform.store.keys.run(past), "attempt", "many")

    page = client.get("/ui/runs").text

    assert "cannot be read" in page and past in page


def test_selected_runs_are_counted_before_anything_is_done(client, past, platform):
    failed = [run["run_id"] for run in client.get("/runs?status=failed").json][:2]
    page = client.get("/ui/runs/bulk/new", query_string={"action": "retry", "run_id": [*failed, past]}).text

    assert ">2 runs</dd>" in page and "1 run that has not ended" in page
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert set(fields["run_ids"].split(",")) == set(failed)
    assert fields["expected"] == "2"
    answer = client.post("/ui/runs/bulk", data=fields)
    begun = client.get("/runs/bulk").json[0]
    assert answer.headers["Location"].endswith(begun["bulk_id"])
    assert (begun["total"], begun["action"], begun["filter"]["run_ids"]) == (2, "retry", fields["run_ids"])


def test_failures_that_are_alike_are_one_row(client, past):
    page = client.get("/ui/failures").text

    assert "3 failures" in page and "of 2 sorts" in page
    assert page.count("row &lt;n&gt; is empty") == 1
    assert "no &lt;b&gt;paper&lt;/b&gt;" in page
    runs = re.search(r'href="(/ui/runs\?failure=1&amp;[^"]+)"', page)[1].replace("&amp;", "&")
    assert client.get(runs).text.count('<tr id="run_') == 2


def test_a_group_of_failures_is_retried_up_to_now(client, past, platform):
    page = client.get("/ui/failures").text
    preview = re.search(r'href="(/ui/runs/bulk/new\?action=retry&amp;failure=1&amp;[^"]+)"', page)[1].replace(
        "&amp;", "&"
    )
    asked = client.get(preview).text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked))

    assert re.search(r"<dt>ended from</dt><dd>[-\d]{10} [:\d]{8} UTC</dd>", asked)
    start(platform, "daily")
    fail(platform, *claim(platform, 2)[1:], "row 3 is empty")
    client.post("/ui/runs/bulk", data=fields)

    assert fields["expected"] == "2"
    assert client.get("/runs/bulk").json[0]["total"] == 2


@pytest.mark.parametrize("address", ["/ui/runs", "/ui/runs?status=failed", "/ui/runs?status=queued", "/ui/failures"])
def test_a_page_takes_so_many_round_trips_however_many_runs_there_are(client, past, platform, address):
    found = []
    for _ in range(2):
        with counted(platform) as trips:
            assert client.get(address).status_code == 200
        found.append(trips.number)
        for _ in range(20):
            start(platform, "daily")

    assert found[0] == found[1] <= 10


@pytest.mark.parametrize("address", ["/ui/failures?window=2h", "/ui/failures?job_id=a/b", "/ui/runs?failure=x"])
def test_what_means_nothing_is_said_to_be_so(client, address):
    assert client.get(address).status_code in (400, 404)


@pytest.mark.parametrize(
    "address",
    ["runs?cursor=x", "jobs/daily/runs?cursor=x", "jobs/daily/versions?cursor=x", "jobs/daily/decisions?older=x"],
)
def test_a_place_that_no_list_has_is_refused_on_every_page(client, past, address):
    refused = client.get(f"/ui/{address}")

    assert refused.status_code == 400
    assert "is no place in this list; without it the list begins anew" in refused.text


def test_a_full_page_is_small_however_unlike_its_failures_are(client, platform):
    save(platform, "a-name-that-is-quite-long.v2", inputs={"failure_memory_enabled": False})
    for number in range(45):
        start(platform, "a-name-that-is-quite-long.v2")
        fail(platform, *claim(platform), "no paper in the tray of this printer, " * 4 + "x" * number)

    for address in ("/ui/runs", "/ui/failures"):
        assert len(client.get(address).data) < 60_000


@pytest.mark.parametrize(
    "asked", [{"since": "0001-01-01T00:00:00Z"}, {"since": "0001-01-01T00:00"}, {"until": "9999-12-31T23:59"}]
)
def test_the_ends_of_time_break_no_zone(client, asked):
    client.set_cookie("multijob-zone", "America/New_York", path="/ui")

    assert client.get("/ui/runs", query_string=asked).status_code in (200, 404)
