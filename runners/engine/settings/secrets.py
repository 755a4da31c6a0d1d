"""Secrets in the environment: which ones are too weak to guard anything, and what is kept of a token."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from runners.engine.role import Role

TOKEN_SHORTEST, TOKEN_LONGEST = 24, 512
FEWEST_LETTERS = 8
"""Different characters: 24 random hexadecimal digits have fewer than 8 different ones once in 30 000 times."""
PLACEHOLDERS = re.compile(
    r"change[\W_]*(me|this|it)?|replace[\W_]*(me|this)?|placeholder|example|default|secret|password|passwd|insecure"
    r"|your|here|dummy|sample|token|admin|operator|viewer|multijob|bearer|api|key|letmein|qwerty|foobar|todo|x{3,}",
    re.IGNORECASE,
)
MAKE_ONE = "make one with: openssl rand -hex 32"


@dataclass(frozen=True, slots=True)
class AuthToken:
    """A token of the environment: how its holder is named, what he may do, and the token's SHA-256 in hexadecimal."""

    name: str
    role: Role
    digest: str


def token_digest(text: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def token(text: str) -> str:
    """Read a token that lets somebody in: 24 to 512 printable ASCII characters that nobody guesses."""
    if not re.fullmatch(r"[!-~]+", text, re.ASCII):
        raise ValueError(f"holds a space, or a character that is not printable ASCII; {MAKE_ONE}")
    if not TOKEN_SHORTEST <= len(text) <= TOKEN_LONGEST:
        raise ValueError(f"has not {TOKEN_SHORTEST} to {TOKEN_LONGEST} characters; {MAKE_ONE}")
    refuse_weak(text)
    return text


def sent_token(text: str) -> str:
    """Read a token that is only sent: whoever takes it decides whether it is good."""
    if not re.fullmatch(r"[!-~]{1,512}", text, re.ASCII):
        raise ValueError("is not 1 to 512 printable ASCII characters without a space")
    return text


def refuse_weak(text: str) -> None:
    """Raise ValueError for a default, a placeholder, a row of neighbours, or the same few characters again and again."""
    rest = PLACEHOLDERS.sub("", text)
    if len(rest) < 16 and len(rest) < len(text):
        raise ValueError(f"is a placeholder; {MAKE_ONE}")
    steps = sum(abs(ord(one) - ord(other)) <= 1 for one, other in pairwise(text))
    if len(set(text.lower())) < FEWEST_LETTERS or steps > len(text) // 2:
        raise ValueError(f"is too easy to guess; {MAKE_ONE}")


def tokens_with_roles(text: str) -> tuple[tuple[str, Role], ...]:
    """Read token:role pairs separated by commas."""
    return tuple(_pair(part.strip()) for part in text.split(",") if part.strip())


def _pair(part: str) -> tuple[str, Role]:
    found, _, role = part.rpartition(":")
    if role not in set(Role):
        raise ValueError(f"has an entry that does not end in :{', :'.join(Role)}")
    try:
        return token(found), Role(role)
    except ValueError as error:
        raise ValueError(f"has a token that {error}") from None


def shared(values: Iterable[tuple[str, str]]) -> list[str]:
    """Return one sentence for each pair of variables that hold the same secret; `values` are (name, secret)."""
    owners: dict[str, str] = {}
    problems = []
    for name, secret in values:
        if secret in owners:
            problems.append(f"{name} holds the same secret as {owners[secret]}; each needs its own, {MAKE_ONE}")
        owners.setdefault(secret, name)
    return problems
