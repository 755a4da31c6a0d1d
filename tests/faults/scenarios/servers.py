"""The server dies, stops answering, is full, is slow, or its replies get lost."""

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import begin, let_pass, rounds, running, wait_for_starts
from tests.waiting import wait_until

FROZEN_SEC = 7.0
"""Longer than a client waits for a reply."""


def killed(deployment: Deployment, seconds: float) -> int:
    """kill -9 the server while runs are active, and start it again with its append-only file."""
    begin(deployment)
    struck = 0
    for _ in rounds(seconds):
        wait_until(lambda: running(deployment))
        deployment.server.kill()
        struck += 1
        deployment.server.start()
        wait_for_starts(deployment, 20)
    return struck


def old(deployment: Deployment, seconds: float) -> int:
    """Do on an old server what every server must hold: kill workers in their runs, and the server itself. Counts kills."""
    begin(deployment)
    struck = 0
    for _ in rounds(seconds):
        victim = deployment.start("worker")
        wait_until(lambda one=victim: deployment.oracle.open_starts(one.process.pid))
        deployment.kill(victim)
        deployment.server.kill()
        deployment.server.start()
        struck += 2
        wait_for_starts(deployment, 20)
    return struck


def frozen(deployment: Deployment, seconds: float) -> int:
    """Stop the server without closing a connection, for longer than any client waits."""
    begin(deployment)
    struck = 0
    for _ in rounds(seconds):
        wait_until(lambda: running(deployment))
        deployment.server.freeze()
        let_pass(FROZEN_SEC)
        deployment.server.thaw()
        struck += 1
        wait_for_starts(deployment, 20)
    return struck


def full(deployment: Deployment, seconds: float) -> int:
    """Fill the server: no run is created, what runs ends. Counts the runs that ended while it was full."""
    begin(deployment)
    struck = 0
    for _ in rounds(seconds):
        wait_until(lambda: running(deployment))
        struck += _fill(deployment)
        wait_for_starts(deployment, 20)
    return struck


def slow(deployment: Deployment, seconds: float) -> int:
    """Hold back every reply by 50 ms. Counts the replies."""
    assert deployment.proxy is not None
    begin(deployment)
    deployment.proxy.delay_sec = 0.05
    let_pass(seconds)
    deployment.proxy.delay_sec = 0.0
    wait_for_starts(deployment, 20)
    return deployment.proxy.delayed


def reply_lost(deployment: Deployment, seconds: float) -> int:
    """Lose replies after the server has done what was asked. Counts them."""
    assert deployment.proxy is not None
    begin(deployment)
    for _ in rounds(seconds):
        deployment.proxy.losing = True
        before = deployment.proxy.lost
        wait_until(lambda lost=before: deployment.proxy.lost >= lost + 5)
        deployment.proxy.losing = False
        wait_for_starts(deployment, 20)
    return deployment.proxy.lost


def _fill(deployment: Deployment) -> int:
    store = deployment.platform.store
    store.redis.config_set("maxmemory", "1mb")
    held, created = running(deployment), store.redis.zcard(store.keys.runs)
    wait_until(lambda: not running(deployment) and not store.redis.zcard(store.keys.pending("normal")), 10)
    let_pass(1.0)
    late = store.redis.zcard(store.keys.runs) - created
    store.redis.config_set("maxmemory", "0")
    assert late == 0, f"{late} runs were created on a full server"
    return held
