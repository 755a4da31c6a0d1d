"""Lists and links tell the truth of history that is kept no more."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.clocks import MovingClock
from tests.protocol.sweeping import sweep
from tests.store.making import finished, save
from webapp import create_app


@pytest.fixture
def app(clocked: Any) -> Flask:
    """The whole app, on the test's clock."""
    return create_app(clocked)


def test_lists_count_what_is_kept_and_a_link_says_what_is_not(
    client: FlaskClient, clocked: Any, clock: MovingClock
) -> None:
    save(clocked, inputs={"flow_group": "lane"})
    old = finished(clocked).run_id
    save(clocked, "other")
    clock.advance(days=31)
    finished(clocked, "other")

    sweep(clocked)

    totals = {
        path: client.get(path).headers["X-Total-Count"] for path in ("/runs", "/jobs/daily/runs", "/jobs/other/runs")
    }
    assert totals == {"/runs": "1", "/jobs/daily/runs": "0", "/jobs/other/runs": "1"}
    assert client.get("/runs?flow_group=lane").headers["X-Total-Count"] == "0"
    assert client.get("/jobs/daily").json["last_run"]["run_id"] == old
    gone = client.get(f"/runs/{old}")
    assert (gone.status_code, gone.json["title"]) == (404, "Not Found")
    assert f"run '{old}' of 2030-01-01T00:00:00Z is not kept any more" in gone.json["detail"]
    page = client.get(f"/ui/runs/{old}")
    assert page.status_code == 404 and "is not kept any more" in page.text
