"""The connector that the handbook shows whole, as it stands there: a notebook that is asked and answers like any chat."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from runners.connector.account import Account
from runners.connector.asker import Allowed
from runners.connector.conversation import Conversation
from runners.engine import operations
from runners.engine.operations import Actor, Role
from tests.processes import CHECKOUT
from tests.waiting import wait_until

ADMIN = Actor("root", Role.ADMIN, "cli")
CHAPTER = (CHECKOUT / "docs" / "connectors.md").read_text()
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NOTEBOOK = Allowed(frozenset({"notebook"}), frozenset({"ana"}))


def test_the_chapter_names_only_rooms_that_are_there() -> None:
    known = {path.name for folder in ("runners", "tests/connector") for path in (CHECKOUT / folder).rglob("*.py")}
    named = [name for name in re.findall(r"`([\w/]+\.py)`", CHAPTER) if "NAME" not in name]

    assert len(named) > 30
    assert [name for name in named if not ((CHECKOUT / name).is_file() if "/" in name else name in known)] == []


@pytest.fixture
def shown() -> dict[str, Any]:
    """What the chapter's module defines."""
    (module,) = BLOCK.findall(CHAPTER)
    names: dict[str, Any] = {"__name__": "notebook"}
    exec(compile(module, "connectors.md", "exec"), names)
    names["LOOK_SEC"] = 0.01
    return names


def test_a_notebook_asks_and_presses_once_and_strangers_are_not_heard(platform, tmp_path, shown) -> None:
    operations.save_job(platform, ADMIN, {"job_id": "nightly", "type": "simulation.heavy", "schedule": None})
    run = operations.run_job(platform, ADMIN, "nightly")
    heard, said = tmp_path / "heard", tmp_path / "said"
    heard.write_text(f"no update\neve: /cancel {run.run_id}\nana: /cancel {run.run_id}\n")
    # the account is one of a channel whose events there are
    account = Account(platform.store, "notebook", "notebook", "here", "slack")
    talk = Conversation(platform, account, shown["NotebookChannel"](tmp_path), NOTEBOOK)

    def read(words: str) -> str:
        return wait_until(lambda: said.is_file() and words in said.read_text() and said.read_text())

    def converse() -> None:
        button = re.search(r"\[[^\]]*nightly[^\]]*\] (\S+)", read("] "))
        assert button is not None
        with heard.open("a") as more:
            more.write(f"ana: {button[1]}\nana: {button[1]}\n")
        read("This button was used")

    async def both() -> None:
        talking = asyncio.create_task(talk.run())
        try:
            await asyncio.to_thread(converse)
        finally:
            talking.cancel()

    with ThreadPoolExecutor(1) as apart:  # a browser of another test may have left a loop running in this thread
        apart.submit(lambda: asyncio.run(both())).result()

    assert str(operations.get_run(platform, ADMIN, run.run_id).status) == "cancelled"
    entries = operations.list_audit(platform, ADMIN, operations.AuditFilter(operation="cancel_run"), 9).rows
    assert [entry.said["actor"] for entry in entries] == ["slack:ana"]
