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


def test_what_the_map_places_in_a_file_is_defined_there() -> None:
    scripts, placed = CHECKOUT / "runners/engine/protocol", 0

    for name, file in re.findall(r"`(\w+)` in `([^`]+)`", (CHECKOUT / "docs/architecture.md").read_text()):
        text = ((CHECKOUT if "/" in file else scripts) / file).read_text()
        assert re.search(rf"^(\s*(local function|def) {name}\b|{name}\b.* = )", text, re.MULTILINE), (name, file)
        placed += 1

    assert placed > 5
