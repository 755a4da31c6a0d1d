"""The form of a job: what somebody typed as a spec, and a spec as the form shows it."""

import pytest

from webapp.pages.input_fields import InputField, input_fields
from webapp.pages.job_form import to_form, to_spec
from webapp.pages.typed_values import number

SCHEMA = {
    "type": "object",
    "required": ["url"],
    "properties": {
        "url": {"type": "string", "description": "where", "examples": ["http://example.com/"]},
        "method": {"$ref": "#/$defs/Method", "default": "GET"},
        "timeout_sec": {"type": "number", "default": 10.0, "minimum": 0.1, "maximum": 60},
        "verify": {"type": "boolean", "default": True},
        "codes": {"type": "array", "items": {"type": "string"}, "default": []},
        "level": {"enum": [1, 2], "default": 1},
        "headers": {"type": "object", "default": {}},
        "body": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
    },
    "$defs": {"Method": {"enum": ["GET", "POST"], "type": "string"}},
}
FIELDS = input_fields(SCHEMA)
UNTICKED = {"inputs.verify": "on", "inputs.failure_memory_enabled": "on"}
"""The boxes that are ticked when nobody touches them."""


def named(name: str) -> InputField:
    return next(field for field in FIELDS if field.name == name)


@pytest.mark.parametrize(
    ("name", "widget"),
    [
        ("url", "text"),
        ("method", "choice"),
        ("timeout_sec", "number"),
        ("verify", "check"),
        ("codes", "lines"),
        ("headers", "json"),
        ("body", "text"),
    ],
)
def test_each_property_gets_the_widget_that_can_hold_it(name: str, widget: str):
    assert named(name).widget == widget


def test_a_field_says_what_it_is_for_its_range_its_default_and_an_example():
    assert named("url").help == ["where", "required", "such as http://example.com/"]
    assert named("timeout_sec").help == ["0.1 to 60", "10.0 unless stated"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [("5", 5), ("-1", -1), ("2.5", 2.5), ("1_000", "1_000"), ("٣", "٣"), ("soon", "soon"), ("1e9", "1e9")],
)
def test_only_plain_digits_become_a_number(typed: str, read: object):
    assert number(typed) == read


def test_an_interval_is_read_with_its_time_zone_and_grace():
    form = {
        "schedule.kind": "interval",
        "schedule.interval_sec": "60",
        "schedule.cron": "left over",
        "schedule.timezone": "UTC",
        "schedule.misfire_grace_sec": "none",
    }

    assert to_spec(form, [])["schedule"] == {"interval_sec": 60, "timezone": "UTC", "misfire_grace_sec": None}


def test_only_when_asked_is_no_schedule():
    assert to_spec({"schedule.kind": "none", "schedule.cron": "left over"}, [])["schedule"] is None


def test_fields_that_equal_their_default_are_left_out():
    form = UNTICKED | {"inputs.method": "GET", "inputs.timeout_sec": "10.0", "inputs.url": "http://x"}

    assert to_spec(form, FIELDS)["inputs"] == {"url": "http://x"}


def test_an_unticked_box_means_no():
    inputs = to_spec({"inputs.url": "http://x"}, FIELDS)["inputs"]

    assert inputs == {"url": "http://x", "verify": False, "failure_memory_enabled": False}


def test_further_inputs_are_merged_under_the_fields():
    form = UNTICKED | {"inputs.further": '{"url": "under", "extra": [1]}', "inputs.url": "over"}

    assert to_spec(form, FIELDS)["inputs"] == {"url": "over", "extra": [1]}


@pytest.mark.parametrize("typed", ["{oops", "[" * 100_000], ids=["broken", "deep"])
def test_further_inputs_that_are_no_json_go_on_as_typed_so_that_the_check_names_them(typed: str):
    assert to_spec({"inputs.further": typed}, FIELDS)["inputs"] == typed


def test_lines_and_json_are_read_as_such():
    form = UNTICKED | {"inputs.codes": "200\n204\n", "inputs.headers": '{"a": "b"}'}

    assert to_spec(form, FIELDS)["inputs"] == {"codes": ["200", "204"], "headers": {"a": "b"}}


def test_what_the_form_shows_reads_back_as_the_same_spec():
    spec = {
        "job_id": "a",
        "type": "http.request",
        "description": "two\nlines",
        "tags": ["x", "y"],
        "enabled": False,
        "schedule": {"cron": "0 7 * * *", "timezone": "Asia/Jakarta", "misfire": "skip", "misfire_grace_sec": None},
        "timeout_ms": 5000,
        "retry_policy": {"max_retry": 2, "backoff_sec": [1, 5]},
        "expires_sec": 60,
        "on_worker_lost": "fail",
        "requires_approval": True,
        "approvers": {"role": "operator", "names": ["ana", "budi"], "quorum": 2, "expires_sec": 600},
        "inputs": {
            "url": "http://x",
            "verify": False,
            "codes": ["a", "b"],
            "headers": {"k": "v"},
            "unknown": {"deep": 1},
            "allow_overlap": True,
            "flow_group": "g",
            "flow_max_active_runs": 3,
        },
    }

    assert to_spec(to_form(spec, FIELDS), FIELDS) == spec


AWKWARD = [
    {"url": "two\nlines", "codes": ["one\ntwo", "", " three "]},
    {"url": "http://x", "method": "GET", "timeout_sec": 10.0, "verify": True, "failure_threshold": 3},
    {"url": "", "body": None, "headers": {}, "codes": [], "flow_group": None},
    {"url": "carriage\r\nreturn", "codes": ["[1]"], "level": 2},
    {"url": 5, "codes": "no list", "verify": "yes", "timeout_sec": "1e3", "level": "2"},
    {"url": "[1, 2]", "codes": ["[", "a,b"], "body": "5", "headers": "text"},
]


@pytest.mark.parametrize("inputs", AWKWARD, ids=range(len(AWKWARD)))
def test_a_form_that_is_sent_back_untouched_changes_nothing_whatever_stands_in_it(inputs: dict[str, object]):
    spec = {"job_id": "a", "type": "x", "description": " spaces \n", "tags": ["a, b", "[c]"], "inputs": inputs}
    sent = {name: said.replace("\n", "\r\n") for name, said in to_form(spec, FIELDS).items()}

    found = to_spec(sent, FIELDS)

    assert (found["inputs"], found["tags"], found["description"]) == (inputs, ["a, b", "[c]"], " spaces \n")


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '{"a": NaN}', '{"a": 1e999}', '{"a": "\\ud800"}', "[" * 100_000])
def test_json_that_could_be_read_in_two_ways_goes_on_as_it_was_typed(text: str):
    spec = to_spec({"inputs.headers": text}, FIELDS)

    assert spec["inputs"]["headers"] == text
