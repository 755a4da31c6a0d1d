"""Keys of the audit; `keys.py` says how to read these, and `runners/engine/audit.py` what a row is."""

from dataclasses import dataclass

from runners.engine.store.prefixed import Prefixed


@dataclass(frozen=True, slots=True)
class AuditKeys(Prefixed):
    """Names of the keys of the audit."""

    @property
    def audit(self) -> str:
        """ZSET row → id: the chain of entries; written by every script with the part `_audit`, in the step of the change."""
        return f"{self.prefix}audit"

    @property
    def audit_head(self) -> str:
        """STRING 'number|id|key|seal' of the newest entry, over which the next one is sealed."""
        return f"{self.prefix}audit:head"

    def audit_aside(self, name: str) -> str:
        """What stood in the place of a key of the audit and was of another type; set aside by `resume_audit`."""
        return f"{self.prefix}audit:aside:{name}"

    @property
    def turned_away(self) -> str:
        """HASH kind → 'count|first|last|JSON': refusals of somebody unknown, alike ones counted; ':gone' → how many were dropped."""
        return f"{self.prefix}turned_away"

    @property
    def turned_away_last(self) -> str:
        """ZSET kind → when it last happened; of the longest ago all but 1000 kinds are dropped, written by `turned_away`."""
        return f"{self.prefix}turned_away:last"

    def audit_of(self, index: str, value: str) -> str:
        """ZSET entry id → entry id: the entries of one actor or about one object; index is actor | object."""
        return f"{self.prefix}audit:of:{index}:{value}"
