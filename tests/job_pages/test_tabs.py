"""Each tab of a job's page is an address of its own, asks for itself again, and costs the same however much there is."""

from datetime import UTC, datetime, timedelta

import pytest

from runners.engine import operations
from runners.engine.decision import dispatched, encode, skipped
from runners.engine.guards import Hold
from tests.job_pages.conftest import ADA, job, save
from tests.round_trips import counted
from tests.store import making

TABS = (
    "",
    "/runs",
    "/decisions",
    "/decisions?at=2020-01-01T02:00",
    "/schedule",
    "/guards",
    "/what-if?tried=1&inputs.allow_overlap=on&days=30",
    "/memory",
    "/versions",
    "/spec",
)
MOST_ROUND_TRIPS = 25
TWO = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
AT_TWO = "/decisions?at=2026-11-27+02:00&zone=UTC"
BLOCKER = "run_06f3k5rg00_aaaaaaaaaaaa"


def place(job_id, tab=""):
    return f"/ui/jobs/{job_id}{tab}"


def written(platform, job_id, *decisions):
    platform.store.redis.rpush(platform.store.keys.ledger(job_id), *map(encode, decisions))


def failed(platform, job_id, error):
    """Ask for a run and end it badly; whatever else waits in the shared queue is taken with it and left alone."""
    run = making.start(platform, job_id)
    taken = []
    while run.run_id not in [one.run_id for one in taken]:
        taken = making.claim(platform, 100)
        assert taken, "the run is not in the queue"
    making.fail(platform, next(one for one in taken if one.run_id == run.run_id), error)
    return run


@pytest.fixture(scope="module")
def rich(stored):
    """A job with everything: a schedule, versions, runs, failures and decisions."""
    nightly = {"cron": "0 2 * * *", "timezone": "Europe/Berlin"}
    save(stored, "rich", schedule=nightly, inputs={"work_ms": 500})
    save(stored, "rich", schedule=nightly, inputs={"work_ms": 700}, description="does much")
    failed(stored, "rich", "out of paper\nline 2")
    making.start(stored, "rich")
    written(stored, "rich", skipped(TWO, TWO, Hold("overlap", 1, 1, (BLOCKER,), 1)))
    return stored


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_is_a_page_and_a_part_that_names_where_it_stands(rich, visitor, tab):
    page = visitor.get(place("rich", tab))

    marked, *_ = [line for line in page.splitlines() if 'aria-current="page"' in line and "/ui/jobs/rich" in line]
    assert f'href="{place("rich", tab.partition("?")[0])}"' in marked
    assert "<html" not in visitor.part(place("rich", tab))


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_takes_the_same_round_trips_however_much_there_is(rich, visitor, tab):
    stored = rich
    few = f"few-{TABS.index(tab)}"
    many = f"many-{TABS.index(tab)}"
    nightly = {"cron": "0 2 * * *"}
    for name in (few, many):
        save(stored, name, schedule=nightly, inputs={"allow_overlap": True})
        making.start(stored, name)
    for number in range(40):
        slot = TWO + number * timedelta(minutes=1)
        written(stored, many, dispatched(slot, slot, f"run_{number}"))
    for _ in range(20):
        making.start(stored, many)
    for number in range(12):
        save(stored, many, schedule=nightly, inputs={"allow_overlap": True}, description=f"{number}")
    taken = {}

    for name in (few, many):
        visitor.get(place(name, tab))
        with counted(stored) as found:
            visitor.get(place(name, tab))
        taken[name] = found.number

    assert taken[few] == taken[many] <= MOST_ROUND_TRIPS


