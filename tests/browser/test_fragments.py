"""One URL, two answers: the page for a browser, its part for htmx; and files that are kept for a year."""

import re

import httpx
import pytest

from tests.browser.conftest import Deployment

PART = {"HX-Request": "true"}


@pytest.mark.parametrize("path", ["", "/jobs", "/runs", "/queue"])
def test_a_url_serves_the_page_or_its_part_and_says_that_there_are_two(path: str, deployment: Deployment):
    page = httpx.get(f"{deployment.url}/ui{path}")
    part = httpx.get(f"{deployment.url}/ui{path}", headers=PART)

    assert "<!doctype html>" in page.text and "<!doctype html>" not in part.text
    assert "HX-Request" in page.headers["vary"] and "HX-Request" in part.headers["vary"]
    assert len(part.text) < len(page.text)


@pytest.mark.parametrize(("path", "beside"), [("", False), ("/jobs", True), ("/runs", True), ("/queue", True)])
def test_the_summary_comes_with_every_poll_but_the_overviews(path: str, beside: bool, deployment: Deployment):
    page = httpx.get(f"{deployment.url}/ui{path}").text
    part = httpx.get(f"{deployment.url}/ui{path}", headers=PART | {"HX-PTag": "-"}).text

    assert ('id="summary"' in page, 'id="summary"' in part, "hx-swap-oob" in part) == (beside, beside, beside)
    assert "hx-swap-oob" not in page


def test_history_gets_the_whole_page(deployment: Deployment):
    page = httpx.get(f"{deployment.url}/ui/jobs", headers=PART | {"HX-History-Restore-Request": "true"})

    assert "<!doctype html>" in page.text


def test_files_carry_the_hash_of_their_content_and_are_kept(deployment: Deployment):
    page = httpx.get(f"{deployment.url}/ui").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)

    assert len(addresses) >= 10
    for address in addresses:
        answer = httpx.get(deployment.url + address)
        assert re.search(r"\?v=[0-9a-f]{12}$", address)
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["cache-control"]


def test_a_form_without_its_token_changes_nothing(deployment: Deployment):
    deployment.save("guarded")

    answer = httpx.post(f"{deployment.url}/ui/jobs/guarded/disable")

    assert answer.status_code == 400
    assert deployment.get("/jobs/guarded")["enabled"] is True


@pytest.mark.parametrize("page", ["0", "-1", "1_0", "٣", "99999", "x"])
def test_a_page_number_that_is_none_is_a_404(page: str, deployment: Deployment):
    assert httpx.get(f"{deployment.url}/ui/failures", params={"page": page}).status_code == 404
