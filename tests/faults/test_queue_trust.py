"""What strangers put into Redis is refused: nothing of it is executed, and the worker goes on."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from rq.command import PUBSUB_CHANNEL_TEMPLATE, send_stop_job_command

from tests.faults.deployment import Deployment
from tests.faults.marks import LISTS_SELDOM, STREAMS_ONLY
from tests.waiting import wait_until

Push = Callable[[Deployment, bytes], None]


class Bomb:
    """A pickle that makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def into_the_transport(deployment: Deployment, message: bytes) -> None:
    """Push a message where the workers take theirs from."""
    keys, redis = deployment.platform.store.keys, deployment.platform.store.rq_redis
    if deployment.mode == "streams":
        redis.xadd(keys.stream("normal"), {"run": message})
        redis.xadd(keys.stream("normal"), {message: "run"})
    else:
        redis.lpush(keys.queue_list("normal"), message)


def into_rq_s_queue(deployment: Deployment, message: bytes) -> None:
    """Push a message where RQ's own workers take theirs from."""
    deployment.platform.store.rq_redis.rpush("rq:queue:normal", message)


@pytest.mark.parametrize(
    ("transport", "push"),
    [("streams", into_the_transport), ("lists", into_the_transport), ("streams", into_rq_s_queue)],
)
@pytest.mark.parametrize("kind", ["unknown id", "pickle", "foreign function"])
def test_a_stranger_s_message_is_not_executed(deployment: Deployment, push: Push, kind: str, tmp_path: Path) -> None:
    bait = tmp_path / "bait"
    function = json.dumps(["pathlib.Path.touch", None, [str(bait)], {}]).encode()
    plant(deployment, "stranger", function)
    messages = {"unknown id": b"run_unknown", "pickle": pickle.dumps(Bomb(bait)), "foreign function": b"stranger"}
    worker = deployment.start("worker")

    push(deployment, messages[kind])

    deployment.save("own")
    deployment.wait_for(deployment.run("own"), "success")
    if push is into_the_transport:
        refused = deployment.platform.store.keys.metrics
        wait_until(lambda: deployment.platform.store.redis.hget(refused, "refused_messages"))
        wait_until(lambda: "message.refused" in worker.text())
    assert not bait.exists()
    assert worker.process.poll() is None


@LISTS_SELDOM
@pytest.mark.parametrize("kind", ["pickle", "foreign function", "other run", "no JSON"])
def test_a_run_whose_rq_job_was_exchanged_is_refused(deployment: Deployment, kind: str, tmp_path: Path) -> None:
    bait = tmp_path / "bait"
    deployment.save("own", retry_policy={"max_retry": 0, "backoff_sec": [1]}, inputs={"allow_overlap": True})
    run, other = deployment.run("own"), deployment.run("own")
    payloads = {
        "pickle": pickle.dumps((None, None, (Bomb(bait),), {})),
        "foreign function": json.dumps(["pathlib.Path.touch", None, [str(bait)], {}]).encode(),
        "other run": json.dumps(["runners.perform.perform", None, [other], {}]).encode(),
        "no JSON": b"\xff\xfe{",
    }
    plant(deployment, run, payloads[kind])

    worker = deployment.start("worker")

    refused = deployment.wait_for(run, "failed")
    assert "only runners.perform.perform with its own run id is run" in refused.result["error"]
    assert deployment.wait_for(other, "success")
    assert not deployment.oracle.starts_of(run)
    assert not bait.exists()
    assert worker.process.poll() is None


@LISTS_SELDOM
def test_a_run_whose_record_was_forged_fails_and_the_worker_goes_on(deployment: Deployment) -> None:
    deployment.save("own", retry_policy={"max_retry": 0, "backoff_sec": [1]}, inputs={"allow_overlap": True})
    keys, redis = deployment.platform.store.keys, deployment.platform.store.redis
    forged = {"inputs": '{"a":' * 40_000, "attempts": "1", "timeout_ms": "9" * 30}
    runs = [deployment.run("own") for _ in forged]
    for run, (field, value) in zip(runs, forged.items(), strict=True):
        redis.hset(keys.run(run), field, value)

    worker = deployment.start("worker")

    wait_until(lambda: [redis.hget(keys.run(run), "status") for run in runs] == ["failed"] * len(runs))
    assert worker.text().count("run.unreadable") == len(runs)
    assert not any(deployment.oracle.starts_of(run) for run in runs)
    deployment.save("whole")
    deployment.wait_for(deployment.run("whole"), "success")
    assert worker.process.poll() is None


@LISTS_SELDOM
def test_a_callback_planted_in_rq_s_registries_is_not_called(deployment: Deployment, tmp_path: Path) -> None:
    bait = tmp_path / "bait"
    redis = deployment.platform.store.rq_redis
    plant(deployment, "stranger", json.dumps(["os.getpid", None, [], {}]).encode())
    redis.hset(
        "rq:job:stranger",
        mapping={
            "failure_callback_name": "tests.faults.bait.touch",
            "status": "started",
            "created_at": "2026-01-01T00:00:00.000000Z",
        },
    )
    redis.zadd("rq:wip:normal", {"stranger:execution": 1})

    deployment.start("worker", BAIT=str(bait))
    deployment.save("own")
    deployment.wait_for(deployment.run("own"), "success")

    assert not bait.exists()


def plant(deployment: Deployment, name: str, payload: bytes) -> None:
    """Write an RQ job of this name that carries this payload."""
    deployment.platform.store.rq_redis.hset(f"rq:job:{name}", mapping={"data": payload, "status": "queued"})


@STREAMS_ONLY
def test_commands_that_are_none_do_not_end_the_listening(deployment: Deployment) -> None:
    deployment.start("worker")
    deployment.save("long", inputs={"work_ms": 30_000})
    run = deployment.run("long")
    channel = PUBSUB_CHANNEL_TEMPLATE % deployment.wait_for(run, "running").worker_id
    redis = deployment.platform.store.rq_redis

    for command in (b"\xff", b"[" * 100_000, b"[]", b"{}", b'{"command": "stop-job", "job_id": {}}'):
        redis.publish(channel, command)
    send_stop_job_command(redis, run)

    deployment.wait_for(run, "cancelled")
