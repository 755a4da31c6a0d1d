"""What a clause says of how its job is guarded: overlap, flow group and limit, priority, tries, timeout, jitter, approval, name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from runners.planner.cursor import Cursor, Rule, phrases, scan
from runners.planner.lexicon import (
    ACCOUNTS,
    AT,
    CHANNELS,
    DAYS_AHEAD,
    EVERY,
    LANES,
    LIMITS,
    NAMES,
    NEGATIONS,
    NOW,
    PROVIDERS,
    UNIT_SEC,
    words,
)
from runners.planner.notes import Question, ask
from runners.planner.numerals import NUMBERS

INTO = words("in di pada dalam")
NO_ACCOUNT = PROVIDERS | CHANNELS.keys()
NO_NAME = INTO | EVERY | AT | NOW | DAYS_AHEAD.keys() | words("with on by from via once the a dengan ke oleh")
"""Words that stand behind 'called' where it names nothing."""
AT_MOST = phrases(
    dict.fromkeys(
        ("at most", "paling banyak", "no more than", "not more than", "never more than", "tidak lebih dari"), True
    )
)
AT_ONCE = phrases(
    dict.fromkeys(("at once", "at a time", "at the same time", "sekaligus", "bersamaan", "serentak", "bersama"), True)
)
RETRIES = words("retry ulangi coba try retries")
TIMEOUTS = phrases(dict.fromkeys(("timeout", "batas waktu", "time limit", "paling lama"), True))
ALLOWANCES = words("boleh izinkan allow may can")
BEFORE_OVERLAP = words("ada let it them its their runs ever to")
OVERLAPS = phrases(
    dict.fromkeys(("tumpang tindih", "bertumpuk", "overlap", "overlapping", "overlaps", "bersamaan"), True)
)
PRIORITY = ("priority", "prioritas", "prio")
LOW = [phrase for word in PRIORITY for phrase in (f"{word} rendah", f"{word} low", f"low {word}")]
HIGH = [f"{word} {high}" for word in PRIORITY for high in ("tinggi", "kritis", "high", "critical")]
HIGH += [f"{high} {word}" for word in PRIORITY for high in ("high", "critical")] + ["kritis", "critical"]
PRIORITIES = phrases(dict.fromkeys(LOW, "low") | dict.fromkeys(HIGH, "critical"))
APPROVALS = phrases(
    dict.fromkeys(("butuh persetujuan", "perlu persetujuan", "dengan persetujuan", "setelah disetujui"), True)
    | dict.fromkeys(
        ("needs approval", "with approval", "requires approval", "require approval", "after approval"), True
    )
)


@dataclass
class Guarding:
    """`inputs` are control fields, `fields` those of the spec itself; `name` is the id that the person gave,
    `account` the account that is named, `keep` how many of something stay. `one_at_once` says that one run at once was said
    without a group.
    """

    inputs: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    name: str | None = None
    account: str | None = None
    keep: int | None = None
    one_at_once: bool = False
    questions: list[Question] = field(default_factory=list)


def read_guarding(cursor: Cursor) -> Guarding:
    """Read what the clause says of guards, and take it."""
    found = Guarding()
    scan(cursor, RULES, found)
    group = found.inputs.get("flow_group")
    if group is not None and not re.fullmatch(r"[A-Za-z0-9._:-]{1,64}", group):
        found.questions.append(ask("group_name", said=group))
    if found.inputs.get("flow_max_active_runs") == 1 and "flow_group" not in found.inputs:
        del found.inputs["flow_max_active_runs"]  # of a single job that is its own limit
        found.inputs["allow_overlap"], found.one_at_once = False, True
    if found.inputs.get("flow_max_active_runs") and "flow_group" not in found.inputs:
        found.questions.append(ask("which_group", count=found.inputs["flow_max_active_runs"]))
    return found


def _overlap(cursor: Cursor, place: int, found: Guarding) -> int:
    allowed = cursor.low(place) in ALLOWANCES
    if not allowed and cursor.low(place) not in NEGATIONS:
        return place
    start = place + 1
    while (behind := cursor.skip(start, BEFORE_OVERLAP)) > start:
        start = behind
    said, end = cursor.phrase(start, OVERLAPS)
    if not said:
        return place
    found.inputs["allow_overlap"] = allowed
    return end


def _limit(cursor: Cursor, place: int, found: Guarding) -> int:
    """'max 3 at once in lane riset', 'maksimal 2 sekaligus di grup etl', 'at most 5 runs'."""
    start = cursor.skip(place, LIMITS)
    said, most = cursor.phrase(place, AT_MOST)
    start = most if said else start
    count, end = cursor.number(start)
    if start == place or count is None:
        return place
    end = cursor.skip(end, {"run", "runs", "job", "jobs"})
    _, end = cursor.phrase(end, AT_ONCE)
    group, behind = _lane(cursor, cursor.skip(end, INTO))
    found.inputs["flow_max_active_runs"] = count
    if group is None:
        return end
    found.inputs["flow_group"] = group
    return behind


def _in_lane(cursor: Cursor, place: int, found: Guarding) -> int:
    group, end = _lane(cursor, cursor.skip(place, INTO))
    if group is None:
        return place
    found.inputs["flow_group"] = group
    return end


def _lane(cursor: Cursor, place: int) -> tuple[str | None, int]:
    start = cursor.skip(place, {"the"})
    if cursor.low(start) not in LANES:
        return None, place
    start = cursor.skip(start + 1, {"alur", "group"})
    token = cursor.at(start)
    if token.low in CHANNELS:
        return None, place  # 'ke grup telegram' is where people talk
    return (token.text, start + 1) if token.kind in ("word", "quote", "number") else (None, place)


def _priority(cursor: Cursor, place: int, found: Guarding) -> int:
    priority, end = cursor.phrase(place, PRIORITIES)
    if priority and found.inputs.setdefault("pressure_priority", priority) != priority:
        found.questions.append(ask("which_priority"))
    return end


def _tries(cursor: Cursor, place: int, found: Guarding) -> int:
    """'ulangi 5 kali', 'coba lagi 3x', 'retry 5 times', 'no retries', 'tanpa ulang'."""
    if cursor.low(place) in NEGATIONS and cursor.low(place + 1) in ("retry", "retries", "ulang", "ulangan"):
        found.fields["retry_policy"] = {"max_retry": 0}
        return place + 2
    if cursor.low(place) not in RETRIES:
        return place
    start = cursor.skip(place + 1, {"lagi", "ulang", "again", "up", "to"})
    count, end = cursor.number(start)
    counted = cursor.skip(end, {"kali", "times", "x", "time"})
    if count is None or (counted == end and cursor.low(place) not in ("retry", "retries")):
        return place
    found.fields["retry_policy"] = {"max_retry": count}
    return counted


def _so_many_tries(cursor: Cursor, place: int, found: Guarding) -> int:
    """'5 retries', 'with two retries', '3 kali ulang'."""
    count, end = cursor.number(place)
    end = cursor.skip(end, {"kali", "x"})
    if count is None or cursor.low(end) not in ("retry", "retries", "ulang", "ulangan"):
        return place
    found.fields["retry_policy"] = {"max_retry": count}
    return end + 1


def _timeout(cursor: Cursor, place: int, found: Guarding) -> int:
    said, start = cursor.phrase(place, TIMEOUTS)
    length, end = _length(cursor, cursor.skip(start, {"of", "after", "selama"})) if said else (None, place)
    if length is None:
        return place
    found.fields["timeout_ms"] = length * 1000
    return end


def _jitter(cursor: Cursor, place: int, found: Guarding) -> int:
    if cursor.low(place) != "jitter":
        return place
    length, end = _length(cursor, cursor.skip(place + 1, {"of"}))
    if length is None:
        return place
    found.inputs["dispatch_jitter_sec"] = length
    return end


def _length(cursor: Cursor, place: int) -> tuple[int | None, int]:
    count, end = cursor.number(place)
    unit = UNIT_SEC.get(cursor.low(end))
    return (None, place) if count is None or unit is None else (count * unit, end + 1)


def _approval(cursor: Cursor, place: int, found: Guarding) -> int:
    said, end = cursor.phrase(place, APPROVALS)
    if said:
        found.fields["requires_approval"] = True
    return end


def _name(cursor: Cursor, place: int, found: Guarding) -> int:
    """'bernama laporan-pagi', 'named X', 'dengan nama X', 'id: X': the name keeps its case."""
    if cursor.low(place) in NAMES:
        start = cursor.skip(place + 1, {":"})
    elif cursor.says(place, "dengan", "nama") or cursor.says(place, "job", "id") or cursor.says(place, "with", "id"):
        start = place + 2
    else:
        return place
    token = cursor.at(start)
    if token.kind not in ("word", "quote", "number") or token.low in NO_NAME:
        return place
    if re.fullmatch(r"[A-Za-z0-9._-]{1,128}", token.text):
        found.name = token.text
    else:
        found.questions.append(ask("which_name", said=token.text))
    return start + 1


def _account(cursor: Cursor, place: int, found: Guarding) -> int:
    """'akun bot_A': the account keeps its case."""
    token = cursor.at(place + 1)
    if token.low in NO_ACCOUNT or not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", token.text):
        return place
    found.account = token.text
    return place + 2


def _keep(cursor: Cursor, place: int, found: Guarding) -> int:
    count, end = cursor.number(cursor.skip(cursor.skip(place + 1, {"the"}), {"last"}))
    if count is None:
        return place
    found.keep = count
    return cursor.skip(cursor.skip(end, {"backup", "backups", "copies", "copy", "salinan", "cadangan"}), {"terakhir"})


RULES: tuple[Rule[Guarding], ...] = (
    Rule(_name, NAMES | {"dengan", "job", "with"}),
    Rule(_account, ACCOUNTS),
    Rule(_keep, {"simpan", "keep"}),
    Rule(_overlap, NEGATIONS | ALLOWANCES),
    Rule(_limit, LIMITS | AT_MOST.keys()),
    Rule(_in_lane, LANES | INTO | {"the"}),
    Rule(_priority, PRIORITIES.keys()),
    Rule(_tries, NEGATIONS | RETRIES),
    Rule(_so_many_tries, NUMBERS, ("number",)),
    Rule(_timeout, TIMEOUTS.keys()),
    Rule(_jitter, {"jitter"}),
    Rule(_approval, APPROVALS.keys()),
)
