"""The secrets that tests work with, all with one mark in them, and the search for it in whatever the suite leaves behind.

Secrets go into settings, forms, headers and accounts, and never come out: so the mark must stand in no answer that the app
gives, in no key of a server that a test has used, and in no file of the suite (logs, data folders, append-only files, exports).
`conftest.py` looks at all three; `canary/` plants secrets of its own in every place that takes one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import redis

from runners.engine.spellings import spellings

MARK = "c4nary7e01"
SECRET_KEY = f"tests-only-{MARK}-tests-only-tests-only"
ROLE_TOKENS = {
    "viewer": f"viewer-{MARK}-4d9f1c7ab2e860535b",
    "operator": f"operator-{MARK}-7e01b8d3f62a945c1d",
    "admin": f"admin-{MARK}-c35a9e7f104b8d26f0",
}
PASSWORD = f"seven {MARK} herons over the estuary"
BOT_TOKEN = f"424242:{MARK}-Token_never-to-be-seen"
SLACK_TOKEN = f"xoxb-{MARK}-token-0123456789"
SIGNING_SECRET = f"{MARK}-signing-secret-0123456789"
MODEL_KEY = f"sk-{MARK}-{MARK}"

NEEDLES = sorted(text.encode() for text in spellings(MARK))
SEARCH = """
local found, cursor = {}, '0'
repeat
  local step = redis.call('SCAN', cursor, 'COUNT', 1000)
  cursor = step[1]
  for _, key in ipairs(step[2]) do
    local text = key .. (redis.call('DUMP', key) or '')
    for _, needle in ipairs(ARGV) do
      if string.find(text, needle, 1, true) then found[#found + 1] = key break end
    end
  end
until cursor == '0'
return found
"""
UNREAD = frozenset({".venv", "site-packages", "node_modules", "__pycache__"})
"""Folders of what is installed, which no test writes."""
OWN = Path(__file__).name
"""This file, which stands in every copy of the checkout that a test makes."""
LARGEST = 64 * 1024 * 1024


def holds(text: bytes) -> bool:
    """Say whether the mark stands in `text` in one of its spellings."""
    return any(needle in text for needle in NEEDLES)


def keys_with_secrets(client: redis.Redis) -> list[str]:
    """Return the keys of the selected database that hold a secret: one round trip. The server must not compress what it dumps."""
    found: list[str] = client.eval(SEARCH, 0, *NEEDLES)
    return sorted(found)


def files_with_secrets(folder: Path) -> Iterator[Path]:
    """Yield every file below `folder` that holds a secret; links are not followed."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in UNREAD]
        for name in set(names) - {OWN}:
            path = Path(place, name)
            try:
                if (
                    path.is_file()
                    and not path.is_symlink()
                    and path.stat().st_size <= LARGEST
                    and holds(path.read_bytes())
                ):
                    yield path
            except OSError:
                continue  # it went, or is nobody's to read
