"""The overview and About: figures, pictures and needs, at one cost; and the button that asks for an examination."""

import re

import pytest

from runners.engine import operations
from runners.engine.protocol.insight import keep_spread
from runners.engine.store import examination
from runners.engine.store.examination import Fault
from tests.round_trips import counted
from tests.store.making import ADMIN, finished


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_overview_takes_as_many_round_trips_however_much_there_is(client, platform, save):
    taken = []
    for number in range(3):
        for job in range(3):
            save(f"job-{number}-{job}", inputs={"allow_overlap": True})
            finished(platform, f"job-{number}-{job}", error="no")
        with counted(platform) as trips:
            operations.overview(platform, ADMIN)
            operations.spread_of_runs(platform, ADMIN, 60)
        taken.append(trips.number)

    assert len(set(taken)) == 1 and taken[0] <= 25


@pytest.mark.parametrize(("span", "words"), [("hour", "Runs per minute"), ("day", "Runs per quarter hour")])
def test_the_span_of_the_pictures_stands_in_the_address(client, platform, save, span, words):
    keep_spread(platform.store)

    text = text_of(client, f"/ui?span={span}")

    assert words in text
    assert re.search(rf'aria-current="page"[^>]*>Last {span}', text)


def test_a_broken_rule_leads_from_the_overview_to_the_examination(client, platform):
    fault = Fault("I4", "leases are the running runs: run <b>odd</b>")
    examination.keep(platform.store, "scheduler-1", platform.store.now(), "little", [fault])

    overview, about = text_of(client, "/ui"), text_of(client, "/ui/about")

    assert "A rule is broken: I4" in overview and 'href="/ui/about#examination"' in overview
    assert "run &lt;b&gt;odd" in about and "<b>odd" not in about
    assert "scheduler-1 looked" in about


def test_an_examination_is_asked_for_by_a_button_and_waits_for_a_scheduler(client, platform):
    before = text_of(client, "/ui/about")
    token = re.search(r'name="csrf_token" value="([^"]+)"', before)[1]

    answer = client.post("/ui/about/examine", data={"csrf_token": token}, follow_redirects=True)

    after = answer.get_data(as_text=True)
    assert "No scheduler has looked yet" in before
    assert "An examination is asked for" in after and "asked for" in after
    assert "Examine now" in before and "Examine now" not in after
    assert operations.last_examination(platform, ADMIN).asked_by == "local"


def test_a_server_that_may_drop_jobs_is_told_at_once(client, platform):
    redis = platform.store.redis
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        overview, about = text_of(client, "/ui"), text_of(client, "/ui/about")
    finally:
        redis.config_set("maxmemory-policy", "noeviction")

    assert "The store is not as it has to be" in overview and "allkeys-lru" in overview
    assert "may drop jobs and runs" in about


def test_about_counts_what_there_is(client, platform, save):
    save()
    finished(platform)

    rows = dict(
        re.findall(r'<td class="name">([^<]+)</td><td class="num"[^>]*>([^<]+)</td>', text_of(client, "/ui/about"))
    )

    assert (rows["jobs"], rows["runs"]) == ("1", "1")


def test_broken_keys_of_their_own_break_neither_page(client, platform):
    keys, redis = platform.store.keys, platform.store.redis
    redis.set(keys.examination, "no hash")
    redis.hset(keys.minute(0), "success", "many")
    redis.lpush(keys.spreads(60), "odd", "1|2|3")

    assert "Needs you" in text_of(client, "/ui")
    assert "Examination" in text_of(client, "/ui/about")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/ui", "Overview"),
        ("/ui/jobs", "Jobs"),
        ("/ui/jobs/new", "Jobs"),
        ("/ui/runs/bulk", "Runs"),
        ("/ui/integrations/mcp", "Integrations"),
        ("/ui/integrations/connectors/slack/new", "Connectors"),
    ],
)
def test_the_bar_marks_the_place_that_a_page_belongs_to(client, path, place):
    bar = text_of(client, path).partition("</nav>")[0]

    assert re.findall(r'aria-current="\w+">([^<]+)<', bar) == [place]
