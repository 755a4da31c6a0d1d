"""Servers by name, for who speaks to several: `~/.config/multijob/profiles.toml`, which its owner alone may read.

use = "production"

[profiles.production]
url = "https://jobs.example.org/multijob"
token = "..."
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from runners.engine.errors import MultijobError
from runners.engine.settings.secrets import sent_token
from runners.engine.settings.values import http_url
from runners.engine.whole_file import replacing

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class ProfilesUnusable(MultijobError):
    """The file cannot be used as it is, or has no such profile; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One server, and what shows it who asks; without a token nobody does."""

    url: str
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Profiles:
    """What the file says; `used` is the name of the profile that holds when none is asked for."""

    named: Mapping[str, Profile] = field(default_factory=lambda: MappingProxyType({}))
    used: str | None = None

    def get(self, name: str) -> Profile:
        """Return a profile; raises ProfilesUnusable when there is none of this name."""
        if name not in self.named:
            known = ", ".join(sorted(self.named)) or "none"
            raise ProfilesUnusable(
                f"there is no profile '{name}' (known: {known}); make it: multijob profile set {name} --url URL"
            )
        return self.named[name]

    def with_profile(self, name: str, profile: Profile) -> Profiles:
        """Return these with one more, or with another one of its name."""
        return replace(self, named={**self.named, name: profile})

    def without(self, name: str) -> Profiles:
        """Return these without one, which then is not the used one any more."""
        self.get(name)
        left = {other: profile for other, profile in self.named.items() if other != name}
        return Profiles(left, None if self.used == name else self.used)


def place(environ: Mapping[str, str]) -> Path:
    """Return where the file is: below XDG_CONFIG_HOME, else ~/.config."""
    home = environ.get("XDG_CONFIG_HOME") or os.path.join(environ.get("HOME") or os.path.expanduser("~"), ".config")
    return Path(home) / "multijob" / "profiles.toml"


def load(path: Path) -> Profiles:
    """Return what the file says; nothing when it is not there. Raises ProfilesUnusable unless its owner alone may read it."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno())
            if mode.st_mode & 0o077 or mode.st_uid != os.getuid():
                raise ProfilesUnusable(f"'{path}' holds tokens and is not yours alone; run chmod 600 '{path}'")
            return _read(tomllib.load(file))
    except FileNotFoundError:
        return Profiles()
    except (OSError, ValueError, TypeError) as fault:
        raise ProfilesUnusable(f"'{path}' cannot be used: {fault}") from fault


def save(path: Path, profiles: Profiles) -> None:
    """Write the file anew, whole or not at all, readable by its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(_text(profiles).encode())


def _read(said: Mapping[str, Any]) -> Profiles:
    """Raises ValueError or TypeError with the name of what is wrong, and never with a token."""
    if unknown := said.keys() - {"use", "profiles"}:
        raise ValueError(f"unknown name {sorted(unknown)[0]!r}; it has 'use' and [profiles.NAME]")
    rows = said.get("profiles", {})
    if not isinstance(rows, dict):
        raise ValueError("'profiles' is not a table")
    named = {name: _profile(name, row) for name, row in rows.items()}
    used = said.get("use")
    if used is not None and used not in named:
        raise ValueError(f"use = {used!r} names no profile")
    return Profiles(named, used)


def _profile(name: str, row: object) -> Profile:
    if not NAME.fullmatch(name):
        raise ValueError(f"profile {name!r} is not 1 to 64 of A-Za-z0-9_-")
    if not isinstance(row, dict) or not {"url"} <= row.keys() <= {"url", "token"}:
        raise ValueError(f"profile '{name}' has not exactly a url and perhaps a token")
    if not all(isinstance(value, str) for value in row.values()):
        raise ValueError(f"profile '{name}': url and token are texts")
    try:
        return Profile(http_url(row["url"]), sent_token(row["token"]) if "token" in row else None)
    except ValueError as fault:
        raise ValueError(f"profile '{name}': url or token {fault}") from None


def _text(profiles: Profiles) -> str:
    """Return the file's text; urls and tokens are printable ASCII, whose JSON is TOML too."""
    lines = [f"use = {json.dumps(profiles.used)}\n"] if profiles.used else []
    for name, profile in sorted(profiles.named.items()):
        token = f"token = {json.dumps(profile.token)}\n" if profile.token else ""
        lines.append(f"[profiles.{name}]\nurl = {json.dumps(profile.url)}\n{token}")
    return "\n".join(lines)
