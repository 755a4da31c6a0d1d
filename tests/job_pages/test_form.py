"""Making and editing a job: in fields or as a text, checked whole, with what was typed kept whatever happens."""

import json
import re

import pytest

from runners.engine import operations
from tests.job_pages.conftest import ADA, job, save
from tests.job_pages.filled import filled

NEW = "/ui/jobs/new"
FIELDS = {
    "type": "simulation.heavy",
    "fields": "simulation.heavy",
    "schedule__kind": "none",
    "inputs__failure_memory_enabled": "on",
    "approvers__role": "admin",
}


def beside(page, name):
    """What stands beside a field."""
    return page.partition(f'id="at-{name.replace(".", "--")}"')[2].partition("</div>")[0]


def shown(page, name):
    """What a field holds."""
    return filled(page)[name].replace("\r\n", "\n")


def edit(visitor, job_id, **fields):
    return visitor.send(f"/ui/jobs/{job_id}/edit", f"/ui/jobs/{job_id}/edit", **FIELDS | fields)


def test_a_job_is_made_by_its_fields(stored, visitor):
    answer = visitor.send(
        NEW, NEW, **FIELDS, job_id="made", inputs__work_ms="150", timeout_ms="1000", tags="a, b", enabled="on"
    )

    assert (answer.status_code, answer.location) == (303, "/ui/jobs/made")
    made = job(stored, "made")
    assert (made["inputs"], made["timeout_ms"], made["tags"], made["enabled"]) == (
        {"work_ms": 150},
        1000,
        ["a", "b"],
        True,
    )


def test_all_problems_stand_beside_their_fields_and_above_with_the_input_kept(visitor):
    typed = {"job_id": "a:b", "inputs__work_ms": "5", "timeout_ms": "soon", "inputs__failure_threshold": "99"}

    answer = visitor.send(NEW, NEW, **FIELDS | typed)

    assert answer.status_code == 422 and "4 problems" in answer.text
    for name, said in typed.items():
        name = name.replace("__", ".")
        assert 'class="problem"' in beside(answer.text, name), name
        assert f'<a href="#{name}">' in answer.text
        assert shown(answer.text, name) == said


def test_each_field_says_its_range_its_default_and_what_the_handler_says_of_it(visitor):
    page = visitor.send("/ui/jobs/inputs", NEW, **FIELDS | {"type": "command.run"}).text

    assert "from which it cools down; 1 to 20, 3 unless stated" in page
    assert "the program and its arguments, without a shell; it must be allowed; required; such as df -Pk" in page
    assert "header yang disertakan" in visitor.get(NEW, "id")


@pytest.mark.parametrize(
    ("way", "text"),
    [
        ("yaml", "job_id: text-yaml\ntype: simulation.heavy\ninputs:\n  work_ms: 250\n"),
        ("json", '{"job_id": "text-json", "type": "simulation.heavy", "inputs": {"work_ms": 250}}'),
    ],
)
def test_a_job_is_made_by_a_text(stored, visitor, way, text):
    answer = visitor.send(NEW, NEW, mode=way, raw=text)

    assert answer.status_code == 303
    assert job(stored, f"text-{way}")["inputs"] == {"work_ms": 250}


@pytest.mark.parametrize(
    ("way", "text", "said"),
    [
        ("yaml", "a: 1\na: 2", "stands twice in one object"),
        ("json", '{"a": NaN}', "NaN"),
        ("json", "[1]", "is not an object"),
        ("yaml", "job_id: x\ntype: simulation.heavy\nshedule: null", "did you mean &#39;schedule&#39;?"),
    ],
)
def test_a_text_that_is_wrong_is_kept_and_named_as_strictly_as_by_the_api(visitor, way, text, said):
    answer = visitor.send(NEW, NEW, mode=way, raw=text)

    assert answer.status_code == 422
    assert said in answer.text and 'href="#raw"' in answer.text
    assert "&#34;".join(text.split('"')) in answer.text


def test_what_was_typed_comes_along_from_fields_to_a_text_and_back(visitor):
    typed = {
        "job_id": "turned",
        "inputs__work_ms": "250",
        "timeout_ms": "soon",
        "schedule__kind": "cron",
        "schedule__cron": "0 2 * * *",
    }
    text = visitor.send("/ui/jobs/turn", NEW, **FIELDS | typed, turn="yaml").text
    raw = shown(text, "raw")
    assert "job_id: turned" in raw and "timeout_ms: soon" in raw and "cron: '0 2 * * *'" in raw

    fields = visitor.send("/ui/jobs/turn", NEW, mode="yaml", raw=raw, turn="form").text

    assert [shown(fields, name) for name in ("job_id", "inputs.work_ms", "timeout_ms", "schedule.cron")] == [
        "turned",
        "250",
        "soon",
        "0 2 * * *",
    ]


