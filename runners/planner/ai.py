"""Planning with a language model: whom to ask, in which order, and what comes of it; the grammar when nobody answers usably."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore

from runners.engine.catalog import Catalog
from runners.engine.errors import Conflict
from runners.engine.outgoing.address import Gate
from runners.engine.platform import Platform
from runners.models.asking import ask
from runners.models.endpoint import Endpoint, NoAnswer, of_account, of_environment, speaking
from runners.planner.clause_reading import Asked
from runners.planner.grammar import Understood
from runners.planner.notes import Note, Question, note
from runners.planner.prompting import Refused, messages, read_answer

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
                answer = ask(Gate.of(platform.settings), endpoint, messages(text, asked, catalog, wanted.most)).text
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
    asked = 0
    if wanted.provider is None and (own := of_environment(platform.settings, wanted.model)):
        asked += 1
        yield own
    for account in speaking(platform, wanted.provider, wanted.account_id):
        if asked == MOST_ASKED:
            return
        try:
            endpoint = of_account(platform, account, wanted.model)
        except (Conflict, NoAnswer) as fault:
            warnings.append(note("no_answer", fault=f"{account.name}: {fault}"))
            continue
        asked += 1
        yield endpoint
