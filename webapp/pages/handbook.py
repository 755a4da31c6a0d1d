"""Help: the chapters of the handbook, in the reader's language, and searching them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, send_from_directory, url_for
from werkzeug.exceptions import NotFound

from runners.engine.operations import Role
from webapp import handbook, handbook_search
from webapp.handbook_html import html
from webapp.language import language
from webapp.roles import needs

pages = Blueprint("handbook", __name__, url_prefix="/ui/help")
LONGEST = 100


@pages.get("")
@needs(Role.VIEWER)
def index() -> Response:
    """Show all chapters, or the parts that answer what is asked."""
    asked = request.args.get("search", "").strip()[:LONGEST]
    hits = handbook_search.search(language(), asked)
    shelf = list(handbook.shelf(language()))
    return make_response(render_template("help/index.html", shelf=shelf, asked=asked, hits=hits))


@pages.get("/<name>")
@needs(Role.VIEWER)
def show(name: str) -> Response:
    """Show one chapter."""
    found = handbook.chapter(name, language())
    if found is None:
        raise NotFound(f"there is no chapter {name[:40]!r} in the handbook; /ui/help lists all")
    text = html(found, _address, lambda name: url_for("handbook.picture", name=name))
    return make_response(render_template("help/show.html", chapter=found, text=text))


@pages.get("/pictures/<name>")
@needs(Role.VIEWER)
def picture(name: str) -> Any:
    """Give one picture of the handbook, in the reader's language. It has no hash in its address, so a browser asks again."""
    shown = handbook.folder() / ("" if language() == "en" else language()) / "pictures"
    return send_from_directory(shown, name, mimetype="image/svg+xml", max_age=0)


def _address(name: str) -> str | None:
    return url_for("handbook.show", name=name) if handbook.chapter(name, language()) else None
