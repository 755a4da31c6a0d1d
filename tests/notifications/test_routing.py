"""Which notices an event leads to, and which of them tell the same."""

from dataclasses import replace
from datetime import timedelta

from runners.engine.notifications.routing import JobFacts, asks_for, notice, route
from tests.notifications.making import NOON, event, rule


def test_each_rule_that_fits_makes_one_notice_and_always_the_same() -> None:
    rules = [rule("all"), rule("etl", tags=["etl"]), rule("other", job_ids=["other"])]
    failed = event(job_id="daily", run_id="run_1")

    jobs = {"daily": JobFacts(frozenset({"etl"}))}

    made, again = route([failed], rules, jobs), route([failed], rules, jobs)

    assert [one.rule.rule_id for one in made] == ["all", "etl"]
    assert [one.delivery_id for one in made] == [one.delivery_id for one in again]
    assert len({one.delivery_id for one in made}) == 2


def test_jobs_are_asked_for_only_where_a_rule_wants_to_know() -> None:
    events = [event(job_id="daily"), event("run.started", job_id="often")]

    assert asks_for(events, [rule()]) == set()
    assert asks_for(events, [rule(tags=["etl"])]) == {"daily"}


def test_the_same_is_the_same_event_of_the_same_thing_in_the_same_rule() -> None:
    first = notice(rule(), event(number=1, job_id="daily"))

    assert first.same_as == notice(rule(), event(number=2, job_id="daily", run_id="run_2")).same_as
    assert first.same_as != notice(rule(), event(number=2, job_id="other")).same_as
    assert first.same_as != notice(rule("b"), event(job_id="daily")).same_as
    assert first.same_as != notice(rule(), event("run.lost", job_id="daily")).same_as
    assert (
        notice(rule(), event("approval.reminder", job_id="daily", approval_id="a")).same_as
        != notice(rule(), event("approval.reminder", job_id="daily", approval_id="b")).same_as
    )


def test_what_happened_before_a_rule_was_made_is_not_told() -> None:
    late = replace(rule(), made_at=NOON + timedelta(milliseconds=1))

    assert route([event(job_id="daily")], [late], {}) == []
