"""What a newcomer reads first is true: the files that its pages name are there."""

import re
from glob import glob

import pytest

from tests.processes import CHECKOUT


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/architecture.md"])
def test_what_the_guides_for_newcomers_name_is_there(name: str) -> None:
    named = re.findall(
        r"`((?:runners|webapp|templates|static|tests|scripts|docs)/[^`\s]*)`", (CHECKOUT / name).read_text()
    )
    missing = [
        path for path in named if not glob(str(CHECKOUT / re.sub(r"{(.*)}", "*", path.replace("NAME", "dispatch"))))
    ]

    assert len(named) > 5
    assert missing == []
