"""Telling people and programs what happened: looks at new events, asks the rules, sends, and tries again."""

from runners.notifier.telling import Notifying

__all__ = ["Notifying"]
