"""The handler that the documentation shows really works, found as the documentation says."""

import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from runners.engine import catalog, operations
from runners.engine.errors import Invalid
from tests.handlers.context import FakeContext, perform
from tests.store.making import ADMIN

PAGE = (Path(__file__).parents[2] / "docs" / "handlers.md").read_text()


def block(language):
    """Return the page's first code block in `language`."""
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/handlers.md shows no {language}"
    return found[1]


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The documented package, as pip leaves it: its module and its entry points on the path."""
    (tmp_path / "greeting.py").write_text(block("python"))
    project = tomllib.loads(block("toml"))["project"]
    metadata = tmp_path / f"{project['name']}-{project['version']}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Name: {project['name']}\nVersion: {project['version']}\n")
    points = project["entry-points"]["multijob.handlers"]
    lines = [f"{name} = {target}" for name, target in points.items()]
    (metadata / "entry_points.txt").write_text("[multijob.handlers]\n" + "\n".join(lines) + "\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return catalog.load()


def test_it_takes_ten_lines():
    lines = [line for line in block("python").splitlines() if line.strip() and not line.startswith("#")]

    assert len(lines) <= 10


def test_it_is_found_by_its_entry_point_beside_the_built_in_ones(installed):
    assert installed.problems == ()
    assert {"greeting.say", "simulation.heavy"} <= set(installed.types())
    assert installed.get("greeting.say").summary == "Greet somebody by name."


def test_it_runs(installed):
    assert perform(installed.get("greeting.say"), FakeContext(), name="Ada") == {"greeting": "hello Ada"}


def test_its_inputs_are_checked(installed):
    with pytest.raises(ValidationError):
        installed.get("greeting.say").parse_inputs({"nmae": "Ada"})


def test_the_documented_job_can_be_saved_with_it_and_a_wrong_one_cannot(installed, platform):
    with_it = replace(platform, catalog=installed)
    job = json.loads(block("json"))

    assert operations.save_job(with_it, ADMIN, job).status == "created"
    with pytest.raises(Invalid, match="name"):
        operations.save_job(with_it, ADMIN, job | {"job_id": "other", "inputs": {"name": ""}})


def test_every_built_in_type_stands_on_the_page():
    assert [type for type in catalog.built_in(catalog.BUILT_IN) if f"`{type}`" not in PAGE] == []
