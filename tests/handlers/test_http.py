"""One HTTP request as a run: what is sent, what is kept, and what must never happen."""

import gzip
import threading
from datetime import timedelta

import pytest
from pydantic import ValidationError

from runners.engine.handler import Cancelled, HandlerFailed, TimedOut
from runners.handlers.http import request
from tests.handlers.context import FakeContext, perform
from tests.handlers.server import running


def test_the_answer_is_the_output(site, inside):
    site.pages["/hello"] = (
        200,
        {"Content-Type": "text/plain; charset=utf-8", "Set-Cookie": "a=secret"},
        "grüße".encode(),
    )

    output = perform(request, inside, url=site.url("/hello"))

    assert output["status"] == 200
    assert output["body"] == "grüße"
    assert output["truncated"] is False
    assert output["url"] == site.url("/hello")
    assert output["headers"]["content-type"] == "text/plain; charset=utf-8"
    assert "set-cookie" not in output["headers"]
    assert output["elapsed_ms"] >= 0


@pytest.mark.parametrize(
    ("body", "sent", "kind"),
    [
        (None, b"", None),
        ("plain", b"plain", None),
        ({"a": [1, None]}, b'{"a":[1,null]}', "application/json"),
        ([], b"[]", "application/json"),
    ],
)
def test_text_goes_out_as_it_is_and_other_values_as_json(site, inside, body, sent, kind):
    site.pages["/in"] = (201, {}, b"")

    perform(request, inside, url=site.url("/in"), method="post", body=body, headers={"X-Trace": "1"})

    assert site.seen[0].method == "POST"
    assert site.seen[0].body == sent
    assert site.seen[0].headers.get("Content-Type") == kind
    assert site.seen[0].headers["X-Trace"] == "1"
    assert site.seen[0].headers["Host"] == f"127.0.0.1:{site.port}"


@pytest.mark.parametrize(
    ("status", "expect", "fine"),
    [
        (200, None, True),
        (299, None, True),
        (404, None, False),
        (500, None, False),
        (404, 404, True),
        (200, 404, False),
        (503, [200, 503], True),
        (302, 302, True),
    ],
)
def test_the_status_decides_whether_the_run_succeeds(site, inside, status, expect, fine):
    site.pages["/page"] = (status, {"Location": "/other"} if status == 302 else {}, b"")

    if fine:
        assert perform(request, inside, url=site.url("/page"), expect_status=expect)["status"] == status
    else:
        with pytest.raises(HandlerFailed, match=f"/page answered {status}, expected"):
            perform(request, inside, url=site.url("/page"), expect_status=expect)


@pytest.mark.reproduces("A handler fails", "an address is not reachable, `HTTP_ALLOW_PRIVATE`")
def test_an_address_that_is_not_public_is_refused(site, configured):
    with pytest.raises(HandlerFailed, match="HTTP_ALLOW_PRIVATE"):
        perform(request, FakeContext(settings=configured()), url=site.url())

    assert site.seen == []


def test_the_platforms_own_health_page_needs_no_configuration(site, configured):
    site.pages["/readyz"] = (200, {}, b"{}")

    output = perform(request, FakeContext(settings=configured(PORT=str(site.port))), url=site.url("/readyz"))

    assert output["status"] == 200


def test_redirects_are_followed_and_each_is_judged_anew(site, inside):
    with running() as elsewhere:
        site.pages["/start"] = (302, {"Location": "/next"}, b"")
        site.pages["/next"] = (307, {"Location": elsewhere.url("/secret")}, b"")
        elsewhere.pages["/secret"] = (200, {}, b"secret")

        with pytest.raises(HandlerFailed, match="private or reserved"):
            perform(request, inside, url=site.url("/start"))

        assert [seen.path for seen in site.seen] == ["/start", "/next"]
        assert elsewhere.seen == []


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://user:x@127.0.0.1/", "http://[::1"]
)
def test_a_redirect_to_something_else_than_http_fails_the_run(site, inside, location):
    site.pages["/start"] = (302, {"Location": location}, b"")

    with pytest.raises(HandlerFailed):
        perform(request, inside, url=site.url("/start"))


def test_a_redirect_to_another_origin_takes_no_secret_along(site, configured):
    with running() as elsewhere:
        ctx = FakeContext(settings=configured(HTTP_ALLOW_PRIVATE="127.0.0.0/8"))
        site.pages["/start"] = (307, {"Location": elsewhere.url("/end")}, b"")
        elsewhere.pages["/end"] = (200, {}, b"")
        secrets = {
            "Authorization": "Bearer s3cret",
            "X-Api-Key": "s3cret",
            "Cookie": "s=s3cret",
            "X-Vault-Token": "s3cret",
        }

        perform(request, ctx, url=site.url("/start"), headers=secrets)

        assert site.seen[0].headers["X-Api-Key"] == "s3cret"
        assert "s3cret" not in str(elsewhere.seen)


def test_a_redirect_within_the_origin_keeps_the_headers(site, inside):
    site.pages["/start"] = (302, {"Location": "/end"}, b"")
    site.pages["/end"] = (200, {}, b"")

    perform(request, inside, url=site.url("/start"), headers={"X-Api-Key": "s3cret"})

    assert site.seen[1].headers["X-Api-Key"] == "s3cret"


