"""Below a path of its own, behind a proxy that passes requests on as they come."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from runners.engine.settings import read
from tests.access.browsing import Browsing
from tests.access.conftest import AUTH, of_environment
from tests.planted import ROLE_TOKENS
from webapp import create_app

BELOW = "/multijob"
PAGES = (
    *("", "/docs", "/docs/jobs", "/docs/shapes/JobSpec", "/automation", "/automation/new"),
    *("/jobs", "/jobs/nightly", "/jobs/new", "/runs", "/queue", "/about", "/settings", "/planner", "/tokens"),
)
ADDRESS = re.compile(r'\b(?:href|src|action|formaction|hx-get|hx-post)="(/[^"]*)"')


@pytest.fixture
def mounted(guarded: Any, server_env: dict[str, str]) -> Flask:
    """An app that is served below a path."""
    settings = read(server_env | AUTH | {"PUBLIC_URL": f"http://localhost{BELOW}"})
    return create_app(replace(guarded, settings=settings))


@pytest.fixture
def admin(mounted: Flask) -> Browsing:
    """A browser that has signed in below the path."""
    browser = Browsing(mounted)
    page = f"{BELOW}/ui/sign-in"
    answer = browser.send(page, page=page, token=ROLE_TOKENS["admin"], next=f"{BELOW}/ui/jobs?search=a")
    assert (answer.status_code, answer.location) == (303, f"{BELOW}/ui/jobs?search=a")
    return browser


def test_every_address_that_a_page_names_stands_below_the_path(mounted: Flask, admin: Browsing) -> None:
    job = {"job_id": "nightly", "type": "report.daily", "schedule": {"cron": "0 2 * * *"}}
    mounted.test_client().post(f"{BELOW}/jobs", json=job, headers=of_environment("admin"))

    for page in PAGES:
        answer = admin.get(f"{BELOW}/ui{page}")
        named = ADDRESS.findall(answer.text)

        assert answer.status_code == 200, page
        assert len(named) > 10, page
        assert f'data-root="{BELOW}"' in answer.text or "/docs" in page, page
        assert [address for address in named if not address.startswith(f"{BELOW}/")] == [], page


def test_programs_are_told_addresses_below_the_path(mounted: Flask) -> None:
    client = mounted.test_client()
    jobs = [{"job_id": name, "type": "report.daily"} for name in ("one", "two")]
    locations = [client.post(f"{BELOW}/jobs", json=job, headers=of_environment("admin")).location for job in jobs]
    following = client.get(f"{BELOW}/jobs?limit=1", headers=of_environment("viewer")).headers["Link"]

    assert locations == [f"{BELOW}/jobs/one", f"{BELOW}/jobs/two"]
    assert following.startswith(f"<{BELOW}/jobs?")
    assert client.get(locations[0], headers=of_environment("viewer")).json["job_id"] == "one"


def test_who_is_not_signed_in_is_led_back_below_the_path(mounted: Flask) -> None:
    answer = Browsing(mounted).get(f"{BELOW}/ui/runs?status=failed")

    assert answer.location.startswith(f"{BELOW}/ui/sign-in?next={BELOW}/ui/runs")


@pytest.mark.parametrize(
    "asked",
    ["/ui/jobs", "//evil.example", "/multijob/../ui", "/multijobs/ui", "/multijob//ui/jobs", "/multijob"],
    ids=["above", "host", "dots", "another", "slashes", "bare"],
)
def test_nobody_is_led_out_of_the_path(mounted: Flask, asked: str) -> None:
    page = f"{BELOW}/ui/sign-in"
    answer = Browsing(mounted).send(page, page=page, token=ROLE_TOKENS["admin"], next=asked)

    assert answer.location == f"{BELOW}/ui"


def test_the_path_alone_leads_to_the_overview(mounted: Flask) -> None:
    client = mounted.test_client()

    assert client.get(BELOW).location == f"{BELOW}/ui"
    assert client.get(f"{BELOW}/").location == f"{BELOW}/ui"


def test_probes_may_come_without_the_path(mounted: Flask) -> None:
    client = mounted.test_client()

    assert [client.get(f"{start}/healthz").status_code for start in ("", BELOW)] == [200, 200]


@pytest.mark.parametrize("path", ["/a b", "/../x", "/x/./y", "/x?y", "/x#y", "//x"])
def test_a_path_that_is_none_stops_the_start(path: str) -> None:
    with pytest.raises(Exception, match="PUBLIC_URL"):
        read({"PUBLIC_URL": f"https://ops.example.com{path}", "AUTH_ENABLED": "true"})
