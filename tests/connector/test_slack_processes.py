"""A conversation by signed requests with real processes, whose connector is killed with SIGKILL in the middle of each step."""

import itertools
import time
import urllib.error
import urllib.request
from collections import Counter

import pytest

from runners.engine import operations, settings
from runners.engine.operations import Actor, Role
from runners.engine.platform import open_platform
from runners.engine.store import chats
from runners.engine.store.audit import AuditFilter, list_entries
from tests.connector import slack_api
from tests.connector.slack_api import CHAT, SECRET, TEAM, TOKEN, USER, buttons, pressed, signed, typed
from tests.processes import Spawner
from tests.servers import free_port
from tests.waiting import wait_until

ADMIN = Actor("ana", Role.ADMIN, "api")
PATIENCE_SEC = 60


@pytest.mark.slow
def test_planned_executed_and_cancelled_once_though_the_connector_dies_at_each_step(redis_server, tmp_path):
    client = redis_server.client()
    client.flushall()
    client.close()
    port = free_port()
    env = {"REDIS_URL": redis_server.url, "DATA_DIR": str(tmp_path / "platform"), "PORT": str(port)}
    env |= {"HTTP_ALLOW_PRIVATE": "127.0.0.1"}
    platform = open_platform(settings.read(env))
    spawn = Spawner(tmp_path)
    try:
        with slack_api.running() as slack:
            account = {"signing_secret": SECRET, "token": TOKEN, "api_base": f"{slack.url}/api", "team": TEAM}
            operations.save_slack_account(
                platform, ADMIN, "ops", account | {"allowed_chats": [CHAT], "allowed_senders": [USER]}
            )
            spawn("web", env=env)
            converse(platform, slack, spawn, env, f"http://127.0.0.1:{port}")
        text = "".join(one.text() for one in spawn.spawned)
        assert "canary" not in text
        done = Counter(
            entry.said["operation"]
            for entry in list_entries(platform.store, AuditFilter(actor=f"slack:{TEAM}.{USER}"), limit=100).rows
        )
        assert done == Counter({"execute_plan": 1, "run_job": 1, "cancel_run": 1})
    finally:
        for one in spawn.spawned:
            one.kill()
        platform.store.redis.close()
        platform.store.rq_redis.close()


def converse(platform, slack, spawn, env, url):
    """Each command comes while the connector is being killed, and is answered by the next one."""
    seconds = itertools.count(int(time.time()), -1)

    def step(fields):
        connector = spawn("connector", env=env)
        wait_until(lambda: post(url, *signed(fields, next(seconds))) == 200, PATIENCE_SEC)
        connector.kill()
        after = spawn("connector", env=env)
        wait_until(lambda: chats.unread(platform.store, "slack:ops", 1) == [], PATIENCE_SEC)
        wait_until(lambda: chats.waits_for(platform.store, "slack:ops") == 0, PATIENCE_SEC)
        after.kill()

    def press(label):
        number = slack.number(label)
        step(pressed(buttons(slack.messages[number])[label], number))

    step(typed("run backup sekarang"))
    press("Execute")
    step(typed("status"))
    (run,) = operations.list_runs(platform, ADMIN, operations.RunFilter(job_id="backup-export"), 9).rows
    step(typed(f"cancel {run.run_id}"))
    press("Cancel the run of backup-export")
    assert str(operations.get_run(platform, ADMIN, run.run_id).status) == "cancelled"


def post(url, body, headers):
    """Return the status of the answer; 0 when nobody answers yet."""
    asked = urllib.request.Request(f"{url}/connector/slack/commands/ops", body, headers)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0
