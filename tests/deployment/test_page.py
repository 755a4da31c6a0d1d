"""What the handbook's page on deploying has people paste first: the secrets of a deployment."""

import re
import subprocess
from pathlib import Path

import pytest

from runners.engine import settings
from tests.processes import CHECKOUT

PAGES = ("docs/deploying.md", "docs/id/deploying.md")


@pytest.mark.parametrize("page", PAGES)
def test_the_secrets_that_it_makes_are_taken_by_the_programs(page: str, tmp_path: Path) -> None:
    block = re.search(r"^```sh\n(cat > environment .*?)^```$", (CHECKOUT / page).read_text(), re.MULTILINE | re.DOTALL)
    assert block

    subprocess.run(["bash", "-euo", "pipefail", "-c", block[1]], cwd=tmp_path, check=True)
    file = tmp_path / "environment"
    said = dict(line.split("=", 1) for line in file.read_text().splitlines())
    found = settings.read(said | {"DATA_DIR": str(tmp_path), "HOST": "0.0.0.0"})

    assert found.auth_enabled
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(set(said.values())) == len(said) == 6
