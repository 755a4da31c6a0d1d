"""How `up` itself comes in where everybody is asked who he is, and how the first person does."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from redis.exceptions import RedisError

from runners.client import credential_of, local_url
from runners.engine import operations
from runners.engine.access import first
from runners.engine.errors import MultijobError
from runners.engine.operations import Actor, Role
from runners.engine.platform import Platform
from runners.engine.settings import Settings
from runners.local import ready
from runners.start import open_process

OF_ENVIRONMENT = ("MULTIJOB_TOKEN", "AUTH_OPERATOR_TOKEN", "AUTH_ADMIN_TOKEN")
DEMO_LASTS = timedelta(minutes=10)
NOBODY = "nobody is defined yet; `multijob user first` shows a link for the first sign-in, `multijob user create` makes a person"
ACTOR = Actor("multijob up", Role.ADMIN, "cli")


def first_link(settings: Settings, environ: Mapping[str, str]) -> str | None:
    """Return a one-time link for the first sign-in; None when somebody is defined, or nobody is asked."""
    if not settings.auth_enabled or settings.auth_tokens:
        return None
    with _opened(environ) as platform:
        code = first.new_code(platform, ACTOR.author())
    return first.link(settings.public_url or local_url(settings), code) if code else None


def announce(settings: Settings, environ: Mapping[str, str]) -> None:
    """Say how to sign in first: a link where a person looks, and never in a log, how to get one elsewhere."""
    if not settings.auth_enabled or settings.auth_tokens:
        return
    try:
        if sys.stderr.isatty():
            link = first_link(settings, environ)
            said = f"nobody is defined yet; sign in once, within 15 minutes: {link}" if link else ""
        else:
            with _opened(environ) as platform:
                said = NOBODY if first.nobody_is_defined(platform) else ""
    except (MultijobError, RedisError):
        return  # what is wrong with the store is said by those who need it
    if said:
        print(said, file=sys.stderr, flush=True)


def whole_facts(
    facts: Mapping[str, Any], url: str, settings: Settings, environ: Mapping[str, str]
) -> Mapping[str, Any]:
    """Return what /readyz tells to whoever may know it; without a token that lets in, the store itself is asked."""
    if "mode" not in facts:
        _, facts = ready.ask(url, credential_of(settings, _of_environment(environ)))
    if "mode" not in facts:
        with _opened(environ) as platform:
            mode = platform.store.mode
        warnings = [*mode.warnings, *facts.get("warnings", ())]
        return {**facts, "mode": mode.name, "durability": mode.durability, "warnings": warnings}
    return facts


def _of_environment(environ: Mapping[str, str]) -> str | None:
    return next((environ[name] for name in OF_ENVIRONMENT if environ.get(name)), None)


@contextmanager
def token_for_demo(settings: Settings, environ: Mapping[str, str]) -> Iterator[str | None]:
    """Give a token that may make the demo's jobs: the environment's, or one that ends with the block; None without sign-in."""
    known = _of_environment(environ)
    if known or not settings.auth_enabled:
        yield known if settings.auth_enabled else None
        return
    with _opened(environ) as platform:
        ends = platform.store.now() + DEMO_LASTS
        new = operations.create_token(platform, ACTOR, f"demo-{secrets.token_hex(4)}", Role.OPERATOR, ends)
        try:
            yield new.text
        finally:
            operations.revoke_token(platform, ACTOR, new.token.id)


@contextmanager
def _opened(environ: Mapping[str, str]) -> Iterator[Platform]:
    platform = open_process(environ)
    try:
        yield platform
    finally:
        platform.store.redis.close()
        platform.store.rq_redis.close()
