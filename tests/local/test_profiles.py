"""Profiles: a server by name; its token goes in by stdin, is shown to that server alone, and never comes out."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runners.cli import main
from runners.profiles import Profile, Profiles, load, save
from tests.local.answering import Api

TOKEN = "mj_operator_of_the_night"
Multijob = Callable[..., Result]


@pytest.fixture
def multijob(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Multijob:
    """Run a command of somebody whose home is `tmp_path` and whose environment names no api."""
    for name in ("MULTIJOB_URL", "MULTIJOB_TOKEN", "MULTIJOB_PROFILE", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return lambda *words, stdin=None: CliRunner().invoke(main, words, input=stdin)


def url(api: Api) -> str:
    return f"http://127.0.0.1:{api.server_address[1]}/below/here"


def test_a_profile_is_asked_below_its_path_with_its_token(multijob: Multijob, api: Api) -> None:
    made = multijob("profile", "set", "night", "--url", url(api), stdin=f"{TOKEN}\n")
    assert made.exit_code == 0, made.stderr

    api.will_answer([])
    assert multijob("--profile", "night", "job", "list").exit_code == 0

    assert api.asked == [("GET", "/below/here/jobs?limit=200", None)]
    assert api.credentials == [f"Bearer {TOKEN}"]


def test_the_token_is_never_shown(multijob: Multijob, api: Api, tmp_path: Path) -> None:
    made = multijob("profile", "set", "night", "--url", url(api), "--json", stdin=f"{TOKEN}\n")
    listed, as_json = multijob("profile", "list"), multijob("profile", "list", "--json")

    assert json.loads(as_json.stdout) == [{"name": "night", "url": url(api), "has_token": True, "in_use": False}]
    assert TOKEN not in made.output + listed.output + as_json.output
    assert TOKEN not in repr(load(tmp_path / ".config/multijob/profiles.toml"))
    assert stat.S_IMODE((tmp_path / ".config/multijob/profiles.toml").stat().st_mode) == 0o600


@pytest.mark.parametrize("answer", ["bad gateway", ["bad", "gateway"], 502])
def test_whatever_stands_in_front_of_a_server_may_refuse_in_words_of_its_own(
    multijob: Multijob, api: Api, answer: object
) -> None:
    multijob("profile", "set", "night", "--url", url(api), "--no-token")
    api.will_answer(answer, status=502)

    refused = multijob("--profile", "night", "job", "list")

    assert (refused.exit_code, refused.stderr) == (1, "the server answered 502\n")


def test_the_one_in_use_holds_until_it_is_removed(multijob: Multijob, api: Api) -> None:
    multijob("profile", "set", "night", "--url", url(api), "--no-token")
    multijob("profile", "use", "night")
    api.will_answer([])

    assert multijob("job", "list").exit_code == 0
    assert len(api.asked) == 1 and api.credentials == [None]
    multijob("profile", "remove", "night")
    assert json.loads(multijob("profile", "list", "--json").stdout) == []


@pytest.mark.parametrize(("name", "value"), [("MULTIJOB_URL", None), ("MULTIJOB_TOKEN", "another-token")])
def test_an_address_and_a_token_come_from_one_place(
    multijob: Multijob, api: Api, monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    multijob("profile", "set", "night", "--url", url(api), stdin=f"{TOKEN}\n")
    multijob("profile", "use", "night")
    elsewhere = f"http://127.0.0.1:{api.server_address[1]}"
    monkeypatch.setenv(name, value or elsewhere)
    monkeypatch.setenv("PORT", "1")
    api.will_answer([])

    multijob("job", "list")

    # the environment's address is asked without the profile's token, the profile's without the environment's
    assert api.credentials == ([None] if value is None else [])
    multijob("--profile", "night", "job", "list")
    assert api.credentials[-1] == f"Bearer {TOKEN}" and api.asked[-1][1].startswith("/below/here/")


def test_the_environment_may_name_the_profile(multijob: Multijob, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    multijob("profile", "set", "night", "--url", url(api), "--no-token")
    monkeypatch.setenv("MULTIJOB_PROFILE", "night")
    api.will_answer([])

    assert multijob("job", "list").exit_code == 0

    assert len(api.asked) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_may_read_is_refused(multijob: Multijob, tmp_path: Path, mode: int) -> None:
    multijob("profile", "set", "night", "--url", "https://jobs.example.org", "--no-token")
    path = tmp_path / ".config/multijob/profiles.toml"
    path.chmod(mode)

    refused = multijob("--profile", "night", "job", "list")

    assert refused.exit_code == 1 and f"chmod 600 '{path}'" in refused.stderr


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["profile", "set", "a b", "--url", "https://x.org", "--no-token"], "1 to 64 of A-Za-z0-9_-"),
        (["profile", "set", "a", "--url", "ftp://x.org", "--no-token"], "the address"),
        (["profile", "set", "a", "--url", "https://me:secret@x.org", "--no-token"], "more than a host and a path"),
        (["profile", "set", "a", "--url", "https://x.org"], "give it on stdin"),
        (["--profile", "a", "user", "list"], "works here"),
    ],
)
def test_wrong_words_are_usage_errors(multijob: Multijob, words: list[str], fault: str) -> None:
    refused = multijob(*words, stdin="")

    assert refused.exit_code == 2 and fault in refused.stderr and "secret" not in refused.stderr


@pytest.mark.parametrize("words", [["--profile", "day", "job", "list"], ["profile", "use", "day"]])
def test_an_unknown_profile_is_named_with_those_that_are_known(multijob: Multijob, words: list[str]) -> None:
    multijob("profile", "set", "night", "--url", "https://jobs.example.org", "--no-token")

    refused = multijob(*words)

    assert refused.exit_code == 1 and "'day' (known: night)" in refused.stderr


@pytest.mark.parametrize(
    "text",
    [
        "use = 'gone'",
        "use = [1]",
        "profiles = 3",
        "other = 1",
        "[profiles.a]\ntoken = 'hidden-words'",
        "[profiles.a]\nurl = 3",
        "[profiles.a]\nurl = 'https://x.org'\ntoken = 'hidden-words with a space'",
        "[profiles.'a b']\nurl = 'https://x.org'",
        "[profiles.a",
    ],
)
def test_a_file_that_says_nothing_usable_is_named_and_not_quoted(multijob: Multijob, tmp_path: Path, text: str) -> None:
    save(path := tmp_path / ".config/multijob/profiles.toml", Profiles())
    path.write_text(text)

    refused = multijob("job", "list")

    assert refused.exit_code == 1 and str(path) in refused.stderr
    assert "hidden-words" not in refused.stderr and "Traceback" not in refused.stderr


def test_what_is_saved_is_what_is_read(tmp_path: Path) -> None:
    profiles = Profiles({"a": Profile("https://x.org/~a%20b", "\"\\'!~"), "B-_9": Profile("http://[::1]:8000")}, "a")

    save(tmp_path / "profiles.toml", profiles)

    assert load(tmp_path / "profiles.toml") == profiles
