"""A well-behaved MCP server made with the official SDK."""

from mcp.server.mcpserver import MCPServer


def server(secret: str = "") -> MCPServer:
    """Return a server with three tools; it tells its secret, as careless ones do."""
    made = MCPServer("shop", version="1.2.3")

    @made.tool(description=f"Find a product; {secret}" if secret else "Find a product")
    def find_product(name: str) -> str:
        return name

    @made.tool()
    def count_orders(since: str) -> int:
        """Count the orders
        of a shop."""
        return len(since)

    @made.tool()
    def restock(name: str, pieces: int) -> bool:
        """Order more."""
        return bool(name and pieces)

    return made
