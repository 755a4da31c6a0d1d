"""Logs of runs whose workers are killed, sleep or fall out with the store: what stands in them is true."""

from collections import Counter

import pytest

from runners.engine.events import EventType
from runners.engine.log_line import LogLine, read_line
from runners.telling import CUT
from tests.faults.deployment import Deployment
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
COMMANDS = {"AGENT_COMMAND_ALLOW_PREFIXES": "python3 -uc"}
CHATTY = "import time\nfor number in range(150): print(number); time.sleep(0.02)"


@pytest.fixture
def transport() -> str:
    """One transport is enough: a log is written by one script, whose own tests know all of them."""
    return "streams"


def log_of(deployment: Deployment, run_id: str) -> list[LogLine]:
    store = deployment.platform.store
    text = store.redis.get(store.keys.log(run_id)) or ""
    lines = [read_line(line) for line in text.splitlines()]
    assert None not in lines, text
    return [line for line in lines if line]


def chatty(deployment: Deployment) -> str:
    policy = {"max_retry": 1, "backoff_sec": [0]}
    argv = [*COMMANDS["AGENT_COMMAND_ALLOW_PREFIXES"].split(), CHATTY]
    deployment.save("chatty", type="command.run", inputs={"argv": argv}, retry_policy=policy, timeout_ms=60_000)
    return deployment.run("chatty")


def printed(lines: list[LogLine], attempt: int) -> list[str]:
    return [line.text for line in lines if (line.attempt, line.stream) == (attempt, "stdout")]


def test_a_worker_that_slept_past_its_lease_writes_nothing_into_the_log(deployment: Deployment) -> None:
    deployment.start("scheduler")
    sleeper = deployment.start("worker", **COMMANDS)
    name = chatty(deployment)
    wait_until(lambda: printed(log_of(deployment, name), 0))

    deployment.freeze(sleeper)
    deployment.start("worker", **COMMANDS)
    wait_until(lambda: printed(log_of(deployment, name), 1), 30)
    before = printed(log_of(deployment, name), 0)
    deployment.thaw(sleeper)
    run = deployment.wait_for(name, "success", timeout=30)
    struck = wait_until(lambda: deployment.events(EventType.RUN_STALE_RESULT_REFUSED), 30)

    print(f"struck {struck} time(s): the worker woke up with a run that was no longer its own")
    lines = log_of(deployment, name)
    assert printed(lines, 0) == before
    assert printed(lines, 1) == [str(number) for number in range(150)]
    assert [attempt.outcome for attempt in run.attempts] == ["lost", "success"]


def test_a_flood_is_cut_marked_and_counted(deployment: Deployment) -> None:
    deployment.start("worker", **COMMANDS)
    argv = ["python3", "-uc", "import os\nfor _ in range(320): os.write(1, (b'x' * 1023 + b'\\n') * 64)"]
    once = {"max_retry": 0, "backoff_sec": [0]}
    deployment.save("flood", type="command.run", inputs={"argv": argv}, retry_policy=once, timeout_ms=60_000)

    run = deployment.wait_for(deployment.run("flood"), "success", timeout=60)

    kept, cut, count = log_of(deployment, run.run_id)[1:-2], *log_of(deployment, run.run_id)[-2:]
    missing = int(count.text.removesuffix(" bytes are missing here"))
    print(f"struck 1 time: 20 MiB printed, {len(kept)} lines kept, {missing} bytes missing")
    assert {line.text for line in kept} == {"x" * 1023}
    assert cut.text == CUT
    assert 20 * 2**20 - 1.1 * 2**20 < missing < 20 * 2**20


def test_a_killed_worker_leaves_whole_lines_and_the_next_attempt_its_own(deployment: Deployment) -> None:
    deployment.start("scheduler")
    victim = deployment.start("worker", **COMMANDS)
    name = chatty(deployment)
    wait_until(lambda: len(printed(log_of(deployment, name), 0)) > 10)

    deployment.kill(victim)
    deployment.start("worker", **COMMANDS)
    deployment.wait_for(name, "success", timeout=30)

    lines = log_of(deployment, name)
    first = printed(lines, 0)
    print(f"struck 1 time; {len(first)} lines of the killed attempt were kept")
    assert first == [str(number) for number in range(len(first))]
    assert printed(lines, 1) == [str(number) for number in range(150)]
    assert Counter(line.stream for line in lines)["run"] == 2
