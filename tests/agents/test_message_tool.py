"""Messages of an agent wait with all that is to be said in a chat, each once."""

from __future__ import annotations

import json

from runners.connector import sayings
from runners.engine.store import chats
from tests.models.speaking import call, finish, plan, play

CHANNEL = "telegram/sales/-42"


def served(client):
    body = {"label": "Sales", "token": "1:canary-canary-canary-canary", "allowed_chats": [-42], "allowed_senders": [7]}
    answer = client.put("/connector/telegram/accounts/sales", json=body)
    assert answer.status_code in (200, 201), answer.json


def test_a_message_is_put_out_once_however_often_it_is_asked_for(client, save, work, site, agents):
    served(client)
    save(allow_tools=[f"message:{CHANNEL}"])
    play(site, plan("message"), call("message", channel=CHANNEL, text="the shop is open"), finish())

    run = work()

    assert run["status"] == "success", run
    saying = sayings.read(str(chats.next_unsaid(agents.store, "telegram:sales")))
    assert (saying.kind, saying.chat) == ("send", "-42") and saying.text.startswith("the shop is open\n")
    assert run["run_id"] in saying.text
    again = saying.to_json()
    assert chats.say_once(agents.store, "telegram:sales", again, f"{run['run_id']}-2") is False
    assert chats.waits_for(agents.store, "telegram:sales") == 1


def test_a_chat_that_the_account_does_not_serve_is_not_written_to(client, save, work, site, agents):
    served(client)
    save(allow_tools=["message:telegram/sales/99"], limits={"repairs": 0}, require_approval_for_missing=False)
    play(site, plan("message"), call("message", channel="telegram/sales/99", text="psst"), finish())

    run = work()

    assert run["status"] == "failed" and "does not allow chat 99" in json.dumps(run["result"])
    assert chats.waits_for(agents.store, "telegram:sales") == 0


def test_a_chat_in_slack_is_written_to_as_well(client, save, work, site, agents):
    account = {"signing_secret": "canary-signing-secret-0123456789", "token": "xoxb-canary-token-0123456789"}
    client.put("/connector/slack/accounts/ops", json=account | {"team": "T1", "allowed_chats": ["C1"]})
    save(allow_tools=["message:slack/ops/C1"])
    play(site, plan("message"), call("message", channel="slack/ops/C1", text="the shop is open"), finish())

    run = work()

    assert run["status"] == "success", run
    saying = sayings.read(str(chats.next_unsaid(agents.store, "slack:ops")))
    assert (saying.kind, saying.chat) == ("send", "C1") and saying.text.startswith("the shop is open\n")
