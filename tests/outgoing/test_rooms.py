"""What is sent out passes the gate: which rooms may connect at all, and by which transport a client of httpx must."""

import ast
import re

from tests.test_architecture import MODULES, is_below, wrong_imports

SPEAKS_OUT = ("runners.engine.outgoing", "runners.mcp")
SPEAKS_TO_ITSELF = {"runners.client", "runners.local.ready"}  # the command line and the supervisor, to their own server
SPEAKS_FOR_ITSELF = (
    "runners.simulation.api"  # runs without the platform, from a terminal, to the server that it is told
)
CONNECTING = ("httpcore", "httpcore2", "urllib.request", "http.client", "requests", "aiohttp", "urllib3", "ftplib")
CLIENT = re.compile(r"httpx2?\.(Client|AsyncClient|get|post|put|patch|delete|head|options|request|stream)")


def test_libraries_that_connect_are_used_beside_the_gate_only():
    found = wrong_imports(
        MODULES,
        lambda module, name: is_below(name, *CONNECTING) and not is_below(module.name, *SPEAKS_OUT, SPEAKS_FOR_ITSELF),
    )

    assert found == []


def test_every_client_says_by_which_transport_it_goes_out():
    calls = [(module.name, node) for module in MODULES for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    clients = [(name, call) for name, call in calls if CLIENT.fullmatch(ast.unparse(call.func))]
    without = [
        f"{name}:{call.lineno}"
        for name, call in clients
        if name not in SPEAKS_TO_ITSELF and not any(word.arg == "transport" for word in call.keywords)
    ]

    assert {name for name, _ in clients} >= {*SPEAKS_TO_ITSELF, "runners.handlers.http"}
    assert without == []


def test_mail_servers_are_connected_to_behind_the_gate_only():
    uses = {
        f"{module.name}:{node.lineno}"
        for module in MODULES
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and re.fullmatch(r"smtplib\.(SMTP|SMTP_SSL|LMTP)", ast.unparse(node))
    }

    assert uses and all(use.startswith("runners.engine.outgoing.") for use in uses)
