"""How the text of an environment variable is read; each reader raises ValueError('is not …') with the range or form."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import posixpath
import re
import shlex
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from runners.engine.pool import NAME
from runners.engine.settings.address import TLS_OPTIONS, is_sentinel, known_options, read_sentinel
from runners.engine.settings.exemption import Exemption
from runners.engine.settings.hosts import HOST_NAME, LARGEST_PORT
from runners.engine.settings.secrets import refuse_weak

T = TypeVar("T")
Reader = Callable[[str], T]

PUBLIC_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*", re.ASCII)


def whole(low: int, high: int) -> Reader[int]:
    """Read a whole number from `low` to `high`, in ASCII digits."""

    def read(text: str) -> int:
        if re.fullmatch(r"[0-9]{1,15}", text, re.ASCII) and low <= int(text) <= high:
            return int(text)
        raise ValueError(f"is not a whole number from {low} to {high}")

    return read


def pool(text: str) -> str:
    """Read the name of a worker pool."""
    if NAME.fullmatch(text):
        return text
    raise ValueError("is not 1 to 64 of A-Z a-z 0-9 . _ -")


def seconds(low: float, high: float) -> Reader[timedelta]:
    """Read a number of seconds from `low` to `high`, decimals allowed."""

    def read(text: str) -> timedelta:
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text, re.ASCII) and low <= float(text) <= high:
            return timedelta(seconds=float(text))
        raise ValueError(f"is not a number from {low:g} to {high:g}")

    return read


def minutes(low: int, high: int) -> Reader[timedelta]:
    """Read a whole number of minutes from `low` to `high`."""
    number = whole(low, high)
    return lambda text: timedelta(minutes=number(text))


def hours(low: int, high: int) -> Reader[timedelta]:
    """Read a whole number of hours from `low` to `high`."""
    number = whole(low, high)
    return lambda text: timedelta(hours=number(text))


def days(low: int, high: int) -> Reader[timedelta]:
    """Read a whole number of days from `low` to `high`."""
    number = whole(low, high)
    return lambda text: timedelta(days=number(text))


def one_of(*words: str) -> Reader[str]:
    """Read one of `words`, in any case."""

    def read(text: str) -> str:
        if text.lower() in words:
            return text.lower()
        raise ValueError(f"is not one of {', '.join(words)}")

    return read


def many(read_one: Reader[T]) -> Reader[tuple[T, ...]]:
    """Read entries separated by commas; spaces around an entry and empty entries are passed over."""

    def read(text: str) -> tuple[T, ...]:
        return tuple(read_one(part.strip()) for part in text.split(",") if part.strip())

    return read


def key_prefix(text: str) -> str:
    """Read a prefix that ends in a colon, so that no prefix can begin another one's keys by accident."""
    if re.fullmatch(r"[A-Za-z0-9_.{}-]{1,31}:", text):
        return text
    raise ValueError("is not 1 to 31 of A-Z a-z 0-9 _ . - { } and a colon at the end, such as mj:")


def listening_host(text: str) -> str:
    """Read the address or name to listen on; whether it may be one that others reach is decided with sign-in."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        if not HOST_NAME.fullmatch(text):
            raise ValueError("is not an address such as 0.0.0.0, or a host name") from None
    return text


def directory(text: str) -> Path:
    """Read a directory's path; a relative one is taken from the current directory. It need not exist yet."""
    if "\0" in text:
        raise ValueError("is not a path")
    return Path(text).expanduser().absolute()


def absolute_directory(text: str) -> Path:
    """Read an absolute path: what may be run from a directory must not depend on where the process was started."""
    if not text.startswith("/") or "\0" in text:
        raise ValueError("is not an absolute path")
    return Path(text)


def readable_folder(text: str) -> Path:
    """Read the absolute path of a folder of files; the machine itself is shown as files in some, secrets of processes too."""
    folder = Path(posixpath.normpath(absolute_directory(text)))
    if folder.parts[1:2] in ((), ("proc",), ("sys",), ("dev",)):
        raise ValueError("is not a folder of files: it is /, or within /proc, /sys or /dev")
    return folder


def command_prefix(text: str) -> tuple[str, ...]:
    """Read the first words of a command, quoted as a shell has them."""
    try:
        words = tuple(shlex.split(text))
    except ValueError:
        raise ValueError("has a quote without its partner") from None
    if not words:
        raise ValueError("holds an empty command")
    return words


