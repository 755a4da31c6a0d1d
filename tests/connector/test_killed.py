"""The connector is killed with SIGKILL at every step of a conversation, in each named moment of handling an update."""

import os
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack

import pytest

from runners.engine import operations
from runners.engine.operations import Actor, Role
from runners.engine.store import chats
from runners.engine.store.audit import AuditFilter, list_entries
from tests.connector.bot_api import SENDER
from tests.connector.dying import WINDOWS
from tests.connector.looking import told
from tests.connector.outside import platform, server_env
from tests.processes import CHECKOUT, ending
from tests.waiting import wait_until

__all__ = ["platform", "server_env"]
ADMIN = Actor("ana", Role.ADMIN, "api")
PATIENCE_SEC = 60
STEPS = 8
REPEATED = "the reply is said and still kept"
"""In this moment alone may a reply come twice: nothing says whether the channel has taken it."""


class Mortal:
    """Keeps a connector alive that dies when it is told to; `kills` counts how often it did."""

    def __init__(self, env, window, folder, stack):
        self.kills = 0
        self._file = folder / "die"
        self._log = stack.enter_context((folder / "connector.log").open("ab"))
        self._env = env | {"DIE_AT": window, "DIE_FILE": str(self._file), "PATH": os.environ["PATH"]}
        self._stack = stack
        self._start()

    def die_during(self, act):
        """Do `act`, see the connector die of it, start it again, and return what `act` did."""
        self._file.touch()
        update_id = act()
        wait_until(lambda: self._process.poll() is not None, PATIENCE_SEC)
        assert self._process.returncode == -9
        self.kills += 1
        self._start()
        return update_id

    def _start(self):
        command = [sys.executable, "-m", "tests.connector.dying", "connector"]
        self._process = subprocess.Popen(command, cwd=CHECKOUT, env=self._env, stdout=self._log, stderr=self._log)
        self._stack.enter_context(ending(self._process))


@pytest.mark.slow
@pytest.mark.parametrize("window", WINDOWS)
def test_killed_at_every_step_each_command_has_one_effect(platform, server_env, api, tmp_path, window):
    spec = {"job_id": "deploy", "type": "simulation.heavy", "schedule": None, "requires_approval": True}
    operations.save_job(platform, ADMIN, spec | {"approvers": {"role": "operator"}})
    deploy = operations.run_job(platform, ADMIN, "deploy")
    with ExitStack() as stack:
        mortal = Mortal(server_env, window, tmp_path, stack)
        converse(mortal, api, platform, deploy.run_id)

    done = Counter(entry.said["operation"] for entry in entries(platform))
    runs = operations.list_runs(platform, ADMIN, operations.RunFilter(job_id="backup-export"), 9)
    replies = Counter(text for text in api.texts)
    print(
        f"killed when {window}: {mortal.kills} times; done: {dict(done)}; replies twice: {sum(replies.values()) - len(replies)}"
    )
    assert mortal.kills == STEPS
    assert done == Counter({"execute_plan": 1, "run_job": 1, "decide_approval": 1, "cancel_run": 1})
    assert runs.total == 1
    assert operations.get_run(platform, ADMIN, deploy.run_id).status == "cancelled"
    assert told(platform, "telegram.command.failed") == ()
    assert window == REPEATED or max(replies.values()) == 1


def converse(mortal, api, platform, run_id):
    """Plan, execute, watch, ask why, approve and cancel; each step kills, and is answered all the same."""

    def step(act):
        update_id = mortal.die_during(act)
        wait_until(lambda: is_over(platform, update_id), PATIENCE_SEC)

    def press(label):
        number = max(number for number in api.messages if label in api.buttons(number))
        return api.press(api.buttons(number)[label], number=number)

    step(lambda: api.say("/run backup sekarang"))
    step(lambda: press("Execute"))
    step(lambda: api.say("/watch backup-export"))
    step(lambda: api.say("/why backup-export"))
    step(lambda: api.say("/approvals deploy"))
    step(lambda: press("Approve"))
    step(lambda: api.say(f"/cancel {run_id}"))
    step(lambda: press("Cancel the run of deploy"))


def is_over(platform, update_id):
    """Say whether the update is settled and all is said."""
    place = "telegram:default"
    return chats.was_heard(platform.store, place, update_id) and chats.waits_for(platform.store, place) == 0


def entries(platform):
    return list_entries(platform.store, AuditFilter(actor=f"telegram:{SENDER}"), limit=100).rows
