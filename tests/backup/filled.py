"""A deployment with something of everything that is kept, made by the platform's own operations and scripts."""

from __future__ import annotations

from datetime import timedelta

from runners.engine import operations
from runners.engine.access.chatting import redeem
from runners.engine.agents.memory import Ended, Memory
from runners.engine.agents.step import Step, StepOutcome, Talk
from runners.engine.approval import ApprovalStatus
from runners.engine.audit import Author, Entry
from runners.engine.bulk import Action
from runners.engine.grant import Capability
from runners.engine.job_bulk import Wish
from runners.engine.operations import Actor, Role, RunFilter
from runners.engine.platform import Platform
from runners.engine.preferences import Preferences
from runners.engine.protocol.agents import journal, remember
from runners.engine.protocol.notify import end, make_test, take
from runners.engine.protocol.refusals import Refusals
from runners.engine.protocol.tokens import note_use
from runners.engine.run import FailureKind, RunStatus
from tests.planted import PASSWORD
from tests.protocol.deciding import finish_asking
from tests.protocol.stage import Stage
from tests.store.making import ADMIN

BOSS = Actor("boss", Role.ADMIN, "api")
SECRETS = ("secret-of-the-account", "secret-of-the-header", "1:secret-of-the-bot", "xoxb-secret-of-slack-0123456789")
HOOK = {"events": ["run.failed"], "channel": "webhook", "webhook": {"url": "https://hooks.example.org/x"}}


def fill(stage: Stage) -> None:
    """Make everything; what is paused is paused last, so that everything else can happen before."""
    _people(stage.platform)
    _integrations(stage.platform)
    _jobs(stage)
    _approvals(stage)
    _agent(stage)
    _runs(stage)
    _bulks(stage.platform)
    _deliveries(stage.platform)
    stage.store.redis.hset(stage.store.keys.ledgers_dropped, "daily", 3)  # as if it had more decisions than are kept
    for target in ("job:daily", "flow:lane", "queue:low", "everything", "drain:w1"):
        stage.pause(target)


def _people(platform: Platform) -> None:
    for name, role in (("ana", Role.ADMIN), ("ben", Role.VIEWER), ("gone", Role.VIEWER)):
        operations.create_person(platform, ADMIN, name, role, PASSWORD)
    operations.delete_person(platform, ADMIN, "gone")
    ended = operations.create_token(platform, ADMIN, "old", Role.VIEWER)
    operations.revoke_token(platform, ADMIN, ended.token.id)
    used = operations.create_token(platform, ADMIN, "ci", Role.OPERATOR)
    note_use(platform.store, Author("token:ci", "api"), used.token.id)
    operations.choose_preferences(platform, Actor("ana", Role.ADMIN, "page"), Preferences(theme="dark"))
    code = operations.link_chat(platform, ADMIN, "ana").text
    redeem(platform, "telegram", "42", {"chat": "7", "calls_himself": "@ana"}, code, "filled")
    refusals = Refusals(platform.store)
    refusals.of_unknown("api", {"path": "/jobs"})
    refusals.flush(everything=True)


def _integrations(platform: Platform) -> None:
    account, header, bot, slack = SECRETS
    operations.save_account(platform, ADMIN, "crm", "a", {"label": "ours", "secrets": {"token": account}})
    operations.save_account(platform, ADMIN, "crm", "gone", {"label": "theirs"})
    operations.delete_account(platform, ADMIN, "crm", "gone")
    server = {"transport": "http", "url": "https://mcp.example.com/mcp", "headers": {"Authorization": header}}
    operations.save_mcp_server(platform, ADMIN, "shop", server)
    operations.save_telegram_account(platform, ADMIN, "sales", {"token": bot, "allowed_chats": [7]})
    operations.save_slack_account(platform, ADMIN, "ops", {"token": slack})
    operations.save_rule(platform, ADMIN, "told", HOOK)
    operations.subscribe(platform, BOSS, "telegram:sales:7", "told")


