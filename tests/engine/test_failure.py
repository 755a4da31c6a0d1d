"""What failures have in common: like errors meet, unlike ones stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runners.engine.failure import LINE_KEPT, Frame, headline, like, own_frame
from runners.engine.run import FailureKind

TRACEBACK = """Traceback (most recent call last):
  File "/srv/jobs/reports.py", line 12, in run
    total = add_up(rows)
  File "/srv/jobs/reports.py", line 40, in add_up
    return session.get(rows)
  File "/usr/lib/python3.11/site-packages/httpx/_client.py", line 901, in get
    raise ConnectError(message)
httpx.ConnectError: [Errno 111] Connection refused
"""


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        ("row 17 of 200 is empty", "row 3 of 1,024 is empty", "row <n> of <n> is empty"),
        ("took 30s", "took 5s", "took <n>s"),
        ("no host 10.0.0.7:8080", "no host 192.168.1.20:80", "no host <address>"),
        ("no host [::1]:80", "no host [fe80::2]:9000", "no host <address>"),
        ("at 0x7f3a and on", "at 0xFFFF and on", "at <id> and on"),
        ("order 5f0c1c2e-8a4b-4c5d-9e6f-0123456789ab", "order 00000000-0000-0000-0000-00000000000a", "order <id>"),
        ("run_abcdefghij_klmnopqrstuv ended", "run_aaaaaaaaaa_bbbbbbbbbbbb ended", "<id> ended"),
        ("object a1b2c3d4e5 is gone", "object ffee99001122 is gone", "object <id> is gone"),
        ("late at 2030-01-01T10:00:00.123Z", "late at 2031-05-06 07:08:09", "late at <time>"),
        ("several\nlines 5", "several\nwords", "several"),
        ("  much \t space ", "much space", "much space"),
    ],
)
def test_like_errors_meet(first, second, line):
    assert like(FailureKind.ERROR, first) == like(FailureKind.ERROR, second) == line


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("GET x answered 404, expected 200", "GET x answered 503, expected 200"),
        ("exit status 1", "exit status 2"),
        ("[Errno 111] refused", "[Errno 13] refused"),
        ("KeyError: 'name'", "KeyError: 'size'"),
        ("HTTP2 is off", "HTTP3 is off"),
    ],
)
def test_unlike_errors_stay_apart(first, second):
    assert like(FailureKind.ERROR, first) != like(FailureKind.ERROR, second)


@pytest.mark.parametrize("kind", [FailureKind.LOST, FailureKind.REJECTED, FailureKind.NOT_RESUMED])
def test_a_kind_that_says_it_all_has_one_group(kind):
    assert like(kind, "worker w1 stopped") == like(kind, None) == ""


@given(st.sampled_from(FailureKind), st.text(max_size=3_000))
def test_a_line_is_short_and_can_be_stored(kind, error):
    line = like(kind, error + "\ud800")

    assert len(line) <= LINE_KEPT
    assert "\n" not in line
    assert line.encode().decode() == line


def test_the_headline_of_a_traceback_is_its_last_line():
    assert headline(TRACEBACK) == "httpx.ConnectError: [Errno 111] Connection refused"
    assert headline("\n first \nsecond") == "first"
    assert headline(" \n ") == ""


def test_the_frame_is_one_of_the_jobs_own_code():
    assert own_frame(TRACEBACK) == Frame("/srv/jobs/reports.py", 40, "add_up")
    assert own_frame('  File "/x/lib/python3/json.py", line 7, in loads') is None
    assert own_frame('  File "/x/runners/handlers/command.py", line 59, in run') is None
    assert own_frame("line 1") is None
