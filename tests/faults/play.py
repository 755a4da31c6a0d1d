"""Playing one scenario: a whole deployment under load, a fault in it, and its books when it has come to rest.

Around the scenario's own play there are always a web process, through which all load comes, a connector, traffic of
somebody who asks for runs, and looks at the running store. Schedulers and workers are started by the scenario.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import old_servers
from tests.faults import alone, books
from tests.faults.deployment import Deployment, deployed
from tests.faults.door_books import door_problems
from tests.faults.holding import Holding
from tests.faults.sampling import Sampling, look
from tests.faults.traffic import Traffic
from tests.protocol.books import check_invariants


@dataclass(frozen=True, slots=True)
class Scenario:
    """`play(deployment, seconds)` drives load, injects the fault for about that long, heals it, and counts how often it struck.

    At its end a scheduler, a worker and the web process must be alive, so that the deployment can come to rest.
    `proxied` and `shifted` put a fault proxy and a clock at the server, `options` go to its command line, `env` to
    every process; `versions` name an older server for some modes. It may last `most_sec`: a job of one second keeps 1000
    decisions, and the books need them all. What all processes of a `watched` one hold must stay flat. A scenario that sets
    `deployment.lossy` is asked for consistency only. What it raises as AssertionError ends the play as broken.
    """

    number: int
    name: str
    play: Callable[[Deployment, float], int]
    proxied: bool = False
    shifted: bool = False
    modes: tuple[str, ...] = ("streams", "lists")
    options: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    most_sec: float = 900
    watched: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What one play showed. It holds when the fault struck and nothing is wrong.

    `told` counts the client's requests by what it was told, `looks` the looks at the running store; `held` is what each
    process and the server held over time (`holding`).
    """

    scenario: str
    mode: str
    struck: int
    runs: int = 0
    told: Mapping[str, int] = field(default_factory=dict)
    looks: int = 0
    drained_sec: float = 0.0
    problems: tuple[str, ...] = ()
    held: Mapping[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """True when the fault struck its window and the books balance."""
        return self.struck > 0 and not self.problems


def play(scenario: Scenario, mode: str, seconds: float, folder: Path) -> Report:
    """Play a scenario on a server of its own in `folder`, or in memory, and close its books."""
    if mode == "memory":
        with alone.alone(folder, **scenario.env) as whole:
            return _play(scenario, whole, seconds, lambda: alone.look(whole.client), _books_in_memory)
    binary = old_servers.binary(scenario.versions[mode]) if mode in scenario.versions else None
    asked = {"proxied": scenario.proxied, "shifted": scenario.shifted, "options": scenario.options, "binary": binary}
    with deployed(mode, folder, **asked, **scenario.env) as deployment, deployment.server.client() as client:
        prefix = deployment.platform.store.keys.prefix
        return _play(scenario, deployment, seconds, lambda: look(client, prefix), _books)


def _play(
    scenario: Scenario,
    deployment: Deployment,
    seconds: float,
    look: Callable[[], list[str]],
    close: Callable[[Any], Iterator[list[str]]],
) -> Report:
    """Drive everything; `close` yields the problems of slots when the deployment is at rest, and then all others."""
    deployment.start_all("web", "connector")
    holding = Holding(deployment) if scenario.watched else None
    with Sampling(look) as sampling:
        with Traffic(deployment) as traffic, holding or nullcontext():
            struck = scenario.play(deployment, seconds)
        traffic.settle()
        healed_at, pages = time.monotonic(), close(deployment)
        problems = next(pages)
        drained_sec = round(time.monotonic() - healed_at, 1)
    runs = deployment.client.count("/runs")
    problems += [*door_problems(deployment), *sampling.found(), *traffic.faults, *deployment.dead(), *next(pages)]
    problems += holding.problems() if holding else ()
    held = holding.told() if holding else {}
    return Report(
        scenario.name, deployment.mode, struck, runs, traffic.told(), sampling.looks, drained_sec, tuple(problems), held
    )


def _books(deployment: Deployment) -> Iterator[list[str]]:
    yield books.settle(deployment)
    yield [*books.run_problems(deployment), *_invariants(deployment)]


def _books_in_memory(deployment: alone.Alone) -> Iterator[list[str]]:
    yield alone.settle(deployment)
    yield alone.run_problems(deployment)


def _invariants(deployment: Deployment) -> list[str]:
    """End every process, and hold what they left in the store against the protocol's invariants."""
    for spawned in deployment.spawn.spawned:
        spawned.kill()
    try:
        check_invariants(deployment.platform.store, deployment.platform.settings)
    except AssertionError as broken:
        return [f"left in the store: {str(broken)[:500]}"]
    return []
