"""Keys of what waits for a worker: the queues of each pool, and how its workers are told; the rest is in `keys.py`."""

from dataclasses import dataclass

from runners.engine.pool import DEFAULT, of_pool
from runners.engine.store.prefixed import Prefixed


@dataclass(frozen=True, slots=True)
class QueueKeys(Prefixed):
    """Names of the keys of queues under one prefix."""

    def pending(self, priority: str, pool: str = DEFAULT) -> str:
        """ZSET run id → queued at: runs waiting now. Depth is the sum of the three cardinalities.

        Those of the default pool are the whole: of another pool's runs each is also in the set of its own.
        """
        return f"{self.prefix}pending:{of_pool(priority, pool)}"

    @property
    def pools(self) -> str:
        """SET of the pools, but the default one, in which runs wait; a queued run joins it, reconcile drops those that are empty."""
        return f"{self.prefix}pools"

    # --- transport
    def stream(self, priority: str, pool: str = DEFAULT) -> str:
        """STREAM of {run: id}, consumer group `workers`. Under our own prefix: stock tools take rq:queue:* for a list."""
        return f"{self.prefix}stream:{of_pool(priority, pool)}"

    def queue_list(self, priority: str, pool: str = DEFAULT) -> str:
        """LIST of run ids (lists transport), pushed left, taken right."""
        return f"{self.prefix}list:{of_pool(priority, pool)}"

    def wake(self, pool: str = DEFAULT) -> str:
        """LIST of tokens on which the pool's idle workers block; a hint, at most 64 long."""
        if pool == DEFAULT:
            return f"{self.prefix}wake"
        return f"{self.prefix}wake:{pool}"

    @property
    def markers(self) -> str:
        """HASH of places: of reconcile 'place:<queue>', and in lists 'open:<queue>' and 'passed:<queue>'; 'place:ledgers'.

        A queue is a priority, or 'priority:pool'.
        """
        return f"{self.prefix}markers"

    def takes(self, pool: str = DEFAULT) -> str:
        """STRING count of runs taken in the pool; every eighth serves the oldest head whatever its priority."""
        if pool == DEFAULT:
            return f"{self.prefix}takes"
        return f"{self.prefix}takes:{pool}"
