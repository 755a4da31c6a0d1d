"""Commands as runs: only what the server allows, and what becomes of it."""

import json
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from runners.engine.handler import HandlerFailed
from runners.engine.programs.allowed import allowed_program, open_folder
from runners.handlers.command import run
from tests.handlers.context import FakeContext, perform
from tests.handlers.programs import python


def test_an_allowed_program_runs_and_its_output_is_kept(allowed, root):
    output = perform(run, allowed, argv=["df", "-Pk", str(root)])

    assert output["exit_status"] == 0
    assert "Filesystem" in output["stdout"]
    assert output["stdout_bytes"] == len(output["stdout"].encode())
    assert output["truncated"] is False


def test_arguments_reach_the_program_untouched_by_any_shell(allowed):
    odd = ["$HOME; echo x", "*", "a b", "", "`id`", "--", "ü\n"]

    output = python(allowed, "import sys; print(ascii(sys.argv[1:]))", *odd)

    assert output["stdout"].strip() == ascii(odd)


def test_the_environment_is_empty_but_for_what_the_server_gives(allowed, root, monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://:secret@localhost/")

    output = python(allowed, "import os, json; print(json.dumps(dict(os.environ)))")

    environment = json.loads(output["stdout"])
    assert environment.pop("LC_CTYPE", None) in (None, "C.UTF-8")  # Python sets it for itself
    assert environment == {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(root),
    }


def test_only_the_three_standard_streams_are_open_in_the_program(allowed):
    output = python(allowed, "import os; print(sorted(int(n) for n in os.listdir('/proc/self/fd'))[:4])")

    assert output["stdout"].strip() == "[0, 1, 2, 3]"  # 3 is the listing itself


@pytest.mark.parametrize(("stdin", "read"), [(None, ""), ("zwölf", "zwölf"), ("x" * 200_000, "x" * 200_000)])
def test_stdin_is_the_text_of_the_job_or_nothing(allowed, stdin, read):
    output = python(allowed, "import sys; t = sys.stdin.read(); print(len(t), t[:5])", stdin=stdin)

    assert output["stdout"].strip() == f"{len(read)} {read[:5]}".strip()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "import sys; print('first', file=sys.stderr); sys.exit('no space left\\n\\n')",
            "exit status 1: no space left",
        ),
        ("raise SystemExit(7)", "exit status 7"),
        ("import os; os.kill(os.getpid(), 9)", "ended by signal 9 (Killed)"),
        ("import os; os.kill(os.getpid(), 40)", "ended by signal 40"),
    ],
)
def test_a_program_that_ends_badly_is_a_failed_run_that_says_how(allowed, code, message):
    with pytest.raises(HandlerFailed) as failure:
        python(allowed, code)

    assert str(failure.value).startswith(message)


def test_without_any_allowed_program_the_error_names_the_variable(configured):
    with pytest.raises(HandlerFailed, match="AGENT_COMMAND_ALLOW_PREFIXES"):
        perform(run, FakeContext(settings=configured()), argv=["df"])


@pytest.mark.parametrize(
    ("argv", "runs"),
    [
        (["df", "-Pk"], True),
        (["df", "-Pk", "/"], True),
        (["/bin/df", "-Pk"], True),
        (["/usr/bin/df", "-Pk"], True),
        (["df"], False),
        (["df", "-P"], False),
        (["df", "-Pk "], False),
        (["df", "/", "-Pk"], False),
        (["./df", "-Pk"], False),
        (["../../bin/df", "-Pk"], False),
        (["/usr/bin/../bin/sh", "-Pk"], False),
        (["sh", "-c", "df -Pk"], False),
        (["DF", "-Pk"], False),
        (["df\n", "-Pk"], False),
        (["", "-Pk"], False),
        (["no-such-program"], False),
    ],
)
def test_a_program_runs_only_under_an_allowed_prefix(argv, runs):
    prefixes = (("df", "-Pk"), ("no-such-program",))

    if runs:
        assert allowed_program(argv, prefixes) == "/usr/bin/df"
    else:
        with pytest.raises(HandlerFailed, match="matches no entry"):
            allowed_program(argv, prefixes)


def test_a_link_that_shares_its_target_with_an_allowed_program_is_not_allowed(tmp_path):
    binary = tmp_path / "box"
    binary.write_text("#!/bin/sh\n")
    binary.chmod(0o755)
    for name in ("cat", "sh"):
        (tmp_path / name).symlink_to(binary)

    with pytest.raises(HandlerFailed):
        allowed_program([str(tmp_path / "sh")], [[str(tmp_path / "cat")]])


@pytest.mark.parametrize(
    ("cwd", "place"), [(None, "."), ("inner", "inner"), ("./inner/..", "."), ("{root}/inner", "inner")]
)
def test_a_command_works_in_a_folder_within_the_roots(allowed, root, cwd, place):
    output = python(allowed, "import os; print(os.getcwd())", cwd=cwd and cwd.format(root=root))

    assert output["stdout"].strip() == str((root / place).resolve())


@pytest.mark.parametrize("cwd", ["..", "/", "/etc", "inner/../..", "/no/such/folder", "out", "out/deeper", "{root}-2"])
def test_a_folder_outside_the_roots_is_refused_and_not_told_about(allowed, root, cwd):
    (root / "out").symlink_to("/etc")
    Path(f"{root}-2").mkdir()

    with pytest.raises(HandlerFailed, match="is not within AGENT_COMMAND_ALLOWED_ROOTS"):
        python(allowed, "", cwd=cwd.format(root=root))


@pytest.mark.parametrize("cwd", ["missing", "file"])
def test_a_folder_within_the_roots_that_cannot_be_entered_is_named(allowed, root, cwd):
    (root / "file").touch()

    with pytest.raises(HandlerFailed, match=f"cwd '{cwd}' cannot be entered"):
        python(allowed, "", cwd=cwd)


def test_a_link_that_is_swapped_in_after_the_check_is_not_followed(root, monkeypatch):
    (root / "swap").symlink_to("/etc")
    monkeypatch.setattr(os.path, "realpath", lambda path: str(path))

    with pytest.raises(HandlerFailed, match="cannot be entered"):
        open_folder("swap", [root])


def test_without_configured_roots_commands_work_in_a_folder_of_their_own(configured, tmp_path):
    settings = configured(AGENT_COMMAND_ALLOW_PREFIXES="pwd")

    output = perform(run, FakeContext(settings=settings), argv=["pwd"])

    assert output["stdout"].strip() == str(tmp_path / "platform" / "commands")


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({}, "argv"),
        ({"argv": []}, "argv"),
        ({"argv": "df -Pk"}, "argv"),
        ({"argv": ["x"] * 65}, "argv"),
        ({"argv": ["df", 1]}, "argv"),
        ({"argv": ["df\0"]}, "NUL"),
        ({"argv": ["df"], "cwd": "a\0"}, "NUL"),
        ({"argv": ["df"], "cwd": ""}, "cwd"),
        ({"argv": ["df"], "env": {"PATH": "/tmp"}}, "env"),
        ({"argv": ["df"], "shell": True}, "shell"),
    ],
)
def test_bad_inputs_are_refused_when_the_job_is_saved(inputs, named):
    with pytest.raises(ValidationError, match=named):
        run.parse_inputs(inputs)
