"""Every page that there is, as each role, with and without scripts: nothing is wrong with any of them.

The pages come from the app's own addresses. A new one is walked as soon as it exists; one whose address takes a name of a new kind
needs an example of it in `furnished.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.axe import violations
from tests.browser.furnished import furnish
from tests.browser.guarded import Guarded, guarded_deployment, sign_in
from tests.planted import ROLE_TOKENS
from webapp import create_app

pytestmark = pytest.mark.slow

NEEDED = {"bulk.new": "?action=retry&job_id=broken&status=failed", "accounts.new": "?provider=supabase"}
"""What the address of a page needs behind it."""
WITHOUT_SESSION = frozenset({"signing_in.show", "first.show"})
"""Pages that lead whoever is signed in elsewhere."""
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@dataclass(frozen=True, slots=True)
class Place:
    """A page, and the roles that it is for; all of them for one that is public."""

    endpoint: str
    address: str
    roles: frozenset[str]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A deployment that works, and asks everybody who they are."""
    with guarded_deployment(tmp_path_factory.mktemp("furnished"), processes=("web", "scheduler", "worker")) as found:
        yield found


@pytest.fixture(scope="module")
def examples(guarded: Guarded) -> dict[str, str]:
    return furnish(guarded)


@pytest.fixture
def mode() -> str:
    return "memory"


@pytest.fixture
def places(platform, examples: dict[str, str]) -> list[Place]:
    """Every address of the dashboard that answers GET, with an example for each name in it."""
    app = create_app(platform)
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if not rule.rule.startswith("/ui") or "GET" not in (rule.methods or ()) or rule.endpoint in WITHOUT_SESSION:
                continue
            assert rule.arguments <= examples.keys(), f"give an example of {rule.arguments - examples.keys()}"
            names = {name: examples.get(f"{rule.endpoint} {name}", examples[name]) for name in rule.arguments}
            address = app.url_map.bind("localhost").build(rule.endpoint, names)
            needed = app.view_functions[rule.endpoint].__dict__["role"]
            roles = frozenset(role for role in ROLE_TOKENS if needed is None or type(needed)(role).covers(needed))
            found.append(Place(rule.endpoint, address + NEEDED.get(rule.endpoint, ""), roles))
    return sorted(found, key=lambda place: place.address)


@pytest.mark.parametrize("scripts", [True, False], ids=["with-js", "without-js"])
@pytest.mark.parametrize("role", sorted(ROLE_TOKENS))
def test_nothing_is_wrong_with_any_page(
    role: str, scripts: bool, guarded: Guarded, places: list[Place], chromium: Browser
) -> None:
    context = chromium.new_context(java_script_enabled=scripts)
    try:
        walk = Walk(context.new_page(), guarded.url, role)
        if not scripts:
            context.set_extra_http_headers({"Accept-Language": "id"})  # longer words have to fit, too
        for place in places:
            walk.look_at(place, scripts)
    finally:
        context.close()

    assert len(walk.seen) > 20
    assert not walk.faults, "\n".join(walk.faults)


class Walk:
    """One person's way through the pages, and what is wrong with them."""

    def __init__(self, page: Page, url: str, role: str) -> None:
        """Sign in as the person who is named like the role."""
        self.faults: list[str] = []
        self.seen: list[str] = []
        self.page, self.url, self.role, self.here = page, url, role, "/ui/sign-in"
        page.on("pageerror", lambda error: self.wrong(f"error: {error}"))
        page.on("console", lambda said: said.type in ("error", "warning") and self.wrong(said.text))
        page.on(
            "request",
            lambda sent: urlsplit(sent.url).netloc != urlsplit(url).netloc and self.wrong(f"left for {sent.url}"),
        )
        page.goto(f"{url}/ui/sign-in")
        sign_in(page, role)
        page.wait_for_url(f"{url}/ui")

    def wrong(self, what: str) -> None:
        """Note a fault of the page that is looked at."""
        self.faults.append(f"{self.here} as {self.role}: {what}")

    def look_at(self, place: Place, scripts: bool) -> None:
        """Open a page, in both themes and on a narrow screen. Files, and pages of other roles, only have to answer."""
        self.here = place.address
        may = self.role in place.roles
        answer = self.page.context.request.get(self.url + place.address, max_retries=3)
        if answer.status != (200 if may else 403):
            self.wrong(f"answered {answer.status}")
        if not may or not answer.headers.get("content-type", "").startswith("text/html"):
            return
        self.seen.append(place.endpoint)
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.page.goto(self.url + place.address)
        if scripts:
            self.look_closely()
        self.page.set_viewport_size({"width": 320, "height": 700})
        if self.page.evaluate(WIDER):
            self.wrong("scrolls sideways at 320 pixels")

    def look_closely(self) -> None:
        """Hold it against WCAG; what depends on the theme in both of them."""
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        for found in violations(self.page):
            self.wrong(found)
        if self.role != "admin":
            return  # an administrator sees whatever the others see
        self.page.emulate_media(color_scheme="dark")
        for found in violations(self.page, "color-contrast"):
            self.wrong(f"dark: {found}")
