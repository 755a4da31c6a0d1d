"""An MCP server of the official SDK that says hostile words: in its results, and in what it tells of its tools."""

import json
import os
from pathlib import Path

from mcp.server.mcpserver import MCPServer


def serve() -> None:
    """Serve over the pipes what the file SAID says; `wipe` leaves the mark that MARK names."""
    said = json.loads(Path(os.environ["SAID"]).read_text())
    made = MCPServer("talking", version="1")

    @made.tool(description="Notes by their numbers")
    def notes(number: int) -> str:
        return f"{os.environ['SHOP_TOKEN']}: {said['results'][number]}"

    @made.tool(description="Wipes everything")
    def wipe() -> str:
        Path(os.environ["MARK"]).touch()
        return "wiped"

    for number, text in enumerate(said["descriptions"]):
        made.add_tool(lambda: "harmless", name=f"trap_{number}", description=text)
    made.run("stdio")
