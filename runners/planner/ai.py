"""Planning with a language model: whom to ask, in which order, and what comes of it; the grammar when nobody answers usably."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore

from runners.engine.catalog import Catalog
from runners.engine.errors import Conflict, NotFound
from runners.engine.integrations import account as accounts
from runners.engine.integrations.account import Account
from runners.engine.outgoing.address import Gate
from runners.engine.platform import Platform
from runners.engine.store.records import load_records, names
from runners.engine.vault import Owner
from runners.engine.vault_keys import open_vault
from runners.planner.grammar import Asked, Understood
from runners.planner.model import Endpoint, NoAnswer, ask
from runners.planner.notes import Note, Question, note
from runners.planner.prompting import Refused, messages, read_answer

SPEAKING = ("openai", "groq", "ollama", "gemini", "anthropic")
"""Providers of accounts whose address speaks the chat completions of OpenAI, in the order in which they are asked."""
AT_ONCE = BoundedSemaphore(4)
"""Models are waited for by at most four requests of a process, so that all others are answered meanwhile."""
KEPT_SEC = 3600
MOST_ASKED = 3


@dataclass(frozen=True, slots=True)
class ModelWish:
    """Which model is to plan, where the person says it: None means any. `most` is how many jobs a plan may have."""

    provider: str | None = None
    account_id: str | None = None
    model: str | None = None
    most: int = 12


def understood_by_model(
    platform: Platform, text: str, asked: Asked, wanted: ModelWish, catalog: Catalog
) -> tuple[Understood | None, tuple[Note, ...]]:
    """Return what a model made of the prompt, None when none could; with a warning for each that could not.

    What a model answered to the same wish within the last hour counts again: what is executed is what was shown.
    """
    kept = platform.store.keys.plan(_digest(text, asked, wanted))
    warnings: list[Note] = []
    if before := platform.store.redis.get(kept):
        found = _read(str(before), text, catalog, wanted, warnings)
        if found:
            return found, ()
    with _turn() as ours:
        if not ours:
            return None, (note("models_busy"),)
        for endpoint in _endpoints(platform, wanted, warnings):
            try:
                answer = ask(Gate.of(platform.settings), endpoint, messages(text, asked, catalog, wanted.most))
            except NoAnswer as fault:
                warnings.append(note("no_answer", fault=str(fault)))
                continue
            if found := _read(answer, text, catalog, wanted, warnings, endpoint.named):
                platform.store.redis.set(kept, answer, ex=KEPT_SEC)
                return found, tuple(warnings)
    return None, tuple(warnings) or (note("no_model"),)


def _read(
    answer: str, text: str, catalog: Catalog, wanted: ModelWish, warnings: list[Note], named: str = ""
) -> Understood | None:
    try:
        drafts, questions = read_answer(answer, text, catalog, wanted.most)
    except Refused as fault:
        warnings.append(note("no_answer", fault=f"{named}: {fault}"))
        return None
    return Understood(drafts, tuple(Question(note("ask_model", text=question)) for question in questions))


@contextmanager
def _turn() -> Iterator[bool]:
    ours = AT_ONCE.acquire(blocking=False)
    try:
        yield ours
    finally:
        if ours:
            AT_ONCE.release()


def _digest(text: str, asked: Asked, wanted: ModelWish) -> str:
    said = [
        text,
        asked.zone,
        asked.channel,
        asked.account_id,
        wanted.provider,
        wanted.account_id,
        wanted.model,
        wanted.most,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _endpoints(platform: Platform, wanted: ModelWish, warnings: list[Note]) -> Iterator[Endpoint]:
    """Yield at most three endpoints: the account that is named, else the environment's and then those of enabled accounts."""
    settings, asked = platform.settings, 0
    if wanted.provider is None and (model := settings.planner_ai_model):
        asked += 1
        yield Endpoint(
            "OPENAI_BASE_URL", settings.openai_base_url, wanted.model or model, settings.openai_api_key or ""
        )
    for account in _accounts(platform, wanted):
        if asked == MOST_ASKED:
            return
        try:
            endpoint = _endpoint(platform, account, wanted)
        except (Conflict, NoAnswer) as fault:
            warnings.append(note("no_answer", fault=f"{account.name}: {fault}"))
            continue
        asked += 1
        yield endpoint


def _accounts(platform: Platform, wanted: ModelWish) -> list[Account]:
    """Return the accounts that may be asked, in their order. Raises NotFound for one that is named and is not there."""
    known = names(platform.store, "account")
    chosen = [name for provider in SPEAKING for name in known if name.startswith(f"{provider}/")]
    if wanted.provider is not None:
        chosen = [name for name in known if name.partition("/")[0] == wanted.provider]
        chosen = [name for name in chosen if wanted.account_id in (None, name.partition("/")[2])]
        if not chosen:
            raise NotFound(f"account '{wanted.provider}/{wanted.account_id or '…'}' does not exist")
    records = load_records(platform.store, "account", chosen)
    found = [accounts.read(name, records[name].content) for name in chosen if name in records]
    return [account for account in found if account.enabled]


def _endpoint(platform: Platform, account: Account, wanted: ModelWish) -> Endpoint:
    model = wanted.model or account.config.get("model") or platform.settings.planner_ai_model
    if not isinstance(model, str):
        raise NoAnswer('it names no model; set "model" in its config, or say model_id')
    if account.address is None:
        raise NoAnswer("it has no address")
    sealed = account.kept.sealed.get("secrets/api_key")
    key = (
        open_vault(platform.settings).open(Owner("account", account.name, "secrets/api_key"), sealed) if sealed else ""
    )
    return Endpoint(account.name, account.address, model, key)
