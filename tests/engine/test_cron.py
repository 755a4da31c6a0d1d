"""A cron expression is taken only when it means the same everywhere and will fire; a refusal names the part."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runners.engine.errors import Invalid
from runners.engine.schedule import parse

REFUSED = [
    ("61 * * * *", "cron: minute 61 is not in 0-59"),
    ("* 24 * * *", "cron: hour 24 is not in 0-23"),
    ("* * 0 * *", "cron: day-of-month 0 is not in 1-31"),
    ("* * * 13 *", "cron: month 13 is not in 1-12"),
    ("* * * * 8", "cron: day-of-week 8 is not in 0-7"),
    ("61 25 * * *", "cron: minute 61 is not in 0-59; hour 25 is not in 0-23"),
    ("*/0 * * * *", "cron: minute step 0 is not in 1-59"),
    ("*/90 * * * *", "cron: minute step 90 is not in 1-59"),
    ("30-10 * * * *", "cron: minute 30-10 runs backwards; write it as a list"),
    ("0 0 * * FRI-MON", "cron: day-of-week FRI-MON runs backwards; write it as a list"),
    ("MON * * * *", "cron: minute MON is not in 0-59"),
    ("1,,2 * * * *", "cron: minute '' is not a number, a name, a range, a list or a step"),
    ("-1 * * * *", "cron: minute '-1' is not a number, a name, a range, a list or a step"),
    ("1.5 * * * *", "cron: minute '1.5' is not a number, a name, a range, a list or a step"),
    ("0 0 * * 1#2", "cron: day-of-week '1#2' is not a number, a name, a range, a list or a step"),
    ("0 0 L * *", "cron: day-of-month L is not in 1-31"),
    ("0 0 ? * *", "cron: day-of-month '?' is not a number, a name, a range, a list or a step"),
    ("* * * *", "cron: '* * * *' has 4 fields; write five: minute hour day-of-month month day-of-week"),
    ("* * * * * *", "cron: '* * * * * *' has 6 fields; write five: minute hour day-of-month month day-of-week"),
    ("", "cron: '' has 0 fields; write five: minute hour day-of-month month day-of-week"),
    ("@reboot", "cron: '@reboot' is not one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly"),
    ("\u0665 * * * *", "cron: '\u0665 * * * *' holds characters that cron does not know"),
    ("0\n0 * * *", "cron: '0\\n0 * * *' holds characters that cron does not know"),
    ("* " * 100, "cron: has 200 characters; write at most 128"),
    ("0 0 30 2 *", "cron: '0 0 30 2 *' does not fire within 8 years"),
    ("0 0 31 4,6,9,11 *", "cron: '0 0 31 4,6,9,11 *' does not fire within 8 years"),
    ("0 0 30 2 */2", "cron: '0 0 30 2 */2' does not fire within 8 years"),
    ("0 0 29 2 */7", "cron: '0 0 29 2 */7' does not fire within 8 years"),
]
TAKEN = [
    *(
        "* * * * *",
        "*/5 * * * *",
        "5/15 * * * *",
        "0,30 9-17/2 * * *",
        "0 0 29 2 *",
        "0 0 31 * *",
        "0 0 * * 7",
        "0 0 * * 0-7",
    ),
    *(
        "0 0 * jan-MAR mon-fri",
        "0 0 30 2 1",
        "@hourly",
        "@daily",
        "@midnight",
        "@weekly",
        "@monthly",
        "@yearly",
        "@annually",
        "@Daily",
    ),
]


def refusal(expression):
    with pytest.raises(Invalid) as caught:
        parse({"cron": expression})
    return [(problem.loc, problem.msg) for problem in caught.value.problems]


@pytest.mark.parametrize(("expression", "message"), REFUSED)
def test_a_refusal_names_every_wrong_part(expression, message):
    assert refusal(expression) == [(("cron",), message)]


@pytest.mark.parametrize("expression", [expression for expression, _ in REFUSED] + ["9" * 1_000_000, "*/" + "9" * 120])
def test_a_refusal_takes_less_than_ten_milliseconds(expression):
    def elapsed():
        started = time.process_time()
        refusal(expression)
        return time.process_time() - started

    assert min(elapsed() for _ in range(3)) < 0.01


@pytest.mark.parametrize("expression", TAKEN)
def test_what_crontab_knows_is_taken(expression):
    assert parse({"cron": expression}).cron == expression


def test_spaces_around_and_between_fields_do_not_matter():
    assert parse({"cron": "  0   9 * * * "}) == parse({"cron": "0 9 * * *"})


@given(st.text(alphabet="0123456789*/-,@ABCLW#? \tjanmon", max_size=20))
def test_whatever_is_typed_is_taken_or_refused_with_a_reason(expression):
    try:
        parse({"cron": expression})
    except Invalid as error:
        assert all(problem.msg.startswith("cron: ") for problem in error.problems)