def env_name(text: str) -> str:
    """Read the name of an environment variable."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,127}", text, re.ASCII):
        raise ValueError("holds what is no name of an environment variable")
    return text


def private_target(text: str) -> str:
    """Read an address, a network (10.0.0.0/8) or a host name, each optionally with a port."""
    Exemption.parse(text)
    return text


def origin(text: str) -> str:
    """Read an origin as a browser sends it: scheme, host and port, nothing behind them, never '*'."""
    parts = _split_url(text, "http", "https")
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("is not an origin such as https://ops.example.com")
    return text.lower()


def public_address(text: str) -> str:
    """Read the address that browsers know: an origin, and the path below which a proxy passes requests on, if there is one."""
    parts = _split_url(text, "http", "https")
    path = parts.path.rstrip("/")
    if not PUBLIC_PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise ValueError("has a path that is not words of A-Za-z0-9._~- after slashes, such as /multijob")
    return origin(text.rstrip("/").removesuffix(path)) + path


def http_url(text: str) -> str:
    """Read an http or https address that paths are put behind, without a password, which lists would show."""
    parts = _split_url(text, "http", "https")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("has more than a host and a path, such as https://jobs.example.org/multijob")
    return text.rstrip("/")


def redis_host(text: str) -> str:
    """Read the name or address of a Redis server."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        if not HOST_NAME.fullmatch(text):
            raise ValueError("is not a host name or an address") from None
    return text


def redis_url(text: str) -> str:
    """Read redis://, rediss:// (TLS), unix:// or sentinel://, with an optional password and database."""
    if text.startswith("unix://"):
        if urlsplit(text).path in ("", "/"):
            raise ValueError("has no path; write unix:///run/redis.sock?db=0")
        known_options(urlsplit(text), frozenset({"db", "password"}))
        return text
    if is_sentinel(text):
        read_sentinel(text)
        return text
    return _redis_address(text, "redis", "rediss")


def redis_tls_url(text: str) -> str:
    """Read rediss://, the only scheme that means TLS."""
    return _redis_address(text, "rediss")


def _redis_address(text: str, *schemes: str) -> str:
    parts = _split_url(text, *schemes)
    if not re.fullmatch(r"/?|/[0-9]{1,4}", parts.path, re.ASCII):
        raise ValueError("has a database that is not a whole number, as in redis://host:6379/0")
    options = dict(known_options(parts, TLS_OPTIONS if parts.scheme == "rediss" else frozenset({"db"})))
    if options.get("ssl_cert_reqs", "required") not in ("none", "optional", "required"):
        raise ValueError("has an ssl_cert_reqs that is not none, optional or required")
    return text


def _split_url(text: str, *schemes: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"has a port or address that cannot be read; a port is 1 to {LARGEST_PORT}") from None
    if parts.scheme not in schemes:
        raise ValueError(f"does not begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    if not parts.hostname or port == 0 or re.search(r"[\s\x00-\x1f]", text):
        raise ValueError(f"has no usable host and port, as in {schemes[0]}://localhost:6379")
    return parts


def bot_token(text: str) -> str:
    """Read a bot token in the form in which it is given out."""
    if re.fullmatch(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,128}", text, re.ASCII):
        return text
    raise ValueError("is not a bot token such as 123456:ABC-DEF")


def chat_id(text: str) -> int:
    """Read the number of a chat or a sender; groups have negative ones."""
    if re.fullmatch(r"-?[0-9]{1,18}", text, re.ASCII):
        return int(text)
    raise ValueError("is not a list of chat numbers such as 12345,-100123")


def secret_key(text: str) -> str:
    """Read the key that signs sessions and form tokens."""
    if len(text) < 16:
        raise ValueError("is shorter than 16 characters; make one with: openssl rand -hex 32")
    refuse_weak(text)
    return text


KEY_BYTES = 32
DISTINCT_BYTES = 12
"""A random key of 32 bytes has fewer different ones about never; a made-up one, such as 32 zeros, has."""


def encryption_keys(text: str) -> tuple[str, ...]:
    """Read the keys that encrypt stored secrets, the newest first; the fault says which one, and nothing of it."""
    keys = tuple(part.strip() for part in text.split(",") if part.strip())
    for place, key in enumerate(keys, 1):
        if fault := _key_fault(key):
            raise ValueError(f"has a key (number {place}) that {fault}; make one with: multijob secrets key")
    if not keys or len(set(keys)) < len(keys):
        raise ValueError("names no key, or one of them twice; write the newest first: new,old")
    return keys


def _key_fault(key: str) -> str | None:
    try:
        raw = base64.b64decode(key.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return "is not url-safe base64"
    if len(raw) != KEY_BYTES:
        return f"has {len(raw)} bytes instead of {KEY_BYTES}"
    return "is not random" if len(set(raw)) < DISTINCT_BYTES else None