@pytest.mark.parametrize(
    "part", ["shedule: 5", "schedule: daily", "tags: a", "retry_policy:\n  tries: 3", "inputs: []"]
)
def test_a_text_with_what_no_field_can_hold_stays_a_text(visitor, part):
    answer = visitor.send(
        "/ui/jobs/turn", NEW, mode="yaml", raw=f"job_id: x\ntype: simulation.heavy\n{part}", turn="form"
    )

    assert answer.status_code == 422
    assert "has no place in the form" in answer.text and part in answer.text


def test_another_type_shows_its_fields_and_keeps_what_was_typed_for_the_first(visitor):
    typed = FIELDS | {"job_id": "kept", "inputs__work_ms": "250", "inputs__payload_kb": "3", "type": "simulation.flaky"}
    other = visitor.send("/ui/jobs/inputs", NEW, **typed).text
    assert shown(other, "inputs.work_ms") == "250" and shown(other, "job_id") == "kept"
    assert 'type="hidden" name="inputs.payload_kb" value="3"' in other and 'id="inputs.fail_times"' in other

    back = visitor.send(
        "/ui/jobs/inputs", NEW, **typed | {"type": "simulation.heavy", "fields": "simulation.flaky"}
    ).text

    assert shown(back, "inputs.payload_kb") == "3"


def test_checking_names_everything_and_forecasts_without_saving(stored, visitor):
    typed = {
        "job_id": "only-checked",
        "schedule__kind": "cron",
        "schedule__cron": "0 7 * * *",
        "schedule__timezone": "Asia/Jakarta",
    }

    good = visitor.send("/ui/jobs/check", NEW, **FIELDS | typed).text
    bad = visitor.send("/ui/jobs/check", NEW, **FIELDS | typed | {"timeout_ms": "1"}).text

    assert "Nothing is wrong with it." in good and "every day at 07:00, Asia/Jakarta" in good
    assert 'class="problem"' in beside(bad, "timeout_ms") and "every day at 07:00" in bad
    assert operations.list_jobs(stored, ADA, operations.JobFilter(search="only-checked"), 1).total == 0


def test_a_check_while_somebody_types_puts_what_is_wrong_beside_its_field(visitor):
    (token,) = re.findall(r'name="csrf_token" value="([^"]+)"', visitor.get(NEW))[:1]
    fields = {name.replace("__", "."): said for name, said in FIELDS.items()} | {"timeout_ms": "1", "csrf_token": token}

    part = visitor.client.post("/ui/jobs/check", data=fields, headers={"HX-Request": "true"}).text

    assert "<html" not in part and "still to say:" in part and 'href="#job_id"' in part
    assert (
        'hx-swap-oob="true"' in part and 'class="problem"' in beside(part, "timeout_ms").partition("</span></span>")[0]
    )
    assert 'class="problem"' not in part.partition('id="at-job_id"')[2].partition("\n")[0]


def test_a_preset_fills_three_fields_and_leaves_the_rest(visitor):
    page = visitor.send("/ui/jobs/guards", NEW, **FIELDS, preset="fragile", timeout_ms="777").text

    names = ("inputs.failure_threshold", "inputs.failure_cooldown_sec", "inputs.failure_cooldown_max_sec", "timeout_ms")
    assert [shown(page, name) for name in names] == ["2", "300", "7200", "777"]


def test_a_form_that_is_saved_untouched_writes_no_version(stored, visitor):
    inputs = {"work_ms": 8000, "failure_threshold": 3, "allow_overlap": True}
    schedule = {"cron": "0 2 * * *", "misfire_grace_sec": None}
    save(
        stored,
        "same",
        description="two\nlines ",
        tags=["a, b"],
        inputs=inputs,
        schedule=schedule,
        requires_approval=True,
    )
    fields = {name.replace(".", "__"): said for name, said in filled(visitor.get("/ui/jobs/same/edit")).items()}
    fields.pop("csrf_token")

    answer = visitor.send("/ui/jobs/same/edit", "/ui/jobs/same/edit", **fields)

    assert answer.status_code == 303
    assert job(stored, "same")["version"] == 1


