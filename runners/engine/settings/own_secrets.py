"""The platform's own secrets, as its configuration holds them: what no log line may show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from runners.engine.settings.address import is_sentinel, read_sentinel
from runners.engine.settings.model import Settings
from runners.engine.settings.variables import SETTINGS

ROLES = frozenset({"viewer", "operator", "admin"})


def own_secrets(settings: Settings) -> set[str]:
    """Return every secret of the configuration: keys, tokens, and the passwords inside addresses."""
    fields = {"redis_url", *(variable.field for variable in SETTINGS if variable.secret and variable.field)}
    texts = {text for field in fields for text in _texts(getattr(settings, field))}
    return {secret for text in texts for secret in _inside(text)} - ROLES


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts([*value, *value.values()])
    elif isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from _texts(one)


def _inside(text: str) -> Iterator[str]:
    """Yield the secret that `text` is, or the passwords that stand in it when it is an address."""
    if "://" not in text:
        yield text
    elif is_sentinel(text):
        address = read_sentinel(text)
        yield from (one for one in (address.password, address.options.get("sentinel_password")) if one)
    elif password := urlsplit(text).password:
        yield from (password, unquote(password))
