"""Whether it is ready is for everybody to know, and why not; what it runs on is not."""

from dataclasses import replace

import pytest

from runners.engine.store.connection import Mode
from tests.access.conftest import bearer, of_environment

REASONS = ["no scheduler is online: nothing becomes due; start one with `multijob scheduler`",
           "no worker is online: runs wait; start one with `multijob worker`"]  # fmt: skip


@pytest.mark.parametrize(
    "headers", [{}, bearer("wrong"), {"X-API-Key": "\xff"}, {**of_environment("admin"), "X-API-Key": "x"}]
)
def test_nobody_is_told_the_status_and_its_reasons_only(client, headers):
    answer = client.get("/readyz", headers=headers)

    assert answer.json == {"status": "ready", "warnings": REASONS}


def test_whoever_shows_a_token_is_told_all(client):
    answer = client.get("/readyz", headers=of_environment("viewer"))

    assert set(answer.json) == {"status", "mode", "durability", "scheduler", "leader", "workers", "warnings"}


def test_a_warning_that_names_a_server_is_not_for_nobody(app, client, guarded):
    warned = Mode("memory", "none", "here", ("unless the server at 10.1.2.3:6379 answers before",))
    app.extensions["platform"] = replace(guarded, store=replace(guarded.store, mode=warned))
    app.extensions.pop("probe", None)

    nobody = client.get("/readyz")
    viewer = client.get("/readyz", headers=of_environment("viewer"))
    app.extensions.pop("probe", None)

    assert "10.1.2.3" not in nobody.text and "10.1.2.3" in viewer.text
