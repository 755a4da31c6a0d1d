"""Live streams end with what opened them."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from runners.engine import operations
from runners.engine.operations import Role
from tests.access.conftest import ADMIN, bearer
from webapp import sse


@pytest.mark.parametrize("revoked", [True, False])
def test_a_stream_ends_at_the_heartbeat_after_its_token_is_revoked(
    app: Flask, guarded: Any, monkeypatch: Any, revoked: bool
) -> None:
    monkeypatch.setattr(sse, "HEARTBEAT_EVERY", timedelta(0))
    monkeypatch.setattr(sse, "LOOK_EVERY", timedelta(0))
    made = operations.create_token(guarded, ADMIN, "watcher", Role.VIEWER)
    headers = {**bearer(made.text), "Accept": "text/event-stream"}
    answer = app.test_client().get("/events", headers=headers, buffered=False)
    stream = iter(answer.response)
    for _ in range(5):
        next(stream)

    if revoked:
        operations.revoke_token(guarded, ADMIN, made.token.id)

    further = [text for text, _ in zip(stream, range(20), strict=False)]
    assert len(further) <= 1 if revoked else len(further) == 20
    answer.close()
