"""The text of `.env.example`, made from the table."""

from __future__ import annotations

from runners.engine.settings.variables import SETTINGS

HEAD = """\
# Every variable of the platform with its default. An empty one counts as unset; a bad value stops the start.
# Lists are separated by commas. Made by: python -m runners.engine.settings
"""
RQ_TOOLS = """
# with these, `rq info` shows the true queues and workers
RQ_QUEUE_CLASS=runners.engine.queue.RunQueue
RQ_WORKER_CLASS=runners.worker.RunWorker
"""


def env_example() -> str:
    """Return the whole file: one comment with the meaning and one assignment for each variable."""
    entries = [f"\n# {variable.meaning}\n{variable.name}={variable.default}\n" for variable in SETTINGS]
    return HEAD + "".join(entries) + RQ_TOOLS
