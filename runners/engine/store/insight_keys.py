"""Keys of what the platform knows beside its state; see `keys.py`."""

from dataclasses import dataclass

from runners.engine.store.prefixed import Prefixed


@dataclass(frozen=True, slots=True)
class InsightKeys(Prefixed):
    """Names of the keys of spreads, of the examination and of plans under one prefix."""

    def spreads(self, step_sec: int) -> str:
        """LIST of 'ms|success|failed|cancelled|durations|waits' (`spreads`), newest first; one a minute (60) or a quarter (900)."""
        return f"{self.prefix}spreads:{step_sec}"

    @property
    def examination(self) -> str:
        """HASH at, took_ms, by, faults (JSON), looked (what was looked at), of the last look; asked_at, asked_by of who wants one."""
        return f"{self.prefix}examination"

    @property
    def examiner(self) -> str:
        """STRING the process whose turn it is to examine; expires by itself."""
        return f"{self.prefix}examiner"

    @property
    def tracer(self) -> str:
        """STRING the process whose turn it is to tell of runs as traces; expires by itself."""
        return f"{self.prefix}tracer"

    @property
    def traced_until(self) -> str:
        """STRING the event up to which runs were told as traces."""
        return f"{self.prefix}traced-until"

    def plan(self, digest: str) -> str:
        """STRING the answer of a language model to one wish (JSON), so that what is executed is what was shown; expires by itself."""
        return f"{self.prefix}plan:{digest}"

    @property
    def outcomes(self) -> str:
        """ZSET job id → how its last run ended and when, in one number (`outcome_score`); a job without an end is not in it."""
        return f"{self.prefix}outcomes"
