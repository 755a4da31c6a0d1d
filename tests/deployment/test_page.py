"""What the handbook's page on deploying has people paste: the secrets of a deployment first, a run at the end of each way."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from runners.engine import settings
from tests.processes import CHECKOUT

PAGES = ("docs/deploying.md", "docs/id/deploying.md")


@pytest.mark.parametrize("page", PAGES)
def test_the_secrets_that_it_makes_are_taken_by_the_programs(page: str, tmp_path: Path) -> None:
    block = re.search(
        r"^```sh\n(cd && cat > environment .*?)^```$", (CHECKOUT / page).read_text(), re.MULTILINE | re.DOTALL
    )
    assert block

    subprocess.run(["bash", "-euo", "pipefail", "-c", block[1]], env=os.environ | {"HOME": str(tmp_path)}, check=True)
    file = tmp_path / "environment"
    said = dict(line.split("=", 1) for line in file.read_text().splitlines())
    found = settings.read(said | {"DATA_DIR": str(tmp_path), "HOST": "0.0.0.0"})

    assert found.auth_enabled
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(set(said.values())) == len(said) == 6


@pytest.mark.parametrize("page", PAGES)
def test_each_way_ends_with_a_run_that_is_waited_for(page: str) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", (CHECKOUT / page).read_text(), re.MULTILINE | re.DOTALL)
    ways = [block.splitlines() for block in blocks if re.match(r"sudo apt-get|git clone", block)]

    assert len(ways) == 6
    for *_, waits, creates, runs in ways:
        assert waits.startswith("curl --retry 30 ") and waits.rstrip('"').endswith("/readyz")
        assert creates.startswith("echo '{") and creates.endswith("}' | multijob job create -f -")
        assert runs == "multijob job run first --wait"
