"""`multijob audit` in a process of its own, with no web process: what was done to the store by hand is named."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runners import auditing
from runners.engine.platform import Platform
from tests.store.making import save

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def mode() -> str:
    """A real server: another process reads it."""
    return "streams-redis7"


def multijob(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    program = [sys.executable, "-m", "runners.cli", *words]
    return subprocess.run(program, env=env, cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=False)


def entries(platform: Platform) -> list[tuple[str, float]]:
    found: Any = platform.store.redis.zrange(platform.store.keys.audit, 0, -1, withscores=True)
    return list(found)


def edit(platform: Platform) -> None:
    (_, (text, place), *_) = entries(platform)
    platform.store.redis.zrem(platform.store.keys.audit, text)
    platform.store.redis.zadd(platform.store.keys.audit, {text.replace('"ada"', '"eve"'): place})


def delete(platform: Platform) -> None:
    platform.store.redis.zrem(platform.store.keys.audit, entries(platform)[1][0])


def swap(platform: Platform) -> None:
    (_, (first, at), (second, behind), *_) = entries(platform)
    platform.store.redis.zadd(platform.store.keys.audit, {first: behind, second: at})


def truncate(platform: Platform) -> None:
    """Cut the end off, and put the head back as it was then: the chain alone could not tell."""
    text, _ = entries(platform)[1]
    id, number, key, seal, _ = text.split("|", 4)
    platform.store.redis.zremrangebyrank(platform.store.keys.audit, 2, -1)
    platform.store.redis.set(platform.store.keys.audit_head, f"{number}|{id}|{key}|{seal}")


def insert(platform: Platform) -> None:
    text, place = entries(platform)[1]
    id, rest = text.split("|", 1)
    platform.store.redis.zadd(platform.store.keys.audit, {f"{int(id) + 1}|{rest}": place + 1})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (edit, "entry 2: it was changed"),
        (delete, "entry 2: entry 2 is missing"),
        (swap, "entry 2:"),
        (truncate, "entry 3: entries 3 to 4 are missing at the end: an earlier check has seen entry 4"),
        (insert, "entry 2: it stands behind entry 2"),
    ],
)
def test_whatever_was_done_to_the_store_by_hand_is_named(platform, server_env, tamper, named):
    for timeout_ms in (1000, 2000, 3000, 4000):
        save(platform, timeout_ms=timeout_ms)
    well = multijob(server_env, "audit", "verify") if tamper is truncate else None
    tamper(platform)

    found = multijob(server_env, "audit", "verify", "--json")

    assert well is None or (well.returncode, well.stdout[:12]) == (0, "ok 4 entries"), well.stdout + well.stderr
    assert found.returncode == 1
    assert any(fault.startswith(named) for fault in json.loads(found.stdout)["faults"]), found.stdout


@pytest.mark.slow
def test_an_export_is_checked_anywhere_and_a_wrong_key_is_named(platform, server_env, tmp_path):
    save(platform)
    save(platform, timeout_ms=1000)
    file = tmp_path / "audit.jsonl"
    exported = multijob(server_env, "audit", "export", "--output", str(file))
    rows = [json.loads(line) for line in file.read_text().splitlines()]

    well = multijob(server_env, "audit", "verify", str(file))
    stranger = multijob(server_env | {"SECRET_KEY": "another key of another day"}, "audit", "verify", str(file))
    file.write_text(file.read_text().replace("ada", "eve"))
    changed = multijob(server_env, "audit", "verify", str(file))

    assert exported.returncode == well.returncode == 0, well.stdout + well.stderr
    assert [(row["operation"], row["object"]) for row in rows] == [("save_job", "job:daily")] * 2
    assert (stranger.returncode, changed.returncode) == (1, 1)
    assert "add it to AUDIT_KEYS" in stranger.stdout
    assert "BAD entry 1: it was changed" in changed.stdout


@pytest.mark.parametrize(
    ("sealed", "said"), [('"operation": "save_job"', '"operation": "read"'), ('"before": null', '"before": 0')]
)
def test_what_people_read_in_an_export_is_what_was_sealed(platform, sealed, said):
    save(platform)
    keys, lines = platform.store.seal.keys, [json.dumps(line) for line in auditing.export(platform)]

    changed = auditing.check_export([lines[0].replace(sealed, said)], keys)

    assert sealed in lines[0]
    assert auditing.check_export(lines, keys).faults == []
    assert [str(fault) for fault in changed.faults] == [f"entry 1: {auditing.UNLIKE}"]


@pytest.mark.slow
def test_a_broken_end_is_gone_on_with_when_a_person_says_so(platform, server_env):
    save(platform)
    save(platform, timeout_ms=1000)
    platform.store.redis.zremrangebyrank(platform.store.keys.audit, -1, -1)

    resumed = multijob(server_env, "audit", "resume", "--reason", "a row was deleted by hand")
    found = multijob(server_env, "audit", "verify")

    assert (resumed.returncode, resumed.stdout) == (0, "the audit goes on with entry 3\n")
    assert (found.returncode, found.stdout.count("BAD entry")) == (1, 1)
    assert save(platform, timeout_ms=2000).spec.timeout_ms == 2000
