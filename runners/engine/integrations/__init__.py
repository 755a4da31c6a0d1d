"""Accounts of services and MCP servers: what the catalog offers of them, what they hold, and whether they answer."""
