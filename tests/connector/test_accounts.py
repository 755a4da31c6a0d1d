"""Several Telegram accounts in one connector: each serves its own, changes are taken up, and none waits for another."""

import pytest

from runners.engine import operations
from runners.engine.operations import Actor, Role
from runners.engine.store.connectors import list_connectors
from tests.connector.bot_api import CHAT, SENDER, BotApi
from tests.connector.looking import told
from tests.waiting import wait_until

ADMIN = Actor("ana", Role.ADMIN, "api")
SALES, SUPPORT = "111:canary-Token_of-sales-bot", "222:canary-Token_of-support"
PATIENCE_SEC = 30
pytestmark = pytest.mark.usefixtures("quick")


def save(platform, account_id, **fields):
    return operations.save_telegram_account(platform, ADMIN, account_id, fields)


def bot(api, token) -> BotApi:
    return api.bots.setdefault(token, BotApi())


def states(platform) -> dict[str, str]:
    return {state.account_id: str(state.status) for state in list_connectors(platform.store)}


def wait_for_states(platform, **expected):
    wait_until(lambda: states(platform) == expected, PATIENCE_SEC)


OPEN = {"allowed_chats": [CHAT], "allowed_senders": [SENDER]}


def test_stored_accounts_are_served_beside_the_one_of_the_environment(platform, api, start):
    save(platform, "sales", token=SALES, **OPEN)
    sales = bot(api, SALES)
    sales.say("/help")
    api.say("/status")

    start()

    wait_until(lambda: sales.sent and api.sent, PATIENCE_SEC)
    assert (sales.texts[0].splitlines()[0], api.texts[0].splitlines()[0]) == (
        "/run SENTENCE: show what a sentence would set up, before anything is made",
        "Online: schedulers 0, workers 0",
    )
    wait_for_states(platform, default="online", sales="online")
    wait_until(
        lambda: (
            {event.data["account_id"] for event in told(platform, "telegram.command.executed")} == {"default", "sales"}
        ),
        PATIENCE_SEC,
    )


@pytest.mark.slow
def test_changes_are_taken_up_without_a_restart(platform, api, start):
    start()
    sales = bot(api, SALES)
    save(platform, "sales", token=SALES, **OPEN)
    sales.say("/help")
    wait_until(lambda: len(sales.sent) == 1, PATIENCE_SEC)

    save(platform, "sales", allowed_senders=[])
    wait_until(lambda: told(platform, "connector.*"), PATIENCE_SEC)
    wait_for_states(platform, default="online", sales="online")

    def refused():
        sales.say("/help")
        return told(platform, "telegram.command.rejected")

    wait_until(refused, PATIENCE_SEC)
    assert told(platform, "telegram.command.rejected")[0].data["reason"] == "sender is not in allowed_senders"

    operations.delete_telegram_account(platform, ADMIN, "sales")
    wait_for_states(platform, default="online")
    polls = len(sales.polls)
    api.say("/status")
    wait_until(lambda: api.sent, PATIENCE_SEC)
    assert len(sales.polls) == polls


@pytest.mark.slow
def test_a_disabled_account_is_let_go(platform, api, start):
    save(platform, "sales", token=SALES, **OPEN)
    bot(api, SALES)
    start()
    wait_for_states(platform, default="online", sales="online")

    save(platform, "sales", enabled=False)

    wait_for_states(platform, default="online")


def test_one_that_stalls_or_is_refused_holds_up_no_other(platform, api, start):
    stalling = bot(api, SUPPORT)
    stalling.stalls = True
    save(platform, "support", token=SUPPORT, **OPEN)
    save(platform, "wrong", token="333:not-known", **OPEN)
    save(platform, "empty", **OPEN)
    save(platform, "sales", token=SALES, **OPEN)
    sales = bot(api, SALES)
    start()

    for count in range(1, 4):
        sales.say("/help")
        wait_until(lambda count=count: len(sales.sent) == count, PATIENCE_SEC)

    wait_until(lambda: states(platform).get("wrong") == "degraded", PATIENCE_SEC)
    found = {state.account_id: state for state in list_connectors(platform.store)}
    assert (found["sales"].status, found["default"].status, found["empty"].status) == ("online", "online", "offline")
    assert found["empty"].last_error == "it has no token; set one"
    assert "does not accept the token" in found["wrong"].last_error


def test_no_token_is_told_anywhere(platform, api, start, capfd):
    save(platform, "sales", token=SALES, **OPEN)
    save(platform, "wrong", token="333:canary-never-known", **OPEN)
    bot(api, SALES)
    end = start()
    wait_until(lambda: states(platform).get("wrong") == "degraded", PATIENCE_SEC)

    end()

    redis = platform.store.redis
    kept = [redis.hgetall(key) for key in redis.keys("*") if redis.type(key) == "hash"]
    text = str(kept) + str(told(platform, "*")) + "".join(capfd.readouterr())
    assert "canary" not in text
