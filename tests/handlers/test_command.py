"""Programs as runs: only what the server allows, nothing left behind."""

import json
import os
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from runners.engine.handler import Cancelled, HandlerFailed, TimedOut
from runners.handlers import program
from runners.handlers.command import allowed_program, open_folder, run
from tests.handlers.context import FakeContext, perform
from tests.waiting import wait_until

PYTHON = os.path.realpath(sys.executable)


@pytest.fixture
def root(tmp_path):
    """The one folder in which commands may work."""
    (tmp_path / "root" / "inner").mkdir(parents=True)
    return tmp_path / "root"


@pytest.fixture
def ctx(configured, root):
    """A context on a server that allows Python and `df -Pk` in `root`."""
    prefixes = f"{PYTHON},df -Pk"
    return FakeContext(
        settings=configured(AGENT_COMMAND_ALLOW_PREFIXES=prefixes, AGENT_COMMAND_ALLOWED_ROOTS=str(root))
    )


def python(ctx, code, *arguments, **inputs):
    return perform(run, ctx, argv=[PYTHON, "-c", code, *arguments], **inputs)


def is_alive(pid):
    """True while the process runs; a zombie that nobody has reaped yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_an_allowed_program_runs_and_its_output_is_kept(ctx, root):
    output = perform(run, ctx, argv=["df", "-Pk", str(root)])

    assert output["exit_status"] == 0
    assert "Filesystem" in output["stdout"]
    assert output["stdout_bytes"] == len(output["stdout"].encode())
    assert output["truncated"] is False


def test_arguments_reach_the_program_untouched_by_any_shell(ctx):
    odd = ["$HOME; echo x", "*", "a b", "", "`id`", "--", "ü\n"]

    output = python(ctx, "import sys; print(ascii(sys.argv[1:]))", *odd)

    assert output["stdout"].strip() == ascii(odd)


def test_the_environment_is_empty_but_for_what_the_server_gives(ctx, root, monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://:secret@localhost/")

    output = python(ctx, "import os, json; print(json.dumps(dict(os.environ)))")

    environment = json.loads(output["stdout"])
    assert environment.pop("LC_CTYPE", None) in (None, "C.UTF-8")  # Python sets it for itself
    assert environment == {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(root),
    }


def test_only_the_three_standard_streams_are_open_in_the_program(ctx):
    output = python(ctx, "import os; print(sorted(int(n) for n in os.listdir('/proc/self/fd'))[:4])")

    assert output["stdout"].strip() == "[0, 1, 2, 3]"  # 3 is the listing itself


@pytest.mark.parametrize(("stdin", "read"), [(None, ""), ("zwölf", "zwölf"), ("x" * 200_000, "x" * 200_000)])
def test_stdin_is_the_text_of_the_job_or_nothing(ctx, stdin, read):
    output = python(ctx, "import sys; t = sys.stdin.read(); print(len(t), t[:5])", stdin=stdin)

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
def test_a_program_that_ends_badly_is_a_failed_run_that_says_how(ctx, code, message):
    with pytest.raises(HandlerFailed) as failure:
        python(ctx, code)

    assert str(failure.value).startswith(message)


def test_without_any_allowed_program_the_error_names_the_variable(configured):
    with pytest.raises(HandlerFailed, match="AGENT_COMMAND_ALLOW_PREFIXES"):
        perform(run, FakeContext(settings=configured()), argv=["df"])


@pytest.mark.parametrize(
    ("argv", "allowed"),
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
def test_a_program_runs_only_under_an_allowed_prefix(argv, allowed):
    prefixes = (("df", "-Pk"), ("no-such-program",))

    if allowed:
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
def test_a_command_works_in_a_folder_within_the_roots(ctx, root, cwd, place):
    output = python(ctx, "import os; print(os.getcwd())", cwd=cwd and cwd.format(root=root))

    assert output["stdout"].strip() == str((root / place).resolve())


@pytest.mark.parametrize("cwd", ["..", "/", "/etc", "inner/../..", "/no/such/folder", "out", "out/deeper", "{root}-2"])
def test_a_folder_outside_the_roots_is_refused_and_not_told_about(ctx, root, cwd):
    (root / "out").symlink_to("/etc")
    Path(f"{root}-2").mkdir()

    with pytest.raises(HandlerFailed, match="is not within AGENT_COMMAND_ALLOWED_ROOTS"):
        python(ctx, "", cwd=cwd.format(root=root))


@pytest.mark.parametrize("cwd", ["missing", "file"])
def test_a_folder_within_the_roots_that_cannot_be_entered_is_named(ctx, root, cwd):
    (root / "file").touch()

    with pytest.raises(HandlerFailed, match=f"cwd '{cwd}' cannot be entered"):
        python(ctx, "", cwd=cwd)


def test_a_link_that_is_swapped_in_after_the_check_is_not_followed(root, monkeypatch):
    (root / "swap").symlink_to("/etc")
    monkeypatch.setattr(os.path, "realpath", lambda path: str(path))

    with pytest.raises(HandlerFailed, match="cannot be entered"):
        open_folder("swap", [root])


def test_without_configured_roots_commands_work_in_a_folder_of_their_own(configured, tmp_path):
    settings = configured(AGENT_COMMAND_ALLOW_PREFIXES="pwd")

    output = perform(run, FakeContext(settings=settings), argv=["pwd"])

    assert output["stdout"].strip() == str(tmp_path / "platform" / "commands")


def test_a_flood_of_output_is_counted_and_cut(ctx):
    output = python(ctx, "import os\nfor _ in range(100): os.write(1, b'x' * 100_000)\nos.write(2, b'done')")

    assert output["stdout_bytes"] == 10_000_000
    assert len(output["stdout"]) == 40_960
    assert output["stderr"] == "done"
    assert output["truncated"] is True


def test_a_grandchild_that_holds_the_pipe_holds_up_nobody_and_is_ended(ctx):
    started = time.monotonic()

    output = python(
        ctx,
        "import subprocess, sys\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True)",
    )

    assert time.monotonic() - started < 5
    grandchild = int(output["stdout"])
    wait_until(lambda: not is_alive(grandchild))


STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    with open(sys.argv[1] + '.part', 'w') as told: told.write(f'{os.getpid()} {child}')
    os.rename(sys.argv[1] + '.part', sys.argv[1])
while True: time.sleep(600)
"""


