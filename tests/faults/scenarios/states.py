"""A server that answers, and answers no: busy, loading, forgetful of scripts and groups, or emptied by somebody."""

import threading
from contextlib import suppress

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from tests.faults.deployment import Deployment
from tests.faults.scenarios.load import rounds, schedule_jobs, wait_for_starts
from tests.waiting import wait_until

BUSY_MS = 700
FOR_EVER = "while true do end"
SLOW_TO_LOAD = ("--key-load-delay", "300", "--loading-process-events-interval-bytes", "1024")
REFUSALS = ("BUSY", "LOADING", "NOSCRIPT")
PRIORITIES = ("critical", "normal", "low")


def refusing(deployment: Deployment, seconds: float) -> int:
    """Make the server answer NOSCRIPT, NOGROUP, BUSY and LOADING; counts these answers as the server counted them.

    NOGROUP is answered inside of a script, where nobody counts: the groups that are back tell of it.
    """
    _begin(deployment)
    struck: dict[str, int] = {}
    for _ in rounds(seconds):
        with deployment.server.client() as client:
            client.script_flush()
            gone = _forget_groups(deployment, client)
            _keep_busy(deployment, client)
            wait_for_starts(deployment, 10)
            struck["NOGROUP"] = struck.get("NOGROUP", 0) + sum(_has_group(client, stream) for stream in gone)
            _add(struck, client)
        _restart_loading(deployment)
        wait_for_starts(deployment, 10)
        with deployment.server.client() as client:
            _add(struck, client)
    print(struck)
    wanted = [*REFUSALS, "NOGROUP"] if deployment.mode == "streams" else REFUSALS
    missing = [name for name in wanted if not struck.get(name)]
    assert not missing, f"the processes never met {missing}: {struck}"
    return sum(struck.values())


def emptied(deployment: Deployment, seconds: float) -> int:
    """FLUSHALL under living processes; they go on with what is saved afterwards. Counts the runs that came through."""
    _begin(deployment)
    struck = 0
    for number in rounds(seconds):
        with deployment.server.client() as client:
            client.flushall()
        deployment.lossy = True
        deployment.oracle.forget()
        deployment.save(f"after-{number}", every=1)
        wait_for_starts(deployment, 1)
        struck += 1
        name = deployment.run("after-manual") if deployment.save("after-manual") else ""
        deployment.wait_for(name, "success")
    return struck


def _begin(deployment: Deployment) -> None:
    schedule_jobs(deployment)
    deployment.start_all("scheduler", "scheduler", "worker", "worker")
    wait_for_starts(deployment, 5)


def _forget_groups(deployment: Deployment, client: Redis) -> list[str]:
    """Destroy the consumer groups that there are; return their streams."""
    if deployment.mode != "streams":
        return []
    streams = [deployment.platform.store.keys.stream(priority) for priority in PRIORITIES]
    gone = [stream for stream in streams if _has_group(client, stream)]
    for stream in gone:
        client.xgroup_destroy(stream, "workers")
    return gone


def _has_group(client: Redis, stream: str) -> bool:
    with suppress(ResponseError):  # no such stream
        return bool(client.xinfo_groups(stream))
    return False


def _keep_busy(deployment: Deployment, client: Redis) -> None:
    """Run a script that never ends until it is killed; meanwhile everybody else is told BUSY."""
    client.config_set("lua-time-limit", "50")
    with deployment.server.client() as other:
        thread = threading.Thread(target=_swallow, args=(other,))
        thread.start()
        wait_until(lambda: _busy(client))
        threading.Event().wait(BUSY_MS / 1000)
        client.script_kill()
        thread.join(5)


def _swallow(client: Redis) -> None:
    with suppress(RedisError):
        client.eval(FOR_EVER, 0)


def _busy(client: Redis) -> bool:
    try:
        client.ping()
    except RedisError as error:
        return "BUSY" in str(error)
    return False


def _restart_loading(deployment: Deployment) -> None:
    """Restart the server so that loading its records takes a while; whoever asks meanwhile is told LOADING."""
    server, settled = deployment.server, deployment.server.options
    server.kill()
    server.options = [*settled, *SLOW_TO_LOAD]
    server.start()
    server.options = settled


def _add(struck: dict[str, int], client: Redis) -> None:
    """Add what the server says it has answered since it started; it forgets that when it starts again."""
    said = client.info("errorstats")
    client.config_resetstat()
    for name in REFUSALS:
        struck[name] = struck.get(name, 0) + int(said.get(f"errorstat_{name}", {}).get("count", 0))
