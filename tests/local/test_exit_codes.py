"""Every command as a table: 0 done, 1 refused or failed, 2 wrong words; each says so in sentences, and in no escape codes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import httpx
import pytest
from click.testing import CliRunner, Result

from runners.cli import main
from tests.access.commands import commands
from tests.local.test_every_command import COMMANDS

URL = "http://127.0.0.1:9"
PROBLEM = {"detail": "job 'a\x1b[2Jb' is not yours", "errors": []}
Answer = Callable[[httpx.Request], httpx.Response]


def away(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


ANSWERS: dict[str, tuple[Answer, str]] = {
    "refused": (lambda _: httpx.Response(403, json=PROBLEM), "job 'a\\x1b[2Jb' is not yours\n"),
    "away": (away, f"{URL} cannot be reached (refused); start it with `multijob up` or set MULTIJOB_URL\n"),
    "another server": (
        lambda _: httpx.Response(200, text="<html>"),
        f"{URL} answers, but not as this platform's API; correct MULTIJOB_URL or the profile\n",
    ),
}
GROUPS: dict[tuple[str, ...], list[str]] = {
    group: sorted({name.split()[len(group)] for name in COMMANDS if name.split()[: len(group)] == [*group]})
    for group in sorted({tuple(name.split()[:depth]) for name in COMMANDS for depth in range(name.count(" ") + 1)})
}
"""The words of each group of commands, and what stands in it."""


ON_THE_STORE = (
    *("web", "scheduler", "worker", "connector", "healthy web", "release", "backup {file}", "restore {file}"),
    *("user list", "user first", "user chats", "user create ana --role viewer --generate", "user link ana"),
    *("user role ana viewer", "user password ana --generate", "user enable ana", "user disable ana", "user delete ana"),
    *("user unlink slack T1.U1", "token list", "token create ci --role viewer", "token revoke ci"),
    *("audit verify", "audit export", "audit resume --reason it", "secrets rotate"),
)


ALONE = {
    "status": 1,
    "doctor": 1,
    "stop": 0,
    "secrets key": 0,
    "completion bash": 0,
    "simulate --jobs 20 --duration-sec 60": 0,
    "simulate --jobs none": 2,
    "profile list": 0,
    "profile use x": 1,
    "profile remove x": 1,
    "profile set x --url http://x --no-token": 0,
}
"""What needs no server, with how it ends where nothing is."""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server by its address, which nothing here really asks, and colours wherever they are allowed."""
    for name, value in {"MULTIJOB_URL": URL, "FORCE_COLOR": "1", "COLUMNS": "80"}.items():
        monkeypatch.setenv(name, value)


def multijob(*words: str) -> Result:
    done = CliRunner().invoke(main, words, prog_name="multijob", color=True)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "\x1b" not in done.output
    return done


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_words_that_no_command_knows_end_with_2_and_say_where_they_are_told(name: str) -> None:
    refused, told = multijob(*name.split(), "--nonsense"), multijob(*name.split(), "--help")

    assert refused.exit_code == 2 and refused.stdout == ""
    assert "--nonsense" in refused.stderr and f"multijob {name}" in refused.stderr
    assert told.exit_code == 0 and told.stdout.startswith(f"Usage: multijob {name} ")


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: " ".join(group) or "multijob")
def test_a_slip_is_answered_with_the_nearest_command_and_a_group_alone_with_its_help(group: tuple[str, ...]) -> None:
    alone = multijob(*group)
    slips = {name: multijob(*group, f"{name[0]}{name}") for name in GROUPS[group]}

    assert {done.exit_code for done in (alone, *slips.values())} == {2}
    assert [name for name in slips if f"  {name} " not in alone.stderr] == [] and alone.stdout == ""
    assert [name for name, done in slips.items() if "Did you mean" not in done.stderr] == []
    assert [name for name, done in slips.items() if f"'{name}'" not in done.stderr] == []


@pytest.mark.parametrize("how", ANSWERS)
def test_what_a_server_refuses_or_cannot_do_ends_with_1_and_a_sentence(tmp_path, monkeypatch, how: str) -> None:
    answer, sentence = ANSWERS[how]
    monkeypatch.setattr("runners.client.httpx.Client", partial(httpx.Client, transport=httpx.MockTransport(answer)))
    texts = {"run logs"} if how == "another server" else set()  # whatever they are, they are lines

    ended = {name: multijob(*words) for name, words in commands(tmp_path).items() if name not in texts}

    assert len(ended) > 50
    assert {name: done.exit_code for name, done in ended.items() if done.exit_code != 1} == {}
    assert {name: done.stderr for name, done in ended.items() if done.stderr != sentence} == {}


