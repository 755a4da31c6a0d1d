"""MCP servers for tests, as programs: `python mcp_program.py KIND [PORT [json]]`. The well-behaved ones are made with the official SDK."""

import os
import subprocess
import sys
import threading

FOR_EVER = threading.Event()


def polite(kind: str) -> None:
    """Serve three tools, over the pipes or over HTTP."""
    from tests.integrations import mcp_odd_tools, mcp_talking
    from tests.integrations.mcp_tools import server

    if kind == "talking":
        mcp_talking.serve()
    if kind == "odd":
        mcp_odd_tools.serve(*sys.argv[2:3])
    if kind == "echoing":
        print(f"starting with {os.environ.get('SHOP_TOKEN')} in {os.getcwd()}", file=sys.stderr)
        print(sorted(os.environ), file=open(os.environ["SEEN"], "w"))  # noqa: SIM115  # the process ends soon
    if kind == "http":
        server().run("streamable-http", port=int(sys.argv[2]), json_response=len(sys.argv) > 3)
    server(os.environ.get("SHOP_TOKEN", "")).run("stdio")


def hostile(kind: str) -> None:
    """Do what no server should."""
    if kind == "silent":
        FOR_EVER.wait(600)
    if kind == "stubborn":
        import signal

        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
        with open(os.environ["SEEN"], "w") as seen:
            seen.write(f"{os.getpid()} {child.pid}")
        FOR_EVER.wait(600)
    if kind == "flood":
        while True:
            os.write(1, b"x" * 65536)
    if kind == "chatter":
        while True:
            os.write(1, b'{"jsonrpc": "2.0", "method": "notifications/message", "params": {}}\n' * 500)
    if kind == "babble":
        print("hello, this is no JSON at all", flush=True)
        FOR_EVER.wait(600)
    if kind == "dies":
        sys.exit("SHOP_TOKEN is not set\n")


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    (polite if sys.argv[1] in ("polite", "echoing", "http", "odd", "talking") else hostile)(sys.argv[1])
