"""A stretch of a log for people: whole lines, where they begin, and where to read on."""

from datetime import UTC, datetime

from runners.engine.log_line import log_line
from runners.engine.operations import LogPart
from webapp.presentation.run_log import shown_log

AT = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
TEXT = (log_line(AT, 1, "run", "attempt 1 on w") + log_line(AT, 1, "stdout", "one") + "torn\n").encode()


def part(start: int = 0, end: int | None = None, status: str = "success") -> LogPart:
    return LogPart(TEXT[start:end], start, len(TEXT), status)


def test_lines_come_in_their_parts_and_attempts_count_from_one():
    log = shown_log(part(), from_line=True)

    assert [(line.clock, line.stream, line.text) for line in log.lines] == [
        ("03:04:05.000", "", "attempt 2 on w"),
        ("03:04:05.000", "stdout", "one"),
        ("", "log", "torn"),
    ]
    assert (log.start, log.next, log.is_last) == (0, len(TEXT), True)


def test_what_is_left_of_a_first_line_is_left_out():
    log = shown_log(part(start=10), from_line=False)

    assert [line.text for line in log.lines] == ["one", "torn"]
    assert log.start == TEXT.index(b"\n") + 1


def test_what_there_is_of_a_last_line_comes_with_the_next_part():
    log = shown_log(part(end=-2), from_line=True)

    assert log.lines[-1].text == "one"
    assert log.next == len(TEXT) - len("torn\n")
    assert not log.is_last


def test_a_log_that_may_grow_is_never_at_its_last():
    assert not shown_log(part(status="running"), from_line=True).is_last


def test_nothing_is_no_line():
    log = shown_log(LogPart(b"", 0, 0, "success"), from_line=True)

    assert (log.lines, log.is_last) == ((), True)
