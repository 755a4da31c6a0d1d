"""The fault scenarios by number and name, and playing one from an empty server to balanced books."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults import books
from tests.faults.deployment import Deployment, deployed
from tests.faults.scenarios import changes, disks, handlers, schedulers, servers, sizes, states, workers


@dataclass(frozen=True, slots=True)
class Scenario:
    """`play(deployment, seconds)` drives load, injects the fault for about that long, and counts how often it struck."""

    number: int
    name: str
    play: Callable[[Deployment, float], int]
    proxied: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What one play showed. It holds when the fault struck and nothing is wrong."""

    scenario: str
    mode: str
    struck: int
    runs: int
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """True when the fault struck its window and the books balance."""
        return self.struck > 0 and not self.problems


SCENARIOS = (
    Scenario(1, "worker-killed-in-a-run", workers.killed_in_a_run),
    Scenario(2, "worker-killed-after-claim", workers.killed_after_claim),
    Scenario(3, "worker-killed-before-result", workers.killed_before_result),
    Scenario(4, "scheduler-killed-in-a-tick", schedulers.killed_in_a_tick),
    Scenario(5, "schedulers-side-by-side", schedulers.side_by_side),
    Scenario(8, "server-killed", servers.killed),
    Scenario(10, "server-frozen", servers.frozen),
    Scenario(11, "worker-asleep", workers.asleep),
    Scenario(15, "server-full", servers.full),
    Scenario(18, "server-slow", servers.slow, proxied=True),
    Scenario(19, "reply-lost", servers.reply_lost, proxied=True),
    Scenario(21, "poison-job", handlers.poisoned),
    Scenario(22, "timeout-ignored-with-grandchildren", handlers.deaf_to_its_timeout),
    Scenario(23, "huge-payloads", handlers.huge),
    Scenario(24, "long-queue", sizes.long_queue),
    Scenario(26, "log-disk-full", disks.logs_do_not_fit),
    Scenario(27, "append-only-disk-full", disks.append_only_file_does_not_fit),
    Scenario(30, "server-refusing", states.refusing),
    Scenario(30, "server-emptied", states.emptied),
    Scenario(31, "worker-asked-to-stop", workers.asked_to_stop),
    Scenario(32, "versions-mixed", changes.versions_mixed),
    Scenario(34, "job-changed-under-its-run", changes.under_its_runs),
)


def play(scenario: Scenario, mode: str, seconds: float, folder: Path) -> Report:
    """Play a scenario on a server of its own in `folder`, and close its books."""
    with deployed(mode, folder, proxied=scenario.proxied) as deployment:
        struck = scenario.play(deployment, seconds)
        problems = [*books.close(deployment), *deployment.dead()]
        store = deployment.platform.store
        return Report(scenario.name, mode, struck, store.redis.zcard(store.keys.runs), tuple(problems))
