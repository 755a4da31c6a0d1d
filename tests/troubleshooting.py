"""The entries of docs/troubleshooting.md, each of which some test reproduces: `@pytest.mark.reproduces(heading, entry)`.

An entry is a row of a table, named by its first cell, or a part without a table, named ''.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.processes import CHECKOUT
from webapp.handbook import sections

Entry = tuple[str, str]
CHAPTER = CHECKOUT / "docs" / "troubleshooting.md"
ROW = re.compile(r"^\| (.+?) \| ", re.MULTILINE)


def entries() -> list[Entry]:
    """Return all entries, in the order of the chapter."""
    found: list[Entry] = []
    for part in list(sections(CHAPTER.read_text()))[1:]:
        _, *rows = ROW.findall(re.sub(r"^\|[-|]+\|$", "", part.text, flags=re.MULTILINE)) or ["", ""]
        found += [(part.title, row) for row in rows]
    return found


def reproduced() -> Iterator[Entry]:
    """Yield the entries that tests say they reproduce."""
    for path in sorted(Path(__file__).parent.rglob("test_*.py")):
        if "reproduces(" not in (text := path.read_text()):
            continue
        for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "reproduces":
                heading, entry = (ast.literal_eval(word) for word in call.args)
                yield heading, entry


def symptom(entry: str) -> re.Pattern[str]:
    """Return what finds the words that an entry quotes in what a program says; … and numbers stand for any."""
    quoted = re.escape(entry.strip("`")).replace("…", ".+")
    return re.compile(re.sub(r"\d+", r"\\d+", quoted))
