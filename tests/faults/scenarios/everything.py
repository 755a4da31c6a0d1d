"""Everything is killed at random: web, connector, schedulers, workers, the children of workers, and the server.

For a minute about twice a second, or for half an hour, with time between the kills in which work goes on, and one process of
each kind that lives through it all, so that it would show what leaks.
"""

import os
import random
import signal
from collections import Counter
from contextlib import suppress

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import Reading, let_pass, rounds, schedule_jobs, wait_for_starts
from tests.processes import Spawned, below
from tests.servers import free_port
from tests.waiting import wait_until

WANTED = {"web": 1, "connector": 1, "scheduler": 2, "worker": 3}
"""How many of each kind are kept alive."""
VICTIMS = ("worker", "scheduler", "child", "worker", "server", "scheduler", "child", "web", "worker", "connector")
"""Who is killed, in turn; who of them, and when, is left to chance."""
AWAY = (
    "no server answers",
    "loading its records",
    "closes the connection",
    "failed while it was probed",
    "not answer",
    "went away while",
)
"""What a process says that looks for the server at its start and finds it killed; then it ends."""
LONGEST_REST_SEC, LONGEST_CALM_SEC = 1.0, 12.0
EVERY_KIND_SEC = 30.0
CALM_EVERY_SEC = 2
"""A job keeps a thousand decisions, and the books need all of half an hour."""


def killed_at_random(deployment: Deployment, seconds: float) -> int:
    """Kill somebody about twice a second, and start another one without waiting for it; counts the kills."""
    schedule_jobs(deployment)
    return _kill_on(deployment, seconds, LONGEST_REST_SEC)


def killed_on_and_on(deployment: Deployment, seconds: float) -> int:
    """The same for up to half an hour, with somebody killed every six seconds; counts the kills."""
    schedule_jobs(deployment, every=CALM_EVERY_SEC)
    port = free_port()
    elders = [deployment.launch(kind) for kind in ("scheduler", "worker", "connector")]
    elders.append(deployment.launch("web", PORT=str(port)))
    deployment.spared |= {one.process.pid for one in elders}
    with Reading(port):
        return _kill_on(deployment, seconds, LONGEST_CALM_SEC)


def _kill_on(deployment: Deployment, seconds: float, longest_rest_sec: float) -> int:
    """In half a minute or more every kind must have been struck."""
    for number in range(6):
        deployment.put(f"polite-{number}", type="polite.tell", every=2, inputs={"work_ms": 300})
    deployment.start_all("scheduler", "scheduler", "worker", "worker", "worker")
    chance, struck = random.Random(14), Counter[str]()
    for number in rounds(seconds):
        let_pass(chance.uniform(0.1, longest_rest_sec))
        kind = VICTIMS[number % len(VICTIMS)]
        struck[kind] += _kill_one(deployment, kind, chance)
        _keep_alive(deployment)
    print(dict(struck))
    spared = set(VICTIMS) - {kind for kind in struck if struck[kind]}
    assert seconds < EVERY_KIND_SEC or not spared, f"nobody of {spared} was killed: {struck}"
    wait_until(lambda: _all_serve(deployment), 120, every=0.5)
    wait_for_starts(deployment, 20)
    return struck.total()


def _all_serve(deployment: Deployment) -> bool:
    _keep_alive(deployment)
    return all(deployment.ready(kind, one) for kind in WANTED for one in deployment.alive(kind))


def _kill_one(deployment: Deployment, kind: str, chance: random.Random) -> int:
    """kill -9 one of a kind; 1 if there was one."""
    if kind == "server":
        deployment.server.kill()
        deployment.server.start()
        return 1
    if kind == "child":
        return _kill_child(deployment, chance)
    mortal = _mortal(deployment, kind)
    if mortal:
        deployment.kill(chance.choice(mortal))
    return int(bool(mortal))


def _mortal(deployment: Deployment, kind: str) -> list[Spawned]:
    return [one for one in deployment.alive(kind) if one.process.pid not in deployment.spared]


def _kill_child(deployment: Deployment, chance: random.Random) -> int:
    found = [pid for worker in deployment.alive("worker") for pid in below(worker.process.pid)]
    if found:
        with suppress(ProcessLookupError):
            os.kill(chance.choice(found), signal.SIGKILL)
            return 1
    return 0


def _keep_alive(deployment: Deployment) -> None:
    """Start whoever is missing. Who looked for the server at its start while it was away has ended, and said so."""
    for one in list(deployment.spawn.spawned):
        if one.process.poll() and one.process.pid not in deployment.killed and any(word in one.text() for word in AWAY):
            deployment.spawn.spawned.remove(one)
    for kind, wanted in WANTED.items():
        for _ in range(wanted - len(_mortal(deployment, kind))):
            deployment.launch(kind)
