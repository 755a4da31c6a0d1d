"""Notification rules over HTTP: what may be said, what is kept secret, what became of notices."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from runners.engine.audit import Author, Entry
from runners.engine.protocol import notify, records
from runners.engine.store.records import load_record

URL = "https://hooks.example.org/services/T000/B000/canary-address"
HOOK = {"events": ["run.failed", "approval.*"], "channel": "webhook", "webhook": {"url": URL}}
MAIL = {"events": ["run.failed"], "channel": "email", "email": {"to": ["ops@example.org"]}}


def put(client: FlaskClient, rule_id: str = "ops", **fields: Any) -> Any:
    return client.put(f"/notifications/rules/{rule_id}", json=fields)


def make(platform: Any, delivery_id: str) -> None:
    notify.make_test(platform.store, Entry(Author("ana", "api"), "rule:ops", None, None), delivery_id, "ops")


def test_a_webhook_s_secret_is_told_once_and_its_address_never(client: FlaskClient, platform: Any) -> None:
    made = put(client, **HOOK)

    assert (made.status_code, made.json["status"]) == (201, "created")
    assert made.json["secret"].startswith("whsec_")
    assert made.json["webhook"]["url"] == "****ress" and made.json["version"] == 1
    again = put(client, events=["run.lost"])
    assert (again.status_code, again.json["secret"], again.json["webhook"]) == (200, None, made.json["webhook"])
    record = load_record(platform.store, "rule", "ops")
    assert record is not None and "canary-address" not in str(record.content)
    assert "canary-address" not in client.get("/notifications/rules").text


def test_a_change_names_what_changes_and_null_clears(client: FlaskClient) -> None:
    put(client, **HOOK, tags=["etl"], repeat_sec=5)

    changed = put(client, **(MAIL | {"webhook": None, "tags": None, "repeat_sec": None})).json

    assert (changed["channel"], changed["webhook"], changed["email"]) == ("email", None, {"to": ["ops@example.org"]})
    assert (changed["tags"], changed["repeat_sec"]) == ([], 300)
    assert put(client, **MAIL).json["status"] == "unchanged"


def test_what_is_wrong_is_said_at_once_and_changes_nothing(client: FlaskClient) -> None:
    answer = put(client, events=["run.faild"], channel="pigeon", repeat=5)

    assert answer.status_code == 422
    assert sorted(error["loc"][0] for error in answer.json["errors"]) == ["channel", "events", "repeat"]
    assert client.get("/notifications/rules").json == []
    assert put(client, channel="email", events=["run.failed"]).json["errors"][0]["msg"] == (
        "channel is 'email', so 'email' is required"
    )


def test_a_change_is_bound_to_what_was_read(client: FlaskClient) -> None:
    tag = put(client, **MAIL).headers["ETag"]
    put(client, description="new")

    stale = client.put("/notifications/rules/ops", json={"description": "mine"}, headers={"If-Match": tag})

    assert stale.status_code == 412
    assert client.put("/notifications/rules/ops", json=MAIL, headers={"If-None-Match": "*"}).status_code == 412
    assert client.delete("/notifications/rules/ops", headers={"If-Match": tag}).status_code == 412
    assert client.delete("/notifications/rules/ops").json == {"rule_id": "ops", "status": "deleted"}
    assert client.get("/notifications/rules/ops").status_code == 404
    assert client.delete("/notifications/rules/ops").status_code == 404


def test_a_test_that_nobody_sends_waits_and_is_listed(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.api.notifications.PATIENCE", type("", (), {"total_seconds": lambda self: 0})())
    put(client, **MAIL)

    tried = client.post("/notifications/rules/ops/test")

    assert (tried.json["kind"], tried.json["status"], tried.json["attempt"]) == ("test", "waiting", 0)
    for query in ("", "?rule_id=ops", "?status=waiting", "?rule_id=ops&status=waiting"):
        listed = client.get(f"/notifications/deliveries{query}")
        assert [row["delivery_id"] for row in listed.json] == [tried.json["delivery_id"]], query
        assert listed.headers["X-Total-Count"] == "1"
    assert client.get("/notifications/deliveries?status=sent").json == []
    assert client.get("/notifications/deliveries?status=lost").status_code == 422
    assert client.post("/notifications/rules/other/test").status_code == 404


def test_deliveries_are_paged_by_a_cursor_that_stands(client: FlaskClient, platform: Any) -> None:
    put(client, **MAIL)
    for number in range(5):
        make(platform, f"ntf_test_{number}")

    first = client.get("/notifications/deliveries?limit=2")
    make(platform, "ntf_test_new")
    rest = client.get(first.headers["Link"].partition("<")[2].partition(">")[0])

    seen = [row["delivery_id"] for row in first.json + rest.json]
    assert len(set(seen)) == 4 and "ntf_test_new" not in seen
    assert client.get("/notifications/deliveries?cursor=ntf_gone").status_code == 400


@pytest.mark.parametrize("kept", ['{"shown": {"events": []}}', '{"shown": 5}', "{}", "{"])
def test_a_rule_that_cannot_be_read_breaks_no_list_and_can_go(client: FlaskClient, platform: Any, kept: str) -> None:
    put(client, **MAIL)
    put(client, "broken", **MAIL)
    platform.store.redis.hset(platform.store.keys.record("rule", "broken"), "json", kept)

    listed = client.get("/notifications/rules")

    assert [row["rule_id"] for row in listed.json] == ["ops"] and listed.headers["X-Total-Count"] == "2"
    assert client.get("/notifications/rules/broken").status_code == 409
    assert client.delete("/notifications/rules/broken").status_code == 200


def test_a_change_that_was_bound_to_nothing_is_made_behind_another_s(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(client, **MAIL)
    change = records.change

    def slow(*about: Any) -> Any:
        monkeypatch.setattr(records, "change", change)
        put(client, description="theirs")
        return change(*about)

    monkeypatch.setattr(records, "change", slow)
    mine = put(client, tags=["etl"])

    assert (mine.status_code, mine.json["version"], mine.json["tags"]) == (200, 3, ["etl"])
    assert mine.json["description"] == "theirs"
    entry = client.get("/audit/logs?object=rule:ops").json[0]
    assert (entry["before"]["description"], entry["after"]["tags"]) == ("theirs", ["etl"])
