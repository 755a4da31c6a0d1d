"""A channel is well only when its connector said so, and lately."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from runners.engine.handler import HandlerFailed
from runners.engine.store.connectors import ConnectorState, ConnectorStatus, beat_connector
from runners.handlers.monitor import channel
from tests.handlers.context import FakeContext, perform


def report(platform, status, error=None):
    """Have a connector report its account now."""
    beat_connector(platform.store, ConnectorState("telegram", "default", status, platform.store.now(), error, 3))


def look(platform, **inputs):
    return perform(channel, FakeContext(platform=platform), **inputs)


def test_an_account_that_reported_itself_online_just_now_is_well(clocked, clock):
    report(clocked, ConnectorStatus.ONLINE)
    clock.advance(seconds=5)

    output = look(clocked)

    assert (output["status"], output["age_sec"], output["reconnect_count"]) == ("online", 5.0, 3)


def test_an_account_of_slack_is_looked_at_like_any_other(clocked):
    beat_connector(clocked.store, ConnectorState("slack", "ops", ConnectorStatus.ONLINE, clocked.store.now(), None, 0))

    assert look(clocked, channel="slack", account_id="ops")["status"] == "online"


@pytest.mark.parametrize(
    ("status", "error", "fault"),
    [
        (ConnectorStatus.DEGRADED, "no answer", "telegram account 'default' is degraded: no answer"),
        (ConnectorStatus.OFFLINE, None, "telegram account 'default' is offline"),
    ],
)
def test_an_account_that_is_not_online_fails_the_run_with_the_reason(clocked, status, error, fault):
    report(clocked, status, error)

    with pytest.raises(HandlerFailed, match=f"^{fault}$"):
        look(clocked)


@pytest.mark.parametrize(("silence", "fault"), [(timedelta(seconds=9), False), (timedelta(seconds=11), True)])
def test_an_old_report_counts_no_more(clocked, clock, silence, fault):
    report(clocked, ConnectorStatus.ONLINE)
    clock.at += silence

    if fault:
        with pytest.raises(HandlerFailed, match="was last reported 11 s ago, more than max_age_sec=10"):
            look(clocked, max_age_sec=10)
    else:
        assert look(clocked, max_age_sec=10)


def test_a_silent_connector_counts_as_offline_however_old_a_report_may_be(clocked, clock):
    report(clocked, ConnectorStatus.ONLINE)
    clock.advance(minutes=5)

    with pytest.raises(HandlerFailed, match="is offline"):
        look(clocked, max_age_sec=3600)


def test_an_account_that_nobody_knows_fails_the_run(clocked):
    with pytest.raises(HandlerFailed, match="'other' is not known"):
        look(clocked, account_id="other")


@pytest.mark.parametrize(
    "inputs", [{"channel": "pigeon"}, {"account_id": "a:b"}, {"max_age_sec": 0}, {"max_age_sec": 86_401}, {"age": 1}]
)
def test_bad_inputs_are_refused_when_the_job_is_saved(inputs):
    with pytest.raises(ValidationError):
        channel.parse_inputs(inputs)