def test_the_sixth_redirect_fails_the_run(site, inside):
    site.pages["/loop"] = (302, {"Location": "/loop"}, b"")

    with pytest.raises(HandlerFailed, match="more than 5 redirects"):
        perform(request, inside, url=site.url("/loop"))

    assert len(site.seen) == 6


def test_a_long_answer_is_cut_and_says_so(site, inside):
    site.pages["/long"] = (200, {}, b"x" * 3_000_000)

    output = perform(request, inside, url=site.url("/long"))

    assert output["truncated"] is True
    assert len(output["body"]) == 49_152


def test_a_compressed_answer_unfolds_only_as_far_as_is_kept(site, inside):
    site.pages["/bomb"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 50_000_000))

    output = perform(request, inside, url=site.url("/bomb"))

    assert output["truncated"] is True
    assert output["body"] == "x" * 49_152


@pytest.mark.parametrize(
    ("charset", "raw"),
    [("hex", b"zz"), ("idna", b"\xff"), ("nonsense", b"\xff\x00"), ("utf-7", b"+2AA-"), ("utf-16", b"\x00\xd8")],
)
def test_whatever_bytes_come_the_body_is_text_that_can_be_stored(site, inside, charset, raw):
    site.pages["/odd"] = (200, {"Content-Type": f"text/plain; charset={charset}"}, raw)

    output = perform(request, inside, url=site.url("/odd"))

    assert output["body"].encode("utf-8") is not None


def _drip(release, started):
    """Answer one header byte, then nothing until released."""

    def page(door):
        door.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        door.wfile.flush()
        started.set()
        while not release.wait(0.05):
            door.wfile.write(b"x")
        door.close_connection = True

    return page


def test_headers_that_never_end_do_not_outlast_the_time_that_the_job_states(site, inside):
    release, started = threading.Event(), threading.Event()
    site.pages["/drip"] = _drip(release, started)

    try:
        with pytest.raises(HandlerFailed, match=r"no whole answer within timeout_sec=0\.3"):
            perform(request, inside, url=site.url("/drip"), timeout_sec=0.3)
    finally:
        release.set()


def test_a_cancel_ends_a_request_that_waits(site, inside):
    release, started = threading.Event(), threading.Event()
    site.pages["/drip"] = _drip(release, started)
    threading.Thread(target=lambda: started.wait(10) and inside.cancel.set(), daemon=True).start()

    try:
        with pytest.raises(Cancelled):
            perform(request, inside, url=site.url("/drip"))
    finally:
        release.set()


def test_a_run_out_of_time_sends_nothing(site, inside):
    inside.timeout = timedelta()

    with pytest.raises(TimedOut):
        perform(request, inside, url=site.url())

    assert site.seen == []


def test_a_closed_port_fails_the_run_and_names_the_host(configured):
    ctx = FakeContext(settings=configured(HTTP_ALLOW_PRIVATE="127.0.0.1"))

    with pytest.raises(HandlerFailed, match=r"GET 127\.0\.0\.1"):
        perform(request, ctx, url="http://127.0.0.1:9/")


def test_no_proxy_of_the_environment_is_used(site, inside, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    site.pages["/"] = (200, {}, b"direct")

    assert perform(request, inside, url=site.url())["body"] == "direct"


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({}, "url"),
        ({"url": "ftp://example.com/"}, "scheme 'ftp'"),
        ({"url": "http://u:p@example.com/"}, "name or password"),
        ({"url": "http://example.com/\r\nX: y"}, "non-printable"),
        ({"url": "http://ex ample.com/"}, "host"),
        ({"url": "http://" + "a" * 2048}, "2048"),
        ({"url": "http://example.com/", "method": "CONNECT"}, "method"),
        ({"url": "http://example.com/", "method": "GET / HTTP/1.1\r\n"}, "method"),
        ({"url": "http://example.com/", "headers": {"X-A": "1\r\nX-B: 2"}}, "X-A"),
        ({"url": "http://example.com/", "headers": {"X-A\n": "1"}}, "token"),
        ({"url": "http://example.com/", "headers": {"X-A": "ü"}}, "ASCII"),
        ({"url": "http://example.com/", "headers": {"HOST": "evil"}}, "connection"),
        ({"url": "http://example.com/", "headers": {"Transfer-Encoding": "chunked"}}, "connection"),
        ({"url": "http://example.com/", "headers": {"a": "1", "A": "2"}}, "twice"),
        ({"url": "http://example.com/", "headers": {"a": 1}}, "headers"),
        ({"url": "http://example.com/", "expect_status": 99}, "expect_status"),
        ({"url": "http://example.com/", "expect_status": [200, 600]}, "expect_status"),
        ({"url": "http://example.com/", "expect_status": []}, "expect_status"),
        ({"url": "http://example.com/", "expect_status": True}, "expect_status"),
        ({"url": "http://example.com/", "timeout_sec": 0}, "timeout_sec"),
        ({"url": "http://example.com/", "verify": False}, "verify"),
    ],
)
def test_bad_inputs_are_refused_when_the_job_is_saved(inputs, named):
    with pytest.raises(ValidationError, match=named):
        request.parse_inputs(inputs)
