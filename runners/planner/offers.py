"""The choices of a question in the words of whoever reads them; the rules offer them in Bahasa Indonesia. Pure.

Said either way they mean the same (`tests/planner/test_offers.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from runners.engine.words import Language

WHOLE = {
    "pantau telegram tiap 30 detik": "monitor telegram every 30 seconds",
    "laporan harian jam 07:30": "daily report at 07:30",
    "backup tiap hari jam 01:30": "backup every day at 01:30",
    "GET https://… tiap 5 menit": "GET https://… every 5 minutes",
    "agen: ringkas issue github tiap hari jam 08:00": "agent: summarize github issues every day at 08:00",
    "sekarang": "now",
    "mulai sekarang": "starting now",
}
WEEKDAYS = {
    "senin": "monday",
    "selasa": "tuesday",
    "rabu": "wednesday",
    "kamis": "thursday",
    "jumat": "friday",
    "sabtu": "saturday",
    "minggu": "sunday",
}
UNITS = {"detik": "second", "menit": "minute", "jam": "hour", "hari": "day", "bulan": "month"}
WHICH = {"ini": "this", "depan": "next"}
_WEEKDAY, _UNIT = f"({'|'.join(WEEKDAYS)})", f"({'|'.join(UNITS)})"
_PHRASES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(r"dari jam (\d+) sampai jam (\d+) hari kerja"),
        lambda said: f"from {said[1]}:00 to {said[2]}:00 on weekdays",
    ),
    (re.compile(r"(?:jam|pukul) (\d\d:\d\d)"), lambda said: f"at {said[1]}"),
    (re.compile(r"tiap tanggal (\d+)"), lambda said: f"on each {_ordinal(int(said[1]))}"),
    (re.compile(r"tanggal (\d+) januari"), lambda said: f"on {said[1]} january"),
    (re.compile(rf"tiap (?:hari )?{_WEEKDAY}"), lambda said: f"every {WEEKDAYS[said[1]]}"),
    (re.compile(rf"hari {_WEEKDAY} (ini|depan)"), lambda said: f"{WHICH[said[2]]} {WEEKDAYS[said[1]]}"),
    (re.compile(rf"hari {_WEEKDAY}"), lambda said: f"on {WEEKDAYS[said[1]]}"),
    (re.compile(rf"tiap (\d+) {_UNIT}"), lambda said: f"every {said[1]} {UNITS[said[2]]}{'s' * (said[1] != '1')}"),
    (re.compile(rf"tiap {_UNIT}"), lambda said: f"every {UNITS[said[1]]}"),
)


def offered(choice: str, language: Language) -> str:
    """Return a choice in this language."""
    if language is Language.ID:
        return choice
    if choice in WHOLE:
        return WHOLE[choice]
    for phrase, in_english in _PHRASES:
        choice = phrase.sub(in_english, choice)
    return choice


def _ordinal(day: int) -> str:
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"
