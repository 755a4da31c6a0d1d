"""A run's log in the worker: whole lines, harmless text, a bounded buffer."""

from datetime import UTC, datetime

import pytest

from runners import run_log
from runners.engine.log_line import LONGEST, read_line
from runners.run_log import RunLog

AT = datetime(2030, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


def written(*pieces, close=True):
    """Return the (stream, text) of the lines that the pieces make, without the one that begins every log."""
    log = RunLog(2, "worker-1", lambda: AT)
    for stream, text in pieces:
        log.write(stream, text)
    if close:
        log.close()
    lines = [read_line(line) for line in log.take().decode().removesuffix("\n").split("\n")]
    return [(line.stream, line.text) for line in lines][1:]


def test_a_line_says_when_in_which_attempt_and_stream():
    log = RunLog(2, "worker-1", lambda: AT)
    log.write("stderr", "no such file\n")

    assert log.take().decode() == (
        "2030-01-02T03:04:05.678Z #2 run    | attempt 2 on worker-1\n"
        "2030-01-02T03:04:05.678Z #2 stderr | no such file\n"
    )


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        (["a\nb\n"], ["a", "b"]),
        (["a", "b\n"], ["ab"]),
        (["a\r", "\nb"], ["a", "b"]),
        (["10%\r20%\r", "30%\r"], ["10%", "20%", "30%"]),
        (["\n\n"], ["", ""]),
        (["x" * (LONGEST + 1) + "\n"], ["x" * LONGEST, "x"]),
        (["x" * LONGEST, "y\n"], ["x" * LONGEST, "y"]),
        ([""], []),
    ],
)
def test_pieces_become_lines(pieces, lines):
    assert written(*(("stdout", piece) for piece in pieces)) == [("stdout", line) for line in lines]


def test_streams_do_not_tear_each_others_lines():
    assert written(("stdout", "half "), ("stderr", "whole\n"), ("stdout", "line\n")) == [
        ("stderr", "whole"),
        ("stdout", "half line"),
    ]


def test_a_line_waits_for_its_end():
    assert written(("stdout", "done\nhalf"), close=False) == [("stdout", "done")]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("bell\x07 back\x08 null\0", r"bell\x07 back\x08 null\x00"),
        ("tab\tstays", "tab\tstays"),
        ("evil\u202etxt.exe", r"evil\u202etxt.exe"),
        ("half \ud800 character", r"half \ud800 character"),
        ("one\u2028line\x85still\x0bone", r"one\u2028line\x85still\x0bone"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("nasi goreng 🍛", "nasi goreng 🍛"),
    ],
)
def test_text_does_no_harm(text, shown):
    assert written(("log", f"{text}\n")) == [("log", shown)]


def test_what_finds_no_room_is_counted_and_told(monkeypatch):
    monkeypatch.setattr(run_log, "BUFFER_BYTES", 500)
    log = RunLog(0, "w", lambda: AT)
    for _ in range(1000):
        log.write("stdout", "x" * 99 + "\n")
    first = log.take()
    log.write("stdout", "again\n")
    second = [read_line(line).text for line in log.take().decode().splitlines()]

    kept = first.count(b"x\n")
    assert len(first) < 700
    assert second == [f"{(1000 - kept) * 100} bytes are missing here", "again"]


def test_nothing_is_taken_after_the_end():
    log = RunLog(0, "w", lambda: AT)
    log.close()
    log.take()

    log.write("log", "late\n")

    assert log.take() == b""
