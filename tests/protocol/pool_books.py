"""I4 of worker pools: who waits in another pool than the default one stands in its set too, and its pool is known."""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.protocol.books import Reader


def check_pools(read: "Reader", runs: Mapping[str, Mapping[str, str]], priority: str, queued: set[str]) -> None:
    """Hold the sets of each pool against the runs that are queued, and against the times at which these came."""
    whole, known = read.zset(f"pending:{priority}"), set(read.redis.smembers(read.prefix + "pools"))
    wanted: dict[str, dict[str, int]] = defaultdict(dict)
    for name in queued:
        if pool := runs[name].get("pool"):
            wanted[pool][name] = whole[name]
    kept = {pool: read.zset(f"pending:{priority}:{pool}") for pool in read.matching(f"pending:{priority}:")}
    assert kept == wanted, f"I4: pools of {priority}"
    assert set(wanted) <= known, f"I4: pools {set(wanted) - known} are not known"
