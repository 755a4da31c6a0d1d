"""The command line follows a run's log: each line once, through streams that break off and servers that are busy."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner, Result

from runners import live
from runners.cli import main
from tests.local.conftest import serving

LINE = "2030-01-02T03:04:05.678Z #0 stdout | {}"
FOLLOW = ("run", "logs", "run_1", "--follow")
PROBLEM = json.dumps({"detail": "8 live streams are open here"})


def said(id: int, *texts: str) -> str:
    return f"id: {id}\n" + "".join(f"data: {LINE.format(text)}\n" for text in texts) + "\n"


END = "id: 9\nevent: end\ndata: success\n\n"


class Api(ThreadingHTTPServer):
    """A server that gives one scripted answer after the other: (status, body)."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.script: list[tuple[int, str]] = []
        self.seen: list[str | None] = []


class Request(BaseHTTPRequestHandler):
    """One request to the `Api`."""

    server: Api

    def do_GET(self) -> None:
        self.server.seen.append(self.headers["Last-Event-ID"])
        status, body = self.server.script.pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body.encode()) + 10 * body.endswith("data: to")))
        self.end_headers()
        self.wfile.write(body.encode())

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


@pytest.fixture
def api() -> Iterator[Api]:
    with serving(Api()) as server:
        yield server


@pytest.fixture
def follow(api: Api, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MULTIJOB_URL", f"http://127.0.0.1:{api.server_port}")
    monkeypatch.setattr(live, "AGAIN_SEC", 0.0)

    def run(*script: tuple[int, str], options: tuple[str, ...] = (), words: tuple[str, ...] = FOLLOW) -> Result:
        api.script = list(script)
        return CliRunner().invoke(main, [*words, *options])

    return run


def test_lines_are_printed_up_to_the_end(follow, api: Api) -> None:
    done = follow((200, "retry: 2000\n\n" + said(5, "one", "two") + ": beat\n\n" + END))

    assert done.exit_code == 0
    assert done.stdout.splitlines() == [LINE.format("one"), LINE.format("two")]
    assert api.seen == [None]


def test_a_stream_that_breaks_off_goes_on_behind_the_last_message(follow, api: Api) -> None:
    torn = (200, said(5, "one") + "id: 7\ndata: to")
    done = follow(torn, (503, PROBLEM), (200, said(7, "two")), (200, END))

    assert done.stdout.splitlines() == [LINE.format("one"), LINE.format("two")]
    assert api.seen == [None, "5", "5", "7"]


def test_a_run_that_ended_meanwhile_has_no_more_to_say(follow) -> None:
    done = follow((200, said(5, "one")), (204, ""))

    assert (done.exit_code, done.stdout.splitlines()) == (0, [LINE.format("one")])


def test_a_refusal_is_told_and_not_repeated(follow, api: Api) -> None:
    done = follow((404, json.dumps({"detail": "run 'run_1' does not exist"})))

    assert (done.exit_code, done.stderr) == (1, "run 'run_1' does not exist\n")
    assert len(api.seen) == 1


def test_a_server_that_stays_busy_is_given_up(follow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PATIENCE_SEC", 0.0)

    done = follow((503, PROBLEM), (503, PROBLEM))

    assert (done.exit_code, done.stderr) == (1, "8 live streams are open here\n")


def test_lines_as_json_are_one_object_each(follow) -> None:
    done = follow((200, said(5, "one") + END), options=("--json",))

    row = {"at": "2030-01-02T03:04:05.678Z", "attempt": 0, "stream": "stdout", "text": "one"}
    assert [json.loads(line) for line in done.stdout.splitlines()] == [row]


@pytest.mark.parametrize(("status", "code"), [("success", 0), ("failed", 1)])
def test_a_run_that_is_waited_for_is_shown_as_it_ended_and_fails_with_it(
    follow, api: Api, status: str, code: int
) -> None:
    run = {"run_id": "run_1", "status": status, "attempts": [{"attempt": 0}]}
    asked = json.dumps({"run_id": "run_1", "status": "queued"})
    done = follow(
        (200, asked), (200, said(5, "one") + END), (200, json.dumps(run)), words=("job", "run", "a", "--wait")
    )

    assert (done.exit_code, api.script) == (code, [])
    assert [line.split() for line in done.stdout.splitlines()] == [["run_id", "run_1"], ["status", status]]
