"""The platform's own secrets, as its environment holds them: what nothing that it writes may show. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from runners.engine.settings.address import is_sentinel, read_sentinel
from runners.engine.settings.variables import SETTINGS


def own_secrets(environ: Mapping[str, str]) -> set[str]:
    """Return every secret of the environment: keys, tokens, and the passwords inside addresses.

    Raises ValueError on an address that `settings.read` would refuse.
    """
    texts = ((variable.name, environ.get(variable.name, "").strip()) for variable in SETTINGS if variable.secret)
    return {secret for name, text in texts if text for secret in INSIDE.get(name, _entries)(text)}


def _entries(text: str) -> Iterator[str]:
    """Yield the text itself, and its parts in case that it is a list."""
    yield from {text, *(part.strip() for part in text.split(","))} - {""}


def _passwords(address: str) -> Iterator[str]:
    """Yield the passwords in an address, as they stand there and as they are sent."""
    if is_sentinel(address):
        found = read_sentinel(address)
        yield from (one for one in (found.password, found.options.get("sentinel_password")) if one)
        return
    parts = urlsplit(address)
    if parts.password:
        yield from (parts.password, unquote(parts.password))
    yield from (value for name, value in parse_qsl(parts.query) if name == "password")


def _tokens(pairs: str) -> Iterator[str]:
    """Yield the tokens of token:role pairs."""
    yield from (pair.strip().rpartition(":")[0] for pair in pairs.split(","))


def _header_values(headers: str) -> Iterator[str]:
    """Yield the values of name=value pairs, and of one such as 'Bearer TOKEN' the token alone."""
    for pair in headers.split(","):
        value = pair.partition("=")[2].strip()
        yield from {value, value.rpartition(" ")[2]}


INSIDE: Mapping[str, Callable[[str], Iterator[str]]] = {
    **dict.fromkeys(("REDIS_URL", "REDIS_TLS_URL", "SMTP_URL"), _passwords),
    "AUTH_API_KEYS": _tokens,
    "OTEL_EXPORTER_OTLP_HEADERS": _header_values,
}
"""How the secrets are found in variables that hold more than a secret, or a list of them."""