@pytest.mark.parametrize("tab", TABS)
def test_broken_records_break_no_tab(stored, visitor, tab):
    name = f"broken-{TABS.index(tab)}"
    save(stored, name, schedule={"interval_sec": 60})
    save(
        stored, name, schedule={"interval_sec": 30}
    )  # due in every minute, as before: others look at how crowded each is
    run = making.start(stored, name)
    keys, redis = stored.store.keys, stored.store.redis
    redis.hset(keys.run(run.run_id), "status", "zz")
    redis.rpush(keys.ledger(name), "zz", "s|zz|1|1|1|overlap|1|1||0|")
    redis.lset(keys.versions(name), 0, "1|zz|[")
    redis.hset(keys.memory(name), "cooldown_until", "zz")
    redis.rpush(keys.strip(name), "zz")
    redis.hset(keys.jobs_index, "broken-beside", "[")

    page = visitor.get(place(name, tab))

    marks = {
        "": "its failure memory cannot be read",
        "/runs": f"The record of run {run.run_id} cannot be read",
        "/decisions": "This row cannot be read.",
        "/guards": "its failure memory cannot be read",
        "/memory": "Reset memory",
        "/versions": "Version 1 cannot be read.",
    }
    assert marks.get(tab, name) in page
    redis.hdel(keys.jobs_index, "broken-beside")


def test_the_question_of_two_at_night_is_answered_with_guard_limit_and_links(rich, visitor):
    page = visitor.get(place("rich", AT_TWO)).partition('id="answer"')[2].partition("</section>")[0]

    assert (
        "It did not run: Overlap skipped the slot of 2026-11-27 02:00:00 UTC: an earlier run was still active" in page
    )
    assert "<dd>1, limit 1</dd>" in page
    assert f'href="/ui/runs/{BLOCKER}"' in page
    assert "Tidak berjalan: Tumpang tindih" in visitor.get(place("rich", AT_TWO), "id")


def test_a_question_in_local_time_is_read_in_the_zone_of_the_schedule(rich, visitor):
    local = visitor.get(place("rich", "/decisions?at=2026-11-27T03:00"))

    assert "Overlap skipped the slot of 2026-11-27 02:00:00 UTC" in local
    earlier = visitor.get(place("rich", "/decisions?at=2026-11-27T02:00")).partition('id="answer"')[2]
    assert "Overlap skipped" not in earlier.partition("</strong>")[0]


def test_a_slot_that_ran_leads_to_its_run(stored, visitor):
    save(stored, "ran", retry_policy={"max_retry": 0})
    run = failed(stored, "ran", "out of paper")

    page = visitor.get(place("ran", f"/decisions?at={run.created_at:%Y-%m-%dT%H:%M}&zone=UTC"))

    answer = page.partition('id="answer"')[2].partition("</section>")[0]
    assert "It ran by hand" in answer and f"/ui/runs/{run.run_id}" in answer and 'data-state="failed"' in answer


@pytest.mark.parametrize("typed", ["25:00", "soon", "2026-13-01 02:00", "<marked>", "2" * 500])
def test_what_is_no_time_is_said_beside_the_field_which_keeps_it(rich, visitor, typed):
    page = visitor.get(place("rich", "/decisions?at=") + typed)

    assert 'id="at-problem"' in page and "<marked>" not in page and 'id="answer"' not in page


def test_decisions_are_filtered_and_paged_by_the_address(stored, visitor):
    save(stored, "paged")
    for number in range(60):
        slot = TWO + number * timedelta(minutes=1)
        hold = Hold("cooldown" if number % 2 else "pressure", 3, 3)
        written(stored, "paged", skipped(slot, slot, hold))

    newest = visitor.get(place("paged", "/decisions?guard=cooldown"))
    older = visitor.get(place("paged", "/decisions?guard=cooldown&older=11"))

    assert "30 rows" in newest and newest.count("<small>Cooldown</small>") == 25
    assert "/decisions?older=11&amp;guard=cooldown" in newest
    assert older.count("<small>Cooldown</small>") == 5 and "Older" not in older
    assert "hx-get" in newest.partition('id="ledger"')[2] and "hx-get" not in older.partition('id="ledger"')[2]
    assert "No decision passes these filters." in visitor.get(place("paged", "/decisions?decision=missed"))


