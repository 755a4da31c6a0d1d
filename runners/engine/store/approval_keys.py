"""Keys of approvals and of what they granted; the rest is in `keys.py`, which says how to read these."""

from dataclasses import dataclass

from runners.engine.store.prefixed import Prefixed


@dataclass(frozen=True, slots=True)
class ApprovalKeys(Prefixed):
    """Names of the keys of approvals and grants under one prefix.

    The approval hash (`approval`), opened by the script that makes a run wait, closed by the one that lets it go on:
      kind (start: before the run; ask: its handler asked; grant: a capability), status (pending, approved, rejected,
      expired, void), job_id, run_id ('' for a grant), job_type, job_version, summary (JSON text), requests (JSON list),
      approvers (JSON), quorum, on_expiry (reject | approve), requester, digest (what was shown), created_at, expires_at,
      votes (JSON objects joined by ','), decided_at, decided_by (JSON text), note (JSON text),
      grants (what it grants to the job, a JSON object a line)
    """

    def approval(self, approval_id: str) -> str:
        """HASH, see the class."""
        return f"{self.prefix}approval:{approval_id}"

    @property
    def all_approvals(self) -> str:
        """ZSET approval id → created_at: all of them."""
        return f"{self.prefix}approvals"

    def approvals(self, job_id: str) -> str:
        """SET of approval ids that wait for a person; while it has members the job is held."""
        return f"{self.prefix}approvals:job:{job_id}"

    def approvals_of(self, job_id: str) -> str:
        """ZSET approval id → created_at: all of one job, decided ones too."""
        return f"{self.prefix}approvals:of:{job_id}"

    def approvals_in(self, status: str) -> str:
        """ZSET approval id → created_at, by status."""
        return f"{self.prefix}approvals:status:{status}"

    @property
    def waiting_runs(self) -> str:
        """ZSET run id → since: runs that wait for a person."""
        return f"{self.prefix}approvals:runs"

    @property
    def approval_deadlines(self) -> str:
        """ZSET approval id → when it expires; the pending ones."""
        return f"{self.prefix}approvals:deadlines"

    @property
    def approval_reminders(self) -> str:
        """ZSET approval id → when people are reminded of it next."""
        return f"{self.prefix}approvals:reminders"

    def grants(self, job_id: str) -> str:
        """HASH grant id → JSON (`grant.py`): what approvals granted to a job; goes with the job."""
        return f"{self.prefix}grants:job:{job_id}"

    @property
    def granted_jobs(self) -> str:
        """ZSET job id → 0: jobs that have grants."""
        return f"{self.prefix}grants"
