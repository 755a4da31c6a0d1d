"""The report as one page: its charts are drawn into it, and it needs no server and no script. Pure."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

WIDE, HIGH, EDGE = 720, 160, 44
STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


def page(told: Mapping[str, Any]) -> str:
    """Return the report as HTML; whatever is in a name stands there as text."""
    scenario, ticks = told["scenario"], told["ticks"]
    verdict = "All criteria hold" if told["ok"] else "A criterion fails"
    load = f"{scenario['jobs']} jobs every {scenario['interval_sec']} s, {scenario['work_ms']} ms of work each"
    head = f"{load}, for {scenario['duration_sec']:g} s"
    parts = [
        f"<h1>{verdict}</h1><p>{escape(head)}, prefix {escape(scenario['prefix'])}.</p>",
        _criteria(told["criteria"]),
        f"<p>Recommended WORKER_CONCURRENCY, all workers together: <strong>{told['recommended']['worker_concurrency']}</strong> = "
        f"{escape(told['recommended']['how'])}</p>",
        "<h2>Runs that have ended well, and those that failed</h2>",
        chart(ticks, ("success", "failed"), ("first", "third")),
        "<h2>Runs at work, and runs that wait</h2>",
        chart(ticks, ("running", "q_depth"), ("first", "second")),
        "<h2>Every look</h2>",
        _table(ticks),
    ]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Load simulation: {verdict}</title><style>{STYLE}</style><body>{''.join(parts)}</body></html>\n"
    )


def chart(ticks: Sequence[Mapping[str, Any]], names: Sequence[str], styles: Sequence[str]) -> str:
    """Return the counts over time as one picture, with its largest value and its end at the axes."""
    most = max([1, *(each[name] for each in ticks for name in names)])
    last = max([1.0, *(each["at_sec"] for each in ticks)])
    lines = []
    for name, style in zip(names, styles, strict=True):
        points = " ".join(f"{_x(each['at_sec'], last)},{_y(each[name], most)}" for each in ticks)
        lines.append(f'<polyline class="{style}" points="{points}"><title>{escape(name)}</title></polyline>')
    told = ", ".join(f"{name} {ticks[-1][name]} at the end" for name in names) if ticks else "nothing"
    legend = "".join(
        f'<line class="{style}" x1="{EDGE + 110 * place}" x2="{EDGE + 18 + 110 * place}" y1="12" y2="12"/>'
        f'<text x="{EDGE + 24 + 110 * place}" y="16">{escape(name)}</text>'
        for place, (name, style) in enumerate(zip(names, styles, strict=True))
    )
    floor = HIGH - 22
    axes = (
        f'<line class="axis" x1="{EDGE}" x2="{WIDE}" y1="{floor}" y2="{floor}"/>'
        f'<line class="axis" x1="{EDGE}" x2="{EDGE}" y1="24" y2="{floor}"/>'
        f'<text x="{EDGE - 6}" y="30" text-anchor="end">{most}</text><text x="{EDGE - 6}" y="{floor}" text-anchor="end">0</text>'
        f'<text x="{EDGE}" y="{HIGH - 6}">0 s</text><text x="{WIDE}" y="{HIGH - 6}" text-anchor="end">{last:g} s</text>'
    )
    return (
        f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{escape(told)}">{axes}{legend}{"".join(lines)}</svg>'
    )


def _x(at: float, last: float) -> float:
    return round(EDGE + at / last * (WIDE - EDGE), 1)


def _y(value: float, most: float) -> float:
    floor = HIGH - 22
    return round(floor - value / most * (floor - 28), 1)


def _criteria(criteria: Sequence[Mapping[str, Any]]) -> str:
    rows = "".join(
        f"<tr><td>{escape(one['name'])}</td><td>{escape(_last(one['observed']))}</td>"
        f"<td>{'holds' if one['holds'] else '<span class=bad>fails</span>'}</td></tr>"
        for one in criteria
    )
    return f"<table><tr><th>Criterion</th><th>Seen</th><th>Verdict</th></tr>{rows}</table>"


def _last(observed: Any) -> str:
    if not isinstance(observed, list):
        return str(observed)
    return f"{observed[0]} to {observed[-1]}" if observed else "nothing"


def _table(ticks: Sequence[Mapping[str, Any]]) -> str:
    if not ticks:
        return "<p>Nothing was looked at.</p>"
    head = "".join(f"<th>{escape(name)}</th>" for name in ticks[0])
    rows = "".join("<tr>" + "".join(f"<td>{value}</td>" for value in each.values()) + "</tr>" for each in ticks)
    return f'<div class="wide"><table><tr>{head}</tr>{rows}</table></div>'
