"""How large a body may be, on which route; and what a request that no route takes is answered."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from runners.cli import main
from tests.api.live import Live
from webapp.security import LARGER_BODY_BYTES, MAX_BODY_BYTES

SPEC = {"job_id": "daily", "type": "simulation.heavy"}


def backup(size: int) -> bytes:
    """Return a backup of at least `size` bytes."""
    jobs = [SPEC | {"job_id": f"job-{number}", "description": "x" * 1900} for number in range(size // 1900 + 1)]
    kept = {"format": "multijob-backup", "version": 1, "created_at": "2030-01-01T00:00:00.000Z", "jobs": jobs}
    return json.dumps(kept).encode()


def test_an_import_takes_a_backup_that_no_other_route_takes(client: FlaskClient) -> None:
    body = backup(2_000_000)

    refused = client.post("/jobs", data=body, content_type="application/json")
    taken = client.post("/jobs/import?dry_run=true", data=body, content_type="application/json")

    assert len(body) > MAX_BODY_BYTES
    assert (refused.status_code, taken.status_code) == (413, 200)


def test_an_import_over_its_own_limit_is_refused(client: FlaskClient) -> None:
    body = b" " * (LARGER_BODY_BYTES["api.import_jobs"] + 1)

    answer = client.post("/jobs/import", data=body, content_type="application/json")

    assert answer.status_code == 413


def test_the_command_line_imports_a_backup_of_two_megabytes(
    live: Live, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MULTIJOB_URL", live.url)
    path = tmp_path / "backup.json"
    path.write_bytes(backup(2_000_000))

    done = CliRunner().invoke(main, ["import", str(path), "--json"])

    assert done.exit_code == 0, done.output
    assert path.stat().st_size > 2_000_000


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_page_that_takes_no_such_method_says_so(client: FlaskClient, method: str) -> None:
    assert client.open("/ui/jobs", method=method).status_code == 405


@pytest.mark.parametrize("named", [{}, {"job_id": 7}, {"job_id": "a b"}])
def test_a_condition_on_a_job_that_is_not_named_asks_for_its_name(
    client: FlaskClient, named: dict[str, object]
) -> None:
    answer = client.post("/jobs", json={"type": "simulation.heavy", **named}, headers={"If-Match": '"1"'})

    assert answer.status_code == 422
    assert [row["loc"] for row in answer.json["errors"]] == [["job_id"]]
