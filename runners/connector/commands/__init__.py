"""What may be asked in chat: a room for each noun, and one table of them all."""

from runners.connector.commands.parsing import legible, parse
from runners.connector.commands.table import COMMANDS, ChatCommand

__all__ = ["COMMANDS", "ChatCommand", "legible", "parse"]
