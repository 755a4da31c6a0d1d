"""The texts of `.env.example` and of the handbook's chapter on settings, made from the table."""

from __future__ import annotations

from runners.engine.settings.indonesian import HANDBOOK as INDONESIAN_HANDBOOK
from runners.engine.settings.indonesian import MEANINGS
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


def chapter(language: str = "en") -> str:
    """Return the handbook's chapter on settings, one row for each variable, in English ("en") or Bahasa Indonesia ("id")."""
    meanings = MEANINGS if language == "id" else {variable.name: variable.meaning for variable in SETTINGS}
    rows = [
        f"| `{variable.name}` | {f'`{variable.default}`' if variable.default else ''} | {cell(meanings[variable.name])} |\n"
        for variable in SETTINGS
    ]
    return (INDONESIAN_HANDBOOK if language == "id" else HANDBOOK) + "".join(rows)


def cell(text: str) -> str:
    """Return a text as it stands in a cell of a table."""
    return text.replace("|", "\\|")


HANDBOOK = """\
# Settings

Every variable of the environment, with its default. An empty one counts as unset; a bad value stops the start, naming every bad one.
Lists are separated by commas. The same as a file to copy: `.env.example`. Every process of a deployment should have the same ones.
Made by `python -m runners.engine.settings handbook`.

| variable | default | is |
|---|---|---|
"""
