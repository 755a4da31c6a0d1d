"""What a Slack account may be, and what is told of an answer that repeats its secret."""

import json

import httpx
import pytest

from runners.connector.channel import ChannelFault
from runners.connector.slack import SlackChannel, SlackWire
from runners.engine.errors import Invalid
from runners.engine.integrations.slack_account import SlackAccount, changed
from runners.engine.integrations.slack_trial import judged
from runners.engine.known_secrets import KNOWN, hidden
from runners.engine.outgoing.address import Gate

TOKEN = "canary-of-slack-" + "0123456789abcdef" * 4
SAYS_IT = json.dumps({"ok": False, "error": f"token {TOKEN} is revoked"}).encode()


def test_the_address_of_the_api_has_no_places_to_fill():
    with pytest.raises(Invalid, match="api_base"):
        changed(SlackAccount("shop"), {"api_base": "https://{team}.slack.example/api"}, lambda place, secret: "sealed")


def test_a_token_in_an_answer_is_hidden_before_the_answer_is_cut():
    KNOWN.learn([TOKEN])
    channel = SlackChannel(SlackWire("T1", "https://slack.example/api", TOKEN), Gate((), 1), None)
    answer = httpx.Response(200, request=httpx.Request("POST", "https://slack.example/api/auth.test"))

    with pytest.raises(ChannelFault) as fault:
        channel._judged(answer, SAYS_IT)

    tried = judged(SlackAccount("shop"), 200, SAYS_IT)
    assert TOKEN[:12] not in str(fault.value) + hidden(tried.detail)
