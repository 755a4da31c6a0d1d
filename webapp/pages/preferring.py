"""What the one who asks has chosen for the pages, found out once for each request, before anything is said."""

from __future__ import annotations

from flask import Flask, current_app, g
from flask_babel import refresh

from runners.engine import operations
from runners.engine.errors import StoreAway
from runners.engine.preferences import Preferences
from webapp.asking import actor, identity, on_page, platform
from webapp.pages.reading import Snapshots
from webapp.preferences import AS_IT_COMES


def prefer(app: Flask) -> None:
    """Know it on every page of `app`. Who asks must be known by then."""
    app.before_request(_find_out)


def take_on(chosen: Preferences) -> None:
    """Say the rest of this answer as it was chosen."""
    g.preferences = chosen
    g.pop("language", None)
    g.pop("zone", None)
    refresh()


def _find_out() -> None:
    if on_page() and identity():
        take_on(_known())


def _known() -> Preferences:
    """Return what is kept, or what this process knew last; while the store is away whoever reads next need not try as well."""
    snapshots: Snapshots = current_app.extensions["snapshots"]
    key = f"preferences {actor().name}"
    try:
        if g.get("store_away"):
            raise g.store_away
        found = operations.own_preferences(platform(), actor())
    except StoreAway as fault:
        g.store_away = fault
        last = snapshots.last(key)
        return last.answer if last else AS_IT_COMES
    snapshots.keep(key, found)
    return found
