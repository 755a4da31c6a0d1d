"""The variables of who may use the platform, and what they must be together."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from runners.engine.role import Role
from runners.engine.settings.hosts import is_loopback
from runners.engine.settings.secrets import AuthToken, sent_token, shared, token, token_digest, tokens_with_roles
from runners.engine.settings.values import hours, many, minutes, one_of, public_address, whole
from runners.engine.settings.variable import Variable

TRUE, FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")
TOKEN_OF = {Role.VIEWER: "AUTH_VIEWER_TOKEN", Role.OPERATOR: "AUTH_OPERATOR_TOKEN", Role.ADMIN: "AUTH_ADMIN_TOKEN"}
HOW_TO_TURN_ON = "turn it on with AUTH_ENABLED=true and an AUTH_ADMIN_TOKEN (openssl rand -hex 32)"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def switch(text: str) -> bool:
    """Read true or false, in the spellings that are in use."""
    return one_of(*TRUE, *FALSE)(text) in TRUE


def header_name(text: str) -> str:
    """Read the name of a header (RFC 9110 §5.1)."""
    if re.fullmatch(r"[A-Za-z0-9-]{1,64}", text, re.ASCII) and text.lower() not in ("cookie", "host"):
        return text
    raise ValueError("is not the name of a header such as Authorization")


def scheme(text: str) -> str:
    """Read an authentication scheme (RFC 9110 §11.1)."""
    if re.fullmatch(r"[A-Za-z0-9-]{1,32}", text, re.ASCII):
        return text
    raise ValueError("is not a scheme such as Bearer")


def network(text: str) -> Network:
    """Read an address or a network that is not the whole internet: from there anybody could say where he comes from."""
    try:
        found = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError("is not an address, or a network such as 10.0.0.0/8") from None
    if found.prefixlen == 0:
        raise ValueError("trusts every address; name the networks of the proxies, such as 10.0.0.0/8")
    return found


ACCESS: tuple[Variable, ...] = (
    Variable(
        "AUTH_ENABLED",
        "false",
        "true asks everybody who they are; false serves this machine only",
        "auth_enabled",
        switch,
    ),
    *(
        Variable(name, "", f"token of a client with the role {role}, 24 characters or more", "", token, secret=True)
        for role, name in TOKEN_OF.items()
    ),
    Variable(
        "AUTH_API_KEYS",
        "",
        "more tokens with their roles, as token:role,token:role (viewer, operator or admin)",
        "",
        tokens_with_roles,
        secret=True,
    ),
    Variable(
        "AUTH_TOKEN_HEADER",
        "Authorization",
        "header that carries a token after its scheme; X-API-Key carries one alone",
        "auth_header",
        header_name,
    ),
    Variable("AUTH_TOKEN_SCHEME", "Bearer", "scheme before the token", "auth_scheme", scheme),
    Variable("METRICS_TOKEN", "", "token that reads /metrics and nothing else", "metrics_token", token, secret=True),
    Variable(
        "API_LIMIT_PER_MIN",
        "6000",
        "requests that one client with a token may make a minute, of all web processes together, 0 to 10000000; 0 is no limit",
        "api_limit_per_min",
        whole(0, 10_000_000),
    ),
    Variable(
        "SESSION_IDLE_MINUTES",
        "480",
        "minutes after which a browser that nobody uses is signed out, 1 to 43200; refreshing by itself is no use",
        "session_idle",
        minutes(1, 43_200),
    ),
    Variable(
        "SESSION_LIFE_HOURS",
        "168",
        "hours after which a browser is signed out in any case, 1 to 2160",
        "session_life",
        hours(1, 2160),
    ),
    Variable(
        "PUBLIC_URL",
        "",
        "address under which browsers reach the platform, such as https://ops.example.com or https://example.com/multijob; "
        "then no other host is served, "
        "and with https cookies are sent over TLS only",
        "public_url",
        public_address,
    ),
    Variable(
        "TRUSTED_PROXIES",
        "",
        "addresses or networks of reverse proxies whose X-Forwarded-For is believed",
        "trusted_proxies",
        many(network),
    ),
    Variable(
        "BACKUP_KEY",
        "",
        "what `multijob backup` seals with: a key of `multijob secrets key`, or a passphrase of 12 characters or more",
        "backup_key",
        str,
        secret=True,
    ),
    Variable(
        "MULTIJOB_TOKEN", "", "token that the command line sends to MULTIJOB_URL", "token", sent_token, secret=True
    ),
)


def access_problems(values: Mapping[str, Any]) -> list[str]:
    """Return what is wrong between variables that are each good alone."""
    on = values.get("AUTH_ENABLED", False)
    problems = shared(_secrets(values))
    host = values.get("HOST", "127.0.0.1")
    if not on and not is_loopback(host):
        only = "is not a loopback address; without sign-in only 127.0.0.1, ::1 or localhost may be used"
        problems.append(f"HOST='{host}' {only}; {HOW_TO_TURN_ON}")
    address = values.get("PUBLIC_URL", "")
    if values.get("TELEGRAM_WEBHOOK") and not _can_be_sent_to(address):
        problems.append("TELEGRAM_WEBHOOK is true, so PUBLIC_URL must be an https address that Telegram can reach")
    if "AUTH_ENABLED" not in values:
        idle = [name for name in (*TOKEN_OF.values(), "AUTH_API_KEYS") if name in values]
        problems += [
            f"{name} is set, but AUTH_ENABLED is not; set it to true, or to false to ask nobody" for name in idle
        ]
    return problems


def _can_be_sent_to(address: str) -> bool:
    """Say whether a webhook may lead there: over TLS, or on this machine, where a Bot API server of one's own may stand."""
    return address.startswith("https://") or is_loopback(urlsplit(address).hostname or "")


def auth_tokens(values: Mapping[str, Any]) -> tuple[AuthToken, ...]:
    """Return the tokens of the environment, each with the name of its holder."""
    named = [(name, values[name], role) for role, name in TOKEN_OF.items() if name in values]
    keys = values.get("AUTH_API_KEYS", ())
    numbered = [(f"AUTH_API_KEYS.{number}", text, role) for number, (text, role) in enumerate(keys, 1)]
    found = (*named, *numbered)
    return tuple(AuthToken(f"environment:{name}", role, token_digest(text)) for name, text, role in found)


def _secrets(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    single = (*TOKEN_OF.values(), "METRICS_TOKEN", "SECRET_KEY")
    found = [(name, values[name]) for name in single if name in values]
    keys = values.get("AUTH_API_KEYS", ())
    return [*found, *((f"entry {number} of AUTH_API_KEYS", text) for number, (text, _) in enumerate(keys, 1))]
