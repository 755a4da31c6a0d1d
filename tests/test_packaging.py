"""What is installed is whole: from a checkout, a wheel and an editable install, and pinned to what was tested."""

import configparser
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement

from runners.engine.settings import env_example
from tests.processes import Spawned
from tests.servers import Server, free_port
from tests.waiting import wait_until

TOP = Path(__file__).resolve().parent.parent
SETUP = configparser.ConfigParser()
SETUP.read(TOP / "setup.cfg")
LOOKED_FOR = "overview"
OLDEST = SETUP["options"]["python_requires"].removeprefix(">=") + ".0"
"""The Python that needs most: later ones have in their library what it must be given. Debian 12 has 3.11.2."""


def requirements(name: str) -> dict[str, str]:
    """Return package → version of one requirements file; every line is pinned."""
    pins = {normal(requirement.name): str(requirement.specifier) for requirement in lines(name)}
    assert all(re.fullmatch(r"==[^*]+", pin) for pin in pins.values()), name
    return {package: pin.removeprefix("==") for package, pin in pins.items()}


def lines(name: str) -> list[Requirement]:
    """Return what a requirements file says itself, without the file that it takes in."""
    texts = [line.partition("#")[0].strip() for line in (TOP / name).read_text().splitlines()]
    return [Requirement(text) for text in texts if text and not text.startswith("-r")]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def named_in_setup(section: str, option: str) -> list[Requirement]:
    return [Requirement(line) for line in SETUP[section][option].splitlines() if line]


def closure(roots: list[Requirement]) -> set[str]:
    """Return every package that these requirements bring along here, with this Python or the oldest, themselves included."""
    found: set[tuple[str, str]] = set()
    waiting = [(root.name, extra) for root in roots for extra in ("", *root.extras)]
    while waiting:
        name, extra = waiting.pop()
        if (normal(name), extra) in found:
            continue
        found.add((normal(name), extra))
        for needed in map(Requirement, brought_along(name)):
            pythons = [{"extra": extra}, {"extra": extra, "python_full_version": OLDEST}]
            if needed.marker is None or any(map(needed.marker.evaluate, pythons)):
                waiting += [(needed.name, inner) for inner in ("", *needed.extras)]
    return {name for name, _ in found}


def brought_along(name: str) -> list[str]:
    """Return what a package says that it requires; what only the oldest Python is given is not here, and requires nothing."""
    try:
        return importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []


def test_every_package_is_installed_with_the_platform() -> None:
    listed = set(SETUP["options"]["packages"].split())
    rooms = {
        ".".join(path.parent.relative_to(TOP).parts)
        for top in ("runners", "webapp")
        for path in TOP.glob(f"{top}/**/*.py")
    }

    assert listed == rooms | {"webapp.handbook", "webapp.static", "webapp.templates"}


@pytest.mark.parametrize(("section", "option"), [("options", "install_requires"), ("options.extras_require", "test")])
def test_setup_and_requirements_name_the_same_versions(section: str, option: str) -> None:
    pinned = requirements("requirements.txt") | requirements("requirements-test.txt")

    for requirement in named_in_setup(section, option):
        assert str(requirement.specifier) == f"=={pinned[normal(requirement.name)]}", requirement.name


def test_requirements_hold_the_whole_closure_and_nothing_else() -> None:
    runtime = closure(named_in_setup("options", "install_requires"))
    test = closure(named_in_setup("options.extras_require", "test"))

    assert set(requirements("requirements.txt")) == runtime
    assert set(requirements("requirements-test.txt")) == test - runtime


def test_every_direct_requirement_is_imported_somewhere() -> None:
    text = "\n".join(path.read_text() for top in ("runners", "webapp") for path in (TOP / top).rglob("*.py"))
    modules = importlib.metadata.packages_distributions()
    unused = []
    for requirement in named_in_setup("options", "install_requires"):
        names = [module for module, owners in modules.items() if normal(requirement.name) in map(normal, owners)]
        if not any(re.search(rf"^\s*(from|import) {re.escape(name)}\b", text, re.MULTILINE) for name in names):
            unused.append(requirement.name)

    # tzdata is read by zoneinfo, where the system has no zones of its own
    assert set(unused) <= {"tzdata"}


def test_the_tested_versions_are_the_pinned_ones() -> None:
    named = [*lines("requirements.txt"), *lines("requirements-test.txt")]
    here = {normal(one.name) for one in named if one.marker is None or one.marker.evaluate()}
    pinned = requirements("requirements.txt") | requirements("requirements-test.txt")
    pinned = {name: version for name, version in pinned.items() if name in here}

    assert {name: importlib.metadata.version(name) for name in pinned} == pinned


