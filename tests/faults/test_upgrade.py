"""Rolled out, and rolled back, under load: two versions side by side, the newer one with a form of data of its own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults import books
from tests.faults.deployment import Deployment
from tests.faults.marks import LISTS_SELDOM
from tests.processes import CHECKOUT, Spawned
from tests.waiting import wait_until

KINDS = ("scheduler", "worker", "web")
JOBS = 8
NEWER = "9.9.9"
STEP = '''
FORMAT = 3


def _stamp(store: Store, live: Callable[[], None]) -> None:
    """Give every job a field that only this version knows."""
    for job_id in store.redis.zrange(store.keys.jobs, 0, -1):
        live()
        set_fields(store.redis, store.keys.job(job_id), {"of_tomorrow": '{"a": ['})


MIGRATIONS: tuple[Migration, ...] = (Migration(2, 1, fill_outcomes), Migration(3, WORKS_FROM, _stamp))
'''

pytestmark = pytest.mark.slow


def tomorrow(folder: Path, works_from: int = 1) -> Path:
    """Return a checkout of a newer version, which brings jobs to a form of its own."""
    made = folder / "tomorrow"
    for name in ("runners", "webapp", "templates", "static", "wsgi.py"):
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, made / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, made / name)
    version = made / "runners/engine/version.py"
    version.write_text(re.sub(r'VERSION = ".*"', f'VERSION = "{NEWER}"', version.read_text()))
    form = made / "runners/engine/store/data_format.py"
    text, number = re.subn(
        r"^MIGRATIONS: .*$", STEP.replace("WORKS_FROM", str(works_from)), form.read_text(), flags=re.M
    )
    assert number == 1, "the steps stand elsewhere now"
    form.write_text(text)
    return made


def of(version: Path, deployment: Deployment) -> Sequence[str]:
    """Return the words that start a program of a version from its own folder."""
    return ["env", "-C", str(version), f"PYTHONPATH={version}:{deployment.env['PYTHONPATH']}"]


def roll(deployment: Deployment, running: dict[str, Spawned], version: Path) -> dict[str, Spawned]:
    """Replace each program by one of the version, one after the other, and wait until runs end under it."""
    replaced = {}
    for kind, old in running.items():
        assert deployment.stop(old, timeout=30) == 0, kind
        replaced[kind] = deployment.start(kind, under=of(version, deployment))
    ended = deployment.events("run.completed")
    wait_until(lambda: deployment.events("run.completed") > ended + JOBS, 60)
    return replaced


def versions(deployment: Deployment) -> set[str]:
    """Return which versions say that they are online."""
    agents = deployment.client.send("GET", "/agents")
    assert agents is not None
    return {row["version"] for row in agents.body if row["status"] == "online"}


@LISTS_SELDOM
def test_nothing_is_lost_on_the_way_there_and_back(deployment: Deployment, tmp_path: Path) -> None:
    running = deployment.start_all(*KINDS)
    for number in range(JOBS):
        deployment.save(f"every-{number}", every=1)
    today = versions(deployment)

    there = roll(deployment, dict(zip(KINDS, running, strict=True)), tomorrow(tmp_path))
    store = deployment.platform.store
    assert versions(deployment) == {NEWER}
    assert store.redis.hgetall(store.keys.data_format) == {"version": "3", "works_from": "1"}
    assert store.redis.hget(store.keys.job("every-0"), "of_tomorrow")
    back = roll(deployment, there, CHECKOUT)

    assert versions(deployment) == today
    assert set(back) == set(KINDS)
    assert books.close(deployment) == []
    assert deployment.dead() == []
    print(f"{deployment.events('run.completed')} runs on the way")


def test_an_older_version_refuses_data_that_it_would_harm(deployment: Deployment, tmp_path: Path) -> None:
    deployment.save("daily", every=86_400)
    deployment.start("scheduler", under=of(tomorrow(tmp_path, works_from=3), deployment))

    for kind in KINDS:
        refused = deployment.launch(kind)
        refused.process.wait(30)
        deployment.spawn.spawned.remove(refused)

        assert refused.process.returncode != 0, kind
        assert "the data is of form 3, for programs that know form 3 or later" in refused.text(), kind
        assert "Traceback" not in refused.text(), kind
