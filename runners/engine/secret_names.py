"""What is a secret by its name, and how much of one may be shown. Pure; the one place where both are decided.

A name is cut into words at case changes and at anything that is no letter or digit: `X-Api-Key` and `apiKey` are the same.
"""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

SHOWN = 4
LONG_ENOUGH = 16
"""Characters of a secret of which the last four may be shown; of a shorter one they would be too much of it."""
STARS = "****"


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


WORDS = _words(
    "token secret password passwd passphrase pass pwd apikey authorization auth cookie credential credentials bearer jwt",
    "dsn pat tokens secrets passwords cookies privatekey accesskey secretkey sessionid csrf xsrf",
)
PAIRS = frozenset({"session id", "connection string", "webhook url", "recovery code", "pin code"})
# a name that ends in one of these tells something about a secret, and is none
ABOUT = _words(
    "url uri endpoint type name id ids limit count field header scheme prefix expires expiry expiration ttl length policy",
    "path file mode enabled required method format version parameter param lifetime seconds minutes hours days",
)
MEASURES = _words("max min per total count limit budget num used remaining")
OPEN_KEYS = _words(
    "public primary sort partition foreign cache idempotency object row group routing map translation hot index project",
    "issue dedup agent",
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_RUN_TOGETHER = re.compile(
    r"(api|access|private|secret|signing|encryption)keys?|(pass|auth|bearer)?(token|secret|password)s?$"
)


def is_secret_name(name: str) -> bool:
    """Say whether what stands under `name` is a secret: api_key, X-Auth-Token, clientSecret, but not max_tokens."""
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or MEASURES & set(words):
        return False
    if any(" ".join(pair) in PAIRS for pair in pairwise(words)):
        return True
    if words[-1] in ABOUT:
        return False
    if words[-1] == "key" or (words[-1] == "keys" and words[:-1]):  # 'keys' alone may be any
        return not OPEN_KEYS & set(words[:-1])
    return bool(WORDS & set(words)) or any(_RUN_TOGETHER.search(word) for word in words)


def holds_credentials(text: str) -> bool:
    """Say whether `text` is a URL with a password or a parameter like `token=…` inside, whatever it is called."""
    if "://" not in text or ("@" not in text and "?" not in text):
        return False
    try:
        url = urlsplit(text)
        return bool(url.password) or any(is_secret_name(name) for name, _ in parse_qsl(url.query))
    except ValueError:
        return True


def mask(secret: str) -> str:
    """Return what may be shown of `secret`: its last four characters at most, and none of a short one."""
    return STARS + (secret[-SHOWN:] if len(secret) >= LONG_ENOUGH else "")


def is_mask(text: str) -> bool:
    """Say whether `text` has the form of a mask, so that it can be no secret."""
    return text.startswith(STARS) and len(text) <= len(STARS) + SHOWN
