"""The house stays as it was drawn: who may import whom, what is pure, where keys are built, how large a room is."""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
OWN = ("runners", "webapp")
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "data", "info", "stuff"}

PURE = (
    *(
        "agents",
        "audit",
        "automation",
        "bulk",
        "approval",
        "ask",
        "clock",
        "compact",
        "crowding",
        "custody",
        "decision",
        "errors",
        "events",
        "explain",
        "failure",
        "fields",
        "forecast",
        "grant",
        "guards",
        "handler",
    ),
    *(
        "job",
        "log_line",
        "look",
        "masking",
        "outlook",
        "pause",
        "pool",
        "problems",
        "progress",
        "redactor",
        "retry",
        "role",
        "run",
        "schedule",
        "secret_fields",
        "secret_names",
        "secret_references",
        "seen",
        "settings",
        "spellings",
        "strict",
        "what_if",
        "words",
    ),
)
ACTING_PLANNER = {f"runners.planner{room}" for room in ("", ".ai", ".planning", ".executing", ".obstacles")}
"""The rest of the planner is pure as well."""
PURE_LIBRARIES = {"pydantic", "pydantic_core", "annotated_types", "cronsim", "yaml"}
# the modules of the standard library that look at the world or at chance
IMPURE_STANDARD = {"random", "secrets", "logging", "time", "os", "socket", "subprocess", "threading", "uuid", "asyncio"}
CLOCK_CALLS = {"now", "utcnow", "today"}

SPEAKS_RQ = {"runners.engine.queue", "runners.worker", "runners.scheduler", "runners.perform"}
# inside the engine a room may use those before it, never those behind it
LAYERS = ("store", "modes", "platform", "protocol", "access", "operations")


