"""Which accounts there are to serve, of every channel: what each is reached by, and whom it answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from runners.connector.account import TELEGRAM
from runners.connector.asker import Allowed
from runners.connector.channel import Channel
from runners.connector.inbox import Inbox
from runners.connector.slack import SlackChannel, SlackWire
from runners.connector.telegram_webhook import ServedTelegram, TelegramWire
from runners.engine.errors import Conflict
from runners.engine.integrations.slack_account import SlackAccount, sender_of
from runners.engine.integrations.slack_trial import secrets_of
from runners.engine.integrations.telegram_account import OF_ENVIRONMENT, TelegramAccount
from runners.engine.integrations.telegram_trial import token_of
from runners.engine.outgoing.address import Gate
from runners.engine.platform import Platform
from runners.engine.settings import Settings
from runners.engine.store.channel_accounts import SLACK_ACCOUNTS, TELEGRAM_ACCOUNTS
from runners.engine.store.chats import Turn

SLACK = "slack"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An account to serve: what it is reached by, or in `fault` why it cannot be; a change makes another value of it."""

    channel: str
    account_id: str
    wire: TelegramWire | SlackWire
    allowed: Allowed
    fault: str = ""
    version: int = 0

    @property
    def place(self) -> str:
        """Channel and id: by it the account is known to everything but its wire."""
        return f"{self.channel}:{self.account_id}"

    @property
    def identity(self) -> str:
        """Whom the channel knows it as: another one begins with updates of its own."""
        return self.wire.token.partition(":")[0] if isinstance(self.wire, TelegramWire) else self.wire.team

    def open(self, settings: Settings, turn: Turn) -> Channel:
        """Return the channel for the process that has the turn."""
        if isinstance(self.wire, TelegramWire):
            return ServedTelegram(self.wire, settings, self.account_id, turn)
        return SlackChannel(self.wire, Gate.of(settings), Inbox(turn.store, self.place))


def wanted(platform: Platform) -> dict[str, Wanted]:
    """Return what is to be served now, by place: the environment's account and all stored ones that are enabled."""
    settings, store = platform.settings, platform.store
    found = [_of_environment(settings)] if settings.telegram_bot_token else []
    found += [_telegram(settings, one) for one in TELEGRAM_ACCOUNTS.accounts(store) if one.enabled]
    found += [_slack(settings, one) for one in SLACK_ACCOUNTS.accounts(store) if one.enabled]
    return {one.place: one for one in found}


def _of_environment(settings: Settings) -> Wanted:
    allowed = Allowed(_named(settings.telegram_allowed_chats), _named(settings.telegram_allowed_senders))
    return Wanted(TELEGRAM, OF_ENVIRONMENT, TelegramWire(settings.telegram_bot_token or ""), allowed)


def _telegram(settings: Settings, account: TelegramAccount) -> Wanted:
    allowed = _listed(_named(account.allowed_chats), _named(account.allowed_senders))
    try:
        token, fault = token_of(settings, account), "it has no token; set one"
    except Conflict as error:
        token, fault = None, str(error)
    wire = TelegramWire(token or "")
    return Wanted(TELEGRAM, account.account_id, wire, allowed, "" if token else fault, account.version)


def _slack(settings: Settings, account: SlackAccount) -> Wanted:
    senders = frozenset(sender_of(account.team, user) for user in account.allowed_senders)
    allowed = _listed(frozenset(account.allowed_chats), senders)
    try:
        secrets, fault = secrets_of(settings, account), account.lack or ""
    except Conflict as error:
        secrets, fault = {}, str(error)
    wire = SlackWire(account.team, account.api_base, secrets.get("token", ""), secrets.get("webhook_url", ""))
    return Wanted(SLACK, account.account_id, wire, allowed, fault, account.version)


def _listed(chats: frozenset[str], senders: frozenset[str]) -> Allowed:
    return Allowed(chats, senders, "allowed_chats", "allowed_senders")


def _named(numbers: Iterable[int]) -> frozenset[str]:
    return frozenset(str(number) for number in numbers)
