"""Reasons come in the language that the client accepts, and the answer says so; on pages, too."""

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import Save

INDONESIAN = "run sebelumnya masih aktif"
ENGLISH = "an earlier run is still active"


@pytest.fixture
def held(client: FlaskClient, save: Save) -> None:
    save()
    client.post("/jobs/daily/run")


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("accepted", "language", "words"),
    [
        (None, "en", ENGLISH),
        ("id", "id", INDONESIAN),
        ("id-ID,id;q=0.9,en;q=0.8", "id", INDONESIAN),
        ("en-GB,en;q=0.9,id;q=0.8", "en", ENGLISH),
        ("de,fr;q=0.5", "en", ENGLISH),
        ("*", "en", ENGLISH),
        (";;;=,", "en", ENGLISH),
    ],
)
def test_an_explanation_comes_in_the_language_that_is_liked_best(
    client: FlaskClient, accepted: str | None, language: str, words: str
) -> None:
    answer = client.get("/jobs/daily/explain", headers={"Accept-Language": accepted} if accepted else {})

    assert words in answer.json["sentence"]
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.usefixtures("held")
def test_a_refusal_gives_its_reason_in_that_language_too(client: FlaskClient) -> None:
    answer = client.post("/jobs/daily/run", headers={"Accept-Language": "id"})

    assert (answer.status_code, answer.headers["Content-Language"]) == (409, "id")
    assert INDONESIAN in answer.json["detail"]


@pytest.mark.usefixtures("held")
def test_a_page_gives_reasons_in_the_browsers_language(client: FlaskClient) -> None:
    page = client.get("/ui/jobs/daily/guards", headers={"Accept-Language": "id"})

    assert INDONESIAN in page.text
    assert "Tumpang tindih" in page.text
    assert "Accept-Language" in page.headers["Vary"]
    assert ENGLISH in client.get("/ui/jobs/daily/guards").text


def test_what_the_clocks_do_to_a_slot_is_said_in_that_language(client: FlaskClient, save: Save) -> None:
    save(schedule={"cron": "30 2 * * sun", "timezone": "Europe/Berlin"})

    notes = [
        row["note"] for row in client.get("/jobs/daily/forecast?count=100", headers={"Accept-Language": "id"}).json
    ]

    assert [note for note in notes if note] == [note for note in notes if note.startswith("jam me")]
    assert notes != [""] * 100
