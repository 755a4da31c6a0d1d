"""The goals, and what a run of all measurements says of each: reached or not. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

MODES = ("streams", "lists")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One goal; `measured` in words, `value` against `bound`, None where nothing could be measured."""

    goal: str
    measured: str
    value: float | None
    bound: float
    at_least: bool

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None when it was not measured."""
        if self.value is None:
            return None
        return self.value >= self.bound if self.at_least else self.value <= self.bound


def judge(found: Mapping[str, Any]) -> list[Verdict]:
    """Return a verdict for each goal that the measurements in `found` speak of."""
    verdicts: list[Verdict] = []
    if contest := found.get("contest"):
        for mode in MODES:
            verdicts += of_rates(contest, mode) + of_waits(contest, mode)
    return [*verdicts, *_of_dispatch(found), *_of_idling(found), *_of_recovery(found), *_of_polling(found)]


def _of_dispatch(found: Mapping[str, Any]) -> Iterator[Verdict]:
    if rate := found.get("dispatch"):
        goal = "guarded dispatch, one scheduler, cap 1 000: 5 000 slots/s"
        yield Verdict(goal, f"{rate:,.0f} slots/s", rate, 5000, True)
    if ticks := found.get("tick_ms"):
        fewest, most = min(ticks), max(ticks)
        goal = "a tick with nothing due costs the same at any number of jobs (within 25 %)"
        words = f"{ticks[fewest]:.2f} ms at {fewest:,}, {ticks[most]:.2f} ms at {most:,}"
        yield Verdict(goal, words, ticks[most] / ticks[fewest], 1.25, False)
    if ratio := found.get("held_ratio"):
        goal = "10 000 held slots slow unrelated jobs by at most 10 %"
        yield Verdict(goal, f"{ratio:.2f} times as long", ratio, 1.10, False)


def _of_idling(found: Mapping[str, Any]) -> Iterator[Verdict]:
    idle = found.get("idle") or {}
    for name, cost in idle.items():
        yield Verdict(f"idle {name}: under 1 % of a core", f"{cost['percent']:.2f} %", cost["percent"], 1.0, False)
    if worker := idle.get("worker"):
        yield Verdict("a worker under 90 MB without its children", f"{worker['mb']:.0f} MB", worker["mb"], 90, False)


def _of_recovery(found: Mapping[str, Any]) -> Iterator[Verdict]:
    if recovery := found.get("recovery"):
        words = f"{recovery['took_sec']:.1f} s (lease 5 s, reaper tick 1 s)"
        goal = "recovery after kill -9: lease + 2 reaper ticks + 1 s"
        yield Verdict(goal, words, recovery["took_sec"], recovery["bound_sec"], False)


def _of_polling(found: Mapping[str, Any]) -> Iterator[Verdict]:
    for how, percent in (found.get("polling") or {}).items():
        goal = f"50 tabs polling every 2 s, {how}: under 10 % of a core"
        yield Verdict(goal, f"{percent:.1f} %", percent, 10.0, False)


def of_rates(contest: Mapping[str, Mapping[str, Any]], mode: str) -> list[Verdict]:
    """Judge runs per second against huey and against stock `rq worker`, by the median of the rounds' ratios.

    What was slow for a whole round was slow for both, so that a ratio says more than two medians.
    """
    own, verdicts = contest[f"multijob, {mode}"], []
    for peer, bound in (("huey, 16 threads", 2.0), ("rq, Worker", 50.0)):
        other = contest.get(peer, {"rates": []})
        ratios = [mine / its for mine, its in zip(own["rates"], other["rates"], strict=False) if mine and its]
        words, ratio = "not measured", median(ratios) if ratios else None
        if ratios:
            words = f"{own['rate']:,.0f} / {other['rate']:,.0f}, {ratio:.2f} times ({_spread(ratios)})"
        verdicts.append(Verdict(f"{mode}: runs per second, {bound:g} times {peer}", words, ratio, bound, True))
    return verdicts


def _spread(ratios: Sequence[float]) -> str:
    return f"{min(ratios):.2f} to {max(ratios):.2f} in {len(ratios)} rounds"


def of_waits(contest: Mapping[str, Mapping[str, Any]], mode: str) -> list[Verdict]:
    """Judge the start latency against the best peer of the same run."""
    verdicts = []
    for name, bound in (("p50", 1.5), ("p99", 2.0)):
        own = contest[f"multijob, {mode}"][name]
        others = {peer: row[name] for peer, row in contest.items() if not peer.startswith("multijob") and row[name]}
        best = min(others, key=others.__getitem__, default=None)
        ratio = own / others[best] if own and best else None
        words = f"{own:.2f} / {others[best]:.2f} ms ({best}) = {ratio:.2f} times" if own and best else "not measured"
        verdicts.append(
            Verdict(f"{mode}: start latency {name} at 20/s, {bound:g} times the best peer", words, ratio, bound, False)
        )
    return verdicts


def table(found: Mapping[str, Any], verdicts: Sequence[Verdict]) -> str:
    """Return the goals and then all contenders as Markdown."""
    lines = ["| goal | measured | reached |", "|---|---|---|"]
    for verdict in verdicts:
        word = {True: "yes", False: "**no**", None: "not measured"}[verdict.reached]
        lines.append(f"| {verdict.goal} | {verdict.measured} | {word} |")
    if contest := found.get("contest"):
        lines += [
            "",
            "| no-op runs, two worker processes | runs/s | CPU µs/run | latency p50 ms | p99 ms |",
            "|---|---|---|---|---|",
        ]
        for name, row in sorted(contest.items(), key=lambda pair: -(pair[1]["rate"] or 0)):
            figures = (shown(row["rate"], 0), shown(row["cpu_us"], 0), shown(row["p50"], 2), shown(row["p99"], 2))
            lines.append(f"| {name} | {' | '.join(figures)} |")
    if rate := found.get("api"):
        lines += ["", f"`POST /jobs/{{id}}/run`, one web process, answered and run meanwhile: {rate:,.0f} per second."]
    return "\n".join([*lines, *_capacity(found.get("capacity") or {}), *_holding(found.get("holding") or {})])


def _capacity(found: Mapping[int, Mapping[str, float]]) -> Iterator[str]:
    if found:
        yield "\n| worker processes | runs/s | server µs/run | workers µs/run |\n|---|---|---|---|"
    for count, row in found.items():
        yield f"| {count} | {row['rate']:,.0f} | {row['server_us']:.0f} | {row['workers_us']:.0f} |"


def _holding(found: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Iterator[str]:
    """Yield the most that each process held at rest and at work."""
    if found:
        yield "\n| process | connections at rest | at work | MB at rest | with children | at work | with children |"
        yield "|---|---|---|---|---|---|---|"
    for kind in found.get("rest", ()):
        rest, work = found["rest"][kind], found["work"][kind]
        memory = [f"{when[name]:.0f}" for when in (rest, work) for name in ("mb", "family_mb")]
        yield f"| {kind} | {rest['connections']} | {work['connections']} | {' | '.join(memory)} |"


def shown(value: float | None, digits: int) -> str:
    """Return a figure for the table."""
    return "-" if value is None else f"{value:,.{digits}f}"


def as_json(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Return the verdicts for programs."""
    return [asdict(verdict) | {"reached": verdict.reached} for verdict in verdicts]
