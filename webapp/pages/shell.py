"""What stands around every page: the mode and its durability, the few figures, the clock, the version, addresses of static files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, url_for

from runners.engine import operations
from runners.engine.access.identity import Identity
from runners.engine.errors import StoreAway
from runners.engine.store.connection import Mode
from runners.engine.store.vitals import Vitals
from runners.engine.version import VERSION
from runners.engine.words import Language
from webapp import handbook
from webapp.asking import identity, platform
from webapp.language import language
from webapp.pages.preferring import prefer
from webapp.pages.reading import Snapshots, read
from webapp.preferences import preferences, zone
from webapp.roles import may


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of one answer. `stale_at` is None unless the page shows what was known before the store went away.

    The page speaks `language` and shows times of `zone` (an IANA name), as `theme`, `density` and `refresh_sec` (2 to 30, 0 is
    never) were chosen. `who` asks; None is somebody unknown, who learns nothing of the deployment.
    """

    now: datetime
    mode: Mode
    version: str
    stale_at: datetime | None
    language: Language
    who: Identity | None
    theme: str
    density: str
    zone: str
    refresh_sec: int


def register(app: Flask) -> None:
    """Give every template of `app` its `shell`, `static`, `may`, and the handbook's parts in the reader's language."""
    app.extensions["snapshots"] = Snapshots()
    prefer(app)
    app.context_processor(_around)
    app.jinja_env.globals.update(static=static, may=may, vitals=vitals, handbook_part=handbook_part)


def now() -> datetime:
    """Return the moment of this request, the same for all of its words."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    moment: datetime = g.now
    return moment


def vitals() -> Vitals | None:
    """Return the few figures of the summary; None while they cannot be had."""
    try:
        return read(operations.vitals)
    except StoreAway:
        return None


def handbook_part(name: str, anchor: str) -> handbook.Section:
    """Return a part of the handbook as this request's reader finds it; `anchor` is the English one."""
    return handbook.part(name, anchor, language())


def static(filename: str) -> str:
    """Return the address of a static file with the hash of its content."""
    folder = Path(str(current_app.static_folder))
    return url_for("static", filename=filename, v=_digest(folder / filename))


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _around() -> dict[str, Any]:
    chosen, mode = preferences(), platform().store.mode
    look = (chosen.theme, chosen.density, str(zone()), chosen.refresh_sec)
    return {"shell": Shell(now(), mode, VERSION, g.get("stale_at"), language(), identity(), *look), "fragment": None}
