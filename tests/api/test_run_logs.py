"""The log of a run over HTTP: whole, in part, live, and why it is not there."""

from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from runners.cli import main
from runners.engine.platform import open_platform
from runners.engine.protocol.telling import Part, tell
from runners.engine.settings import read
from tests.api.live import Live
from tests.planted import SECRET_KEY
from tests.store.making import claim, save, start, succeed

UNKNOWN = "/runs/run_2222222222_222222222222/logs"
TEXT = "one\nzwölf\nthree <b>\n".encode()


@pytest.fixture
def running(platform: Any) -> Any:
    """A run that has written its first lines and goes on."""
    save(platform)
    start(platform)
    (claimed,) = claim(platform)
    assert tell(platform.store, *claimed_as(claimed), "", Part(TEXT)).word == "ok"
    return claimed


def claimed_as(claimed: Any) -> tuple[str, int]:
    return claimed.run_id, claimed.token


def ask(client: FlaskClient, run_id: str, **headers: str) -> Any:
    return client.get(f"/runs/{run_id}/logs", headers={name.replace("_", "-"): text for name, text in headers.items()})


def test_a_log_is_text_that_no_browser_takes_for_markup(client: FlaskClient, running: Any) -> None:
    answer = ask(client, running.run_id)

    assert (answer.status_code, answer.data) == (200, TEXT)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_a_run_that_wrote_nothing_has_an_empty_log(client: FlaskClient, platform: Any) -> None:
    save(platform)

    assert (ask(client, start(platform).run_id).status_code, ask(client, start(platform).run_id).data) == (200, b"")


def test_no_run_has_no_log(client: FlaskClient) -> None:
    assert client.get(UNKNOWN).status_code == 404
    assert client.get(UNKNOWN, headers={"Accept": "text/event-stream"}).status_code == 404


SIZE = len(TEXT)


@pytest.mark.parametrize(
    ("asked", "status", "text", "place"),
    [
        ("bytes=0-", 206, TEXT, f"bytes 0-{SIZE - 1}/{SIZE}"),
        ("bytes=4-7", 206, TEXT[4:8], f"bytes 4-7/{SIZE}"),
        ("bytes=4-9999", 206, TEXT[4:], f"bytes 4-{SIZE - 1}/{SIZE}"),
        ("bytes=-5", 206, TEXT[-5:], f"bytes {SIZE - 5}-{SIZE - 1}/{SIZE}"),
        ("bytes=-9999", 206, TEXT, f"bytes 0-{SIZE - 1}/{SIZE}"),
        (f"bytes={SIZE}-", 416, None, f"bytes */{SIZE}"),
        ("bytes=-0", 416, None, f"bytes */{SIZE}"),
        ("bytes=999999999999999999-", 416, None, f"bytes */{SIZE}"),
        ("bytes=0-1,4-5", 200, TEXT, None),
        ("bytes=5-2", 200, TEXT, None),
        ("bytes=x", 200, TEXT, None),
        ("lines=0-1", 200, TEXT, None),
        ("", 200, TEXT, None),
        ("bytes=\u0661-", 200, TEXT, None),
    ],
)
def test_a_part_is_what_was_asked_for(
    client: FlaskClient, platform: Any, running: Any, asked: str, status: int, text: bytes | None, place: str | None
) -> None:
    succeed(platform, running)

    answer = ask(client, running.run_id, Range=asked.encode().decode("latin-1"))

    assert answer.status_code == status
    assert answer.headers.get("Content-Range") == place
    assert text is None or answer.data == text


def test_the_length_of_what_still_grows_is_not_told(client: FlaskClient, platform: Any, running: Any) -> None:
    first = ask(client, running.run_id, Range="bytes=0-")
    tell(platform.store, *claimed_as(running), "", Part(b"four\n", allowed=1000))
    second = ask(client, running.run_id, Range=f"bytes={SIZE}-")

    assert first.headers["Content-Range"] == f"bytes 0-{SIZE - 1}/*"
    assert (second.data, second.headers["Content-Range"]) == (b"four\n", f"bytes {SIZE}-{SIZE + 4}/*")


def test_an_empty_log_has_no_part(client: FlaskClient, platform: Any) -> None:
    save(platform)
    answer = ask(client, start(platform).run_id, Range="bytes=0-")

    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */0")


