"""The page of one run: its steps, its error, where it came from, and what can be taken from it."""

import json
import re

import pytest

from runners.engine import operations
from runners.engine.protocol.work import Ended, exchange
from runners.engine.run import FailureKind
from tests.store.making import ADMIN, LEASE, claim, finished, save, start

TRACEBACK = 'File "/srv/jobs/reports.py", line 40, in add_up\n  File "/x/site-packages/a.py", line 7, in get'


@pytest.fixture
def mode():
    return "memory"


def the_page(client, run_id):
    answer = client.get(f"/ui/runs/{run_id}")
    assert answer.status_code == 200
    return answer.text


def test_an_error_begins_with_what_says_most_and_where_it_happened(client, platform):
    save(platform)
    run_id = start(platform).run_id
    (claimed,) = claim(platform)
    error = "Traceback (most recent call last):\n  much\nValueError: <b>no</b> paper"
    result = json.dumps({"success": False, "output": None, "error": error, "duration_ms": 1})
    ended = Ended(run_id, claimed.token, "failed", result, FailureKind.ERROR, error, traceback=TRACEBACK)
    exchange(platform.store, "worker-1", LEASE, [ended], 0)

    page = the_page(client, run_id)

    assert '<p class="headline">ValueError: &lt;b&gt;no&lt;/b&gt; paper</p>' in page
    assert "in add_up, line 40 of /srv/jobs/reports.py" in page
    assert 'href="/ui/runs?failure=1"' in page


def test_a_run_says_what_it_did_one_after_the_other(client, platform):
    save(platform, retry_policy={"max_retry": 1, "backoff_sec": [60]})
    run_id = start(platform).run_id
    (claimed,) = claim(platform)
    ended = Ended(run_id, claimed.token, "failed", "{}", FailureKind.ERROR, "no paper", retry_after=LEASE)
    exchange(platform.store, "worker-1", LEASE, [ended], 0)

    steps = re.findall(r'<td class="step">([^<]+)', the_page(client, run_id))

    assert steps[-2:] == ["attempt 1", "waits for its next attempt"]


@pytest.mark.parametrize("ends", [False, True], ids=["waits", "has ended"])
def test_only_what_makes_sense_can_be_done(client, platform, ends):
    save(platform)
    run = finished(platform) if ends else start(platform)
    page = the_page(client, run.run_id)

    assert ("/cancel" in page, f"/{run.run_id}/retry" in page) == (not ends, ends)
    assert ('data-poll="part"' in page.partition('id="run"')[2].partition(">")[0]) == (not ends)
    asked = client.get(f"/ui/runs/{run.run_id}/cancel")
    assert asked.status_code == (303 if ends else 200)
    assert ends or "no worker takes it" in asked.text


def test_a_run_leads_to_the_decision_that_made_it(client, platform):
    save(platform)
    run = finished(platform)

    page = the_page(client, run.run_id)

    assert "<dt>Asked for at</dt>" in page and "kept no more" not in page
    platform.store.redis.delete(platform.store.keys.ledger("daily"))
    assert "kept no more" in the_page(client, run.run_id)


def test_a_run_can_be_taken_along_as_the_api_has_it(client, platform):
    save(platform)
    run = finished(platform, error="no paper")

    answer = client.get(f"/ui/runs/{run.run_id}/run.json")

    assert answer.json == client.get(f"/runs/{run.run_id}").json
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert f"multijob run show {run.run_id}" in the_page(client, run.run_id)


def test_a_log_is_searched_without_scripts(client, platform):
    save(platform)
    run = start(platform)
    claim(platform)
    lines = "".join(f"2030-01-01T00:00:00.000Z 0 stdout line {number} of <all>\n" for number in range(400))
    platform.store.redis.set(platform.store.keys.log(run.run_id), lines)
    platform.store.redis.zadd(platform.store.keys.logs, {run.run_id: 1})

    page = client.get(f"/ui/runs/{run.run_id}/log", query_string={"search": "LINE 39"}).text

    assert "11 lines have it" in page
    assert page.count("of &lt;all&gt;") == 11
    many = client.get(f"/ui/runs/{run.run_id}/log", query_string={"search": "line"}).text
    assert "400 lines have it" in many and many.count("of &lt;all&gt;") == 300


def test_a_cancelled_run_says_who_did_it(client, platform):
    save(platform)
    run = start(platform)
    operations.cancel_run(platform, ADMIN, run.run_id)

    page = the_page(client, run.run_id)

    assert "cancelled by ada" in page and 'class="card error"' not in page
