"""Where signing in leads: to a page of ours in our own spelling, whatever a link says."""

import pytest
from flask import Flask

from tests.access.browsing import Browsing
from tests.access.conftest import signed_in
from tests.planted import ROLE_TOKENS

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/%09/evil.example",
    "/%2f/evil.example",
    "/%5cevil.example",
    "%2f%2fevil.example",
    "/ui//evil.example",
    "/ui/\\evil.example",
    "/ui/%2f%2fevil.example",
    "/ui/%5c%5cevil.example",
    "/ui/../..//evil.example",
    "/ui/..%2f..%2f/evil.example",
    "/ui/./jobs",
    "/ui@evil.example",
    "/ui.evil.example",
    "/ui:80@evil.example/ui/jobs",
    "@evil.example",
    "evil.example",
    "http://evil.example/ui",
    "HTTPS://evil.example",
    "https:evil.example",
    "https:/ui",
    "http:///evil.example",
    "http://localhost/ui/jobs",
    "http://localhost@evil.example/ui",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "/ui\r\nLocation: https://evil.example",
    "/ui/jobs\r\nSet-Cookie: a=b",
    "/ui/jobs\n",
    "/ui/jobs\x00",
    "/ui/jobs%0d%0aSet-Cookie:a=b",
    "/ui\u2044\u2044evil.example",
    "\uff0f\uff0fevil.example",
    "/\u2215evil.example",
    "\u3002\u3002/evil.example",
    "/ui/jobs\u202e",
    "/ui/jobs#@evil.example",
    "/ui?\nx",
    "/ui/" + "a" * 5000,
    "/jobs",
    "/metrics",
    "/",
    "",
    "/ui/nothing",
    "/ui/sign-in",
    "/ui/sign-in?next=//evil.example",
    "/ui/sign-out",
    "/ui/jobs/a/run",
    "/ui/runs/..",
    "/ui/jobs/..",
    "/ui/jobs/.",
]
OURS = [
    "/ui",
    "/ui?page=2",
    "/ui/jobs",
    "/ui/jobs?search=a%2Fb&tag=x",
    "/ui/jobs/a.b_c-d",
    "/ui/flow-groups/a:b",
    "/ui/people",
]


def test_no_address_leads_elsewhere(app: Flask) -> None:
    browser = signed_in(app, "admin")

    for asked in ELSEWHERE:
        answer = browser.client.get("/ui/sign-in", query_string={"next": asked}, environ_base=browser.environ)

        assert (answer.status_code, answer.location) == (303, "/ui"), asked
        assert "a=b" not in str(answer.headers), asked


def test_a_form_that_was_forged_leads_nowhere_else_either(app: Flask) -> None:
    browser = Browsing(app)

    for asked in ELSEWHERE[::6]:
        assert browser.show_token(ROLE_TOKENS["admin"], next=asked).location == "/ui", asked
        browser.send("/ui/sign-out")


def test_the_form_repeats_no_address_but_ours(app: Flask) -> None:
    stranger = Browsing(app)

    for asked in ELSEWHERE:
        page = stranger.client.get(
            "/ui/sign-in", query_string={"next": asked, "lost": asked}, environ_base=stranger.environ
        )

        assert "evil" not in page.text and "javascript" not in page.text, asked
        assert 'name="next" value="/ui"' in page.text, asked


@pytest.mark.parametrize("asked", OURS)
def test_every_page_of_ours_can_be_come_back_to(app: Flask, asked: str) -> None:
    browser = Browsing(app)
    away = browser.get(asked)
    assert away.status_code == 303
    page = browser.get(away.location).text
    shown = page.partition('name="next" value="')[2].partition('"')[0].replace("&amp;", "&")

    assert browser.show_token(ROLE_TOKENS["admin"], next=shown).location == asked


@pytest.mark.parametrize(
    "referer",
    [
        "https://evil.example/ui/jobs",
        "http://localhost.evil.example/ui/jobs",
        "http://evil.example/http://localhost/ui/jobs",
        "http://localhost//evil.example",
        "http://x@localhost/ui/jobs",
        "localhost/ui/jobs",
        "",
    ],
)
def test_a_form_of_nobody_leads_back_to_a_page_of_ours(app: Flask, referer: str) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Referer": referer, "HX-Current-URL": referer}

    assert app.test_client().post("/ui/jobs/a/run", headers=headers).location == "/ui/sign-in?lost=form"
    polled = app.test_client().get("/ui/jobs", headers={**headers, "HX-Request": "true"})
    assert polled.headers["HX-Redirect"] == "/ui/sign-in?lost=session"
