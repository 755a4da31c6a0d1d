"""Which pages there are, and pictures of them as a browser shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, StorageState

from scripts.pictures.palette import smaller
from scripts.pictures.stages import Stage

HEIGHT = 900
LANGUAGES = {"en": "en-GB", "id": "id-ID"}


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at a page; `height` is how much of it is pictured, None for all."""

    scheme: str = "light"
    width: int = 1280
    language: str = "en"
    height: int | None = None


class Album:
    """Takes pictures of one deployment; signs in once."""

    def __init__(self, browser: Browser, stage: Stage) -> None:
        self._browser, self._stage = browser, stage
        self._signed_in: StorageState | None = None
        self._signed_in = self._sign_in()
        self.pages = dict(self._pages())

    def take(self, path: str, look: Look, file: Path) -> None:
        """Take one page into `file`."""
        with self._context(look) as context:
            page = context.new_page()
            page.goto(self._stage.url + path)
            page.wait_for_load_state("load")
            picture = page.screenshot(full_page=look.height is None)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(smaller(page, picture))

    def _context(self, look: Look) -> BrowserContext:
        return self._browser.new_context(
            viewport={"width": look.width, "height": look.height or HEIGHT},
            color_scheme=look.scheme,  # type: ignore[arg-type] # one of its literals, checked by the command line
            locale=LANGUAGES[look.language],
            timezone_id="Asia/Jakarta",
            storage_state=self._signed_in,
            reduced_motion="reduce",
        )

    def _sign_in(self) -> StorageState:
        with self._context(Look()) as context:
            page = context.new_page()
            page.goto(f"{self._stage.url}/ui")
            page.get_by_label("Name").fill("ana")
            page.get_by_label("Password").fill(self._stage.password)
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.wait_for_url("**/ui")
            return context.storage_state()

    def _pages(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the address of every page: what the bar leads to, and one of each kind."""
        with self._context(Look()) as context:
            page = context.new_page()
            for start in (
                "/ui",
                "/ui/jobs/ledger-export",
                *(() if not self._found() else ("/ui/jobs/nightly-report",)),
            ):
                if not page.goto(self._stage.url + start).ok:
                    continue
                hrefs = page.eval_on_selector_all("header.bar a, main nav a", "links => links.map(link => link.href)")
                for path in dict.fromkeys(_path(href) for href in hrefs if href.startswith(self._stage.url)):
                    yield named(path), path
        yield from {"job-new": "/ui/jobs/new", "sign-in": "/ui/sign-in", "lost": "/ui/nowhere", **self._found()}.items()

    def _found(self) -> dict[str, str]:
        """Return one page of each kind that has something to show."""
        found = {}
        for name, query in (
            ("run", "job_id=catalog-crawl"),
            ("run-failed", "job_id=ledger-export"),
            ("run-crashed", "job_id=thumbnail-import"),
        ):
            for run in self._stage.get(f"/runs?limit=1&{query}"):
                found[name] = f"/ui/runs/{run['run_id']}"
        for asked in self._stage.get("/approvals?status=pending"):
            found[f"approval-{asked['kind']}"] = f"/ui/approvals/{asked['approval_id']}"
        if found:
            found |= {
                "job": "/ui/jobs/shopee-stock-sync",
                "job-failing": "/ui/jobs/ledger-export",
                "job-held": "/ui/jobs/price-crawl",
            }
            found |= {
                "flow": "/ui/flow-groups/crawl",
                "job-edit": "/ui/jobs/price-crawl/edit",
                "job-delete": "/ui/jobs/price-crawl/delete",
            }
        return found


def _path(href: str) -> str:
    parts = urlsplit(href)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def named(path: str) -> str:
    """Return a file's name for an address: '/ui' is overview."""
    return re.sub(r"[^a-z0-9]+", "-", path.removeprefix("/ui").lower()).strip("-") or "overview"
