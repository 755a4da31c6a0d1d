"""A simulation's jobs on a real app behind a path prefix, asked over a real socket."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

from runners.simulation.api import Api, Refused
from runners.simulation.fleet import Fleet, NotOurs
from runners.simulation.verdict import Scenario
from webapp import create_app

SCENARIO = Scenario(5, 30, 1000, 25, 10, 1, "load")


@pytest.fixture
def mode() -> str:
    """The API is the same in every mode."""
    return "streams-redis7"


@pytest.fixture
def api(platform: Any) -> Iterator[Api]:
    """A client of the app, which lives under a prefix."""
    served = DispatcherMiddleware(NotFound(), {"/under/here": create_app(platform)})
    server = make_server("127.0.0.1", 0, served, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield Api(f"http://127.0.0.1:{server.port}/under/here/")
    server.shutdown()
    thread.join()
    server.server_close()


def enabled(api: Api) -> dict[str, bool]:
    return {row["job_id"]: row["enabled"] for row in api.rows("/jobs")}


def test_jobs_are_made_and_taken_away_and_others_stay_as_they_are(api: Api) -> None:
    others = {"job_id": "load-of-somebody", "type": "simulation.heavy", "schedule": {"interval_sec": 60}}
    api.ask("POST", "/jobs", others)
    fleet = Fleet(api, SCENARIO)
    fleet.look_first()
    fleet.make()
    assert sorted(enabled(api)) == [*(f"load-{place:04d}" for place in range(5)), "load-of-somebody"]

    fleet.disable()
    assert enabled(api) == {name: name == "load-of-somebody" for name in enabled(api)}

    fleet.delete()
    assert enabled(api) == {"load-of-somebody": True}


def test_a_name_that_is_somebody_elses_stops_it_before_anything_is_made(api: Api) -> None:
    api.ask("POST", "/jobs", {"job_id": "load-0003", "type": "simulation.heavy", "schedule": {"interval_sec": 60}})

    with pytest.raises(NotOurs, match=r"load-0003.*--prefix"):
        Fleet(api, SCENARIO).look_first()

    assert list(enabled(api)) == ["load-0003"]


def test_a_second_simulation_counts_its_own_runs_only(api: Api) -> None:
    first = Fleet(api, SCENARIO)
    first.look_first()
    first.make()
    api.ask("POST", "/jobs/load-0001/run")
    assert [run.job_id for run in first.read()] == ["load-0001"]

    second = Fleet(api, SCENARIO)
    second.look_first()
    second.make()
    api.ask("POST", "/jobs/load-0002/run")

    assert [run.job_id for run in second.read()] == ["load-0002"]


def test_what_still_waits_at_the_end_is_cancelled(api: Api) -> None:
    fleet = Fleet(api, SCENARIO)
    fleet.look_first()
    fleet.make()
    api.ask("POST", "/jobs/load-0001/run")

    assert fleet.settle(0) == 1

    assert [run.status for run in fleet.read()] == ["cancelled"]


def test_lists_are_read_to_their_end_page_by_page(api: Api) -> None:
    Fleet(api, SCENARIO).make()

    assert len(api.rows("/jobs", limit=2)) == 5


def test_a_wrong_prefix_is_refused_with_the_fix(api: Api) -> None:
    with pytest.raises(Refused, match=r"404.*path prefix"):
        Api(api.base.removesuffix("/here")).ask("GET", "/queue")
