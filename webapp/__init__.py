"""What people and programs see: the dashboard under /ui, the JSON API on the root paths, one process, one port."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, redirect, url_for
from werkzeug.wrappers import Response

from runners.engine.platform import Platform, open_platform
from runners.engine.settings import Settings, read
from webapp import api, pages
from webapp.authentication import authenticate
from webapp.catalogues import translate
from webapp.errors import answer_problems
from webapp.login import use_sessions
from webapp.metrics_http import measure
from webapp.mounted import mount
from webapp.polling import share_parts
from webapp.refusals import watch_refusals
from webapp.roles import PUBLIC, hold_roles, needs
from webapp.secret import secret_key
from webapp.security import guard_requests, protect_forms, take_requests
from webapp.tracing import trace_requests
from webapp.unread import unread_answer


def create_app(platform: Platform | None = None, settings: Settings | None = None) -> Flask:
    """Return the app of one `platform`; without one, of the server that `settings` or the environment name.

    Raises as `settings.read` and `open_platform` do, and RuntimeError when a route states no role.
    """
    opened = platform or open_platform(settings or read(os.environ))
    app = Flask("webapp", template_folder=_folder("templates"), static_folder=_folder("static"))
    app.extensions["platform"] = opened
    app.extensions["unread_answer"] = unread_answer
    app.secret_key = secret_key(opened.settings)
    # an address has one spelling: nothing is merged, so nothing is redirected to what a Host or a path says
    app.url_map.merge_slashes = False
    translate(app)
    measure(app)
    trace_requests(app)
    answer_problems(app)
    watch_refusals(app)
    guard_requests(app)
    authenticate(app)
    take_requests(app)
    use_sessions(app)
    protect_forms(app)
    api.register(app)
    pages.register(app)
    app.add_url_rule("/", "home", home)
    hold_roles(app)
    share_parts(app)
    mount(app, opened.settings.public_path)
    return app


@needs(PUBLIC)
def home() -> Response:
    """Lead people to the dashboard."""
    return redirect(url_for("overview.show"))


def _folder(name: str) -> str:
    """Return the folder of templates or static files: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / name
    return str(installed if installed.is_dir() else package.parent / name)
