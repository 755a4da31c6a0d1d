"""`multijob secrets`: a rotation that is killed again and again loses nothing, and ends."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from runners.cli import main
from runners.engine import operations, settings
from runners.engine.platform import open_platform
from runners.engine.store.records import load_records, names
from runners.engine.vault import Owner, Vault, new_key
from tests.processes import CHECKOUT
from tests.store.making import ADMIN
from tests.waiting import wait_until

ACCOUNTS = 60
OLD, NEW = new_key(), new_key()


@pytest.fixture
def mode() -> str:
    return "streams-redis7"


def multijob(env: Mapping[str, str], *words: str) -> subprocess.Popen[str]:
    settled = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT), **env}
    command = [sys.executable, "-m", "runners.cli", "secrets", *words]
    return subprocess.Popen(
        command, cwd=CHECKOUT, env=settled, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_a_new_key_is_one() -> None:
    made = CliRunner().invoke(main, ["secrets", "key"]).output.strip()

    assert settings.read({"ENCRYPTION_KEYS": made}).encryption_keys == (made,)


@pytest.mark.slow
def test_a_rotation_that_is_killed_goes_on_and_loses_nothing(server_env: dict[str, str], tmp_path: Path) -> None:
    with_old = open_platform(settings.read(server_env | {"ENCRYPTION_KEYS": OLD}))
    for number in range(ACCOUNTS):
        operations.save_account(with_old, ADMIN, "crm", str(number), {"secrets": {"a": f"secret-{number}"}})
    env, both, killed = server_env | {"ENCRYPTION_KEYS": f"{NEW},{OLD}"}, Vault([NEW, OLD]), 0

    def newest() -> int:
        return sum(both.is_newest(one["secrets/a"]) for one in sealed(with_old).values())

    for part in (1, 20, 40):
        running = multijob(env, "rotate")
        wait_until(lambda part=part: newest() >= part, 60, every=0.001)
        running.send_signal(signal.SIGKILL)
        running.communicate(timeout=60)
        killed += newest() < ACCOUNTS
        opened = {
            name: both.open(Owner("account", name, "secrets/a"), one["secrets/a"])
            for name, one in sealed(with_old).items()
        }
        assert opened == {f"crm/{number}": f"secret-{number}" for number in range(ACCOUNTS)}

    last = multijob(env, "rotate", "--json")
    told = json.loads(last.communicate(timeout=120)[0])
    print(f"\nkilled {killed} times inside a rotation of {ACCOUNTS} accounts")
    assert (last.returncode, told["resealed"] + told["current"], told["unreadable"]) == (0, ACCOUNTS, [])
    assert newest() == ACCOUNTS
    assert killed >= 1
    again = multijob(server_env | {"ENCRYPTION_KEYS": NEW}, "rotate", "--json")
    assert json.loads(again.communicate(timeout=120)[0])["current"] == ACCOUNTS
    assert again.returncode == 0


def sealed(platform: Any) -> dict[str, dict[str, str]]:
    found = load_records(platform.store, "account", names(platform.store, "account"))
    return {name: record.content["sealed"] for name, record in found.items()}