def _jobs(stage: Stage) -> None:
    stage.save("daily")
    stage.save("daily", every=5, tags=["shop"])
    stage.save("shared", every=3600, flow="lane", flow_limit=2)
    stage.limit_flow("lane", 1)
    stage.save("off", enabled=False)
    stage.save("deleted", schedule=None)
    stage.delete("deleted")
    stage.tick(seconds=6)
    (claimed,) = stage.take()
    stage.finish(claimed)
    stage.tick(seconds=5)  # a run that waits
    stage.tick(seconds=5)  # a slot that it holds


def _approvals(stage: Stage) -> None:
    platform = stage.platform
    stage.save("careful", schedule=None, requires_approval=True)
    for verdict in ("approve", "reject"):
        operations.run_job(platform, ADMIN, "careful")
        (asked,) = operations.list_approvals(platform, ADMIN, status=ApprovalStatus.PENDING).rows
        operations.decide_approval(platform, BOSS, asked.approval_id, verdict)
        stage.work_off()
    operations.run_job(platform, ADMIN, "careful", idempotency_key="again and again")
    stage.save("granted", schedule=None)
    wish = operations.request_grant(platform, ADMIN, "granted", Capability.PRIVATE_TARGET, "10.0.0.7")
    operations.decide_approval(platform, BOSS, wish.approval_id, "approve")
    operations.request_grant(platform, ADMIN, "off", Capability.PRIVATE_TARGET, "10.0.0.8")


def _agent(stage: Stage) -> None:
    """An agent's run that has ended, one that waits for people in the middle of its work, and one that nobody has remembered yet."""
    now = stage.store.now()
    for job_id in ("scout", "asks"):
        stage.save(job_id, type="agent.workflow", schedule=None)
        stage.ask(job_id, ignore=True)
        claimed = next(one for one in stage.take(9) if one.fields["job_id"] == job_id)
        claim = (claimed.run_id, claimed.token)
        assert journal(stage.store, claim, "begin", Step(1, 0, "plan", "look", "why", StepOutcome.DONE, now), Talk())
        if job_id == "asks":
            finish_asking(stage, claimed)
            continue
        ended = Ended("scout", claimed.run_id, 0, now, "done", None, 1, 10, 0.0)
        assert remember(stage.store, claim, Memory("scout"), ended, over=True) == "ok"
        stage.finish(claimed)
    stage.save("crashes", type="agent.workflow", schedule=None)
    stage.ask("crashes", ignore=True)
    (claimed,) = stage.take(9)
    stage.finish(claimed, "failed", kind=FailureKind.CRASHED, error="signal 11")


def _runs(stage: Stage) -> None:
    """A run in each state; `daily` has one that waits already."""
    for job_id, more in {"flaky": {"max_retry": 2}, "broken": {"threshold": 1}, "slow": {}, "poison": {}}.items():
        stage.save(job_id, schedule=None, **more)
        stage.ask(job_id, ignore=True)
    taken = {one.fields["job_id"]: one for one in stage.take(9)}
    stage.tell(taken["flaky"], "no luck\n")
    stage.fail(taken["flaky"])
    stage.finish(taken["broken"], "failed", kind=FailureKind.ERROR, error="no ink", traceback="line 1")
    stage.finish(taken["poison"], "failed", kind=FailureKind.CRASHED, error="signal 11")
    stage.tell(taken["slow"], "half way\n", '{"percent": 50}')
    stage.save("far", schedule=None, pool="far", expires_sec=3600, flow="lane")
    stage.ask("far")
    stage.save("unwanted", schedule=None)
    _, name = stage.ask("unwanted")
    stage.cancel(name)


def _bulks(platform: Platform) -> None:
    operations.begin_bulk(platform, ADMIN, Action.RETRY, RunFilter(job_id="broken", status=RunStatus.FAILED), 1)
    operations.begin_job_bulk(platform, ADMIN, Wish(Action.DISABLE), operations.Selection({"off": None}), 1)


def _deliveries(platform: Platform) -> None:
    """One that was sent, and one that waits."""
    for number in (1, 2):
        make_test(platform.store, Entry(Author("ada", "api"), "rule:told", None, {}), f"ntf_test_{number}", "told")
        for taken in take(platform.store, timedelta(seconds=9), 1, ()) if number == 1 else ():
            end(platform.store, taken, "sent", wait=timedelta(0), took=timedelta(0), error="", channel="webhook")
