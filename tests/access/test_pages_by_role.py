"""What a page offers is what the role covers, and what it does not offer is refused."""

import re
from typing import Any

import pytest
from flask import Flask

from runners.engine import operations
from runners.engine.operations import Role
from tests.access.browsing import FROM_HERE, Browsing
from tests.access.conftest import ADMIN, signed_in
from webapp.roles import PUBLIC
from webapp.security import HEADERS

FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]+)"')
BUTTON = re.compile(r'<a class="button[^"]*" href="([^"#?]+)')
OWN = {
    "/ui/sign-out",
    "/ui/account/sessions/end",
    "/ui/account/sessions/end-others",
    "/ui/account/password",
    "/ui/settings",
}


@pytest.fixture
def pages(guarded: Any, app: Flask) -> list[str]:
    """Addresses of every kind of page, with something to act on in each."""
    flow = {"work_ms": 100, "flow_group": "exports", "flow_max_active_runs": 1}
    spec = {"job_id": "daily", "type": "simulation.heavy", "inputs": flow, "schedule": {"interval_sec": 3600}}
    operations.save_job(guarded, ADMIN, spec)
    operations.save_job(guarded, ADMIN, spec | {"description": "again"})
    run = operations.run_job(guarded, ADMIN, "daily")
    operations.pause_queue(guarded, ADMIN, "low")
    operations.pause_job(guarded, ADMIN, "daily")
    made = operations.create_token(guarded, ADMIN, "deploy", Role.VIEWER)
    assert made
    of_job = ("/ui/jobs/daily", f"/ui/runs/{run.run_id}", "/ui/flow-groups/exports", "/ui/jobs/daily/versions")
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/ui") and not rule.arguments]
    return [*of_job, *(rule.rule for rule in rules if "GET" in (rule.methods or ()))]


@pytest.mark.parametrize("role", list(Role))
def test_whatever_a_page_offers_is_allowed(app: Flask, pages: list[str], role: Role) -> None:
    browser, rules = signed_in(app, role), app.url_map.bind("localhost")
    offered: set[tuple[str, str]] = set()
    for page in pages:
        answer = browser.get(page)
        assert answer.status_code in (200, 303, 403, 404), page
        offered |= {("POST", url) for url in FORM.findall(answer.text)}
        offered |= {("GET", url) for url in BUTTON.findall(answer.text)}
    posts = {url for method, url in offered if method == "POST"}
    assert len(offered) >= 5 and (posts <= OWN) == (role is Role.VIEWER)

    for method, url in offered:
        endpoint, _ = rules.match(url, method=method)
        needed = app.view_functions[endpoint].__dict__["role"]
        assert needed is PUBLIC or role.covers(needed), (method, url)


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("viewer", "/ui/jobs/new"),
        ("viewer", "/ui/jobs/daily/edit"),
        ("viewer", "/ui/people"),
        ("operator", "/ui/people"),
        ("operator", "/ui/tokens"),
        ("operator", "/ui/jobs/daily/delete"),
    ],
)
def test_a_page_that_needs_more_says_so(app: Flask, role: str, path: str) -> None:
    answer = signed_in(app, role).get(path)

    assert answer.status_code == 403
    assert "This is not allowed" in answer.text
    assert f"role &#39;{role}&#39; may not do this" in answer.text


def test_every_form_of_every_page_is_refused_to_whoever_it_is_not_for(app: Flask) -> None:
    """The whole map of the pages: no role, no token of the form, or another site, and nothing is done."""
    viewer, tried = signed_in(app, "viewer"), 0
    own = viewer.token()
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/ui") or "POST" not in (rule.methods or ()):
            continue
        tried += 1
        needed = app.view_functions[rule.endpoint].__dict__["role"]
        path = _address(app, rule)
        if needed is not PUBLIC:
            stranger = app.test_client().post(path, headers=FROM_HERE)
            assert (stranger.status_code, stranger.location) == (303, "/ui/sign-in?lost=form"), path
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            other = viewer.client.post(path, data={"csrf_token": own}, headers=headers)
            assert other.status_code == 403, path
        for form in ({}, {"csrf_token": own[::-1]}):
            answer = viewer.client.post(path, data=form, headers=FROM_HERE)
            expected = (303, "/ui/sign-in?lost=page") if path == "/ui/sign-in" else (400, None)
            assert (answer.status_code, answer.location) == expected, path
        if needed in (Role.OPERATOR, Role.ADMIN):
            answer = viewer.client.post(path, data={"csrf_token": own}, headers=FROM_HERE)
            assert answer.status_code == 403, path
    assert tried > 25


def test_one_persons_form_is_none_of_anothers(app: Flask) -> None:
    one, other = signed_in(app, "admin"), signed_in(app, "admin")

    answer = one.client.post("/ui/sign-out", data={"csrf_token": other.token()}, headers=FROM_HERE)

    assert answer.status_code == 400
    assert one.is_signed_in()


@pytest.mark.parametrize("role", [None, "viewer", "admin"])
def test_every_response_is_dressed_with_sign_in_too(app: Flask, role: str | None) -> None:
    browser = signed_in(app, role) if role else Browsing(app)

    paths = (
        "/ui",
        "/ui/nothing",
        "/ui/people",
        "/ui/sign-in",
        "/ui/first",
        "/jobs",
        "/static/css/base.css",
        "/static/no",
        "/",
    )
    for path in paths:
        answer = browser.get(path)
        answer.close()
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path
        if not path.startswith("/static/css"):
            assert answer.headers["Cache-Control"] == "no-store", path


def test_the_api_knows_no_session(app: Flask) -> None:
    browser = signed_in(app, "admin")

    answer = browser.get("/jobs")

    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


SAMPLES = ("a", "1", "run_2222222222_222222222222", "bulk_" + "a" * 24, "ap_2222222222_222222222222_1", "2" * 12)


def _address(app: Flask, rule: Any) -> str:
    """Return an address of the rule, of something that does not exist."""
    shapes = {name: rule._converters[name].regex for name in rule.arguments}
    values = {name: next(text for text in SAMPLES if re.fullmatch(shape, text)) for name, shape in shapes.items()}
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))
