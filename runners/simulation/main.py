"""The load simulation as a program: read the options, play, tell, and say by the exit code how it went."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runners.simulation import charts
from runners.simulation.api import Away, Refused
from runners.simulation.fleet import NotOurs
from runners.simulation.live import Say, simulate
from runners.simulation.options import asked, parser
from runners.simulation.verdict import lines

OK, FAILED, INTERRUPTED = 0, 1, 130


def main(words: list[str] | None = None, name: str | None = None) -> int:
    """Play what the options ask for. Returns 0 when all criteria hold, 1 when one fails or the server does not do what it is asked.

    130 when it was interrupted. Raises SystemExit with 2 for wrong options.
    """
    options = parser(name).parse_args(words)
    out = sys.stderr if options.json else sys.stdout  # a JSON report has stdout for itself

    def say(told: str) -> None:
        print(told, file=out, flush=True)

    scenario = asked(options, say)
    try:
        with _ending_in_order():
            told, interrupted = _virtual(options, scenario) if options.virtual else simulate(options, scenario, say)
    except (Away, Refused, NotOurs) as error:
        print(f"failed: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("interrupted; nothing was made", file=sys.stderr)
        return INTERRUPTED
    _tell(told, options.json, options.html, say)
    return INTERRUPTED if interrupted else OK if told["ok"] else FAILED


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Take SIGTERM as an interrupt, too: whoever ends this wants its jobs away as well."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _virtual(options: Any, scenario: Any) -> tuple[dict[str, Any], bool]:
    try:
        from runners.simulation.virtual import play
    except ImportError as error:
        raise Refused(0, f"--virtual needs the platform's packages ({error}); run it with .venv/bin/python") from error
    return play(scenario, options.concurrency, options.seed, options.spread), False


def _tell(told: dict[str, Any], as_json: bool, html: str | None, say: Say) -> None:
    for line in lines(told):
        say(line)
    if as_json:
        print(json.dumps(told, indent=2, sort_keys=True))
    if html:
        Path(html).write_text(charts.page(told), encoding="utf-8")