@pytest.mark.parametrize("words", ["run bulk retry", "job bulk run --every"])
def test_many_at_once_are_asked_about_first_and_no_answer_is_a_no(monkeypatch, words: str) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        plan = {"jobs": [], "change": 3, "total": 3, "digest": "d"}
        return httpx.Response(200, json=plan, headers={"X-Total-Count": "3"})

    monkeypatch.setattr("runners.client.httpx.Client", partial(httpx.Client, transport=httpx.MockTransport(answer)))

    done = multijob(*words.split())

    assert done.exit_code == 1 and "nothing was done: answer y, or say --expected 3\n" in done.stderr
    assert asked in (["/runs"], ["/jobs/bulk/preview"])


@pytest.fixture
def lonely(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with no server, no platform and no profile."""
    monkeypatch.setattr("runners.start.logs.configure", lambda settings: None)  # the process is the tests' own
    for name, value in {"REDIS_URL": "redis://127.0.0.1:1", "DATA_DIR": str(tmp_path), "BACKUP_KEY": "k" * 32}.items():
        monkeypatch.setenv(name, value)
    for name, value in {"MEMORY_FALLBACK": "never", "PORT": "9", "XDG_CONFIG_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("lonely")
def test_what_works_on_the_store_itself_says_in_a_line_that_there_is_none(tmp_path) -> None:
    ended = {words: multijob(*words.format(file=tmp_path / "backup").split()) for words in ON_THE_STORE}

    absent = "no server answers at 127.0.0.1:1: Connection refused; start it, or correct REDIS_URL\n"
    assert {words: done.exit_code for words, done in ended.items() if done.exit_code != 1} == {}
    assert {words: done.output for words, done in ended.items() if done.output != absent} == {}


@pytest.mark.usefixtures("lonely")
@pytest.mark.parametrize(("words", "code"), ALONE.items())
def test_what_needs_no_server_ends_as_it_went(words: str, code: int) -> None:
    done = multijob(*words.split())

    assert done.exit_code == code
    assert done.output.strip()


def test_every_command_stands_in_one_of_the_tables(tmp_path) -> None:
    started = [f"{words} " for words in (*ON_THE_STORE, *ALONE)]
    told = {name for name in COMMANDS if any(words.startswith(f"{name} ") for words in started)}

    assert set(COMMANDS) - told - set(commands(tmp_path)) == {"up"}  # tests/local/test_up.py


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        ("simulate --set inputs.allow_overlap=true", "--set is for a replay: name the job with --job"),
        ("simulate --since 1d", "--since is for a replay: name the job with --job"),
        ("simulate --job a --jobs 3", "a replay of --job takes --set, --since, --all and --limit"),
        ("simulate --job a --since soon", "is not a number with m, h, d or w, such as 7d"),
        ("plan backup --run", "--run and --wait say how to go on after --execute; add it"),
        ("plan backup --execute --wait 3", "--wait waits for the runs of --run; add it"),
        ("api GET jobs", "'jobs' is not a path of the API such as /jobs"),
        ("api GET /jobs -q limit", "--query 'limit' is not NAME=VALUE"),
        ("pause --job a --flow b", "give one of --job, --flow and --priority, or none for everything"),
        ("job bulk run", "name jobs, filter them, or say --every"),
        ("job bulk run a --every", "name jobs, or filter them, not both"),
        ("job list --limit 0", "0 is not in the range 1<=x<=1000"),
        ("job create -f nowhere.json", "'nowhere.json': No such file or directory"),
        ("profile set a:b --url http://x", "'a:b' is not 1 to 64 of A-Za-z0-9_-"),
        ("--profile x up", "--profile names a server to ask, and 'up' asks none: it works here"),
        ("healthy it", "'it' is not one of 'web', 'scheduler', 'worker', 'connector'"),
        ("--profil x job list", "Did you mean '--profile'?"),
        ("job list --serach x", "Did you mean '--search'?"),
    ],
)
def test_wrong_usage_ends_with_2_and_names_the_fix(words: str, fix: str) -> None:
    done = multijob(*words.split())

    assert (done.exit_code, done.stdout) == (2, "")
    assert fix in done.stderr
