"""Query strings: each parameter once, by its name, in one spelling."""

from base64 import urlsafe_b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient

BAD_LIMITS = [
    "",
    "0",
    "-1",
    "+5",
    " 5",
    "5 ",
    "05",
    "1_000",
    "1e2",
    "5.0",
    "0x10",
    "\u0665",
    "\uff15",
    "501",
    "9" * 400,
    "NaN",
    "true",
    "None",
    "5,6",
    "5\x00",
]


@pytest.mark.parametrize("limit", BAD_LIMITS)
def test_a_limit_is_ascii_digits_within_its_range(client: FlaskClient, limit: str) -> None:
    answer = client.get("/runs", query_string={"limit": limit})

    assert answer.status_code == 422
    assert answer.json["errors"][0]["loc"] == ["query", "limit"]
    assert "from 1 to 500" in answer.json["errors"][0]["msg"]


@pytest.mark.parametrize("path", ["/jobs", "/runs", "/events"])
def test_an_offset_out_of_range_is_refused(client: FlaskClient, path: str) -> None:
    assert client.get(f"{path}?offset=-1").status_code == 422
    assert client.get(f"{path}?offset=1000001").status_code == 422
    assert client.get(f"{path}?offset=1000000").status_code == 200


@pytest.mark.parametrize(("path", "most"), [("/jobs", 1000), ("/runs", 500), ("/events", 500)])
def test_the_largest_limit_is_taken_and_one_more_is_not(client: FlaskClient, path: str, most: int) -> None:
    assert client.get(f"{path}?limit={most}").status_code == 200
    assert client.get(f"{path}?limit={most + 1}").status_code == 422


def test_an_unknown_parameter_is_named_with_the_nearest_one(client: FlaskClient) -> None:
    answer = client.get("/jobs?limt=5")

    assert answer.status_code == 422
    assert answer.json["detail"] == "unknown parameter 'limt'; did you mean 'limit'?"


def test_a_route_without_parameters_refuses_them_too(client: FlaskClient) -> None:
    assert client.get("/queue?verbose=1").status_code == 422


def test_a_repeated_parameter_is_refused(client: FlaskClient) -> None:
    answer = client.get("/jobs?limit=5&limit=5")

    assert answer.status_code == 422
    assert "more than once" in answer.json["detail"]


def test_all_problems_of_a_query_come_at_once(client: FlaskClient) -> None:
    answer = client.get("/runs?limit=x&offset=y&status=z&full=2&since=now")

    assert [row["loc"][1] for row in answer.json["errors"]] == ["status", "since", "limit", "offset", "full"]


@pytest.mark.parametrize("query", ["search=%ff", "search=%ed%a0%80", "%ff=1"])
def test_a_query_that_is_not_utf_8_is_malformed(client: FlaskClient, query: str) -> None:
    assert client.get(f"/jobs?{query}").status_code == 400


def test_more_parameters_than_anything_takes_are_malformed(client: FlaskClient) -> None:
    assert client.get("/jobs?" + "&".join(f"a{number}=1" for number in range(1000))).status_code == 400


@pytest.mark.parametrize(
    "since",
    [
        "",
        "now",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-02-30T00:00:00Z",
        "2026-01-01T00:00:00+99:00",
        "0001-01-01T00:00:00+23:00",
        "2026-01-01T25:00:00Z",
        "\u0662026-01-01T00:00:00Z",
    ],
)
def test_a_time_is_rfc_3339_with_its_offset(client: FlaskClient, since: str) -> None:
    assert client.get("/runs", query_string={"since": since}).status_code == 422


@pytest.mark.parametrize("search", [".*", "[", "(a+)+$", "*", "?", "\\", "a|b", "%", "\x00", "\u202e", "'; DROP"])
def test_search_is_literal(client: FlaskClient, save: Any, search: str) -> None:
    save()

    for path in ("/jobs", "/runs", "/events"):
        answer = client.get(path, query_string={"search": search})
        assert answer.status_code == 200
        assert answer.json == []


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/runs", "status=done"),
        ("/runs", "source=cron"),
        ("/runs", "job_id=a:b"),
        ("/jobs", "enabled=yes"),
        ("/jobs", "enabled=True"),
        ("/jobs", "flow_group=a%20b"),
        ("/events", "event_type=run.("),
        ("/events", "run_id=run_x"),
        ("/runs", "cursor=%00"),
    ],
)
def test_a_filter_that_can_match_nothing_is_refused(client: FlaskClient, path: str, query: str) -> None:
    assert client.get(f"{path}?{query}").status_code == 422


@pytest.mark.parametrize("path", ["/jobs", "/runs", "/events"])
@pytest.mark.parametrize(
    "plain",
    [
        "",
        "x",
        "[]",
        "[1,2,3]",
        "[1e400,'a',1]",
        '[1,"a",-1]',
        f'[{"9" * 200},"a",0]',
        "[true,{},0]",
        "[" * 200,
        "\u00ff",
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(client: FlaskClient, path: str, plain: str) -> None:
    cursor = urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    assert client.get(path, query_string={"cursor": cursor}).status_code in (200, 400, 422)


def test_short_lists_come_in_parts_too(client: FlaskClient, save: Any) -> None:
    save("daily")
    run_id = client.post("/jobs/daily/run").json["run_id"]
    client.post(f"/runs/{run_id}/cancel")
    place = f"/runs/{run_id}/events"

    first = client.get(f"{place}?limit=1")
    second = client.get(first.headers["Link"].partition(">")[0][1:])

    assert [row["type"] for answer in (first, second) for row in answer.json] == ["run.queued", "run.cancelled"]
    assert (first.headers["X-Total-Count"], "Link" in second.headers) == ("2", False)
    assert client.get(f"{place}?offset=1").json == second.json
    for path in ("/agents", "/connectors", "/runs/bulk"):
        assert (client.get(path).headers["X-Total-Count"], client.get(f"{path}?limit=0").status_code) == ("0", 422)


def test_decisions_come_in_parts(client: FlaskClient, save: Any) -> None:
    save("daily", inputs={"allow_overlap": True})
    runs = [client.post("/jobs/daily/run").json["run_id"] for _ in range(3)]

    rows = client.get("/jobs/daily/decisions?limit=1&offset=1").json

    assert [row["run_id"] for row in rows] == [runs[1]]
    assert client.get("/jobs/daily/decisions?offset=9").json == []


def test_a_head_opens_no_stream(client: FlaskClient) -> None:
    answer = client.head("/events", headers={"Accept": "text/event-stream"})

    assert (answer.status_code, answer.content_type) == (200, "application/json")
