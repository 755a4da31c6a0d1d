"""The pages of agent workflows, without scripts: the lanes, and the form that makes and changes one."""

from typing import Any

import pytest

from runners.engine import operations
from tests.job_pages.conftest import ADA, Visitor, job, save
from tests.job_pages.filled import filled
from tests.round_trips import counted

INDEX, NEW = "/ui/automation", "/ui/automation/new"
FORM = {"prompt": "look at the shop", "template": "ops_realtime"}


def made(platform: Any, job_id: str, **said: Any) -> None:
    operations.save_agent_workflow(platform, ADA, {"job_id": job_id, **FORM, **said})


def sent(visitor: Visitor, path: str, page: str, **typed: str) -> Any:
    """Send the form of `page` as it stands, with what was typed into it."""
    fields = filled(visitor.get(page)) | {name.replace("__", "."): said for name, said in typed.items()}
    return visitor.client.post(path, data=fields)


def beside(page: str, name: str) -> str:
    return page.partition(f'id="at-{name}"')[2].partition("</div>")[0]


def test_a_workflow_is_made_from_its_lane_and_a_prompt(stored: Any, visitor: Visitor) -> None:
    answer = sent(visitor, NEW, f"{NEW}?template=scrap_pipeline", job_id="prices", prompt="read the prices")

    assert (answer.status_code, answer.location) == (303, INDEX)
    spec = job(stored, "prices")
    assert (spec["schedule"]["interval_sec"], spec["inputs"]["flow_group"]) == (900, "scrap_pipeline")
    assert (spec["inputs"]["failure_threshold"], spec["retry_policy"]["backoff_sec"]) == (2, [30, 120])
    assert "prices is created" in visitor.get(INDEX)


def test_each_lane_stands_with_its_workflows_and_what_became_of_them(stored: Any, visitor: Visitor) -> None:
    made(stored, "laned", flow_group="night")
    made(stored, "lost", flow_group=None)
    save(stored, "no-agent")

    page = visitor.part(INDEX)

    lane = page.partition(">night</a>")[2].partition("</tbody>")[0]
    assert "0 of at most 4" in lane and "laned" in lane and "look at the shop" in lane and "every minute" in lane
    assert page.index(">night</a>") < page.index("No lane") < page.index("/ui/jobs/lost")
    assert "no-agent" not in page


def test_what_is_searched_for_stays_in_the_address(stored: Any, visitor: Visitor) -> None:
    made(stored, "sought")

    assert "/ui/jobs/sought" in visitor.get(f"{INDEX}?search=SOUGHT")
    assert "No workflow passes these filters" in visitor.get(f"{INDEX}?search=nowhere")


def test_all_problems_stand_beside_their_fields_with_the_input_kept(visitor: Visitor) -> None:
    typed = {"job_id": "a:b", "timeout_ms": "soon", "limits__steps": "99", "interval_sec": "5", "prompt": "x"}

    answer = sent(visitor, NEW, NEW, **typed)

    assert answer.status_code == 422 and "5 problems" in answer.text
    for name, said in typed.items():
        assert 'class="problem"' in beside(answer.text, name.replace("__", "--")), name
        assert filled(answer.text)[name.replace("__", ".")].strip() == said


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"cron": "0 7 * * *", "timezone": "UTC", "allow_overlap": True},
        {"template": "media_generate", "agent_key": "painter", "limits": {"cost": 1.5}, "enabled": False},
        {"allow_tools": ["note", "http:github/main"], "require_approval_for_missing": False, "prompt": "one\ntwo"},
    ],
    ids=["plain", "cron", "limits", "tools"],
)
def test_a_form_that_is_saved_untouched_changes_nothing(stored: Any, visitor: Visitor, said: dict[str, Any]) -> None:
    made(stored, "touched", **said)
    before = job(stored, "touched")

    answer = sent(visitor, f"{INDEX}/touched/edit", f"{INDEX}/touched/edit")

    assert answer.status_code == 303
    assert job(stored, "touched") == before
    assert "it says that already" in visitor.get(INDEX)


def test_whoever_was_overtaken_is_told_and_keeps_what_was_typed(stored: Any, visitor: Visitor) -> None:
    made(stored, "raced")
    page = f"{INDEX}/raced/edit"
    fields = filled(visitor.get(page)) | {"prompt": "mine"}
    made(stored, "raced", prompt="theirs")

    told = visitor.client.post(page, data=fields)
    again = visitor.client.post(page, data=filled(told.text))

    assert told.status_code == 412 and "meanwhile" in told.text
    assert again.status_code == 303
    assert job(stored, "raced")["inputs"]["prompt"] == "mine"


def test_a_preset_fills_the_failure_settings_and_keeps_what_was_typed(visitor: Visitor) -> None:
    page = sent(visitor, f"{INDEX}/fill", NEW, prompt="typed so far", preset="batch").text

    fields = filled(page)
    assert (fields["failure_threshold"], fields["failure_cooldown_sec"], fields["failure_cooldown_max_sec"]) == (
        "1",
        "600",
        "14400",
    )
    assert fields["prompt"] == "typed so far"


def test_a_check_names_what_is_wrong_and_forecasts_without_saving(stored: Any, visitor: Visitor) -> None:
    wrong = sent(visitor, f"{INDEX}/check", NEW, job_id="unsaved", dispatch_jitter_sec="3000").text
    right = sent(visitor, f"{INDEX}/check", NEW, job_id="unsaved", prompt="look at it").text

    assert 'class="problem"' in beside(wrong, "dispatch_jitter_sec")
    assert "Nothing is wrong with it" in right and "every 15 minutes" in right
    assert operations.list_jobs(stored, ADA, operations.JobFilter(search="unsaved"), 1).total == 0


def test_a_job_of_another_type_is_edited_in_its_own_form(stored: Any, visitor: Visitor) -> None:
    save(stored, "plain")

    assert visitor.client.get(f"{INDEX}/plain/edit").location == "/ui/jobs/plain/edit"


def test_the_page_takes_few_round_trips_and_few_bytes_however_many_there_are(stored: Any, visitor: Visitor) -> None:
    visitor.get(INDEX)
    with counted(stored) as few:
        visitor.part(INDEX)
    for number in range(60):
        made(stored, f"many-{number:02}", flow_group=f"lane-{number % 30}", prompt="word " * 500)
    with counted(stored) as many:
        page = visitor.part(INDEX)

    assert few.number == many.number <= 12
    assert len(page.encode()) < 60_000