@dataclass(frozen=True, slots=True)
class Module:
    """One source file: its dotted name, its path and its syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def engine_room(self) -> str:
        """Return the part of runners.engine that it belongs to; '' outside of it."""
        parts = self.name.split(".")
        return parts[2] if parts[:2] == ["runners", "engine"] and len(parts) > 2 else ""


def load(path: Path) -> Module:
    parts = path.relative_to(TOP).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, ast.parse(path.read_text()))


MODULES = [load(path) for top in OWN for path in sorted((TOP / top).rglob("*.py"))]
NAMES = {module.name for module in MODULES}
TESTS = sorted((TOP / "tests").rglob("*.py"))


def imports(module: Module) -> Iterator[str]:
    """Yield every module that is imported when the program runs; imports for type checking alone are left out."""
    typing_only = {
        id(inner)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(module.tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module.path}:{node.lineno}: imports are written in full"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in NAMES else str(node.module)


def wrong_imports(modules: list[Module], is_wrong) -> list[str]:
    return [f"{module.name} imports {name}" for module in modules for name in imports(module) if is_wrong(module, name)]


def is_below(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def test_nothing_imports_the_web() -> None:
    runners = [module for module in MODULES if is_below(module.name, "runners")]

    assert wrong_imports(runners, lambda _, name: is_below(name, "webapp", "flask", "werkzeug")) == []


def test_the_web_knows_the_engine_and_the_planner_and_nothing_else_of_the_runners() -> None:
    web = [module for module in MODULES if is_below(module.name, "webapp")]

    known = ("runners.engine", "runners.planner")
    assert wrong_imports(web, lambda _, name: is_below(name, "runners") and not is_below(name, *known)) == []


def test_the_engine_stands_on_itself() -> None:
    engine = [module for module in MODULES if is_below(module.name, "runners.engine")]

    assert (
        wrong_imports(engine, lambda _, name: is_below(name, "runners") and not is_below(name, "runners.engine")) == []
    )


def test_the_rooms_of_the_engine_use_those_before_them_only() -> None:
    def is_behind(module: Module, name: str) -> bool:
        rooms = [module.engine_room, *name.removeprefix("runners.engine.").split(".")[:1]]
        return (
            is_below(name, "runners.engine")
            and set(rooms) <= set(LAYERS)
            and LAYERS.index(rooms[0]) < LAYERS.index(rooms[1])
        )

    assert wrong_imports(MODULES, is_behind) == []


def test_rq_is_spoken_in_four_places_only() -> None:
    assert (
        wrong_imports(
            MODULES, lambda module, name: is_below(name, "rq", "rq_scheduler") and module.name not in SPEAKS_RQ
        )
        == []
    )


def is_pure(module: str, engine_room: str) -> bool:
    if is_below(module, "runners.planner"):
        return module not in ACTING_PLANNER
    return engine_room in PURE and module != "runners.engine.settings.__main__"


def pure_modules() -> list[Module]:
    return [module for module in MODULES if is_pure(module.name, module.engine_room)]


def test_every_pure_room_exists() -> None:
    assert set(PURE) - {module.engine_room for module in MODULES} == set()


def test_pure_modules_know_neither_the_world_nor_chance() -> None:
    def is_impure(_: Module, name: str) -> bool:
        if is_below(name, "runners.planner"):
            return not is_pure(name, "")
        if is_below(name, "runners"):
            return name != "runners" and name.split(".")[2:3] != [] and name.split(".")[2] not in PURE
        first = name.partition(".")[0]
        return first in IMPURE_STANDARD or first not in PURE_LIBRARIES | sys.stdlib_module_names

    assert wrong_imports(pure_modules(), is_impure) == []


def test_pure_modules_never_ask_a_clock() -> None:
    asked = [
        f"{module.name}:{node.lineno} {ast.unparse(node)}"
        for module in pure_modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_CALLS
        if ast.unparse(node.func.value) in ("datetime", "date", "datetime.datetime")
    ]

    assert asked == []


def test_every_name_says_what_is_inside() -> None:
    vague = [module.name for module in MODULES if VAGUE_NAMES & set(module.name.split("."))]

    assert vague == []


def test_every_room_says_its_idea() -> None:
    assert [module.name for module in MODULES if module.name not in OWN and not ast.get_docstring(module.tree)] == []


def written_files() -> list[Path]:
    folders = ("runners", "webapp", "templates", "static", "tests", "scripts")
    kinds = {".py", ".lua", ".html", ".css", ".js", ".bash", ".ps1", ""}
    found = [
        path for folder in folders for path in (TOP / folder).rglob("*") if path.is_file() and path.suffix in kinds
    ]
    return [path for path in found if "vendor" not in path.parts and "__pycache__" not in path.parts]


def test_no_file_outgrows_its_idea() -> None:
    lengths = {str(path.relative_to(TOP)): len(path.read_text().splitlines()) for path in written_files()}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_outgrows_its_idea() -> None:
    nodes = [(module.name, node) for module in MODULES for node in ast.walk(module.tree)]
    functions = [(name, node) for name, node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    assert [name for name, node in functions if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION] == []


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(TOP)))
def test_tests_wait_on_conditions(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]

    assert [f"line {call.lineno}" for call in calls if ast.unparse(call.func) in ("sleep", "time.sleep")] == []


def test_every_silenced_check_gives_its_reason() -> None:
    silenced = re.compile(r"# (noqa|type: ignore)(?!:?\s*\S*\s+(#|-|—) ?\w)")
    lines = [
        f"{path.relative_to(TOP)}:{number}"
        for path in [*(module.path for module in MODULES), *TESTS]
        if path != Path(__file__)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if silenced.search(line)
    ]

    assert lines == []


def key_patterns() -> list[re.Pattern[str]]:
    """Return the shape of every key that the rooms of keys name, without the prefix."""
    text = "".join(path.read_text() for path in (TOP / "runners/engine/store").glob("*keys.py"))
    shapes = re.findall(r'return f"\{self\.prefix\}([^"]*)"', text)
    return [re.compile(".+".join(map(re.escape, re.split(r"\{[^}]*\}", shape)))) for shape in shapes]


@pytest.mark.parametrize("path", sorted((TOP / "runners").rglob("*.lua")), ids=lambda path: path.name)
def test_scripts_spell_keys_as_keys_py_names_them(path: Path) -> None:
    spelled = re.findall(r"\bK(_of)?\s*\(?\s*'([^']*)'(\s*\.\.)?", path.read_text())
    names = {literal + ("x" if kind or continues else "") for kind, literal, continues in spelled}

    assert {name for name in names if not any(pattern.fullmatch(name) for pattern in key_patterns())} == set()


def test_keys_are_built_in_the_rooms_of_keys() -> None:
    builders = [
        f"{module.name}:{node.lineno}"
        for module in MODULES
        if not re.fullmatch(r"runners\.engine\.store\.(\w+_)?keys", module.name)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.JoinedStr)
        and node.values
        and ast.unparse(node.values[0]).endswith(("key_prefix", "keys.prefix"))
    ]

    assert builders == []


def test_no_file_names_a_package_host() -> None:
    hosts = ("pypi." + "org", "pythonhosted." + "org", "index" + "-url")
    files = [*written_files(), *TOP.glob("*.txt"), *TOP.glob("*.toml"), *TOP.glob("*.cfg")]
    texts = {path: path.read_text() for path in files}

    assert [str(path) for path, text in texts.items() if any(host in text for host in hosts)] == []
