"""What axe-core finds on a page: breaches of WCAG 2.2 A and AA, and of its best practices."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

RUN = """async (only) => {
  const shown = (node) => [node.target.join(' '), node.html.slice(0, 160), node.failureSummary.slice(0, 200)].join(' | ');
  const found = await axe.run(document, { runOnly: only });
  return found.violations.map((one) => ({ rule: one.id, nodes: one.nodes.slice(0, 3).map(shown) }));
}"""
KINDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@cache
def _source() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text()


def violations(page: Page, *only: str) -> list[str]:
    """Return what is wrong with the page as it stands, by `only` these rules or by all of them; best read in lines."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    found: list[dict[str, Any]] = page.evaluate(RUN, list(only or KINDS))
    return [f"{one['rule']}: {node}" for one in found for node in one["nodes"]]