def test_guards_say_what_they_see_and_what_blocks(rich, visitor):
    (run_id,) = operations.job_strips(rich, ADA, ["rich"])["rich"].active_runs

    page = visitor.get(place("rich", "/guards"))

    verdict = page.partition(">Overlap</td>")[2].partition("</tr>")[0]
    assert 'data-label="observed">1<' in verdict and 'data-label="limit">1<' in verdict
    assert f'href="/ui/runs/{run_id}"' in verdict
    assert 'data-label="limit">80<' in page.partition(">Dispatch cap</td>")[2].partition("</tr>")[0]


def test_the_schedule_says_its_peak_and_leads_to_the_minute_without(stored, visitor):
    for number in range(3):
        save(stored, f"peak-{number}", schedule={"cron": "41 4 * * *", "timezone": "Asia/Jakarta"})

    page = visitor.get(place("peak-0", "/schedule"))

    assert "other jobs fall due in its minute at" in page and "to avoid the peak" in page
    assert 'href="/ui/jobs/peak-0/edit?cron=' in page
    assert "setiap hari pukul 04:41, Asia/Jakarta" in visitor.get(place("peak-0", "/schedule"), "id")


def test_resetting_the_memory_forgets_the_failures(stored, visitor):
    save(stored, "sore", retry_policy={"max_retry": 0})
    failed(stored, "sore", "no")
    assert "1 failed run; cooldown from 3" in visitor.get(place("sore", "/memory"))

    answer = visitor.send(place("sore", "/memory/reset"), place("sore", "/memory"))

    assert answer.status_code == 303
    assert operations.memory(stored, ADA, "sore").consecutive_failures == 0
    assert "Reset memory" not in visitor.get(place("sore", "/memory"))


def test_a_rollback_shows_what_it_changes_before_it_does(rich, visitor):
    save(rich, "back", timeout_ms=1000)
    save(rich, "back", timeout_ms=2000)

    asked = visitor.get(place("back", "/rollback/1"))
    assert "<code>timeout_ms</code></dt><dd>2000 → 1000</dd>" in asked
    assert job(rich, "back")["timeout_ms"] == 2000
    answer = visitor.send(place("back", "/rollback/1"), place("back", "/rollback/1"), version="2")

    assert answer.status_code == 303
    assert (job(rich, "back")["timeout_ms"], job(rich, "back")["version"]) == (1000, 3)


def test_a_rollback_of_a_job_that_somebody_changed_meanwhile_changes_nothing(rich, visitor):
    save(rich, "raced", timeout_ms=1000)
    save(rich, "raced", timeout_ms=2000)
    save(rich, "raced", timeout_ms=3000)

    visitor.send(place("raced", "/rollback/1"), place("raced", "/rollback/1"), version="2")

    assert job(rich, "raced")["timeout_ms"] == 3000


@pytest.mark.parametrize(("form", "begins"), [("yaml", "job_id: rich\n"), ("json", '{\n  "job_id": "rich"')])
def test_the_spec_is_a_text_and_a_file(rich, visitor, form, begins):
    assert begins.replace('"', "&#34;") in visitor.get(place("rich", f"/spec?as={form}"))

    answer = visitor.client.get(place("rich", f"/spec/file?as={form}"))

    assert answer.text.startswith(begins)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="rich.{form}"'


def test_a_run_with_other_inputs_is_for_this_once(stored, visitor):
    save(stored, "once", inputs={"work_ms": 500, "payload_kb": 1, "allow_overlap": True})
    there = place("once", "/run-with")
    assert 'value="500"' in visitor.get(there)

    answer = visitor.send(there, there, inputs__work_ms="900", inputs__payload_kb="")

    run = operations.get_run(stored, ADA, answer.location.rpartition("/")[2])
    assert (run.inputs["work_ms"], run.inputs["payload_kb"]) == (900, 1)
    assert job(stored, "once")["inputs"]["work_ms"] == 500
    refused = visitor.send(there, there, inputs__work_ms="5")
    assert (
        refused.status_code == 422 and 'id="inputs.work_ms-problem-1"' in refused.text and 'value="5"' in refused.text
    )
