"""Nothing invalid can be stored: every problem of a job spec is named at once, with its place and its fix."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from runners.engine.catalog import Catalog
from runners.engine.errors import Invalid
from runners.engine.handler import handler
from runners.engine.job import JobSpec, validate, validate_inputs


class Greeting(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    times: int = Field(default=1, ge=1, le=9)


class Loose(BaseModel):
    name: str = ""


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")


@handler("greeting.say", inputs=Greeting)
def say(ctx, inputs):
    """Greet."""


@handler("greeting.loose", inputs=Loose)
def loose(ctx, inputs):
    """Greet loosely."""


@handler("greeting.open", inputs=Open)
def wide(ctx, inputs):
    """Take anything."""


CATALOG = Catalog({each.type: each for each in (say, loose, wide)})


def spec(**fields):
    return {"job_id": "daily", "type": "greeting.say", "inputs": {"name": "Ada"}} | fields


def problems(raw):
    with pytest.raises(Invalid) as caught:
        validate(raw, CATALOG)
    return [(".".join(map(str, problem.loc)), problem.msg) for problem in caught.value.problems]


def test_five_problems_are_named_at_once():
    raw = {"job_id": "a:b", "type": "nope", "schedule": {"cron": "61 * * * *"}, "timeout_ms": -1, "retry_polcy": {}}

    assert problems(raw) == [
        ("job_id", "job_id 'a:b' is not 1 to 128 of A-Z a-z 0-9 . _ -"),
        ("schedule.cron", "cron: minute 61 is not in 0-59"),
        ("timeout_ms", "timeout_ms -1 is not a whole number from 100 to 86400000"),
        ("retry_polcy", "unknown field 'retry_polcy'; did you mean 'retry_policy'?"),
        ("type", "type 'nope' is not known; known types are greeting.loose, greeting.open, greeting.say"),
    ]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"job_id": ""}, ("job_id", "job_id '' is not 1 to 128 of A-Z a-z 0-9 . _ -")),
        ({"job_id": "a" * 129}, ("job_id", f"job_id '{'a' * 58}… is not 1 to 128 of A-Z a-z 0-9 . _ -")),
        ({"job_id": "a\u202eb"}, ("job_id", "job_id 'a\\u202eb' is not 1 to 128 of A-Z a-z 0-9 . _ -")),
        ({"job_id": "d\u0430ily"}, ("job_id", "job_id 'd\u0430ily' is not 1 to 128 of A-Z a-z 0-9 . _ -")),
        ({"job_id": "a\n"}, ("job_id", "job_id 'a\\n' is not 1 to 128 of A-Z a-z 0-9 . _ -")),
        ({"job_id": None}, ("job_id", "job_id null is not text")),
        ({"type": "greeting.sya"}, ("type", "type 'greeting.sya' is not known; did you mean 'greeting.say'?")),
        ({"timeout_ms": 99}, ("timeout_ms", "timeout_ms 99 is not a whole number from 100 to 86400000")),
        ({"timeout_ms": True}, ("timeout_ms", "timeout_ms true is not a whole number from 100 to 86400000")),
        ({"timeout_ms": "500"}, ("timeout_ms", "timeout_ms '500' is not a whole number from 100 to 86400000")),
        ({"timeout_ms": 500.0}, ("timeout_ms", "timeout_ms 500.0 is not a whole number from 100 to 86400000")),
        ({"retry_policy": {"max_retry": 101}}, ("retry_policy.max_retry", "max_retry 101 is not a whole number from 0 to 100")),
        ({"retry_policy": {"backoff_sec": [-1]}}, ("retry_policy.backoff_sec.0", "backoff_sec -1 is not a whole number from 0 to 86400")),
        ({"retry_policy": {"backoff_sec": []}}, ("retry_policy.backoff_sec", "backoff_sec has 0 entries; write 1 to 20")),
        ({"retry_policy": {"max_retries": 3}}, ("retry_policy.max_retries", "unknown field 'max_retries'; did you mean 'max_retry'?")),
        ({"retry_policy": 3}, ("retry_policy", "retry_policy 3 is not an object")),
        ({"schedule": "daily"}, ("schedule", "schedule 'daily' is not an object")),
        ({"schedule": {}}, ("schedule", "schedule does not say when; give exactly one of interval_sec, cron, at")),
        ({"schedule": {"crn": "@daily", "cron": "@daily"}}, ("schedule.crn", "unknown field 'crn'; did you mean 'cron'?")),
        ({"inputs": []}, ("inputs", "inputs [] is not an object")),
        ({"tags": ["a"] * 33}, ("tags", "tags has more than 32 entries")),
        ({"tags": ["ok", ""]}, ("tags.1", "tag '' is not 1 to 64 printable characters without spaces around them")),
        ({"tags": ["a\u202eb"]}, ("tags.0", "tag 'a\\u202eb' is not 1 to 64 printable characters without spaces around them")),
        ({"tags": "a"}, ("tags", "tags 'a' is not a list")),
        ({"description": "x" * 2001}, ("description", "description has 2001 characters; write at most 2000")),
        ({"description": "\ud800"}, ("description", "description holds a NUL or half a character; remove it")),
        ({"enabled": "yes"}, ("enabled", "enabled 'yes' is not true or false")),
        ({"enabled": 1}, ("enabled", "enabled 1 is not true or false")),
        ({"on_worker_lost": "ignore"}, ("on_worker_lost", "on_worker_lost 'ignore' is not one of 'retry' or 'fail'")),
        ({"expires_sec": 0}, ("expires_sec", "expires_sec 0 is not a whole number from 1 to 31622400")),
        ({"pool": "g p"}, ("pool", "pool 'g p' is not 1 to 64 of A-Z a-z 0-9 . _ -")),
        ({"pool": ""}, ("pool", "pool '' is not 1 to 64 of A-Z a-z 0-9 . _ -")),
        ({"pool": "a:b"}, ("pool", "pool 'a:b' is not 1 to 64 of A-Z a-z 0-9 . _ -")),
        ({"requires_approval": 1}, ("requires_approval", "requires_approval 1 is not true or false")),
        ({"approvers": "boss"}, ("approvers.role", "approvers.role 'boss' is not one of 'operator' or 'admin'")),
        ({"approvers": {}}, ("approvers", "approvers states neither a role nor names, so nobody could decide")),
        ({"approvers": {"names": ["ana"], "quorum": 2}}, ("approvers", "quorum 2 is more than the 1 people named")),
        ({"approvers": {"rolle": "admin"}}, ("approvers.rolle", "unknown field 'rolle'; did you mean 'role'?")),
        ({"shedule": None}, ("shedule", "unknown field 'shedule'; did you mean 'schedule'?")),
        ({"schedule_spec": None}, ("schedule_spec", "unknown field 'schedule_spec'; did you mean 'schedule'?")),
    ],
)  # fmt: skip
def test_each_field_is_checked_strictly(fields, expected):
    assert problems(spec(**fields)) == [expected]


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, ("inputs.name", "name is required")),
        ({"name": 5}, ("inputs.name", "name 5 is not text")),
        ({"name": "Ada", "times": "5"}, ("inputs.times", "times '5' is not a whole number")),
        ({"name": "Ada", "times": True}, ("inputs.times", "times true is not a whole number")),
        ({"name": "Ada", "times": 10}, ("inputs.times", "times 10 is more than 9")),
        ({"name": "Ada", "tims": 2}, ("inputs.tims", "unknown field 'tims'; did you mean 'times'?")),
        (
            {"name": "Ada", "flow_grup": "a"},
            ("inputs.flow_grup", "unknown field 'flow_grup'; did you mean 'flow_group'?"),
        ),
        ({"name": float("inf")}, ("inputs.name", "inputs.name inf is not a finite number")),
        ({"name": 2**63}, ("inputs.name", "inputs.name 9223372036854775808 is beyond 64 bits; write it as text")),
        ({"name": "\ud800"}, ("inputs.name", "inputs.name '\\ud800' holds half a character")),
        ({"name": "Ada", 5: 5}, ("inputs", "inputs has the key 5, which is not text; put it in quotes")),
        ({"name": {"a": (1, 2)}}, ("inputs.name.a", "inputs.name.a (1, 2) is not a JSON value; write it as text")),
    ],
)
def test_inputs_are_checked_as_json_and_by_the_handlers_model(inputs, expected):
    assert problems(spec(inputs=inputs)) == [expected]


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("allow_overlap", 1, "1 is not true or false"),
        ("allow_overlap", "true", "'true' is not true or false"),
        ("pressure_priority", "high", "'high' is not one of 'critical', 'normal' or 'low'"),
        ("flow_group", "a b", "'a b' is not 1 to 64 of A-Z a-z 0-9 . _ : -"),
        ("flow_group", "", "'' is not 1 to 64 of A-Z a-z 0-9 . _ : -"),
        ("flow_max_active_runs", 1001, "1001 is not a whole number from 0 to 1000"),
        ("flow_max_active_runs", True, "true is not a whole number from 0 to 1000"),
        ("dispatch_jitter_sec", -1, "-1 is not a whole number from 0 to 31622400"),
        ("failure_memory_enabled", 0, "0 is not true or false"),
        ("failure_threshold", 0, "0 is not a whole number from 1 to 20"),
        ("failure_threshold", 21, "21 is not a whole number from 1 to 20"),
        ("failure_cooldown_sec", 9, "9 is not a whole number from 10 to 86400"),
        ("failure_cooldown_max_sec", 604_801, "604801 is not a whole number from 10 to 604800"),
        ("failure_cooldown_max_sec", 119, "119 is less than failure_cooldown_sec 120"),
    ],
)
def test_control_fields_have_their_ranges(name, value, fault):
    assert problems(spec(inputs={"name": "Ada", name: value})) == [(f"inputs.{name}", f"{name} {fault}")]


@pytest.mark.parametrize(
    ("schedule", "longest"),
    [
        ({"interval_sec": 60}, 59),
        ({"interval_sec": 1}, 0),
        ({"cron": "*/5 * * * *"}, 299),
        ({"cron": "0 9 * * *"}, 86_399),
        ({"at": "2031-01-01T00:00:00Z"}, 86_400),
        (None, 86_400),
    ],
)
def test_jitter_keeps_every_slot_before_the_next(schedule, longest):
    good = spec(schedule=schedule, inputs={"name": "Ada", "dispatch_jitter_sec": longest})
    bad = spec(schedule=schedule, inputs={"name": "Ada", "dispatch_jitter_sec": longest + 1})

    assert validate(good, CATALOG).controls.jitter.total_seconds() == longest
    assert problems(bad) == [
        (
            "inputs.dispatch_jitter_sec",
            f"dispatch_jitter_sec {longest + 1} is more than {longest}, which keeps every slot before the next",
        )
    ]


def test_a_model_that_passes_over_extra_fields_still_loses_no_misspelt_guard():
    raw = spec(type="greeting.loose", inputs={"allow_overlp": True})

    assert problems(raw) == [("inputs.allow_overlp", "unknown field 'allow_overlp'; did you mean 'allow_overlap'?")]
    assert validate(spec(type="greeting.open", inputs={"anything": 1}), CATALOG).handler_inputs == {"anything": 1}


def test_inputs_may_take_256_kib_as_json_and_no_more():
    frame = len(json.dumps({"name": ""}, separators=(",", ":")))
    room = 256 * 1024 - frame

    validate(spec(inputs={"name": "x" * room}), CATALOG)

    assert problems(spec(inputs={"name": "x" * (room + 1)}))[0][1].startswith("inputs take 262145 bytes as JSON")
    assert problems(spec(inputs={"name": "é" * room}))[0][1].startswith("inputs take ")


def test_inputs_that_contain_themselves_are_refused():
    endless = {"name": "Ada"}
    endless["again"] = endless

    assert problems(spec(inputs=endless))[0][1].endswith("lies below 32 levels")


def test_very_many_problems_are_cut_off_at_a_hundred():
    raw = spec(inputs={f"field_{number}": 1 for number in range(5000)}) | {
        f"field_{number}": 1 for number in range(5000)
    }
    started = time.process_time()

    assert len(problems(raw)) == 100
    assert time.process_time() - started < 1


@pytest.mark.parametrize("raw", [None, [], "job", 5])
def test_what_is_not_an_object_is_refused(raw):
    assert problems(raw)[0][0] == ""


def test_a_spec_fills_in_the_defaults_of_the_handbook():
    good = validate(spec(), CATALOG)

    assert (good.timeout_ms, good.retry_policy.max_retry, good.retry_policy.backoff_sec) == (30_000, 3, (1, 2, 5))
    assert (good.enabled, good.on_worker_lost, good.schedule, good.expires_sec) == (True, "retry", None, None)
    assert good.controls.priority == "normal" and not good.controls.allow_overlap
    assert (
        good.controls.failure_threshold,
        good.controls.cooldown_base.seconds,
        good.controls.cooldown_max.seconds,
    ) == (3, 120, 3600)


def test_text_in_a_description_may_hold_anything_that_can_be_stored():
    text = "line\nbreak \u202e <b> 🙂"

    assert validate(spec(description=text), CATALOG).description == text


def test_control_fields_are_not_given_to_the_handler():
    good = validate(spec(inputs={"name": "Ada", "allow_overlap": True, "flow_group": "mail"}), CATALOG)

    assert good.handler_inputs == {"name": "Ada"}
    assert good.controls.allow_overlap and good.controls.flow_group == "mail"


def test_the_inputs_of_one_run_are_checked_like_the_jobs():
    good = validate(spec(), CATALOG)

    validate_inputs(good, {"name": "Bob"}, CATALOG)

    with pytest.raises(Invalid, match="times 10 is more than 9"):
        validate_inputs(good, {"name": "Bob", "times": 10}, CATALOG)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
names = st.sampled_from(list(JobSpec.model_json_schema()["properties"])) | st.text(max_size=8)


@given(st.dictionaries(names, json_values, max_size=4))
@settings(max_examples=60, deadline=None)
def test_whatever_is_sent_is_taken_or_refused_with_reasons(raw):
    try:
        validate(raw, CATALOG)
    except Invalid as error:
        assert error.problems and all(problem.msg.isprintable() for problem in error.problems)