def test_somebody_who_was_overtaken_sees_all_three_sides_and_loses_nothing(stored, visitor):
    save(stored, "raced", timeout_ms=1000, description="old")
    save(stored, "raced", timeout_ms=2000, description="theirs")

    answer = edit(visitor, "raced", version="1", timeout_ms="1000", description="mine", tags="new")

    assert answer.status_code == 412
    row = answer.text.partition("<code>description</code>")[2].partition("</tr>")[0]
    assert "changed by both" in row and re.findall(r'data-label="\w+">([^<]*)<', row) == [
        "&#34;old&#34;",
        "&#34;theirs&#34;",
        "&#34;mine&#34;",
    ]
    row = answer.text.partition("<code>timeout_ms</code>")[2].partition("</tr>")[0]
    assert "changed by both" not in row and re.findall(r'data-label="\w+">([^<]*)<', row) == ["1000", "2000", "1000"]
    assert "1 value was changed by both of you." in answer.text
    assert shown(answer.text, "description") == "mine" and shown(answer.text, "version") == "2"
    assert job(stored, "raced")["description"] == "theirs"


def test_what_was_typed_is_put_on_top_of_theirs_and_saved_after_a_look(stored, visitor):
    save(stored, "merged", timeout_ms=1000, description="old", inputs={"work_ms": 500})
    save(stored, "merged", timeout_ms=2000, description="old", inputs={"work_ms": 500})
    typed = {"timeout_ms": "1000", "description": "mine", "inputs__work_ms": "500"}

    page = visitor.send(
        "/ui/jobs/merged/merge", "/ui/jobs/merged/edit", **FIELDS | typed, editing="merged", version="2", base="1"
    ).text

    assert (shown(page, "timeout_ms"), shown(page, "description"), shown(page, "version")) == ("2000", "mine", "2")
    assert job(stored, "merged")["version"] == 2


def test_a_job_that_was_deleted_meanwhile_can_be_made_again_from_what_was_typed(stored, visitor):
    save(stored, "ghost")
    page = visitor.get("/ui/jobs/ghost/edit")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    operations.delete_job(stored, ADA, "ghost")
    fields = {name.replace("__", "."): said for name, said in FIELDS.items()}

    answer = visitor.client.post(
        "/ui/jobs/ghost/edit",
        data=fields | {"csrf_token": token, "version": "1", "job_id": "ghost", "description": "kept"},
    )

    assert answer.status_code == 409 and "Somebody deleted this job" in answer.text
    assert (
        'action="/ui/jobs/new"' in answer.text
        and shown(answer.text, "description") == "kept"
        and shown(answer.text, "job_id") == "ghost"
    )


def test_a_text_of_another_job_does_not_rename_the_one_that_is_edited(stored, visitor):
    save(stored, "original")

    answer = edit(visitor, "original", version="1", mode="yaml", raw="job_id: renamed\ntype: simulation.heavy")

    assert answer.status_code == 422 and "an id stays for ever" in answer.text


def test_a_text_that_says_nothing_of_the_flag_leaves_it(stored, visitor):
    save(stored, "off", enabled=False)

    answer = edit(
        visitor, "off", version="1", mode="json", raw=json.dumps({"type": "simulation.heavy", "timeout_ms": 1234})
    )

    assert answer.status_code == 303
    assert (job(stored, "off")["enabled"], job(stored, "off")["timeout_ms"]) == (False, 1234)


def test_a_copy_is_a_new_job_that_is_disabled_until_somebody_says_otherwise(stored, visitor):
    save(stored, "first", timeout_ms=4321, schedule={"cron": "0 2 * * *"})

    page = visitor.get(NEW + "?like=first")

    assert (shown(page, "job_id"), shown(page, "timeout_ms"), shown(page, "schedule.cron")) == (
        "first-copy",
        "4321",
        "0 2 * * *",
    )
    assert not re.search(r'name="enabled" checked', page)


def test_the_address_of_an_edit_may_bring_another_minute_that_is_not_saved(stored, visitor):
    save(stored, "moved", schedule={"cron": "0 2 * * *"})

    assert shown(visitor.get("/ui/jobs/moved/edit?cron=17+2+*+*+*"), "schedule.cron") == "17 2 * * *"
    assert job(stored, "moved")["schedule"]["cron"] == "0 2 * * *"
