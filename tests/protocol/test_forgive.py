"""Resetting the failure memory: the second way out of a cooldown."""


def fail(stage, key="1"):
    assert stage.ask(key=key, ignore=True)[0] == "ok"
    stage.finish(stage.take()[0], "failed")


def test_what_is_remembered_is_forgotten(stage):
    stage.save(threshold=1)
    fail(stage)
    assert stage.ask(key="2")[0] == "cooldown"

    assert stage.forgive() == "ok"

    assert stage.ask(key="2")[0] == "ok"
    assert stage.events("job.cooldown") == ["job.cooldown_started", "job.cooldown_ended"]


def test_failures_are_counted_from_one_again(stage):
    stage.save(schedule=None, threshold=2)
    fail(stage)
    stage.forgive()

    fail(stage, "2")

    assert stage.ask(key="3")[0] == "ok"


def test_forgetting_nothing_is_no_event(stage):
    stage.save()

    assert stage.forgive() == "ok"
    assert stage.events("job.cooldown") == []


def test_a_job_that_does_not_exist_is_gone(stage):
    assert stage.forgive("other") == "gone"
