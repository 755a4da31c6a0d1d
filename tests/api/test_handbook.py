"""The handbook: every chapter is shown whole, every link in it leads somewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from runners.engine.settings.example import chapter as settings_chapter
from runners.engine.settings.indonesian import MEANINGS
from runners.engine.settings.variables import SETTINGS
from scripts.diagrams import drawn
from webapp import handbook
from webapp.handbook import CHAPTERS, CHECKOUT, HEADING, chapter, part, sections, slug

LANGUAGES = ("en", "id")
NAMES = [name for names in CHAPTERS.values() for name in names if (CHECKOUT / f"{name}.md").is_file()]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)


ASKED = re.compile(r"help\.(?:on|to)\(([^)]*)\)")
PLACES = sorted(
    {
        (*ast.literal_eval(f"({asked},)"), "")[:2]
        for path in (CHECKOUT.parent / "templates").rglob("*.html")
        for asked in ASKED.findall(re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL))
    }
)


def written(language: str) -> list[Path]:
    """Return the files of the handbook in one language."""
    return sorted((CHECKOUT / ("" if language == "en" else language)).glob("*.md"))


def anchors(path: Path) -> set[str]:
    return {slug(title) for title in (one.title for one in sections(path.read_text()))} | {
        one.anchor for one in sections(path.read_text())
    }


def test_every_file_is_a_chapter() -> None:
    assert {path.stem for path in written("en")} <= set(NAMES)


def test_the_chapter_on_settings_names_every_variable() -> None:
    assert (CHECKOUT / "settings.md").read_text() == settings_chapter()
    assert (CHECKOUT / "id" / "settings.md").read_text() == settings_chapter("id")


def test_every_variable_has_its_meaning_in_indonesian() -> None:
    assert set(MEANINGS) == {variable.name for variable in SETTINGS}
    assert [variable.name for variable in SETTINGS if MEANINGS[variable.name] == variable.meaning] == []


def shape(text: str) -> dict[str, object]:
    """Return what a chapter has in every language: levels of headings, blocks of code, cells of tables, items and pictures."""
    lines = BLOCK.sub("", text).splitlines()
    return {
        "levels": [len(found[1]) for line in lines if (found := HEADING.match(line))],
        "code": [block[0] for block in BLOCK.finditer(text)],
        "cells": [len(re.findall(r"(?<!\\)\|", line)) for line in lines if line.startswith("|")],
        "items": [found[0] for line in lines if (found := re.match(r"\d+\.|-", line))],
        "pictures": re.findall(r"!\[[^\]]*\]\([^)]*?([\w-]+\.svg)\)", text),
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_is_the_same_in_both_languages(name: str) -> None:
    english, indonesian = ((CHECKOUT / folder / f"{name}.md").read_text() for folder in ("", "id"))

    assert shape(indonesian) == shape(english)
    assert chapter(name, "id") != chapter(name, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_somewhere(language: str) -> None:
    broken = []
    for path in written(language):
        outside_code = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(), flags=re.DOTALL)
        for target in LINK.findall(outside_code):
            where, _, anchor = target.partition("#")
            other = (path.parent / where).resolve() if where else path
            if target.startswith(("http://", "https://")):
                continue
            if not other.exists() or (anchor and other.suffix == ".md" and anchor not in anchors(other)):
                broken.append(f"{path.name}: {target}")
    assert broken == []


@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_is_shown_whole(client: FlaskClient, app: Flask, name: str) -> None:
    answer = client.get(f"/ui/help/{name}")
    found = chapter(name, "en")

    assert answer.status_code == 200
    assert found is not None
    assert len(answer.data) <= 60 * 1024
    assert [part.anchor for part in found.sections[1:] if f'id="{part.anchor}"' not in answer.text] == []
    assert "style=" not in answer.text
    for link in re.findall(r"<article.*</article>", answer.text, re.DOTALL):
        inside = set(re.findall(r'href="(/[^"#]*)', link))
        assert {client.get(address).status_code for address in inside} <= {200}


def test_pictures_are_those_that_are_drawn_and_speak_the_readers_language(client: FlaskClient) -> None:
    shown = {}
    for language in LANGUAGES:
        with client.get("/ui/help/pictures/lease.svg", headers={"Accept-Language": language}) as answer:
            shown[language] = answer.text
            assert "max-age=0" in answer.headers["Cache-Control"]

    assert {file: file.read_text() for file, _ in drawn()} == dict(drawn())
    assert "scheduler" in shown["en"] and "penjadwal" in shown["id"]


def test_a_chapter_that_does_not_exist_is_not_there(client: FlaskClient) -> None:
    kept = handbook._read.cache_info().currsize

    assert [client.get(f"/ui/help/{name}").status_code for name in ("decisions", "..", "nothing")] == [404] * 3
    assert handbook._read.cache_info().currsize == kept


def test_a_heading_in_code_is_none() -> None:
    text = "# A\n\n```sh\n# not a part\n```\n\n## B c\n"

    assert [(one.title, one.anchor) for one in sections(text)] == [("A", ""), ("B c", "b-c")]


def test_what_pages_lead_to_is_there_in_every_language(client: FlaskClient) -> None:
    missing = []
    for name, anchor in PLACES:
        for language in LANGUAGES:
            page = client.get(f"/ui/help/{name}", headers={"Accept-Language": language}).text
            found = part(name, anchor, language)
            if (f'id="{found.anchor}"' if anchor else f'<h1 lang="{language}">{escape(found.title)}<') not in page:
                missing.append((name, anchor, language))

    assert len(PLACES) >= 10
    assert missing == []


def test_a_page_leads_to_its_chapter_in_the_readers_language(client: FlaskClient) -> None:
    for page, english, indonesian in (
        ("/ui/queue", "concepts#pressure", "concepts#tekanan"),
        ("/ui/approvals", "approvals", "approvals"),
        ("/ui/jobs/no-such-job", "troubleshooting", "troubleshooting"),
    ):
        for language, there in (("en", english), ("id", indonesian)):
            assert (
                f'class="help" href="/ui/help/{there}"' in client.get(page, headers={"Accept-Language": language}).text
            )


def test_a_part_that_no_chapter_has_is_refused() -> None:
    for name, anchor in (("guards", "nothing"), ("nothing", "")):
        with pytest.raises(KeyError):
            part(name, anchor, "en")
