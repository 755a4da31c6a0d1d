"""How a daily report is told: in lines, and as a page with charts that needs no server and no script. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from runners.engine.notifications.words import Text
from runners.engine.words import Language, say

SHOWN = 20
"""Jobs and failures that are told; the run's output has more."""
WIDE = 320
PARTS = frozenset({"start_at", "end_at", "runs", "by_status", "jobs", "failures", "slowest", "skipped_slots"})
COLOURS = {"success": "#3d7d55", "failed": "#b3372b", "cancelled": "#8a8f9c", "active": "#3158a6"}
STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;color:#23262d;background:#fbfaf8;margin:2rem auto;max-width:44rem;padding:0 1rem}"
    "h1{font-size:1.25rem}h2{font-size:1rem;margin:1.5rem 0 .25rem}table{border-collapse:collapse;width:100%}"
    "td{padding:.15rem .75rem .15rem 0;vertical-align:middle;overflow-wrap:anywhere}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
)


def is_report(output: object) -> bool:
    """Say whether a run's output is a report; one that was cut to text is none."""
    return isinstance(output, dict) and output.keys() >= PARTS


def report_text(report: Mapping[str, Any], language: Language) -> Text:
    """Return the report as a notice: a chat shows no subject, so that its text begins with the same."""
    title = _title(report, language)
    return Text(title[:200], "\n".join([title, *report_lines(report, language)[1:]]))


def report_lines(report: Mapping[str, Any], language: Language) -> list[str]:
    """Return the report for people, one short line a fact."""
    counts = ", ".join(f"{count} {_status(status, language)}" for status, count in sorted(report["by_status"].items()))
    runs = say("report.runs", language, count=report["runs"])
    lines = [_span(report, language), f"{runs}{': ' if counts else ''}{counts}"]
    lines += [
        "  " + say("report.job", language, job=row["job_id"], runs=row["runs"], failed=row.get("failed", 0))
        for row in report["jobs"][:SHOWN]
    ]
    failures = [f"  {row['at']} {row['job_id']}: {row['error']}" for row in report["failures"][:SHOWN]]
    slowest = [f"  {_slow(row)} {row['job_id']} ({_status(row['status'], language)})" for row in report["slowest"]]
    skipped = [
        "  " + say("report.skipped_by", language, count=count, guard=guard)
        for guard, count in sorted(report["skipped_slots"].items())
    ]
    parts = (("failures", failures), ("slowest", slowest), ("skipped", skipped))
    return [
        *lines,
        *(line for name, rows in parts if rows for line in ("", say(f"report.{name}", language) + ":", *rows)),
    ]


def report_page(report: Mapping[str, Any], language: Language) -> str:
    """Return the report as HTML, its charts as bars beside their numbers; whatever is in a name stands there as text."""
    title = escape(_title(report, language))
    statuses = [
        (_status(status, language), count, COLOURS.get(status, COLOURS["cancelled"]))
        for status, count in sorted(report["by_status"].items())
    ]
    jobs = [
        (row["job_id"], row["runs"], COLOURS["failed"] if row.get("failed") else COLOURS["success"])
        for row in report["jobs"][:SHOWN]
    ]
    slowest = [(row["job_id"], row["duration_ms"] / 1000, COLOURS["active"]) for row in report["slowest"]]
    skipped = [(guard, count, COLOURS["cancelled"]) for guard, count in sorted(report["skipped_slots"].items())]
    failures = "".join(
        f"<tr><td>{escape(row['at'])}</td><td>{escape(row['job_id'])}</td><td>{escape(row['error'])}</td></tr>"
        for row in report["failures"][:SHOWN]
    )
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style><body><h1>{title}</h1><p>{escape(_span(report, language))}</p>"
        f"{_chart('by_status', statuses, language)}{_chart('by_job', jobs, language)}"
        f"{_part('failures', failures, language)}{_chart('slowest', slowest, language, ' s')}"
        f"{_chart('skipped', skipped, language)}</body></html>\n"
    )


def _chart(name: str, rows: Sequence[tuple[str, float, str]], language: Language, unit: str = "") -> str:
    most = max((number for _, number, _ in rows), default=0) or 1
    return _part(name, "".join(_bars(rows, most, unit)), language)


def _bars(rows: Iterable[tuple[str, float, str]], most: float, unit: str) -> Iterable[str]:
    """Yield a row for each: its name, a bar that a mail program draws too, and its number."""
    for name, number, colour in rows:
        bar = f'<div style="height:12px;border-radius:2px;background:{colour};width:{max(1, round(number / most * WIDE))}px"></div>'
        shown = f"{number:.1f}" if unit else f"{number}"
        yield f'<tr><td width="35%">{escape(name)}</td><td width="{WIDE}">{bar}</td><td class="n">{shown}{unit}</td></tr>'


def _part(name: str, rows: str, language: Language) -> str:
    return f"<h2>{escape(say(f'report.{name}', language))}</h2><table>{rows}</table>" if rows else ""


def _title(report: Mapping[str, Any], language: Language) -> str:
    failed = report["by_status"].get("failed", 0)
    return say("report.title", language, runs=report["runs"], failed=failed, end=report["end_at"])


def _span(report: Mapping[str, Any], language: Language) -> str:
    return say("report.span", language, start=report["start_at"], end=report["end_at"])


def _status(status: str, language: Language) -> str:
    return say("report.active", language) if status == "active" else say(f"chat.status_{status}", language)


def _slow(row: Mapping[str, Any]) -> str:
    return f"{row['duration_ms'] / 1000:.1f} s"
