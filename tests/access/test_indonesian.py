"""Every page in Bahasa Indonesia: what the catalogues translate is nowhere said in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask

from runners.engine import operations
from runners.engine.bulk import Action
from runners.engine.operations import Role, RunFilter
from runners.engine.run import RunStatus
from tests.access.browsing import Browsing
from tests.access.conftest import ADMIN, signed_in
from tests.presentation.bare_words import NO_LANGUAGE, SHOWN_ATTRIBUTES
from tests.store.making import claim as take
from tests.store.making import fail, finished, save, start
from webapp.catalogues import catalogue

INDONESIAN = {"Accept-Language": "id"}
ASIDE = re.compile(r"/ui/docs|/log$|\?.*page=|/inputs$|/output$|/sign-out")
"""The API's own description, files, and further pages of the same."""
MOST = 150
LINK = re.compile(r'href="(/ui[^"#]*)"')
PLACE = re.compile(r"%\(\w+\)s")
VAGUE = 9
"""Letters beside places; what has fewer could be anything."""
NAMELY = {
    *("slot", "run", "runs", "job", "admin", "operator", "viewer"),
    *("role", "fields", "source", "failures", "until", "memory", "pressure", "low", "normal", "critical"),
    *("standard", "fragile", "batch"),
}
"""Names of things, of operations in the audit, and of fields and values in events: what programs call them."""


@pytest.fixture
def furnished(guarded: Any) -> Any:
    """Something of everything that pages show."""
    flow = {"flow_group": "exports", "flow_max_active_runs": 1}
    save(guarded, "daily", inputs=flow, schedule={"interval_sec": 3600}, tags=["billing"])
    save(guarded, "daily", inputs=flow, schedule={"cron": "0 2 * * *", "timezone": "Asia/Jakarta"}, description="again")
    save(guarded, "asking", requires_approval=True)
    finished(guarded, "daily", error="out of paper")
    finished(guarded, "daily")
    for _ in range(3):
        start(guarded, "daily")
        fail(guarded, *take(guarded))
    start(guarded, "asking")
    save(guarded, "steady")
    start(guarded, "steady")
    take(guarded)
    operations.pause_job(guarded, ADMIN, "asking")
    operations.pause_queue(guarded, ADMIN, "low")
    operations.pause_flow(guarded, ADMIN, "exports")
    operations.begin_bulk(guarded, ADMIN, Action.RETRY, RunFilter(status=RunStatus.FAILED), 4)
    operations.save_account(
        guarded, ADMIN, "openai", "main", {"base_url": "http://10.0.0.7", "secrets": {"key": "abc"}}
    )
    operations.save_mcp_server(guarded, ADMIN, "shop", {"transport": "http", "url": "http://10.0.0.7/mcp"})
    operations.save_telegram_account(guarded, ADMIN, "sales", {"label": "Sales"})
    operations.save_slack_account(guarded, ADMIN, "ops", {"label": "Sales"})
    rule = {"events": ["run.failed"], "channel": "email", "email": {"to": ["ops@example.org"]}}
    operations.save_rule(guarded, ADMIN, "night", rule)
    operations.test_rule(guarded, ADMIN, "night", timedelta(0))
    operations.create_token(guarded, ADMIN, "deploy", Role.VIEWER)
    return guarded


class Words(HTMLParser):
    """The texts of a page that people read."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._aside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in NO_LANGUAGE:
            self._aside.append(tag)
        self.found += [" ".join(value.split()) for name, value in attrs if name in SHOWN_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._aside:
            self._aside.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self._aside and data.strip():
            self.found.append(" ".join(data.split()))


def translated() -> tuple[set[str], re.Pattern[str]]:
    """Return the messages that read otherwise in Bahasa Indonesia: whole ones, and a pattern of those with places in them."""
    found = catalogue("id")._catalog  # type: ignore[attr-defined]  # what gettext has read
    indonesian = {text for text in found.values() if isinstance(text, str)}
    whole, parted = set(), []
    for key, text in found.items():
        message = key[0] if isinstance(key, tuple) else key
        plain = re.sub(r"<[^>]+>", "", message).replace("%%", "%")
        if not message or text == message or message in indonesian or plain.casefold() in NAMELY:
            continue
        if not PLACE.search(plain):
            whole.add(plain)
        elif len(PLACE.sub("", plain).strip()) > VAGUE:
            parted.append(".{1,80}".join(map(re.escape, PLACE.split(plain))))
    return whole, re.compile("|".join(parted))


def pages(browser: Browsing) -> Iterator[tuple[str, str]]:
    """Walk whatever a page leads to, from the overview on, one page of each kind."""
    waiting, known = ["/ui", "/ui/nowhere"], set()
    while waiting and len(known) < MOST:
        path = waiting.pop(0)
        answer = browser.get(path, INDONESIAN)
        if answer.status_code in (200, 404) and answer.mimetype == "text/html":
            yield path, answer.text
        for href in LINK.findall(answer.text):
            kind = re.sub(r"run_[a-z0-9_]+|apr_[a-z0-9_]+", "ID", href.replace("&amp;", "&")).partition("?")[0]
            if kind not in known and not ASIDE.search(href):
                known.add(kind)
                waiting.append(href.replace("&amp;", "&"))


@pytest.mark.slow
def test_no_page_says_in_english_what_has_been_translated(app: Flask, furnished: Any) -> None:
    (whole, parted), read, texts = translated(), 0, dict[str, str]()
    for path, text in [*pages(signed_in(app, "admin")), *pages(Browsing(app))]:
        assert '<html lang="id"' in text, path
        read += 1
        texts |= {said: path for said in Words(text).found if said not in texts}

    assert read > 40
    assert {said: path for said, path in texts.items() if said in whole or parted.fullmatch(said)} == {}
