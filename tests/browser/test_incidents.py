"""An operator who knows nothing but what the pages say answers ten questions, within three clicks from the overview each.

`docs/operating.md` lists the questions with these paths. A click is a link, a button, a menu, or a word that is searched for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from scripts.pictures.stages import Stage, staged

pytestmark = pytest.mark.slow
CLICKS = 3
OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"


@dataclass(slots=True)
class Operator:
    """Somebody before the overview, whose clicks are counted."""

    page: Page
    clicks: int = 0

    def click(self, name: str, role: str = "link", near: str = "") -> Operator:
        """Click on what is called `name`; of several, on the one in the row or entry that says `near`."""
        self.clicks += 1
        places = self.page.locator("tr, li, section, .banner").filter(has_text=near).last if near else self.page
        places.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type] # one of its literals
        return self

    def menu(self, name: str) -> Operator:
        """Open a menu."""
        self.clicks += 1
        self.page.locator("summary").filter(has_text=re.compile(f"^{name}$")).first.click()
        return self

    def search(self, field: str, text: str) -> Operator:
        """Search for a word."""
        self.clicks += 1
        self.page.get_by_label(field, exact=True).first.fill(text)
        self.page.get_by_label(field, exact=True).first.press("Enter")
        return self

    def reads(self, *texts: str) -> None:
        """Find the answer in what can be seen, and no more clicks than are allowed behind it."""
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(re.compile(text), use_inner_text=True, timeout=20_000)
        assert self.clicks <= CLICKS


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged("full") as found:
        yield found


@pytest.fixture(scope="module")
def signed_in(stage: Stage, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{stage.url}/ui")
    page.get_by_label("Name").fill("sari")
    page.get_by_label("Password").fill(stage.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/ui")
    yield page
    context.close()


@pytest.fixture
def operator(stage: Stage, signed_in: Page) -> Operator:
    signed_in.goto(f"{stage.url}/ui")
    return Operator(signed_in)


def nightly(operator: Operator) -> None:
    operator.search("Search jobs", "nightly-report").click("nightly-report").click("Decisions")
    operator.reads("19:00", "skipped", "flow group", "1 of 1")


def deploy(operator: Operator) -> None:
    operator.click("Failures").reads("ledger-export", "no space left on device")


def queue(operator: Operator) -> None:
    operator.click("Queue").reads("Held by what", "Flow limit", "crawl", "price-crawl")


def silent(operator: Operator) -> None:
    operator.click("Processes", near="4188 on batch-03 does not report").reads("batch-03", "offline")


def approval(operator: Operator) -> None:
    operator.click("Look", near="refund-batch waits for a decision")
    operator.reads("Send back IDR 1 485 500", "INV-20871", "Asked by", "ana", "1 of 2 have agreed")


def lane(operator: Operator) -> None:
    operator.click("invoices", near="flow group paused").reads("paused", "by budi")


def cooldown(operator: Operator) -> None:
    operator.reads(r"ledger-export failed \d+ times in a row", r"cooldown until \d\d:\d\d:\d\d")


def disabled(operator: Operator) -> None:
    operator.menu("More").click("Events").search("Search in events", "job.disabled")
    operator.reads("customer-digest", "actor ana")


def text(operator: Operator) -> None:
    operator.click("Runs").search("Search in run id, job id and error", "Segmentation fault")
    operator.reads("thumbnail-import", "signal 11")


def limit(operator: Operator) -> None:
    operator.click("price-crawl").reads("held", "flow group crawl has 1 of 1 runs active")


QUESTIONS: dict[str, Callable[[Operator], None]] = {
    "Why did nightly-report not run at 02:00?": nightly,
    "Which job fails since the deploy, and with what?": deploy,
    "What is the queue waiting for?": queue,
    "Which worker is silent?": silent,
    "What waits for my decision, and what would happen?": approval,
    "Which lane is paused, and by whom?": lane,
    "Until when does ledger-export cool down?": cooldown,
    "Who disabled customer-digest, and when?": disabled,
    "Which run produced this error text?": text,
    "Why does price-crawl not run, although it is enabled?": limit,
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_is_answered_within_three_clicks(operator: Operator, question: str) -> None:
    QUESTIONS[question](operator)


def test_operating_lists_every_question() -> None:
    listed = OPERATING.read_text()

    assert [question for question in QUESTIONS if question not in listed] == []
