"""The pages of what agents remember: the table, one memory, forgiving and forgetting with a question before it."""

from typing import Any

import pytest

from runners.engine import operations
from runners.engine.errors import NotFound
from tests.api.test_agent_memory import remember
from tests.job_pages.conftest import ADA, Visitor
from tests.round_trips import counted

INDEX = "/ui/agent-memory"


def test_the_table_says_how_each_agent_does_and_what_weighs_most(stored: Any, visitor: Visitor) -> None:
    remember(stored, "scout", "no <b>such</b> file", successes=3)

    page = visitor.part(INDEX)

    row = page.partition("/ui/agent-memory/scout")[2].partition("</tr>")[0]
    assert "3 of 4" in row and "no &lt;b&gt;such&lt;/b&gt; file" in row and "weight 1" in row


def test_one_memory_shows_sums_ends_and_the_weight_that_is_left(stored: Any, visitor: Visitor) -> None:
    remember(stored, "faded", "no such file", successes=1, weeks_ago=2)

    page = visitor.part(f"{INDEX}/faded")

    assert "no such file" in page and "0.25" in page and "told the team 0" in page
    assert f'href="{INDEX}/faded/forget?signature=no+such+file"' in page


def test_a_failure_is_forgiven_after_a_question(stored: Any, visitor: Visitor) -> None:
    remember(stored, "forgiven", "it answered 503", "no such file")
    asked = f"{INDEX}/forgiven/forget?signature=no such file"

    answer = visitor.send(f"{INDEX}/forgiven/forget", asked, signature="no such file")

    assert "“no such file” is told to its model no more" in visitor.get(asked)
    assert (answer.status_code, answer.location) == (303, f"{INDEX}/forgiven")
    assert [one.line for one in operations.agent_memory(stored, ADA, "forgiven").signatures] == ["it answered 503"]


def test_all_of_it_is_forgotten_after_a_question_that_says_what_goes(stored: Any, visitor: Visitor) -> None:
    remember(stored, "gone", "it answered 503")
    asked = f"{INDEX}/gone/forget"

    said = visitor.get(asked)
    answer = visitor.send(asked, asked)

    assert "of 1 run go for good" in said
    assert answer.location == INDEX
    with pytest.raises(NotFound):
        operations.agent_memory(stored, ADA, "gone")


def test_one_that_cannot_be_read_is_named_and_can_be_forgotten(stored: Any, visitor: Visitor) -> None:
    remember(stored, "torn")
    stored.store.redis.hset(stored.store.keys.agent("torn"), "json", "broken")

    assert "What agent torn remembers cannot be read" in visitor.part(INDEX)
    assert visitor.send(f"{INDEX}/torn/forget", f"{INDEX}/torn/forget").status_code == 303
    assert "torn" not in visitor.part(INDEX)


def test_the_table_takes_as_many_round_trips_however_many_there_are(stored: Any, visitor: Visitor) -> None:
    visitor.part(INDEX)
    with counted(stored) as few:
        visitor.part(INDEX)
    for number in range(60):
        remember(stored, f"many-{number:02}", "it answered 503 " * 20)
    with counted(stored) as many:
        page = visitor.part(INDEX)

    assert few.number == many.number
    assert len(page.encode()) < 60_000


def test_whoever_shares_a_memory_is_told_on_the_form_and_by_the_memory(stored: Any, visitor: Visitor) -> None:
    for job_id in ("first", "second", "third"):
        spec = {"job_id": job_id, "type": "agent.workflow", "inputs": {"prompt": "look", "agent_key": "common"}}
        operations.save_job(stored, ADA, spec)
    remember(stored, "common", "it answered 503", job_id="second")
    form = {"job_id": "fourth", "prompt": "look at it", "kind": "interval", "interval_sec": "900"}

    typed = visitor.send("/ui/automation/check", "/ui/automation/new", **form, agent_key="common")
    alone = visitor.send("/ui/automation/check", "/ui/automation/new", **form)
    visitor.send("/ui/automation/new", "/ui/automation/new", **form, agent_key="common")

    said = "shares the memory common with first, second, third: what one of them fails by is told to the models of all"
    assert said in typed.text and "shares the memory" not in alone.text
    assert said in visitor.get("/ui/automation")
    page = visitor.part(f"{INDEX}/common")
    assert 'href="/ui/jobs/fourth">fourth' in page and "from second" in page
    assert "used by first, fourth, second, third" in visitor.part(INDEX)
