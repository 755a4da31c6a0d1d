"""What a rule may say, and of what it tells."""

from typing import Any

import pytest

from runners.engine.errors import Invalid
from runners.engine.notifications.rule import check_change, content_of
from tests.notifications.making import rule

WHOLE = {
    "events": ["run.failed"],
    "channel": "webhook",
    "webhook": {"url": "https://example.org/x", "secret": "s3cret-words"},
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"events": ["run.faild"]}, "events: 'run.faild' is not an event type, such as run.failed or approval.*"),
        ({"events": ["*"]}, "events: '*' is not an event type"),
        ({"events": ["notification.*"]}, "events: 'notification.*' is not an event type"),
        ({"events": []}, "events has fewer than 1 entries"),
        ({"repeat_sec": True}, "repeat_sec true is not a whole number from 0 to 86400"),
        ({"max_per_hour": 0}, "max_per_hour 0 is not a whole number from 1 to 1000"),
        ({"chanel": "email"}, "unknown field 'chanel'; did you mean 'channel'?"),
        ({"channel": "pigeon"}, "channel 'pigeon' is not one of"),
        ({"webhook": {"url": "ftp://example.org"}}, "webhook.url: scheme 'ftp' is not http or https"),
        ({"webhook": {"url": "https://u:p@example.org"}}, "webhook.url: it holds a name or password"),
        (
            {"webhook": {"secret": "canary\nline"}},
            "webhook.secret is not 8 to 256 printable ASCII characters without spaces",
        ),
        ({"email": {"to": ["Ops <ops@example.org>"]}}, "is not a bare address such as ops@example.org"),
        ({"email": {"to": ["ops@example.org\r\nBcc: all@example.org"]}}, "is not a bare address"),
        ({"telegram": {"chat_id": "12"}}, "chat_id '12' is not a whole number"),
        ({"job_ids": ["a/b"]}, "job_id 'a/b' is not 1 to 128 of"),
        ({"flow_groups": ["a b"]}, "flow_group 'a b' is not 1 to 64 of"),
    ],
)
def test_a_change_that_is_wrong_is_refused_by_name(change: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_change(change)

    assert any(said in problem.msg for problem in refused.value.problems), refused.value.problems


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"webhook": None}, "channel is 'webhook', so 'webhook' is required"),
        ({"email": {"to": ["a@b"]}}, "channel is 'webhook'; leave 'email' out, or send null"),
        ({"webhook": {"secret": "s3cret-words"}}, "webhook.url is required"),
    ],
)
def test_a_whole_rule_has_the_part_of_its_channel_and_no_other(change: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        content_of(WHOLE | change)


@pytest.mark.parametrize(
    ("events", "kind", "told"),
    [
        (["run.failed"], "run.failed", True),
        (["run.failed"], "run.failed_again", False),
        (["run.*"], "run.lost", True),
        (["run.*"], "runner.lost", False),
        (["approval.*", "run.lost"], "approval.reminder", True),
        (["run.failed"], "notification.failed", False),
    ],
)
def test_a_rule_tells_of_its_events(events: list[str], kind: str, told: bool) -> None:
    assert rule(events=events).wants(kind) is told


def test_a_rule_that_is_off_tells_of_nothing() -> None:
    assert not rule(enabled=False).wants("run.failed")


@pytest.mark.parametrize(
    ("named", "fits"),
    [
        ({}, True),
        ({"job_ids": ["daily"]}, True),
        ({"job_ids": ["other"]}, False),
        ({"tags": ["etl", "night"]}, True),
        ({"tags": ["day"]}, False),
        ({"flow_groups": ["db"]}, True),
        ({"flow_groups": ["web"]}, False),
        ({"job_ids": ["daily"], "tags": ["day"]}, False),
    ],
)
def test_a_rule_tells_of_the_jobs_that_it_names(named: dict[str, Any], fits: bool) -> None:
    assert rule(**named).fits("daily", frozenset({"etl"}), "db") is fits


def test_what_is_about_no_job_fits_only_rules_that_name_none() -> None:
    assert rule().fits("", frozenset(), None)
    assert not rule(tags=["etl"]).fits("", frozenset(), None)
