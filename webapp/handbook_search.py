"""Searching the handbook: by the words of a question as it is asked, in either language.

A part counts for each word that it has, the rarer the word and the shorter the part the more (BM25), and a word of a
heading more than one of the text. Words are compared by their roots, so that "failures" finds "failed". What the chapter of
questions asks counts as a heading of the parts that it leads to: that is where a writer says what is asked there.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from webapp.handbook import Chapter, Section, chapter, plain, shelf

SNIPPET = 160
ENOUGH = 0.5
"""A part is shown when it has this share of what the rarity of all words asked for comes to."""
IN_TITLE, IN_CHAPTER = 4, 2
SATURATION, LENGTH = 1.2, 0.6
"""The constants of BM25: how soon another mention adds nothing, and how much a long part pays for its length."""
QUESTIONS = "questions"
QUESTION = re.compile(r"^\| (.+?) \| .*\]\(.* \|$", re.MULTILINE)
LEADING = re.compile(r"\]\((\w+)\.md(?:#([^)]+))?\)")
WORD = re.compile(r"[a-z0-9_]+(?:[.:][a-z0-9_]+)*")
ENDINGS = {
    "en": re.compile(r"(?<=\w{3})(?:ations?|ures?|ings?|ies|als?|ions?|ers?|ed|es|e|s|y)$"),
    "id": re.compile(r"(?<=\w{3})(?:kannya|annya|nya|kan|an|i)$"),
}
BEGINNINGS = {
    "en": re.compile(r"(?!)"),
    "id": re.compile(r"^(?:meng|meny|mem|men|me|ber|ter|peng|pem|pen|di|ke)(?=\w{4})"),
}
IN_EVERY_SENTENCE = {
    "en": "a an and are as at be by can do does did for from have how i in is it its me my not now of on or so that the then this to "
    "what when where which while who whose why will with you your",
    "id": "ada adalah agar apa apakah atau bagaimana bisa bisakah dan dari dengan di dua ini itu juga kapan katanya ke kepada mana "
    "mengapa oleh pada perlu punya saja saya sebuah sekarang selagi siapa suatu tentang terjadi tidak untuk yang",
}
PASSED_OVER = {language: frozenset(words.split()) for language, words in IN_EVERY_SENTENCE.items()}


@dataclass(frozen=True, slots=True)
class Hit:
    """A part that has what was searched for, and what stands around the rarest of its words."""

    chapter: Chapter
    section: Section
    snippet: str


@dataclass(frozen=True, slots=True)
class _Part:
    chapter: Chapter
    section: Section
    words: Counter[str]
    length: int


@dataclass(frozen=True, slots=True)
class _Index:
    parts: tuple[_Part, ...]
    rarity: dict[str, float]
    length: float


def search(language: str, asked: str) -> list[Hit]:
    """Return the parts that answer best first; none when too little of what is asked stands anywhere."""
    index = _index(language)
    roots = list(dict.fromkeys(_roots(asked, language)))
    weights = {root: index.rarity.get(root, math.log(1 + len(index.parts))) for root in roots}
    enough = ENOUGH * sum(weights.values())
    found = []
    for part in index.parts:
        there = [root for root in roots if root in part.words]
        if there and sum(weights[root] for root in there) >= enough:
            found.append((_score(part, there, index), part, max(there, key=lambda root: weights[root])))
    found.sort(key=lambda one: -one[0])
    return [Hit(part.chapter, part.section, _around(part, rarest, language)) for _, part, rarest in found]


@cache
def _index(language: str) -> _Index:
    asked = _asked(language)
    parts = tuple(
        _part(one, section, language, asked.get((one.name, section.anchor), ""))
        for _, chapters in shelf(language)
        for one in chapters
        for section in one.sections
    )
    having = Counter(root for part in parts for root in part.words)
    rarity = {root: math.log(1 + (len(parts) - n + 0.5) / (n + 0.5)) for root, n in having.items()}
    return _Index(parts, rarity, sum(part.length for part in parts) / len(parts))


def _asked(language: str) -> dict[tuple[str, str], str]:
    """Return the questions that each part answers, by its chapter and anchor."""
    asked: dict[tuple[str, str], str] = {}
    found = chapter(QUESTIONS, language)
    for row in QUESTION.finditer(found.text if found else ""):
        for name, anchor in LEADING.findall(row[0]):
            asked[name, anchor] = f"{asked.get((name, anchor), '')} {row[1]}"
    return asked


def _part(chapter: Chapter, section: Section, language: str, asked: str) -> _Part:
    words = Counter(_roots(plain(section.text), language))
    for text, weight in ((section.title, IN_TITLE), (asked, IN_TITLE), (chapter.title, IN_CHAPTER)):
        words.update(dict.fromkeys(_roots(text, language), weight))
    return _Part(chapter, section, words, words.total())


def _score(part: _Part, roots: list[str], index: _Index) -> float:
    cost = SATURATION * (1 - LENGTH + LENGTH * part.length / index.length)
    return sum(index.rarity[root] * part.words[root] * (SATURATION + 1) / (part.words[root] + cost) for root in roots)


def _roots(text: str, language: str) -> list[str]:
    """Return the roots of a text's words, without those that every sentence has."""
    words = [word for word in WORD.findall(text.lower()) if word not in PASSED_OVER[language]]
    return [_root(word, language) for word in words]


def _root(word: str, language: str) -> str:
    return ENDINGS[language].sub("", BEGINNINGS[language].sub("", word))


def _around(part: _Part, root: str, language: str) -> str:
    """Return what stands around the first word of this root; the beginning, where only a heading has it."""
    text = plain(part.section.text)
    places = (found.start() for found in WORD.finditer(text.lower()) if _root(found[0], language) == root)
    start = max(0, next(places, 0) - SNIPPET // 3)
    cut = text[start : start + SNIPPET].strip()
    return f"{'…' if start else ''}{cut}{'…' if start + SNIPPET < len(text) else ''}"
