"""Names that look like parts of a path reach what they name, also from the command line, and nothing else."""

import httpx
import pytest
from click.testing import CliRunner

from runners.cli import main
from runners.client import segment
from tests.api.live import Live


@pytest.mark.parametrize("name", [".", "..", "...", "a:b"])
def test_the_command_line_pauses_the_flow_group_that_it_names(
    live: Live, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MULTIJOB_URL", live.url)
    place = f"{live.url}/flow-groups/{segment(name)}"
    assert httpx.put(place, json={"limit": 1}).json()["flow_group"] == name

    done = CliRunner().invoke(main, ["pause", "--flow", name])

    assert done.exit_code == 0, done.output
    assert httpx.get(place).json()["pause"]


@pytest.mark.parametrize("name", [".", "..", "a/../..", "?limit=1", "#", "\udcff", "\x1b[31m"])
def test_a_job_that_no_job_can_be_is_not_found(live: Live, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MULTIJOB_URL", live.url)

    shown = CliRunner().invoke(main, ["job", "show", name])

    assert (shown.exit_code, shown.stdout) == (1, "")
    assert isinstance(shown.exception, SystemExit), "an error in words, no traceback"