def cancel_when(ctx, condition):
    """Cancel the run as soon as the condition holds."""

    def watch():
        wait_until(condition)
        ctx.cancel.set()

    threading.Thread(target=watch, daemon=True).start()


def test_a_program_that_ignores_sigterm_is_killed_with_its_children(ctx, root):
    told = root / "pids"
    cancel_when(ctx, told.exists)
    started = time.monotonic()

    with pytest.raises(Cancelled):
        python(ctx, STUBBORN, str(told))

    assert time.monotonic() - started < 5
    for pid in told.read_text().split():
        wait_until(lambda pid=pid: not is_alive(int(pid)))


def test_a_program_is_asked_politely_first(ctx, root):
    ready, parted = root / "ready", root / "parted"
    cancel_when(ctx, ready.exists)

    with pytest.raises(Cancelled):
        python(
            ctx,
            "import pathlib, signal, sys, time\n"
            "def part(*_): pathlib.Path(sys.argv[2]).touch(); sys.exit()\n"
            "signal.signal(signal.SIGTERM, part); pathlib.Path(sys.argv[1]).touch(); time.sleep(600)",
            str(ready),
            str(parted),
        )

    assert parted.exists()


def test_a_run_that_is_out_of_time_ends_its_program(ctx):
    ctx.timeout, ctx.time_per_check = timedelta(seconds=1), timedelta(seconds=0.2)

    with pytest.raises(TimedOut):
        python(ctx, "import time; time.sleep(600)")


def test_a_program_dies_with_the_process_that_runs_it(tmp_path):
    worker = os.fork()
    if not worker:
        _run_for_ever(tmp_path)
    told = tmp_path / "pid"
    wait_until(told.exists)
    pid = int(told.read_text())
    assert is_alive(pid)

    os.kill(worker, 9)
    os.waitpid(worker, 0)

    wait_until(lambda: not is_alive(pid))


def _run_for_ever(folder):
    """In the forked worker: run a program that tells its pid and stays."""
    code = (
        "import os, sys, time\n"
        "with open('part', 'w') as told: told.write(str(os.getpid()))\n"
        "os.rename('part', 'pid'); time.sleep(600)"
    )
    here = os.open(folder, os.O_RDONLY)
    program.run(
        [PYTHON, "-c", code], folder=here, environment={"PATH": "", "LANG": "", "HOME": ""}, stdin=None, check=int
    )
    os._exit(0)


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
