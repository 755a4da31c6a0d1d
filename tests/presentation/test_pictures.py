"""The pictures: what they draw, and the sentence for those who cannot see them."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from runners.engine.guards import GUARDS
from runners.engine.store.facts import DepthSample
from runners.engine.store.spreads import Quantiles, Spread
from webapp.presentation import bars, depth, minutes, quantiles, strip
from webapp.presentation.strip import Bar

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
SPAN = timedelta(hours=2)
MARKS = depth.Marks(300, 180)


def took(seconds: float) -> Bar:
    return Bar("success", timedelta(seconds=seconds))


def tops(path: str) -> list[int]:
    """Return the upper end of each bar in a path of the strip."""
    return [int(step.partition("V")[2]) for step in path.split("M")[1:]]


def drawn(svg: str, of: str) -> str:
    return next(path.get("d", "") for path in ElementTree.fromstring(svg).iter("path") if path.get("class") == of)


def sample(minutes_ago: float, waiting: int, pressure: bool = False) -> DepthSample:
    return DepthSample(NOW - timedelta(minutes=minutes_ago), waiting, pressure)


def test_the_strip_draws_longer_runs_higher_and_skipped_slots_hatched():
    svg = strip.draw([took(1), took(10), Bar("skipped", guard="overlap"), Bar("skipped", guard="pressure")])

    short, long = tops(drawn(svg, "success"))
    assert long < short
    assert 'class="skipped" stroke="url(#hatch-overlap)"' in svg
    assert 'class="skipped" stroke="url(#hatch-pressure)"' in svg


def test_each_guard_has_a_hatch_of_its_own_and_is_named():
    guards = [guard.__name__ for guard in GUARDS]

    svg = strip.draw([Bar("skipped", guard=guard) for guard in (*guards, "newer")])

    titles = [title.text for title in ElementTree.fromstring(svg).iter("title")]
    hatches = set(re.findall(r"url\(#(hatch-\w+)\)", svg))
    assert hatches == {f"hatch-{guard}" for guard in (*guards, "other")}
    assert titles == [f"1 skipped: {strip.guard_name(guard)}" for guard in (*guards, "newer")]
    assert len({hatch[1:] for hatch in strip.HATCHES}) == len(guards) + 1


def test_the_strip_keeps_the_last_thirty_slots():
    svg = strip.draw([Bar("failed"), *[took(1)] * 30])

    assert "failed" not in svg
    assert len(tops(drawn(svg, "success"))) == 30


def test_the_strip_in_words_counts_each_end():
    words = strip.in_words([took(1), took(2), Bar("skipped"), Bar("running")])

    assert words == "last 4 slots: 2 succeeded, 1 skipped by a guard, 1 running"
    assert strip.in_words([]) == "no slots yet"


@pytest.mark.parametrize("bars", [[], [Bar("failed")], [took(0)], [Bar("missed"), Bar("cancelled")]])
def test_a_strip_of_anything_can_be_drawn(bars: list[Bar]):
    assert ElementTree.fromstring(strip.draw(bars)).tag == "svg"


def test_pressure_is_shaded_from_its_first_sample_to_its_last():
    samples = [sample(40, 10), sample(30, 320, True), sample(20, 310, True), sample(10, 100)]

    spans = list(depth.acted_spans(samples))

    assert spans == [(samples[1].at, samples[2].at)]


def test_thinning_keeps_the_peak_and_the_newest():
    samples = [sample(120 - at / 6, 500 if at == 300 else 1) for at in range(720)]

    kept = depth.thinned(samples, 100)

    assert len(kept) <= 100
    assert max(one.depth for one in kept) == 500
    assert kept[-1] == samples[-1]


def test_the_chart_names_both_marks_and_leaves_out_what_is_older():
    svg = depth.draw([sample(500, 9_999), sample(1, 42)], MARKS, NOW, SPAN)

    assert ">300<" in svg and ">180<" in svg
    assert "42 now, at most 42" in svg


def test_a_chart_without_samples_says_so():
    assert "no samples yet" in depth.draw([], MARKS, NOW, SPAN)


def stretch(minutes_ago: float, success: int, failed: int) -> Spread:
    end_at = NOW - timedelta(minutes=minutes_ago)
    return Spread(end_at - timedelta(minutes=1), end_at, success, failed, 0, None, None)


def test_each_minute_is_a_bar_with_the_failed_runs_on_top():
    old, quiet, busy = (stretch(*numbers) for numbers in ((9, 70, 7), (1, 0, 0), (0, 3, 1)))

    svg = minutes.draw([old, quiet, busy], timedelta(minutes=1), NOW, timedelta(minutes=3))

    bars = {bar.get("class"): bar for bar in ElementTree.fromstring(svg).iter("rect")}
    assert bars["success"].get("x") == bars["failed"].get("x") == "20", "the last of three places of ten"
    assert int(bars["failed"].get("y", "")) + int(bars["failed"].get("height", "")) == int(bars["success"].get("y", ""))
    assert svg.count("<rect") == 2
    assert ">4<" in svg and ">11:57<" in svg, "the highest bar has its number, and both ends have their time"
    assert "3 succeeded, 1 failed" in svg


def within(p50: float, p95: float) -> Quantiles:
    return Quantiles(timedelta(seconds=p50), timedelta(seconds=p95))


def test_waits_are_drawn_as_two_lines_with_the_slow_one_above():
    points = [(NOW - timedelta(minutes=ago), within(1, 20)) for ago in (500, 30, 10)]

    svg = quantiles.draw(points, NOW, SPAN)

    middle, slow = (drawn(svg, name) for name in ("line", "slow"))
    assert middle.count("L") == slow.count("L") == 1, "what is older is left out"
    assert float(slow.split()[-1]) < float(middle.split()[-1])
    assert ">10 s<" in svg
    assert "half within 1 s at most, 95 of 100 within 20 s" in svg


@pytest.mark.parametrize("points", [[], [(NOW, within(0, 0))], [(NOW, within(1e-6, 1e6))]], ids=["none", "zero", "far"])
def test_quantiles_of_anything_can_be_drawn(points):
    assert ElementTree.fromstring(quantiles.draw(points, NOW, SPAN)).tag == "svg"


def test_bars_show_a_single_one_beside_a_thousand_and_nothing_for_none():
    picture = ElementTree.fromstring(bars.draw([0, 1, 1000], "1 001 failures"))

    assert picture.find("path").get("d") == f"M7.5 24v-{bars.LOWEST}M12.5 24v-24"
    assert picture.get("aria-label") == picture.find("title").text == "1 001 failures"
    assert ElementTree.fromstring(bars.draw([0, 0], "none")).find("path").get("d") == ""
