"""`multijob backup` and `multijob restore`, as somebody types them."""

import json
import logging
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runners.cli import main
from runners.engine import operations
from runners.engine.vault import new_key
from tests.planted import PASSWORD
from tests.store.making import ADMIN, save


@pytest.fixture
def multijob(platform, server_env, monkeypatch):
    """Run a command in the environment of the platform's processes, or of a deployment beside it under another prefix."""
    for name, value in (
        server_env | {"HOME": server_env["DATA_DIR"], "BACKUP_KEY": "a passphrase of the night"}
    ).items():
        monkeypatch.setenv(name, value)
    # the process is the tests' own: how it logs stays as it is
    monkeypatch.setattr("runners.start.logs.configure", lambda settings: None)

    def run(*words: str, prefix: str = "", key: str = "") -> Result:
        env = ({"KEY_PREFIX": prefix} if prefix else {}) | ({"BACKUP_KEY": key} if key else {})
        return CliRunner().invoke(main, words, env=env)

    yield run
    platform.store.redis.flushdb()
    logging.captureWarnings(False)


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_a_deployment_goes_into_a_file_and_comes_out_beside_it(multijob, platform, tmp_path: Path) -> None:
    operations.create_person(platform, ADMIN, "ana", operations.Role.ADMIN, PASSWORD)
    operations.save_account(platform, ADMIN, "crm", "a", {"secrets": {"token": "secret-of-a"}})
    file = str(tmp_path / "all.backup")

    made = multijob("backup", file, "--json")
    checked = multijob("backup", file, "--check", "--json")
    refused = [
        multijob("backup", file),
        multijob("restore", file),
        multijob("restore", file, prefix="b:", key=new_key()),
    ]
    restored = multijob("restore", file, "--json", prefix="b:")

    assert made.exit_code == 0, made.stderr
    assert json.loads(made.stdout)["holds"] | {"access": 1, "account": 1} == json.loads(made.stdout)["holds"]
    assert json.loads(checked.stdout)["key_fits"] is True
    assert [one.exit_code for one in refused] == [2, 1, 1]
    assert "--force" in refused[0].stderr and "not empty" in refused[1].stderr and "the key is not" in refused[2].stderr
    assert restored.exit_code == 0, restored.stderr
    assert [row["name"] for row in json.loads(multijob("user", "list", "--json", prefix="b:").stdout)] == ["ana"]
    assert multijob("audit", "verify", prefix="b:").exit_code == 0
    assert "secret-of-a" not in made.output + restored.output


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_without_a_key_nothing_is_made(multijob, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("BACKUP_KEY")

    refused = multijob("backup", str(tmp_path / "all.backup"))

    assert refused.exit_code == 2 and "needs a key" in refused.stderr
    assert list(tmp_path.glob("*all.backup*")) == []


@pytest.mark.parametrize("mode", ["streams-redis7"])
@pytest.mark.parametrize("words", [["backup", "gone/all.backup"], ["restore", "gone"], ["backup", "gone", "--check"]])
def test_a_file_that_cannot_be_used_is_named(multijob, tmp_path: Path, words: list[str]) -> None:
    refused = multijob(words[0], str(tmp_path / words[1]), *words[2:])

    assert refused.exit_code == 1 and "cannot be read or written: No such file" in refused.stderr


@pytest.mark.parametrize("mode", ["streams-redis7"])
def test_what_cannot_be_read_is_named_when_it_is_made_checked_and_restored(multijob, platform, tmp_path: Path) -> None:
    operations.create_person(platform, ADMIN, "ana", operations.Role.ADMIN, PASSWORD)
    save(platform, "torn")
    platform.store.redis.delete(platform.store.keys.job("torn"))
    platform.store.redis.set(platform.store.keys.job("torn"), "no hash")
    file = str(tmp_path / "all.backup")

    made, checked = multijob("backup", file, "--json"), multijob("backup", file, "--check", "--json")
    restored = multijob("restore", file, "--json", prefix="b:")

    assert [one.exit_code for one in (made, checked, restored)] == [1, 0, 0], restored.output
    for one in (made, checked, restored):
        (named,) = json.loads(one.stdout)["unreadable"]
        assert "'torn'" in named
    assert "unreadable" not in json.loads(restored.stdout)["holds"]
