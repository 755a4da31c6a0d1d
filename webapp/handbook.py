"""The handbook as pages: the chapters of `docs/`, in English and in Bahasa Indonesia.

A chapter is one file, named in CHAPTERS; what stands beside them (decisions, files to copy) is for who has the checkout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import shorten

from markdown_it import MarkdownIt

CHAPTERS = {
    "begin": ("start", "concepts", "questions"),
    "operate": ("operating", "checklists", "troubleshooting", "approvals", "monitoring", "load"),
    "prepare": ("deploying", "settings", "access", "scaling", "audit"),
    "describe": ("guards", "handlers", "planner", "agents", "automation", "integrations", "notifications", "chat"),
    "build": ("api", "cli", "connectors", "architecture", "performance", "reliability"),
}
"""The chapters by what a reader wants, in their order; one that is not written yet is passed over."""
FOLDER = Path(__file__).resolve().parent / "handbook"
CHECKOUT = Path(__file__).resolve().parents[1] / "docs"
HEADING = re.compile(r"^(#{1,3}) +(.+?) *#*$")
SNIPPET = 160
FENCE = ("```", "~~~")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a chapter under one heading; `anchor` is '' for what stands before the first."""

    title: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One file. `language` is the one that it is written in: English where there is no other."""

    name: str
    title: str
    language: str
    text: str
    sections: tuple[Section, ...]

    @property
    def about(self) -> str:
        """How the chapter begins, as plain words: its first paragraphs up to the end of a sentence, or the first part of them."""
        begun = ""
        for paragraph in next((one.text for one in self.sections if one.text), "").split("\n\n"):
            begun = f"{begun} {plain(paragraph)}".strip()
            if begun.endswith((".", "!", "?")):
                break
        return shorten(begun, width=SNIPPET, placeholder=" …")


def folder() -> Path:
    """Return where the chapters are: inside the package when installed, in `docs/` in a checkout."""
    return FOLDER if FOLDER.is_dir() else CHECKOUT


def chapter(name: str, language: str) -> Chapter | None:
    """Return a chapter in the language, in English where it is not translated; None for one that does not exist."""
    return _read(name, language) if any(name in names for names in CHAPTERS.values()) else None


@cache
def _read(name: str, language: str) -> Chapter | None:
    for written in dict.fromkeys((language, "en")):
        path = folder() / ("" if written == "en" else written) / f"{name}.md"
        if path.is_file():
            text = path.read_text()
            found = tuple(sections(text))
            return Chapter(name, found[0].title, written, text, found)
    return None


def part(name: str, anchor: str, language: str) -> Section:
    """Return a part of a chapter in the language, by its anchor in English; '' is the whole. KeyError for one that is not there."""
    english, shown = chapter(name, "en"), chapter(name, language)
    if english is None or shown is None:
        raise KeyError(name)
    places = {one.anchor: place for place, one in enumerate(english.sections)}
    return shown.sections[places[anchor]]


def shelf(language: str) -> Iterator[tuple[str, list[Chapter]]]:
    """Yield the chapters by what a reader wants."""
    for wish, names in CHAPTERS.items():
        found = [one for name in names if (one := chapter(name, language))]
        if found:
            yield wish, found


def sections(text: str) -> Iterator[Section]:
    """Yield the sections of a chapter; the first one has the chapter's own title."""
    title, anchor, lines, fenced = "", "", list[str](), False
    for line in text.splitlines():
        fenced ^= line.lstrip().startswith(FENCE)
        heading = None if fenced else HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        if title:
            yield Section(title, anchor, "\n".join(lines).strip())
        title, anchor, lines = plain(heading[2]), "" if heading[1] == "#" else slug(heading[2]), []
    yield Section(title, anchor, "\n".join(lines).strip())


def slug(heading: str) -> str:
    """Return the anchor of a heading, as code hosts spell it."""
    return re.sub(r"[^\w\- ]", "", plain(heading).lower()).replace(" ", "-")


def plain(text: str) -> str:
    """Return Markdown as one line of words."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(re.sub(r"[`*|]|^[-|: ]+$", "", words, flags=re.MULTILINE).split())


def reader() -> MarkdownIt:
    """Return what reads a chapter: Markdown with tables, and never any HTML of its own."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")