def test_a_part_that_depends_on_a_validator_is_the_whole(client: FlaskClient, running: Any) -> None:
    assert ask(client, running.run_id, Range="bytes=0-1", If_Range='"x"').status_code == 200


@pytest.fixture
def there(live: Live, redis_server: Any, tmp_path: Any) -> Any:
    """The platform behind the live server, with a run that has written its first lines."""
    opened = open_platform(read({"REDIS_URL": redis_server.url, "DATA_DIR": str(tmp_path), "SECRET_KEY": SECRET_KEY}))
    save(opened, "streamed")
    start(opened, "streamed")
    (claimed,) = claim(opened)
    told = tell(opened.store, *claimed_as(claimed), "", Part(TEXT))
    yield opened, claimed, told
    opened.store.redis.close()
    opened.store.rq_redis.close()


def messages(stream: httpx.Response) -> Any:
    """Yield each message of a stream as its fields; lines of data are joined again."""
    fields: dict[str, str] = {}
    for line in stream.iter_lines():
        name, _, value = line.partition(": ")
        if line and name:
            fields[name] = f"{fields[name]}\n{value}" if name == "data" and "data" in fields else value
        elif not line and fields:
            yield fields
            fields = {}


def follow(live: Live, run_id: str, **headers: str) -> Any:
    return httpx.stream(
        "GET", f"{live.url}/runs/{run_id}/logs", headers={"Accept": "text/event-stream", **headers}, timeout=10
    )


def test_a_stream_brings_lines_as_they_are_written_and_ends_with_the_run(live: Live, there: Any) -> None:
    opened, claimed, told = there

    with follow(live, claimed.run_id) as stream:
        told_so_far = messages(stream)
        retry, first = next(told_so_far), next(told_so_far)
        tell(opened.store, *claimed_as(claimed), "", Part(b"four\n", allowed=told.allowed))
        second = next(told_so_far)
        succeed(opened, claimed)
        rest = list(told_so_far)

    assert list(retry) == ["retry"]
    assert first == {"id": str(SIZE), "data": TEXT.decode().removesuffix("\n")}
    assert second == {"id": str(SIZE + 5), "data": "four"}
    assert rest == [{"id": str(SIZE + 5), "event": "end", "data": "success"}]


def test_a_stream_goes_on_where_it_broke_off_and_is_over_when_all_was_seen(live: Live, there: Any) -> None:
    opened, claimed, _ = there
    succeed(opened, claimed)

    with follow(live, claimed.run_id, **{"Last-Event-ID": "4"}) as stream:
        _, *rest = messages(stream)
    with follow(live, claimed.run_id, **{"Last-Event-ID": str(SIZE)}) as over:
        status = over.status_code

    assert [message["data"] for message in rest] == ["zwölf\nthree <b>", "success"]
    assert status == 204


def test_streams_of_logs_and_of_events_share_one_limit(live: Live, there: Any) -> None:
    _, claimed, _ = there
    clients = [httpx.Client(timeout=10) for _ in range(12)]
    paths = ["/events", f"/runs/{claimed.run_id}/logs"] * 6
    answers = [
        client.send(client.build_request("GET", live.url + path, headers={"Accept": "text/event-stream"}), stream=True)
        for client, path in zip(clients, paths, strict=True)
    ]

    statuses = [answer.status_code for answer in answers]
    alive = httpx.get(f"{live.url}/runs/{claimed.run_id}/logs")
    for answer, client in zip(answers, clients, strict=True):
        answer.close()
        client.close()

    assert set(statuses) == {200, 503}
    assert statuses.count(200) <= 8
    assert alive.content == TEXT


def test_the_command_line_prints_and_follows_a_log(live: Live, there: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, claimed, _ = there
    succeed(opened, claimed)
    monkeypatch.setenv("MULTIJOB_URL", live.url)

    printed = CliRunner().invoke(main, ["run", "logs", claimed.run_id])
    followed = CliRunner().invoke(main, ["run", "logs", claimed.run_id, "--follow"])

    assert [(done.exit_code, done.stdout) for done in (printed, followed)] == [(0, TEXT.decode())] * 2


def test_a_range_is_for_get_only(client: FlaskClient, running: Any) -> None:
    answer = client.head(f"/runs/{running.run_id}/logs", headers={"Range": "bytes=0-1"})

    assert (answer.status_code, answer.headers["Content-Length"]) == (200, str(len(TEXT)))
