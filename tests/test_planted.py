"""The search for secrets of the tests finds them where they must not be: in answers, keys and files."""

import base64
import gzip
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from flask import Flask, Response

from tests import servers
from tests.planted import BOT_TOKEN, PASSWORD, ROLE_TOKENS, files_with_secrets, holds
from tests.processes import Spawned


@pytest.mark.parametrize("secret", [*ROLE_TOKENS.values(), PASSWORD, BOT_TOKEN])
@pytest.mark.parametrize("before", ["", "u:", "me:"])
def test_every_secret_is_found_as_it_is_and_in_base64(secret: str, before: str) -> None:
    text = f"{before}{secret}".encode()

    assert holds(text) and holds(base64.b64encode(text))
    assert not holds(gzip.compress(b"nothing"))


def test_an_answer_with_a_secret_fails_the_test_that_gets_it() -> None:
    app = Flask("leaking")
    app.add_url_rule("/body", "body", lambda: Response(f"token {PASSWORD}"))
    app.add_url_rule("/header", "header", lambda: Response(headers={"X-Leak": PASSWORD}))
    app.add_url_rule("/well", "well", lambda: Response("****"))

    for path in ("/body", "/header"):
        with pytest.raises(AssertionError, match=f"a secret stands in the answer of {path}"):
            app.test_client().get(path)
    assert app.test_client().get("/well").text == "****"


def test_a_key_with_a_secret_fails_whoever_empties_the_server(redis_server: servers.Server) -> None:
    client = redis_server.emptied().client()
    client.hset("run", "error", f"refused: {PASSWORD}")
    client.xadd("stream", {"inputs": PASSWORD})
    client.zadd("other", {"a": 1})

    with pytest.raises(AssertionError, match=r"secrets stand in \['run', 'stream'\] on the server that .*test_planted"):
        redis_server.emptied()

    client.flushall()
    client.close()


def test_a_file_with_a_secret_is_named(tmp_path: Path) -> None:
    (tmp_path / "web.log").write_text("nothing")
    leaking = tmp_path / "deep" / "worker.log"
    leaking.parent.mkdir()
    leaking.write_bytes(b"\xff" + ROLE_TOKENS["admin"].encode())

    assert list(files_with_secrets(tmp_path)) == [leaking]
    leaking.unlink()


def test_an_answer_over_http_with_a_secret_fails_the_test_that_gets_it() -> None:
    def leak(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"X-Request-ID": "r"}, text=f"token {PASSWORD}")

    with (
        httpx.Client(transport=httpx.MockTransport(leak)) as client,
        pytest.raises(AssertionError, match="a secret stands in the answer of http://here/body"),
    ):
        client.get("http://here/body")


def test_a_process_whose_title_shows_a_secret_fails_whoever_ends_it(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "import signal; signal.pause()", PASSWORD]
    started = subprocess.Popen(words, start_new_session=True)

    with pytest.raises(AssertionError, match="a secret stands in the title of a process"):
        Spawned(started, tmp_path / "none").kill()
    assert started.poll() is not None
