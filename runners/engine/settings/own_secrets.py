"""The platform's own secrets, as its environment holds them: what nothing that it writes may show. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urlsplit

from runners.engine.settings.address import is_sentinel, read_sentinel
from runners.engine.settings.variables import SETTINGS

WITH_ROLES = "AUTH_API_KEYS"


def own_secrets(environ: Mapping[str, str]) -> set[str]:
    """Return every secret of the environment: keys, tokens, and the passwords inside addresses.

    Raises ValueError on an address that `settings.read` would refuse.
    """
    texts = ((variable.name, environ.get(variable.name, "").strip()) for variable in SETTINGS if variable.secret)
    return {secret for name, text in texts if text for secret in _inside(name, text)}


def _inside(name: str, text: str) -> Iterator[str]:
    """Yield the secrets in one variable's text: itself, its parts when it is a list, the passwords when it is an address."""
    if is_sentinel(text):
        address = read_sentinel(text)
        yield from (one for one in (address.password, address.options.get("sentinel_password")) if one)
    elif "://" in text:
        if password := urlsplit(text).password:
            yield from (password, unquote(password))
    elif name == WITH_ROLES:
        yield from (part.strip().rpartition(":")[0] for part in text.split(","))
    else:
        yield from {text, *(part.strip() for part in text.split(","))} - {""}