def test_the_example_of_the_environment_is_made_from_the_table() -> None:
    assert (TOP / ".env.example").read_text() == env_example()


def test_the_procfile_names_the_release_and_the_four_processes() -> None:
    programs = (TOP / "Procfile").read_text().splitlines()

    # last, so that honcho gives web the first port; the command itself is not there where only requirements.txt is installed
    assert programs[-1] == "release: python -m runners.cli release"
    assert programs[:-1] == [
        f"{name}: MEMORY_FALLBACK=never python -m runners.cli {name}"
        for name in ("web", "scheduler", "worker", "connector")
    ]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is packaged, so that a build leaves nothing in the checkout."""
    folder = tmp_path_factory.mktemp("source with space")
    kept_out = shutil.ignore_patterns(
        ".git", ".venv*", "data", "runtime-logs", "build", "*.egg-info", "__pycache__", ".*_cache"
    )
    shutil.copytree(TOP, folder / "checkout", ignore=kept_out)
    return folder / "checkout"


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network."""
    out = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(out), str(source))
    return next(out.glob("multijob-*.whl"))


def pip(*words: str, python: str = sys.executable) -> None:
    """Run pip of this environment for `python`, without a network; a failure shows what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def make_environment(folder: Path) -> Path:
    """Return the python of a fresh environment that sees this one's packages, but not this checkout."""
    venv.create(folder, with_pip=False, symlinks=True)
    site = next((folder / "lib").glob("python*")) / "site-packages"
    here = [path for path in sys.path if path.endswith("site-packages")]
    (site / "outer.pth").write_text("\n".join(here))
    return folder / "bin" / "python"


@pytest.fixture(params=["checkout", *(pytest.param(way, marks=pytest.mark.slow) for way in ("wheel", "editable"))])
def installed(request: pytest.FixtureRequest, source: Path, tmp_path: Path) -> tuple[list[str], Path]:
    """The command and the working folder of a platform that was installed in one of the three ways."""
    if request.param == "checkout":
        return [sys.executable, "-m", "runners.cli"], source
    python = make_environment(tmp_path / "environment")
    what = (
        [str(request.getfixturevalue("wheel"))]
        if request.param == "wheel"
        else ["--no-build-isolation", "-e", str(source)]
    )
    pip("install", "--no-deps", "--no-index", *what, python=str(python))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    return [str(python.with_name("multijob"))], elsewhere


@pytest.fixture
def web(installed: tuple[list[str], Path], redis_server: Server, tmp_path: Path) -> Iterator[str]:
    """The address of a web process, started as it was installed."""
    command, folder = installed
    port = free_port()
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PORT": str(port),
        "REDIS_URL": redis_server.emptied().url,
    }
    log = tmp_path / "web.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "web"],
            cwd=folder,
            env=env | {"DATA_DIR": str(tmp_path / "platform")},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    spawned = Spawned(process, log)
    try:
        wait_until(lambda: serves(f"http://127.0.0.1:{port}") or process.poll() is not None, 30)
        assert process.poll() is None, spawned.text()
        yield f"http://127.0.0.1:{port}"
    finally:
        spawned.kill()


def serves(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_it_serves_a_page_and_every_static_file_that_the_page_names(web: str) -> None:
    page = httpx.get(f"{web}/ui", follow_redirects=True, trust_env=False)
    named = re.findall(r'(?:href|src)="(/static/[^"?#]+)', page.text)

    assert page.status_code == 200
    assert LOOKED_FOR in page.text.lower()
    assert any(name.endswith(".css") for name in named) and any(name.endswith(".js") for name in named)
    assert {httpx.get(web + name, trust_env=False).status_code for name in named} == {200}


@pytest.mark.slow
def test_the_wheel_holds_scripts_templates_and_static_files(wheel: Path) -> None:
    from zipfile import ZipFile

    names = set(ZipFile(wheel).namelist())
    expected = {
        *(str(path.relative_to(TOP)) for path in (TOP / "runners").rglob("*.lua")),
        *(
            f"webapp/{path.relative_to(TOP)}"
            for top in ("templates", "static")
            for path in (TOP / top).rglob("*.*")
            if path.is_file()
        ),
    }

    assert expected - names == set()
    assert not any(name.startswith("tests/") for name in names)
