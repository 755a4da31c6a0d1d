"""What a backup holds is held against all that there is: every family of keys, and every route that tells something."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from runners.backup import make_backup, restore_backup
from runners.engine import settings
from runners.engine.access.identity import verify_password
from runners.engine.platform import open_platform
from runners.engine.store.records import NOUNS
from tests.backup import coverage
from tests.backup.families import kept, names
from tests.backup.filled import SECRETS, fill
from tests.clocks import MovingClock
from tests.planted import PASSWORD, SECRET_KEY
from tests.protocol.stage import Stage
from tests.servers import Server
from tests.store.making import ADMIN
from webapp import create_app

KEY = "a passphrase of the night"
NOT_KEPT = {
    *("/agents", "/connectors", "/metrics", "/queue/pressure", "/healthz", "/readyz"),
    *(
        "/runs/bulk",
        "/runs/bulk/{bulk_id}",
        "/runs/bulk/{bulk_id}/items",
        "/jobs/bulk/{bulk_id}",
        "/jobs/bulk/{bulk_id}/items",
    ),
}
"""What tells of processes, of figures of the hour, and of bulk operations."""
OF_THE_PLACE = ("exported_at", "failure", "failure_id", "running")
"""When an answer was made, numbers of groups of failures, and how many runs are running: none, in the restored deployment."""
MORE = {"/jobs/{job_id}/then": "?at=2030-01-01T00:00:05Z"}
UNSENT = "ntf_test_2"
"""The notice that waited: it has failed in the restored deployment."""
ENDED = "slow"
"""The job whose run was running: it is lost in the restored deployment, and everything that follows from that differs."""


@dataclass(frozen=True)
class Both:
    """A deployment, the one that was restored of its backup, the file, and what was kept in the first when that was made."""

    first: Stage
    second: Stage
    file: Path
    before: Mapping[str, Mapping[str, Any]]
    after: Mapping[str, Mapping[str, Any]]

    @property
    def gone(self) -> str:
        """The run that was running."""
        (key,) = (key for key, fields in self.before["run"].items() if fields["status"] == "running")
        return key.removeprefix("run:")


@pytest.fixture(scope="module")
def both(redis_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder, clock, server = tmp_path_factory.mktemp("both"), MovingClock(), redis_server.emptied()
    stages = []
    for number in range(2):
        env = {"SECRET_KEY": SECRET_KEY, "DATA_DIR": str(folder / str(number))}
        opened = open_platform(settings.read(env | {"REDIS_URL": f"{server.url}?db={number}"}))
        stages.append(Stage(replace(opened, store=replace(opened.store, clock=clock)), clock, checking=False))
    first, second = stages
    fill(first)
    file = folder / "all.backup"
    make_backup(first.platform, ADMIN, file, KEY, 100, True, lambda _: None)
    before = kept(first.store)
    restore_backup(second.platform, ADMIN, file, KEY, lambda _: None)
    yield Both(first, second, file, before, kept(second.store))
    for stage in stages:
        stage.store.redis.connection_pool.disconnect()
        stage.store.rq_redis.connection_pool.disconnect()


def test_of_every_family_of_keys_it_is_said_whether_it_is_kept():
    said = [coverage.KEPT, coverage.ANEW.keys(), coverage.LEFT.keys()]

    assert set().union(*said) == names()
    assert sum(map(len, said)) == len(names()), "a family stands in two places"


@pytest.mark.parametrize("name", sorted(coverage.KEPT))
def test_what_is_kept_is_there_again(both: Both, name: str):
    before, after = (told(found.get(name, {}), both.gone) for found in (both.before, both.after))

    assert before, "nothing of it was there, so this proves nothing"
    if name.startswith("audit"):  # the restore is the newest entry
        assert before.keys() <= after.keys()
    else:
        assert {key: after.get(key) for key in before} == before
        assert after.keys() <= before.keys()


def test_what_is_left_behind_is_not_there(both: Both):
    left = set(coverage.LEFT)

    assert set(both.after) & left == set()
    assert len(left & set(both.before)) > 8


def test_the_file_holds_no_secret_as_it_is(both: Both):
    text = gzip.decompress(both.file.read_bytes()).decode()

    assert [secret for secret in SECRETS if secret in text] == []
    assert PASSWORD not in text
    assert verify_password(both.second.platform, "ana", PASSWORD)
    rows = [json.loads(line) for line in text.splitlines()]
    assert {row["kind"] for row in rows} >= {
        "job",
        "run",
        "delivery",
        "answer",
        "access",
        "agent",
        "deleted job",
        *NOUNS,
    }


def told(found: Mapping[str, Any], gone: str) -> dict[str, Any]:
    """Return what is kept, without what belongs to its place: seals, messages, numbers of groups, and what cannot go on."""

    def rest(value: Any) -> Any:
        if isinstance(value, list):
            return [one for one in value if not any(name in json.dumps(one) for name in (gone, UNSENT))]
        if isinstance(value, dict):
            kept_here = {field: text for field, text in value.items() if field not in ("failure_group", "message_id")}
            return {field: unsealed(text) if field == "json" else text for field, text in kept_here.items()}
        return value

    there = {key: rest(value) for key, value in found.items() if not any(name in key for name in (gone, UNSENT, ENDED))}
    return {key: value for key, value in there.items() if value}


def unsealed(text: str) -> Any:
    """Return the content of a record with the places of its secrets alone."""
    content = json.loads(text)
    return content | {"sealed": sorted(content.get("sealed", ()))}


def test_every_route_tells_what_it_told(both: Both):
    first, second = (create_app(stage.platform) for stage in (both.first, both.second))
    clients = first.test_client(), second.test_client()
    paths = [*addresses(first, both.first)]

    differ = [path for path in paths if not same(*(client.get(path) for client in clients), both.gone)]

    assert differ == []
    assert len(paths) > 150


def addresses(app: Flask, stage: Stage) -> Iterator[str]:
    """Yield every address of every route that tells something of what is kept, and is no page."""
    keys, redis = stage.store.keys, stage.store.redis
    runs, jobs = redis.zrange(keys.runs, 0, -1), redis.zrange(keys.jobs, 0, -1)
    known = {
        "job_id": [job for job in jobs if job != ENDED],
        "run_id": [run for run in runs if redis.hget(keys.run(run), "job_id") != ENDED],
        "approval_id": redis.zrange(keys.all_approvals, 0, -1),
        "flow_group": ["lane"],
        "agent_key": ["scout"],
        "person_name": ["ana", "ben"],
        "token_id": [place.partition(":")[2] for place in redis.zrange(keys.tokens, 0, -1)],
        "rule_id": ["told"],
        "server_id": ["shop"],
        "provider": ["crm"],
    }
    accounts = {"integrations": "a", "telegram": "sales", "slack": "ops"}
    for rule in sorted(app.url_map.iter_rules(), key=str):
        path = re.sub(r"<[^>]*?([a-z_]+)>", r"{\1}", rule.rule)
        if (
            "GET" not in (rule.methods or ())
            or path in NOT_KEPT
            or path.startswith(("/ui", "/static", "/docs"))
            or path == "/"
        ):
            continue
        named = re.findall(r"{([a-z_]+)}", path)
        account = [name for room, name in accounts.items() if room in path]
        for choice in product(*(account if name == "account_id" else known[name] for name in named)):
            yield path.format(**dict(zip(named, choice, strict=True))) + MORE.get(path, "")


def same(first: TestResponse, second: TestResponse, gone: str) -> bool:
    """Say whether two answers tell the same, but for what cannot be."""
    if (first.status_code, second.status_code) != (200, 200):
        return False
    if not first.is_json:
        return first.text == second.text
    return quiet(first.json, gone) == quiet(second.json, gone)


def quiet(answer: Any, gone: str) -> Any:
    """Return an answer without what differs by nature, all the way down."""
    if isinstance(answer, dict):
        return {name: quiet(value, gone) for name, value in answer.items() if name not in OF_THE_PLACE}
    if isinstance(answer, list):
        rows = [
            one
            for one in answer
            if not any(word in json.dumps(one) for word in (gone, UNSENT, f'"{ENDED}"', "restore_backup"))
        ]
        return [quiet(one, gone) for one in rows]
    return answer
