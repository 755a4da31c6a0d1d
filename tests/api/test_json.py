"""Bodies that two readers could take in two ways are refused, and none of them is a 500."""

import json

import pytest
from flask.testing import FlaskClient

JSON = {"Content-Type": "application/json"}
DEEP = b'{"inputs":' + b"[" * 40 + b"]" * 40 + b"}"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "empty"),
        (b"   ", 400, "empty"),
        (b"{", 400, "not JSON"),
        (b"{'job_id': 1}", 400, "not JSON"),
        (b'{"a":1}{"b":2}', 400, "not JSON"),
        (b'{"job_id":"a","job_id":"b"}', 400, "twice"),
        (b'{"inputs":{"x":1,"x":2}}', 400, "twice"),
        (b'{"inputs":{"x":NaN}}', 400, "NaN"),
        (b'{"inputs":{"x":Infinity}}', 400, "Infinity"),
        (b'{"inputs":{"x":-Infinity}}', 400, "-Infinity"),
        (b'{"inputs":{"x":1e999}}', 400, "too large"),
        (b'{"inputs":{"x":9007199254740993}}', 400, "2^53"),
        (b'{"inputs":{"x":-9007199254740993}}', 400, "2^53"),
        (b'{"inputs":{"x":' + b"9" * 10_000 + b"}}", 400, "2^53"),
        (DEEP, 400, "deeper than 32"),
        (b"[" * 100_000, 400, "deeper than 32"),
        (b'{"a":' * 100_000, 400, "deeper than 32"),
        (b'{"job_id":"\xff"}', 400, "UTF-8"),
        (b'{"job_id":"\xed\xa0\x80"}', 400, "UTF-8"),
        (b'{"description":"\\ud800"}', 400, "surrogate"),
        (b'{"\\udfff":1}', 400, "surrogate"),
        (b'\xef\xbb\xbf{"job_id":"a"}', 400, "byte order mark"),
        ('{"job_id":"a"}'.encode("utf-16"), 400, "UTF-8"),
        (b"[]", 422, "an array"),
        (b'"text"', 422, "a text"),
        (b"null", 422, "null"),
        (b"true", 422, "a boolean"),
        (b"1.5", 422, "a number"),
    ],
)
def test_a_body_that_is_not_strict_json_is_refused_by_name(
    client: FlaskClient, body: bytes, status: int, words: str
) -> None:
    answer = client.post("/jobs", data=body, headers=JSON)

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert words in answer.json["detail"]


def test_the_largest_exact_integer_and_the_greatest_depth_are_taken(client: FlaskClient) -> None:
    deep: object = 2**53
    for _ in range(30):
        deep = [deep]

    answer = client.post("/jobs", json={"job_id": "a:b", "type": "nope", "inputs": {"x": deep}})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
    ],
)
def test_a_body_of_another_type_is_refused(client: FlaskClient, content_type: str | None) -> None:
    answer = client.post("/jobs", data=b'{"job_id":"a"}', content_type=content_type)

    assert answer.status_code == 415
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(("path", "form"), [("/jobs", "json"), ("/jobs/import", "json"), ("/jobs/import", "yaml")])
def test_a_body_in_another_coding_is_refused_by_its_name(client: FlaskClient, path: str, form: str) -> None:
    headers = {"Content-Type": f"application/{form}", "Content-Encoding": "gzip"}

    answer = client.post(path, data=b"\x1f\x8b\x08", headers=headers)

    assert answer.status_code == 415
    assert answer.json["detail"] == "the body is encoded as gzip; send it as it is, without Content-Encoding"


def test_a_charset_that_says_utf_8_is_taken(client: FlaskClient) -> None:
    answer = client.post("/jobs", data=b"{}", content_type="application/json; charset=UTF-8")

    assert answer.status_code == 422


def test_a_body_over_one_mebibyte_is_refused(client: FlaskClient) -> None:
    body = b'{"description":"' + b"x" * 1024 * 1024 + b'"}'

    answer = client.post("/jobs", data=body, headers=JSON)

    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"


def test_fifty_thousand_keys_are_answered_at_once_and_in_short(client: FlaskClient) -> None:
    body = json.dumps({f"k{number}": 1 for number in range(50_000)})

    answer = client.post("/jobs", data=body, headers=JSON)

    assert answer.status_code == 422
    assert "50000 members" in answer.json["detail"]


def test_fifty_thousand_unknown_inputs_are_answered_in_short(client: FlaskClient) -> None:
    inputs = {f"k{number}": 1 for number in range(25_000)}

    answer = client.post("/jobs", json={"job_id": "wide", "type": "simulation.heavy", "inputs": inputs})

    assert answer.status_code == 422
    assert len(answer.data) < 60_000


def test_every_problem_of_a_job_is_named_at_once(client: FlaskClient) -> None:
    answer = client.post(
        "/jobs",
        json={"job_id": "a:b", "type": "nope", "schedule": {"cron": "61 * * * *"}, "timeout_ms": -1, "retry_polcy": {}},
    )

    problems = {tuple(row["loc"]): row["msg"] for row in answer.json["errors"]}
    assert answer.status_code == 422
    assert len(problems) == 5
    assert "did you mean 'retry_policy'?" in problems[("retry_polcy",)]
