"""`message`: a text for a chat that an account of the platform serves. It waits with all that is to be said there, and goes out once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, Field

from runners.agents.permits import Lack
from runners.agents.tools.tool import ActFailed, ModelTool, Observation, Situation, Tool
from runners.engine import clock
from runners.engine.grant import CHANNEL, Capability
from runners.engine.integrations.telegram_account import OF_ENVIRONMENT
from runners.engine.known_secrets import hidden
from runners.engine.platform import Platform
from runners.engine.store import chats
from runners.engine.store.channel_accounts import SLACK_ACCOUNTS, TELEGRAM_ACCOUNTS

LIFE = timedelta(days=1)
LONGEST = 3500
"""Characters of a message; every channel takes so many, the line that says who wrote it included."""


class MessageArguments(BaseModel, extra="forbid", frozen=True):
    """Plain text for one chat."""

    channel: Annotated[str, Field(pattern=f"^{CHANNEL}$")] = Field(
        description="telegram/account_id/chat_id, or slack/account_id/chat_id"
    )
    text: str = Field(min_length=1, max_length=LONGEST, description="plain text")


class Message(ModelTool[MessageArguments]):
    """Hands messages to the connector."""

    name = kind = "message"
    description = "write a message into a chat"
    arguments = MessageArguments

    def __init__(self, situation: Situation) -> None:
        self._ctx, self._permits = situation.ctx, situation.permits

    def what(self, arguments: MessageArguments) -> str:
        """Say to whom, and how it begins."""
        return f"message to {arguments.channel}: {arguments.text[:120]}"

    def lacks(self, arguments: MessageArguments) -> Sequence[Lack]:
        """Return the channel that is not permitted, or that its account does not serve."""
        permitted = self._permits.has(Capability.CHANNEL, arguments.channel)
        if fault := self._fault(arguments.channel):
            return [Lack(Capability.CHANNEL, arguments.channel, fault, grantable=not permitted)]
        if permitted:
            return ()
        return [Lack(Capability.CHANNEL, arguments.channel, f"the job may not write to '{arguments.channel}'")]

    def repeats_safely(self, arguments: MessageArguments) -> bool:
        """The same key puts it out once."""
        return True

    def act(self, arguments: MessageArguments, key: str) -> Observation:
        """Put it behind what is still to be said there."""
        # what a message is belongs to the connector, which brings a lot along
        from runners.connector.sayings import Saying

        fault = self._fault(arguments.channel)
        if fault or not self._permits.has(Capability.CHANNEL, arguments.channel):
            raise ActFailed(fault or f"'{arguments.channel}' is not allowed")
        kind, account_id, chat = arguments.channel.split("/")
        store = self._ctx.platform.store
        text = hidden(f"{arguments.text}\n\n({self._ctx.job_id}, {self._ctx.run_id})")
        saying = Saying("send", chat, text, clock.to_ms(store.now() + LIFE), id=key)
        fresh = chats.say_once(store, f"{kind}:{account_id}", saying.to_json(), key)
        return Observation("it goes out as soon as the connector can send it" if fresh else "it was handed over before")

    def _fault(self, channel: str) -> str:
        """Return why nobody could be written to there, '' when the account serves that chat."""
        kind, account_id, chat = channel.split("/")
        served = _SERVED[kind](self._ctx.platform)
        if account_id not in served:
            return f"{kind.title()} account '{account_id}' does not exist, or is disabled; an admin keeps them"
        if chat not in served[account_id]:
            return f"{kind.title()} account '{account_id}' does not allow chat {chat}; an admin can add it there"
        return ""


def offered(situation: Situation) -> Iterator[Tool[Any]]:
    """Yield the tool."""
    yield Message(situation)


def _of_telegram(platform: Platform) -> Mapping[str, frozenset[str]]:
    """Return the chats that each enabled account serves."""
    settings = platform.settings
    own = {OF_ENVIRONMENT: settings.telegram_allowed_chats} if settings.telegram_bot_token else {}
    stored = {one.account_id: one.allowed_chats for one in TELEGRAM_ACCOUNTS.accounts(platform.store) if one.enabled}
    return {name: frozenset(map(str, chats)) for name, chats in (own | stored).items()}


def _of_slack(platform: Platform) -> Mapping[str, frozenset[str]]:
    """Return the chats that each enabled account serves."""
    return {
        one.account_id: frozenset(one.allowed_chats) for one in SLACK_ACCOUNTS.accounts(platform.store) if one.enabled
    }


_SERVED = {"telegram": _of_telegram, "slack": _of_slack}
