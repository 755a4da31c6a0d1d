"""Keys of notifications: what was looked at, what is to be sent, what became of it; `keys.py` says how to read these."""

from dataclasses import dataclass

from runners.engine.store.prefixed import Prefixed


@dataclass(frozen=True, slots=True)
class DeliveryKeys(Prefixed):
    """Names of the keys of deliveries; written by the scripts `notify_…`."""

    @property
    def notified_until(self) -> str:
        """STRING the id of the newest event that rules were asked about."""
        return f"{self.prefix}notified:until"

    @property
    def notifier(self) -> str:
        """STRING the process that tells at present; expires. It saves work twice over and guards nothing."""
        return f"{self.prefix}notified:by"

    def notified(self, same_as: str) -> str:
        """HASH until, held: till when the same thing is not told again, and how often it came since; lives a day more."""
        return f"{self.prefix}notified:{same_as}"

    def notified_hour(self, rule_id: str, hour: int) -> str:
        """STRING count of a rule's notices in one hour (epoch // 3600); lives two hours."""
        return f"{self.prefix}notified:hour:{rule_id}:{hour}"

    def delivery(self, delivery_id: str) -> str:
        """HASH kind (event | limit | test), rule_id, event (JSON), status, attempt, repeats, created_at, due_at, ended_at, error."""
        return f"{self.prefix}delivery:{delivery_id}"

    def deliveries(self, scope: str, status: str) -> str:
        """ZSET delivery id → created_at; scope 'all' or 'rule:<id>', status any | waiting | sent | failed. Newest 10 000."""
        return f"{self.prefix}deliveries:{scope}:{status}"

    @property
    def deliveries_due(self) -> str:
        """ZSET delivery id → when to send it next, or when the one who sends it now has had it for too long."""
        return f"{self.prefix}deliveries:due"
