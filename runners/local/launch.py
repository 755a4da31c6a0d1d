"""`multijob up`: check everything first, start the supervisor, wait until it serves, say where things are."""

import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import click

from runners.client import local_url
from runners.engine.errors import Conflict
from runners.engine.settings import Settings, read
from runners.local import coming_in, demo, plan, ready, state
from runners.local.logs import last_lines, log_path, open_log
from runners.local.port import require_free
from runners.local.proc import die_with_parent
from runners.start import require_a_way_in

# A program that ended by itself this often while starting will not start
HOPELESS_AFTER = 3


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line of `up` asks for; `port` None means PORT or its default."""

    port: int | None
    workers: int
    demo: bool
    detach: bool


def up(options: Options, environ: Mapping[str, str]) -> int:
    """Bring the platform up and stay until it ends, or return at once when detached; return the exit code."""
    asked = dict(environ) if options.port is None else {**environ, "PORT": str(options.port)}
    settings = read(asked)
    _require_alone(settings)
    require_free(settings.host, settings.port)
    chosen = plan.choose(settings, asked, with_demo=options.demo)
    require_a_way_in(read(chosen.environ))
    for notice in chosen.notices:
        click.echo(notice)
    supervisor = _start(options, chosen.environ)
    try:
        return _serve(options, settings, supervisor, chosen.environ)
    except BrokenPipeError:
        # whoever read what it says has read enough (`up --detach | head -1`); that is no reason to end it
        if not options.detach:
            _end(supervisor)
        raise
    except BaseException:
        _end(supervisor)
        raise


def _require_alone(settings: Settings) -> None:
    """Raise Conflict when this DATA_DIR is already up."""
    last = state.read(settings.data_dir)
    if last is not None and last.supervisor.is_alive():
        pid = last.supervisor.pid
        raise Conflict(f"already up for '{settings.data_dir}' (pid {pid}), at {last.url}; end it with: multijob stop")


def _start(options: Options, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the supervisor: on its own when detached, else bound to this process's life."""
    command = [sys.executable, "-m", "runners.local.supervisor", str(options.workers)]
    with open_log(state.LOGS, "up", "out") as out, open_log(state.LOGS, "up", "err") as err:
        return subprocess.Popen(
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
            preexec_fn=None if options.detach else die_with_parent(),
        )


def _serve(
    options: Options, settings: Settings, supervisor: subprocess.Popen[bytes], environ: Mapping[str, str]
) -> int:
    """Wait until it serves, say so, show the demo, and stay as long as asked."""
    url = local_url(settings)
    facts = _wait_until_ready(url, settings, supervisor)
    _say_where(url, settings, coming_in.whole_facts(facts, url, settings, environ))
    with coming_in.token_for_demo(settings, environ) if options.demo else nullcontext() as token:
        passed = demo.show(url, settings, token) if options.demo else True
    # after the demo: its token counts as somebody
    _say_how_to_sign_in(settings, environ)
    well = options.detach or stay(supervisor)
    return 0 if passed and well else 1


def _wait_until_ready(url: str, settings: Settings, supervisor: subprocess.Popen[bytes]) -> dict[str, Any]:
    """Return what /readyz says; a start that fails shows the end of the failing program's log."""
    try:
        return ready.wait(url, lambda: supervisor.poll() is None and not _hopeless(settings))
    except ready.NotReady as error:
        name = _hopeless(settings) or "up"
        log = last_lines(state.LOGS, name) or "(it wrote nothing)"
        raise ready.NotReady(f"the platform did not come up: {error}\n{name}.err.log ends with:\n{log}") from error


def _hopeless(settings: Settings) -> str:
    """Return the name of a program that keeps ending; '' when all is well."""
    last = state.read(settings.data_dir)
    return next((child.name for child in last.children if child.restarts >= HOPELESS_AFTER), "") if last else ""


def _say_where(url: str, settings: Settings, facts: Mapping[str, Any]) -> None:
    """Print the dashboard's address, the mode, and where things are."""
    click.echo(f"dashboard   {url}/ui")
    click.echo(f"mode        {facts['mode']}; durability: {facts['durability']}")
    click.echo(f"records     {settings.data_dir.resolve()}")
    click.echo(f"logs        {state.LOGS.resolve()}")
    click.echo("to stop     multijob stop (or scripts/stop-local)")
    for warning in facts.get("warnings", ()):
        click.echo(f"warning     {warning}")


def _say_how_to_sign_in(settings: Settings, environ: Mapping[str, str]) -> None:
    """Print the one-time link while nobody could sign in."""
    link = coming_in.first_link(settings, environ)
    if link:
        click.echo(f"sign in     {link}\n            once, within 15 minutes; then: multijob user first")


def stay(supervisor: subprocess.Popen[bytes]) -> bool:
    """Wait for the supervisor's end, and pass a request to end on to it; False, and why, when it did not end well."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.terminate())
    click.echo("Ctrl-C ends it")
    if status := supervisor.wait():
        log = log_path(state.LOGS, "up", "err")
        click.echo(f"the supervisor ended with {status}, and all that it kept running with it; see {log}", err=True)
    return not status


def _end(supervisor: subprocess.Popen[bytes]) -> None:
    """End a supervisor whose start failed or was interrupted; it ends its programs."""
    supervisor.terminate()
    supervisor.wait()
