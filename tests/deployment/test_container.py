"""The handbook's container files, as far as they go without an engine: linted, and what they promise kept by real processes.

The image's terms (no root, nothing to write to but its volume, no capability) are put up around real processes here.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from tests import servers
from tests.deployment.looking import ended_runs, ready
from tests.planted import ROLE_TOKENS, SECRET_KEY
from tests.processes import CHECKOUT, Spawned, Spawner
from tests.waiting import wait_until

DEPLOY = CHECKOUT / "docs/deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text())
PROGRAMS = ("web", "scheduler", "worker", "connector")
USER = "10001"
AS_IN_THE_IMAGE = f"""
set -e
data=$1; shift
open() {{
  # a folder below one that only root may enter is shown at its own place in this namespace
  closed=$1; while [ "$closed" != / ] && [ "$(stat -c %a "$closed" | tail -c 2)" != 0 ]; do closed=$(dirname "$closed"); done
  [ "$closed" != / ] || return 0
  keep=$(mktemp -d -p "$data"); mount --bind "$1" "$keep"; mount -t tmpfs -o mode=755 tmpfs "$closed"
  mkdir -p "$1"; mount --bind "$keep" "$1"
}}
mount --make-rprivate /
mount --bind "$data" "$data"
for folder in {sys.base_prefix} {sys.prefix} {CHECKOUT}; do open "$folder"; done
mount -o remount,ro,bind /
exec setpriv --reuid {USER} --regid {USER} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
"""

pytestmark = pytest.mark.slow


def test_the_image_s_file_has_no_known_fault() -> None:
    ended = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), DEPLOY / "Containerfile"], capture_output=True, text=True
    )

    assert (ended.returncode, ended.stdout) == (0, "")


def test_the_compose_file_is_one() -> None:
    words = ["check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(DEPLOY / "compose.yml")]
    ended = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True)

    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_service_is_watched_and_can_change_nothing_but_its_volumes() -> None:
    services = COMPOSE["services"]

    assert set(services) == {"redis", *PROGRAMS}
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["healthcheck"]["test"][0] == "CMD", name


@pytest.fixture
def folder() -> Iterator[Path]:
    """The volume: the only place that the image's user may write to."""
    with tempfile.TemporaryDirectory(prefix="volume-") as made:
        subprocess.run(["chown", f"{USER}:{USER}", made], check=True)
        yield Path(made)


def boxed(folder: Path) -> list[str]:
    """Return the words that put a program under the terms of the image."""
    return ["unshare", "--mount", "sh", "-c", AS_IN_THE_IMAGE, "sh", str(folder)]


@pytest.fixture
def environment(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of the image and of the compose file, with a port of this test."""
    with servers.running(servers.redis_binary()) as server:
        yield {
            "REDIS_URL": server.tcp_url,
            "DATA_DIR": str(folder),
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "PORT": str(servers.free_port()),
            "PYTHONDONTWRITEBYTECODE": "1",
            "MEMORY_FALLBACK": "never",
            "AUTH_ENABLED": "true",
            "AUTH_ADMIN_TOKEN": ROLE_TOKENS["admin"],
            "SECRET_KEY": SECRET_KEY,
        }


@pytest.fixture
def programs(folder: Path, environment: dict[str, str], tmp_path: Path) -> Iterator[dict[str, Spawned]]:
    """Every program, under the terms of the image."""
    spawner = Spawner(tmp_path)
    try:
        yield {name: spawner(name, env=environment, under=boxed(folder)) for name in PROGRAMS}
    finally:
        for spawned in spawner.spawned:
            spawned.kill()


def test_programs_work_and_are_healthy_under_the_terms_of_the_image(
    programs: dict[str, Spawned], environment: dict[str, str], folder: Path
) -> None:
    url, token = f"http://127.0.0.1:{environment['PORT']}", {"Authorization": f"Bearer {ROLE_TOKENS['admin']}"}
    with httpx.Client(base_url=url, headers=token, trust_env=False) as client:
        wait_until(lambda: ready(client), 60)
        for job_id, kind in (("sums", "report.daily"), ("keeps", "backup.export")):
            client.post("/jobs", json={"job_id": job_id, "type": kind})
            assert client.post(f"/jobs/{job_id}/run").is_success
        runs = wait_until(lambda: ended_runs(client, 2), 60)

    assert {run["status"] for run in runs} == {"success"}
    assert list((folder / "backups").iterdir())
    for name, spawned in programs.items():
        status = Path(f"/proc/{spawned.process.pid}/status").read_text()
        mounts = Path(f"/proc/{spawned.process.pid}/mountinfo").read_text().splitlines()
        asked = [
            *boxed(folder),
            sys.executable,
            "-m",
            "runners.cli",
            *COMPOSE["services"][name]["healthcheck"]["test"][2:],
        ]
        health = subprocess.run(
            asked, env=environment | {"PATH": _path()}, cwd=CHECKOUT, capture_output=True, text=True
        )
        assert f"Uid:\t{USER}\t{USER}\t{USER}\t{USER}" in status, name
        assert "CapEff:\t0000000000000000" in status, name
        assert next(line for line in mounts if line.split()[4] == "/").split()[5].startswith("ro"), name
        assert (health.returncode, f"{name}-" in health.stdout) == (0, True), health.stderr


def test_a_program_that_does_not_run_is_not_healthy(environment: dict[str, str], folder: Path) -> None:
    words = [sys.executable, "-m", "runners.cli", "healthy", "worker"]
    ended = subprocess.run(words, env=environment | {"PATH": _path()}, cwd=CHECKOUT, capture_output=True, text=True)

    assert ended.returncode == 1
    assert "no worker of host" in ended.stderr


def _path() -> str:
    return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
