"""Notices of a whole deployment, counted where they arrive: at a web server, a mail server and a Bot API of the test's own."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.connector import bot_api
from tests.connector.bot_api import CHAT, TOKEN, BotApi
from tests.faults.deployment import Deployment, deployed
from tests.notifications.receivers import Hook, Mailbox, hook, mailbox
from tests.waiting import wait_until

pytestmark = pytest.mark.slow
FAILS = {
    "type": "oracle.raise",
    "retry_policy": {"max_retry": 0},
    "inputs": {"how": "failure", "allow_overlap": True, "failure_memory_enabled": False},
}
KILLS = 5
PRESSURE = {"SCHEDULER_PRESSURE_DEPTH_HIGH": "3", "SCHEDULER_PRESSURE_DEPTH_LOW": "1"}
SILENT_SEC = 90.0


@dataclass(slots=True)
class World:
    """A deployment, and whom it may tell."""

    deployment: Deployment
    hook: Hook
    mail: Mailbox
    bot: BotApi

    def rule(self, rule_id: str, events: list[str], channel: str, **fields: Any) -> Any:
        """Make a rule over HTTP; without a repeat time unless one is said."""
        part = {
            "webhook": {"url": self.hook.url, "secret": "a-secret-of-ours"},
            "email": {"to": ["ops@example.org"]},
            "telegram": {"chat_id": CHAT},
        }[channel]
        body = {"events": events, "channel": channel, channel: part, "repeat_sec": 0} | fields
        answer = self.deployment.client.send("PUT", f"/notifications/rules/{rule_id}", body)
        assert answer is not None and answer.status == 201, answer
        return answer.body

    def hooked(self) -> list[dict[str, Any]]:
        """Return what the webhook got."""
        return [json.loads(one.body)["data"] for one in list(self.hook.received)]


@pytest.fixture
def world(transport: str, tmp_path: Path) -> Iterator[World]:
    """A deployment with a web process, whose configuration allows the receivers of this test."""
    with ExitStack() as stack:
        hooked, mail = stack.enter_context(hook()), stack.enter_context(mailbox())
        bot = stack.enter_context(bot_api.running())
        env = {
            "HTTP_ALLOW_PRIVATE": "127.0.0.1",
            "SMTP_URL": f"smtp://127.0.0.1:{mail.port}?from=jobs@example.org&tls=off",
            "TELEGRAM_API_BASE": bot.url,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_ALLOWED_CHATS": str(CHAT),
        }
        deployment = stack.enter_context(deployed(transport, tmp_path, **env))
        deployment.start("web")
        yield World(deployment, hooked, mail, bot)


def test_a_failed_run_is_told_by_every_channel_and_a_test_shows_that_it_works(world: World) -> None:
    world.deployment.start_all("scheduler", "worker")
    world.deployment.client.insist(
        "PUT", "/connector/telegram/accounts/stored", {"token": TOKEN, "allowed_chats": [CHAT], "allowed_senders": []}
    )
    for channel in ("webhook", "email", "telegram"):
        world.rule(channel, ["run.failed"], channel)
    world.rule("stored", ["run.failed"], "telegram", telegram={"account_id": "stored", "chat_id": CHAT})
    world.rule("stranger", ["run.failed"], "telegram", telegram={"account_id": "stored", "chat_id": 1})
    world.deployment.put("bad", **FAILS)

    run_id = world.deployment.run("bad")

    wait_until(lambda: world.hooked() and world.mail.letters and world.bot.texts, 20)
    assert world.hooked()[0]["event"]["data"]["run_id"] == run_id
    assert "job bad failed" in world.mail.letters[0][1] and run_id in world.mail.letters[0][1]
    assert "job bad failed" in world.bot.texts[0]
    wait_until(lambda: len(world.bot.texts) == 2, 10)
    refused = world.deployment.client.insist("POST", "/notifications/rules/stranger/test").body
    assert refused["status"] == "failed" and "does not allow chat 1" in refused["error"]
    for channel in ("webhook", "email", "telegram"):
        tried = world.deployment.client.send("POST", f"/notifications/rules/{channel}/test")
        assert tried is not None and tried.body["status"] == "sent", tried
    wait_until(lambda: world.deployment.events("notification.sent") == 7, 10)


@pytest.mark.parametrize("transport", ["streams"])
def test_a_notice_survives_the_death_of_the_one_who_sends_it(world: World) -> None:
    """Each time the one that has taken the notice dies while the receiver has it open; another tells it again, as the same."""
    world.rule("hook", ["run.failed"], "webhook")
    world.deployment.put("bad", **FAILS)
    store, struck, told = world.deployment.platform.store, 0, Counter[str]()

    for _ in range(KILLS):
        world.hook.gate.clear()
        before = len(world.hook.received)
        (teller,) = world.deployment.start_all("worker")
        world.deployment.run("bad")
        wait_until(lambda at=before: len(world.hook.received) > at, 20)
        world.deployment.kill(teller)
        struck += 1
        world.hook.gate.set()
        for delivery in store.redis.zrange(store.keys.deliveries_due, 0, -1):
            store.redis.zadd(store.keys.deliveries_due, {delivery: 0})  # in place of waiting out the lease of 90 s
    world.deployment.start("worker")

    wait_until(lambda: store.redis.zcard(store.keys.deliveries("all", "sent")) == KILLS, 60)
    told.update(one["delivery_id"] for one in world.hooked())
    print(f"killed while a notice was under way: {struck}; told {sum(told.values())} times: {dict(told)}")
    assert struck == KILLS and len(told) == KILLS
    assert all(one["event"]["type"] == "run.failed" for one in world.hooked())
    assert world.deployment.events("notification.sent") == KILLS


@pytest.mark.parametrize("transport", ["streams"])
def test_a_receiver_that_is_down_holds_up_no_other_and_gets_its_notice_later(world: World) -> None:
    world.deployment.start_all("scheduler", "worker")
    world.hook.answers += [500, 500]
    world.rule("down", ["run.failed"], "webhook")
    world.rule("mail", ["run.failed"], "email")
    world.deployment.put("bad", **FAILS)

    world.deployment.run("bad")

    wait_until(lambda: world.mail.letters, 20)
    wait_until(lambda: len(world.hook.received) == 3, 60)
    assert len({one["delivery_id"] for one in world.hooked()}) == 1
    answer = world.deployment.client.send("GET", "/notifications/deliveries?rule_id=down")
    assert answer is not None
    wait_until(lambda: world.deployment.events("notification.sent") == 2, 10)


@pytest.mark.parametrize("transport", ["streams"])
def test_the_only_scheduler_that_dies_is_told_of(world: World) -> None:
    scheduler, _ = world.deployment.start_all("scheduler", "worker")
    world.rule("dead", ["system.scheduler_lost", "system.worker_lost"], "webhook")

    world.deployment.kill(scheduler)

    wait_until(lambda: world.hooked(), SILENT_SEC, every=0.5)
    (told,) = world.hooked()
    assert told["event"]["type"] == "system.scheduler_lost"
    assert f"-{scheduler.process.pid}-" in told["event"]["data"]["process_id"]
    assert "fell silent without a goodbye" in told["text"]


@pytest.mark.parametrize("transport", ["streams"])
def test_whatever_is_worth_knowing_is_told_by_those_who_see_it(world: World) -> None:
    """A queue under pressure and relieved of it, failures until a cooldown, people asked, reminded and silent, a lost run."""
    told = ["pressure_mode_enabled", "pressure_mode_released"]
    wanted = [f"scheduler.{name}" for name in told] + ["job.cooldown_started", "run.lost"]
    wanted += [f"approval.{name}" for name in ("request_created", "reminder", "expired")]
    world.rule("all", wanted, "webhook")
    deployment = world.deployment
    deployment.put("quick", inputs={"allow_overlap": True})
    for _ in range(4):
        deployment.run("quick")

    deployment.start("scheduler", **PRESSURE)
    wait_until(lambda: "scheduler.pressure_mode_enabled" in kinds(world), 30)
    worker = deployment.start("worker")
    wait_until(lambda: "scheduler.pressure_mode_released" in kinds(world), 30)
    cooling = {"failure_threshold": 1}
    deployment.put("bad", type="oracle.raise", retry_policy={"max_retry": 0}, inputs={"how": "failure"} | cooling)
    deployment.run("bad")
    deployment.put("careful", type="cautious.thread", inputs={"expires_sec": 2})
    deployment.run("careful")
    wait_until(lambda: "approval.expired" in kinds(world), 30)
    deployment.put("long", on_worker_lost="fail", inputs={"work_ms": 300_000})
    deployment.wait_for(deployment.run("long"), "running")
    deployment.kill(worker)

    wait_until(lambda: set(kinds(world)) == set(wanted), 60)
    assert kinds(world)["job.cooldown_started"] == 1 and kinds(world)["approval.expired"] == 1


def kinds(world: World) -> Counter[str]:
    """Return how often the webhook was told of each type of event."""
    return Counter(one["event"]["type"] for one in world.hooked())
