"""Which operations each door offers, read from what it declares: the chat's table, and the source of the other three."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from runners.connector.commands import COMMANDS
from runners.engine.operations import OPERATIONS

TOP = Path(__file__).resolve().parents[2]
DOORS = ("page", "api", "cli", "chat")
METHODS = ("GET", "POST", "PUT", "DELETE")
BESIDE_THE_ENGINE = ("plan", "execute_plan", "make_backup", "restore_backup")


def offered() -> dict[str, frozenset[str]]:
    """Return the operations that each door offers."""
    routes = _routes()
    found = {
        "page": _called(_trees("webapp/pages")) | _called(_trees("webapp/presentation")),
        "api": frozenset().union(*routes.values()) | _called(_trees("webapp/api")),
        "cli": _called(_trees("runners/cli")) | _by_routes(routes),
        "chat": frozenset(name for one in COMMANDS.values() for name in one.operations),
    }
    return {door: names & set(OPERATIONS) for door, names in found.items()}


def _trees(folder: str) -> list[ast.Module]:
    return [ast.parse(path.read_text()) for path in sorted((TOP / folder).rglob("*.py"))]


def _called(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Return what is named as `operations.NAME` or imported from there, and those of the planner and of backups."""
    found = set()
    for node in (inner for outer in nodes for inner in ast.walk(outer)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "operations":
            found.add(node.attr)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("runners.engine.operations"):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Call):
            names = [node.func, *node.args[:1]]
            found |= {one.id for one in names if isinstance(one, ast.Name) and one.id in BESIDE_THE_ENGINE}
    return frozenset(found)


def _routes() -> Mapping[tuple[str, str], frozenset[str]]:
    """Return the operations behind each route of the API, by method and path with '*' for what varies."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for tree in _trees("webapp/api"):
        functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        paths = dict(_constants(tree))
        for function in functions.values():
            for method, path in _declared(function, paths):
                found[method, _pattern(path)] = _called(_reached(function, functions))
    return found


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                yield name, text


def _declared(function: ast.FunctionDef, paths: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for call in function.decorator_list:
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "endpoint":
            method, path = call.args[:2]
            assert isinstance(method, ast.Constant), function.name
            yield method.value, "".join(_texts(path, paths))


def _texts(path: ast.expr, paths: Mapping[str, str]) -> Iterator[str]:
    match path:
        case ast.Constant(value=text):
            yield str(text)
        case ast.Name(id=name):
            yield paths.get(name, "*")
        case ast.JoinedStr(values=values):
            for value in values:
                yield from _texts(value.value if isinstance(value, ast.FormattedValue) else value, paths)
        case ast.BinOp(left=left, right=right):
            yield from _texts(left, paths)
            yield from _texts(right, paths)
        case _:
            yield "*"


def _reached(function: ast.FunctionDef, functions: Mapping[str, ast.FunctionDef]) -> list[ast.FunctionDef]:
    """Return the function and those of its module that it reaches."""
    reached, new = dict[str, ast.FunctionDef](), [function]
    while new:
        one = new.pop()
        if one.name not in reached:
            reached[one.name] = one
            named = {node.id for node in ast.walk(one) if isinstance(node, ast.Name)}
            new += [functions[name] for name in named & functions.keys()]
    return list(reached.values())


def _pattern(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "*", path)


def _by_routes(routes: Mapping[tuple[str, str], frozenset[str]]) -> frozenset[str]:
    """Return the operations behind the routes that the command line asks for."""
    found: set[str] = set()
    for method, path in {asked for tree in _trees("runners/cli") for asked in _asked(tree)}:
        # what varies in a path that is asked for may be a word of the route, such as pause or resume
        wanted = re.compile(re.escape(path).replace(r"\*", "[^/]+"))
        found |= {
            name
            for (verb, rule), names in routes.items()
            if verb == method and wanted.fullmatch(rule)
            for name in names
        }
    return frozenset(found)


def _asked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the method and the path of everything that a module of commands asks of the API."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        kept: dict[str, list[str]] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                text = "".join(_texts(node.value, {}))
                kept.setdefault(node.targets[0].id, []).extend([text] if text.startswith("/") else [])
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            first = call.args[0] if call.args else None
            method = first.value if isinstance(first, ast.Constant) and first.value in METHODS else "GET"
            for argument in call.args[:3]:
                spelled = (
                    kept.get(argument.id, []) if isinstance(argument, ast.Name) else ["".join(_texts(argument, {}))]
                )
                yield from ((method, text) for text in spelled if re.match(r"/[a-z]", text))
