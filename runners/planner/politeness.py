"""Phrases by which people ask kindly, in words that else make a condition, a question or a negation: 'kalau bisa', 'don't forget'."""

from __future__ import annotations

from runners.planner.cursor import Cursor, phrases

KIND = phrases(
    dict.fromkeys(
        (
            *(f"{condition} {able}" for condition in ("kalau", "jika", "bila") for able in ("bisa", "boleh", "sempat")),
            *(f"{able} {doubt}" for able in ("bisa", "boleh") for doubt in ("nggak", "gak", "ga", "tidak", "tak")),
            *(f"{word} bisa" for word in ("apa", "apakah")),
            *(f"{word} you {able}" for word in ("if", "when") for able in ("can", "could")),
            *("if possible", "if at all possible", "jika memungkinkan", "kalau memungkinkan", "bila memungkinkan"),
            *("if you please", "if you don't mind", "jangan lupa", "don't forget to", "don't forget"),
        ),
        True,
    )
)


def take_kindness(cursor: Cursor) -> None:
    """Take what only asks kindly, so that nobody reads a condition in it."""
    for place in range(len(cursor)):
        said, end = cursor.phrase(place, KIND)
        if said:
            cursor.take(place, end)
