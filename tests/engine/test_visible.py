"""Nothing that people decide on hides, and nothing turns the rest around."""

import json

import pytest

from runners.engine.visible import visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("df -Pk\n\tä漢字😀", "df -Pk\n\tä漢字😀"),
        ("\u202egp.x", r"\u202egp.x"),
        ("a\u200bb\xa0c", r"a\u200bb\u00a0c"),
        ("first\u2028second\x1b[2J", r"first\u2028second\u001b[2J"),
        ("\U000e0041\ud800", r"\udb40\udc41\ud800"),
    ],
    ids=["plain", "override", "width", "line", "tag"],
)
def test_what_hides_is_spelled_as_json_spells_it(text, seen):
    assert visible(text) == seen
    assert json.loads(visible(json.dumps(text, ensure_ascii=False))) == text
