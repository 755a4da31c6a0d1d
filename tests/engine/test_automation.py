"""The form of agent workflows: what it is filled with, what is wrong with it, and the spec that it states."""

from typing import Any

import pytest

from runners.engine import automation
from runners.engine.automation import PRESETS, TEMPLATES, all_problems, filled, form_problems, to_fields, to_spec
from runners.engine.errors import Problem
from runners.engine.job import JobSpec
from runners.engine.job.inputs import control_problems
from runners.engine.schedule import parse

SAID = {"job_id": "watch", "prompt": "look at the shop"}


def spec_of(**said: Any) -> dict[str, Any]:
    return to_spec(filled(SAID | said))


def located(**said: Any) -> dict[tuple[str | int, ...], str]:
    return {problem.loc: problem.type for problem in form_problems(filled(SAID | said))}


def test_a_form_that_says_the_least_is_a_job_every_quarter_of_an_hour() -> None:
    assert spec_of() == {
        "job_id": "watch",
        "type": "agent.workflow",
        "schedule": {"interval_sec": 900, "timezone": "Asia/Jakarta"},
        "timeout_ms": 120_000,
        "retry_policy": {"max_retry": 1, "backoff_sec": [1, 2, 5]},
        "inputs": {"prompt": "look at the shop"},
        "enabled": True,
    }


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_every_template_is_a_form_without_a_fault(name: str) -> None:
    fields = filled(SAID | {"template": name})

    spec = to_spec(fields)

    assert form_problems(fields) == []
    assert control_problems(spec["inputs"], parse(spec["schedule"])) == []
    assert spec["inputs"]["flow_group"] == name


@pytest.mark.parametrize("name", list(TEMPLATES))
def test_an_attempt_of_a_template_and_its_retries_end_before_the_next_slot(name: str) -> None:
    lane = TEMPLATES[name]

    waits = sum(lane.backoff_sec[min(n, len(lane.backoff_sec) - 1)] for n in range(lane.max_retry))

    assert lane.seconds < lane.timeout_ms / 1000 < lane.interval_sec - lane.jitter_sec
    assert (lane.max_retry + 1) * lane.timeout_ms / 1000 + waits < lane.interval_sec * 2


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("critical", (5, 60, 1800)),
        ("standard", (3, 120, 3600)),
        ("fragile", (2, 300, 7200)),
        ("batch", (1, 600, 14_400)),
    ],
)
def test_a_preset_says_when_it_cools_down(name: str, settings: tuple[int, int, int]) -> None:
    fields = filled(SAID | {"preset": name})

    assert tuple(fields[field] for field in PRESETS["standard"].fields()) == settings


def test_what_is_said_goes_before_the_preset_and_the_preset_before_the_template() -> None:
    fields = filled({"template": "media_generate", "preset": "critical", "failure_threshold": 7, "flow_group": None})

    assert (fields["failure_threshold"], fields["failure_cooldown_sec"]) == (7, 60)
    assert (fields["flow_group"], fields["flow_max_active_runs"]) == (None, 1)


def test_a_cron_expression_takes_the_place_of_an_interval() -> None:
    assert spec_of(template="ops_realtime", cron="0 7 * * *", interval_sec=None)["schedule"] == {
        "cron": "0 7 * * *",
        "timezone": "Asia/Jakarta",
    }


@pytest.mark.parametrize(
    ("said", "place", "kind"),
    [
        ({"interval_sec": 9}, "interval_sec", "out_of_range"),
        ({"interval_sec": 86_401}, "interval_sec", "out_of_range"),
        ({"interval_sec": 60, "cron": "* * * * *"}, "interval_sec", "one_of"),
        ({"cron": "61 * * * *"}, "cron", "cron"),
        ({"timezone": "Mars"}, "timezone", "timezone"),
        ({"timeout_ms": 4999}, "timeout_ms", "out_of_range"),
        ({"timeout_ms": 300_001}, "timeout_ms", "out_of_range"),
        ({"max_retry": 11}, "max_retry", "out_of_range"),
        ({"max_retry": True}, "max_retry", "out_of_range"),
        ({"backoff_sec": []}, "backoff_sec", "too_short"),
        ({"dispatch_jitter_sec": 3601}, "dispatch_jitter_sec", "out_of_range"),
        ({"flow_max_active_runs": 1001}, "flow_max_active_runs", "out_of_range"),
        ({"flow_group": "two words"}, "flow_group", "flow_group"),
        ({"template": "ops"}, "template", "literal_error"),
        ({"preset": 5}, "preset", "literal_error"),
        ({"job_id": "a b"}, "job_id", "job_id"),
        ({"promt": "x"}, "promt", "unknown_field"),
    ],
    ids=str,
)
def test_each_fault_stands_at_its_field(said: dict[str, Any], place: str, kind: str) -> None:
    assert located(**said) == {(place,): kind}


def test_faults_of_the_spec_stand_at_the_field_of_the_form_and_only_once() -> None:
    of_form = [Problem(("timeout_ms",), "too short", "out_of_range")]
    of_spec = [
        Problem(("timeout_ms",), "not a number", "out_of_range"),
        Problem(("inputs", "dispatch_jitter_sec"), "longer than the interval", "out_of_range"),
        Problem(("schedule", "cron"), "never fires", "cron"),
        Problem(("retry_policy", "backoff_sec", 1), "negative", "out_of_range"),
        Problem(("inputs",), "too large", "too_large"),
    ]

    assert [problem.loc for problem in all_problems(of_form, of_spec)] == [
        ("timeout_ms",),
        ("dispatch_jitter_sec",),
        ("cron",),
        ("backoff_sec", 1),
        ("prompt",),
    ]


STORED = JobSpec.model_validate(
    {
        "job_id": "watch",
        "type": automation.TYPE,
        "schedule": {"interval_sec": 600, "timezone": "UTC", "misfire": "skip"},
        "timeout_ms": 20_000,
        "retry_policy": {"max_retry": 0, "backoff_sec": [3]},
        "inputs": {"prompt": "look", "flow_group": "shop", "failure_threshold": 3, "beyond": {"the": "form"}},
        "description": "kept",
        "tags": ["kept"],
        "requires_approval": True,
        "approvers": "operator",
        "expires_sec": 60,
    }
)


def test_a_job_that_is_opened_in_the_form_and_saved_is_the_same() -> None:
    assert to_spec(to_fields(STORED), STORED) == STORED.to_json()


def test_what_the_form_does_not_ask_stays_with_the_job() -> None:
    spec = to_spec(filled(SAID | {"cron": "0 7 * * *"}), STORED)

    assert {name: spec[name] for name in ("description", "tags", "requires_approval", "approvers", "expires_sec")} == {
        "description": "kept",
        "tags": ["kept"],
        "requires_approval": True,
        "approvers": "operator",
        "expires_sec": 60,
    }
    assert spec["inputs"] == {"prompt": "look at the shop", "beyond": {"the": "form"}}
    assert spec["schedule"] == {"cron": "0 7 * * *", "timezone": "Asia/Jakarta"}
