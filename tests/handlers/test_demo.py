"""The demo jobs are good jobs, and each shows what it says."""

import shlex

import pytest

from runners.engine import catalog
from runners.engine.handler import HandlerFailed
from runners.engine.job import validate
from runners.handlers.command import run
from runners.handlers.http import request
from runners.handlers.simulation import flaky
from runners.local.demo_jobs import demo_jobs
from tests.handlers.context import FakeContext, perform


def jobs(settings):
    return {job["job_id"]: job for job in demo_jobs(settings)}


def test_every_demo_job_passes_the_validation_of_any_other_job(configured):
    specs = [validate(job, catalog.load()) for job in demo_jobs(configured())]

    assert [spec.job_id for spec in specs] == ["demo-health", "demo-disk-use", "demo-overlap", "demo-retry"]
    assert all(spec.description for spec in specs)


def test_the_health_job_asks_this_very_platform(site, configured):
    site.pages["/readyz"] = (200, {}, b'{"status":"ready"}')
    settings = configured(PORT=str(site.port))

    output = perform(request, FakeContext(settings=settings), **jobs(settings)["demo-health"]["inputs"])

    assert output["body"] == '{"status":"ready"}'


def test_the_disk_job_reports_the_disk_of_the_data_directory(configured):
    argv = jobs(configured())["demo-disk-use"]["inputs"]["argv"]
    settings = configured(AGENT_COMMAND_ALLOW_PREFIXES=shlex.join(argv))
    settings.data_dir.mkdir(parents=True)

    output = perform(run, FakeContext(settings=settings), argv=argv)

    assert output["stdout"].startswith("Filesystem")


def test_the_overlap_job_works_longer_than_its_interval(configured):
    job = jobs(configured())["demo-overlap"]

    assert job["inputs"]["work_ms"] > job["schedule"]["interval_sec"] * 1000


def test_the_retry_job_fails_twice_and_has_attempts_left_for_its_success(configured):
    job = jobs(configured())["demo-retry"]

    for attempt in (0, 1):
        with pytest.raises(HandlerFailed):
            perform(flaky, FakeContext(attempt=attempt), **job["inputs"])

    assert perform(flaky, FakeContext(attempt=2), **job["inputs"])["attempts"] == 3
    assert job["retry_policy"]["max_retry"] >= 2
