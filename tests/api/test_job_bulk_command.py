"""`job bulk` at a terminal: shown first, asked, done to exactly those, and those that were left alone are named."""

import pytest
from click.testing import CliRunner

from runners.bulk_work import BulkWork
from runners.cli import bulk, main
from runners.engine import operations
from tests.access.commands import Terminal
from tests.store.making import ADMIN, save


@pytest.fixture
def terminal(app, platform, monkeypatch):
    """Commands against the app in this process; waiting for the end lets a scheduler do its bit."""
    Terminal(app, monkeypatch)

    def step(seconds):
        platform.store.redis.delete(platform.store.keys.bulks_turn)
        BulkWork(platform).step()

    monkeypatch.setattr(bulk.time, "sleep", step)
    return lambda words, answer="": CliRunner().invoke(main, words.split(), input=answer)


def enabled(platform, job_id):
    return operations.get_job(platform, ADMIN, job_id).enabled


def test_what_it_comes_to_is_shown_and_a_yes_does_it(platform, terminal):
    save(platform, "a", tags=["ops"])
    save(platform, "b", tags=["ops"], enabled=False)

    result = terminal("job bulk disable --with-tag ops", "y\n")

    assert "is disabled already" in result.output
    assert "disable 1 of 2 jobs?" in result.output
    assert "b: is disabled already" in result.stderr
    assert result.exit_code == 1
    assert not enabled(platform, "a")


def test_a_no_does_nothing(platform, terminal):
    save(platform, "a")

    assert terminal("job bulk disable a", "n\n").exit_code == 1
    assert enabled(platform, "a")


def test_named_jobs_need_no_question_when_their_number_is_given(platform, terminal):
    save(platform, "a")
    save(platform, "b")

    result = terminal("job bulk tag a b --tag night --expected 2 --json")

    assert (result.exit_code, '"done": 2' in result.output) == (0, True)
    assert operations.get_job(platform, ADMIN, "a").spec.tags == ("night",)


@pytest.mark.parametrize("words", ["job bulk delete", "job bulk delete a --every", "job bulk delete a --search b"])
def test_which_jobs_must_be_said_in_one_way(terminal, words):
    assert terminal(words).exit_code == 2
