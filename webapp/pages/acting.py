"""How pages change something: do it, say what happened, and go where it can be seen (303)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Response, flash, make_response, redirect, request
from flask_babel import gettext as _
from markupsafe import Markup

from runners.engine.agents.sharing import Sharing
from runners.engine.errors import MultijobError
from webapp.asking import actor, platform
from webapp.presentation.memories import shared_memory
from webapp.presentation.spoken import spoken
from webapp.presentation.times import milliseconds

Answer = TypeVar("Answer")


def change(operation: Callable[..., Answer], *arguments: object, **options: object) -> Answer:
    """Do `operation` for the one who asks."""
    return operation(platform(), actor(), *arguments, **options)


def shown_version() -> int | None:
    """Return the version that the form showed: None for a form without one, 0, which nothing has, for one without sense."""
    said = request.form.get("version")
    if said is None:
        return None
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 16 else 0


def shown_count() -> int:
    """Return how many the form showed as `expected`; 0, which nothing matches, for what is no count."""
    said = request.form.get("expected", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else 0


def tell(text: str, *, tone: str = "ok", href: str | None = None, label: str | None = None) -> None:
    """Say `text` on the next page, with a link; `tone` is ok, wait or bad."""
    said = Markup("{}").format(text)
    flash(said + Markup(' <a href="{}">{}</a>').format(href, label) if href else said, tone)


def tell_sharing(sharing: Sharing | None) -> None:
    """Say on the next page with whom the job that was saved shares the memory of its agent, if it does."""
    if sharing:
        tell(shared_memory(sharing), tone="wait")


def go(address: str) -> Response:
    """Send the browser to `address` with a GET."""
    return make_response(redirect(address, 303))


def refused(error: MultijobError, address: str) -> Response:
    """Say why nothing was done, and go to `address`."""
    tell(_("Nothing was changed: %(why)s.", why=spoken(error)), tone="wait")
    return go(address)


def kept(name: str, status: str) -> str:
    """Return what became of a record that was saved, for `tell`."""
    return _("%(name)s is unchanged.", name=name) if status == "unchanged" else _("%(name)s is saved.", name=name)


def tried(name: str, detail: str, elapsed_ms: int) -> str:
    """Return how a try of a connection went, for `tell`."""
    return _("%(name)s: %(detail)s, after %(time)s.", name=name, detail=spoken(detail), time=milliseconds(elapsed_ms))
