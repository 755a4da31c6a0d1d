"""Talking to MCP servers by the official SDK, in a process of its own: the SDK and what servers send stay out of ours."""
