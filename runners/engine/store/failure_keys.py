"""Keys of failures, grouped by what they have in common; see `keys.py`. Written where a run fails, and where it is forgotten."""

from dataclasses import dataclass

from runners.engine.store.prefixed import Prefixed


@dataclass(frozen=True, slots=True)
class FailureKeys(Prefixed):
    """Names of the keys of groups of failures under one prefix; a group is a number that is never given again."""

    @property
    def failures(self) -> str:
        """ZSET group → when a run of it failed last: every group that has a run."""
        return f"{self.prefix}failures"

    @property
    def last_failure_group(self) -> str:
        """STRING the newest group's number."""
        return f"{self.prefix}failures:last"

    def failures_of(self, job_id: str) -> str:
        """HASH 'kind|line' → group, of one job: at most 100 lines, and for each kind one that takes the others."""
        return f"{self.prefix}failures:job:{job_id}"

    def failure(self, group: str) -> str:
        """HASH job_id, kind, line (`failure.like`), first_at (the first failure of it that was ever kept)."""
        return f"{self.prefix}failure:{group}"

    def failure_runs(self, group: str) -> str:
        """ZSET run id → finished_at: the failed runs of the group, each of which names it as its `failure_group`."""
        return f"{self.prefix}failure:runs:{group}"

    def failure_versions(self, group: str) -> str:
        """ZSET version of the job → when a run of it failed so last; the newest 100."""
        return f"{self.prefix}failure:versions:{group}"
