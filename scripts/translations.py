#!/usr/bin/env python3
"""Bring the catalogues of the pages' words into step with the templates: webapp/translations/LANGUAGE/ROOM.po.

    python scripts/translations.py [--check]

Every message of templates/ and webapp/ stands in the catalogue of its room: the folder of templates that uses it, 'words' for
Python, 'shared' for what several rooms use. New messages come with an empty translation, what nobody uses goes, what moved
takes its translation along. With --check nothing is written, and exit 1 names what is missing, empty or left over.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

TOP = Path(__file__).resolve().parent.parent
FOLDER = TOP / "webapp" / "translations"
METHODS = [("**.html", "jinja2.ext:babel_extract"), ("**.txt", "jinja2.ext:babel_extract"), ("**.py", "python")]
OPTIONS = {pattern: {"silent": "false"} for pattern in ("**.html", "**.txt")}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "_n": (1, 2), "lazy_gettext": None, "_l": None}
PYTHON, SEVERAL = "words", "shared"
HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {plural_forms}\\n"\n\n'
Key = str | tuple[str, str]


def used() -> dict[Key, str]:
    """Return every message of the pages and its room."""
    rooms: dict[Key, set[str]] = defaultdict(set)
    for folder in ("templates", "webapp"):
        for name, _, message, _, _ in extract_from_dir(TOP / folder, METHODS, OPTIONS, KEYWORDS):
            room = Path(name).parts[0] if folder == "templates" and len(Path(name).parts) > 1 else None
            rooms[message].add(room or (SEVERAL if folder == "templates" else PYTHON))
    return {message: next(iter(where)) if len(where) == 1 else SEVERAL for message, where in rooms.items()}


def known(language: Path) -> dict[Key, tuple[Message, str]]:
    """Return what the catalogues of a language hold, and the room of each; a translation wins over an empty place."""
    found: dict[Key, tuple[Message, str]] = {}
    for path in sorted(language.glob("*.po")):
        with path.open("rb") as text:
            for message in read_po(text, locale=language.name):
                if message.id and not (message.id in found and not _said(message)):
                    found[message.id] = message, path.stem
    return found


def write(language: Path, messages: dict[Key, str], said: dict[Key, tuple[Message, str]]) -> None:
    """Write every catalogue of a language, sorted, with what it said before."""
    rooms: dict[str, Catalog] = defaultdict(lambda: Catalog(locale=language.name, fuzzy=False))
    for key, room in messages.items():
        before = said.get(key)
        rooms[room].add(key, before[0].string if before and _said(before[0]) else None)
    for path in language.glob("*.po"):
        if path.stem not in rooms:
            path.unlink()
    for room, catalogue in rooms.items():
        with (language / f"{room}.po").open("wb") as text:
            text.write(HEAD.format(plural_forms=catalogue.plural_forms).encode())
            write_po(text, catalogue, width=120, omit_header=True, sort_output=True, no_location=True)


def problems(language: Path) -> Iterator[str]:
    """Yield a line for each message that is missing, empty or of no use in a language."""
    said, messages = known(language), used()
    for key, room in messages.items():
        if key not in said:
            yield f"{language.name}/{room}.po lacks {key!r}"
        elif not _said(said[key][0]):
            yield f"{language.name}/{said[key][1]}.po does not say {key!r}"
        elif said[key][1] != room:
            yield f"{key!r} stands in {language.name}/{said[key][1]}.po, not in {room}.po"
    for key, (_, room) in said.items():
        if key not in messages:
            yield f"nobody uses {key!r} of {language.name}/{room}.po"


def _said(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def main() -> None:
    """Write the catalogues, or name what they lack."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when something is to be done")
    asked = parser.parse_args()
    for language in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
        if not asked.check:
            write(language, used(), known(language))
    found = [line for language in sorted(FOLDER.iterdir()) if language.is_dir() for line in problems(language)]
    print("\n".join(found) or "every message is said in every language")
    sys.exit(bool(found and asked.check))


if __name__ == "__main__":
    main()
