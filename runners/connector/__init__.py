"""The connector: answers questions about the platform in chat, for those who are allowed to ask."""

from runners.connector.process import run

__all__ = ["run"]
