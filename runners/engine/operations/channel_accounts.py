"""What is asked for of the accounts of any chat channel; `telegram_accounts` and `slack_accounts` are the operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic

from runners.engine.clock import rfc3339
from runners.engine.events import EventType
from runners.engine.integrations.account_trial import Trial
from runners.engine.integrations.sealing import sealing, unreadable
from runners.engine.operations import keeping
from runners.engine.operations.keeping import Status
from runners.engine.operations.roles import Actor
from runners.engine.platform import Platform
from runners.engine.protocol.records import Said
from runners.engine.secret_fields import Seal
from runners.engine.settings import Settings
from runners.engine.store import records
from runners.engine.store.channel_accounts import Account, Shelf
from runners.engine.store.page import Page
from runners.engine.store.records import Record


@dataclass(frozen=True, slots=True)
class Saved(Generic[Account]):
    """What saving did, and the account as it is now."""

    status: Status
    account: Account


@dataclass(frozen=True, slots=True)
class Channel(Generic[Account]):
    """One channel: where its accounts stand, what a new one is, how one changes and is tried, and which events say so."""

    shelf: Shelf[Account]
    new: Callable[[str], Account]
    changed: Callable[[Account, Mapping[str, Any], Seal], dict[str, Any]]
    tried: Callable[[Settings, Account], Trial]
    upserted: EventType
    deleted: EventType

    def page(self, platform: Platform, limit: int, offset: int, cursor: str | None) -> Page[Account]:
        """Return a page of the stored accounts, in the order of their ids."""
        page = records.list_records(platform.store, self.shelf.kind, limit, offset, cursor)
        return keeping.page_of(page, lambda record: self._known(platform, record))

    def get(self, platform: Platform, account_id: str) -> Account:
        """Return the account. Raises NotFound and Unreadable."""
        return self._known(platform, keeping.existing(platform, self.shelf.kind, account_id))

    def save(
        self,
        platform: Platform,
        actor: Actor,
        account_id: str,
        raw: Mapping[str, Any],
        create_only: bool,
        expected_version: int | None,
    ) -> Saved[Account]:
        """Make the account, or change what `raw` names of it. Raises Invalid, Stale and NoKey."""
        kind, seal = self.shelf.kind, sealing(platform, self.shelf.kind, account_id)

        def content(record: Record | None) -> dict[str, Any]:
            return self.changed(self.shelf.account(record) if record else self.new(account_id), raw, seal)

        said = Said(self.upserted, {"account_id": account_id, "actor": actor.name, "fields": sorted(raw)})
        status = keeping.save(platform, actor, kind, account_id, content, said, create_only, expected_version)
        return Saved(status, self.get(platform, account_id))

    def delete(self, platform: Platform, actor: Actor, account_id: str, expected_version: int | None) -> None:
        """Delete the account and its secrets. Raises NotFound and Stale."""
        said = Said(self.deleted, {"account_id": account_id, "actor": actor.name})
        keeping.delete(platform, actor, self.shelf.kind, account_id, said, expected_version)

    def test(self, platform: Platform, actor: Actor, account_id: str) -> Account:
        """Try the account, and keep how that went. Raises NotFound, Unreadable, and Stale when it was changed meanwhile."""
        account = self.get(platform, account_id)
        outcome = {**self.tried(platform.settings, account).content(), "tested_at": rfc3339(platform.store.now())}
        kept = {"tested": outcome}
        keeping.keep_test(platform, actor, self.shelf.kind, account_id, account.version, outcome, kept)
        return replace(account, tested=outcome)

    def _known(self, platform: Platform, record: Record) -> Account:
        account = self.shelf.account(record)
        return replace(account, readable=not unreadable(platform, account.kept.sealed))
