"""A change replaces what was read, and nothing else; a reader that has all of it is told so."""

from typing import Any

import pytest
from flask.testing import FlaskClient


def test_a_reader_that_has_all_of_it_is_told_so(client: FlaskClient, save: Any) -> None:
    save("daily")
    tag = client.get("/jobs/daily").headers["ETag"]

    again = client.get("/jobs/daily", headers={"If-None-Match": f'W/{tag}, "9"'})
    client.put("/jobs/daily/disable")
    switched = client.get("/jobs/daily", headers={"If-None-Match": tag})

    assert (again.status_code, again.headers["ETag"]) == (304, tag)
    assert (switched.status_code, switched.json["version"], switched.json["enabled"]) == (200, 1, False)
    assert client.get("/jobs/daily", headers={"If-None-Match": "*"}).status_code == 304


@pytest.mark.parametrize("switch", ["enable", "disable"])
def test_a_job_is_switched_only_as_the_version_that_was_read(client: FlaskClient, save: Any, switch: str) -> None:
    save("daily")
    tag = client.get("/jobs/daily").headers["ETag"]
    save("daily", description="changed")

    stale = client.put(f"/jobs/daily/{switch}", headers={"If-Match": tag})
    fresh = client.put(f"/jobs/daily/{switch}", headers={"If-Match": f'{tag}, "2"'})

    assert (stale.status_code, fresh.status_code, fresh.headers["ETag"]) == (412, 200, '"2"')
    assert client.put("/jobs/gone/enable", headers={"If-Match": "*"}).status_code == 412
    assert client.put("/jobs/daily/enable", headers={"If-Match": "2"}).status_code == 400
