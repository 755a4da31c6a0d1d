"""Every route and every page, with every awkward value in every place: refused or answered, and never a server error."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, product
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import Save
from webapp.api.endpoint import ENDPOINTS, Endpoint
from webapp.openapi_examples import PARAMETERS

pytestmark = pytest.mark.slow

TEXTS = (
    *("", "0", "-1", "1_0", "\u0663", "\U0001d7d9", "\u2170", "1e9", "9" * 40, "true", "nan"),
    *("*", "a:b", "../x", "%00", "%0d%0aX: y", "%C0%80", "%ED%A0%80", "\u202e", "\x7f", "<script>", "' OR 1=1"),
    *("2026-02-30T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00", "a" * 5000),
)
BODIES = (
    *(b"", b"{}", b"[]", b"null", b"1", b'"x"', b"{", b"\xef\xbb\xbf{}", b'{"a":"\xff"}', b'{"a":"\\ud800"}'),
    *(b"[" * 100_000, b'{"a":' * 50_000, b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":1e999}', b'{"a":' + b"9" * 5000 + b"}"),
    json.dumps(
        {"job_id": "x", "type": "simulation.heavy", "inputs": {str(each): each for each in range(50_000)}}
    ).encode(),
)
HEADERS = (
    *({"If-Match": value} for value in ('"1-zzzzzzzz"', "*,*", '"' + "9" * 400 + '"')),
    *({"Range": value} for value in ("bytes=9-1", "bytes=" + "1-2," * 900)),
    *(
        {"If-None-Match": '"1", W/"2"'},
        {"Last-Event-ID": "x"},
        {"Idempotency-Key": "\xe9"},
        {"Accept-Language": "\xd0"},
    ),
    *({"Content-Type": "application/json; charset=utf-16"}, {"X-Request-ID": "a b"}, {"Origin": "http://[::1"}),
)
Attack = tuple[str, str, dict[str, Any]]


def filled(path: str, values: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], "x"), path)


def attacks(endpoint: Endpoint, seen: set[str]) -> Iterator[Attack]:
    """Yield each request: method, path with its query string, and what else there is of it. `seen` are rules of parameters."""
    method, path = endpoint.method, filled(endpoint.path, PARAMETERS)
    yield from ((other, path, {}) for other in ("HEAD", "OPTIONS", "PATCH", "TRACE"))
    for name in endpoint.query.model_fields:
        yield (method, f"{path}?{name}=1&{name}=1", {})
        # what has the same name and the same rule is read by the same code
        rule = f"{name} {endpoint.query.model_fields[name]!r}"
        texts = TEXTS[:3] if rule in seen else TEXTS
        seen.add(rule)
        yield from ((method, f"{path}?{name}={text}", {}) for text in texts)
    yield (method, f"{path}?" + "&".join(f"a{number}=1" for number in range(200)), {})
    for name, text in product(endpoint.parameters, TEXTS):
        yield (method, filled(endpoint.path, PARAMETERS | {name: text}), {})
    yield from ((method, path, {"headers": headers}) for headers in HEADERS)
    if method in ("POST", "PUT"):
        yield from ((method, path, {"data": body, "content_type": "application/json"}) for body in BODIES)


def page_attacks(app: Flask) -> Iterator[Attack]:
    """Yield the same for every page: queries that a person may type, and ids in their paths."""
    queries = (
        "",
        "?page=0",
        "?page=\u0663",
        "?page=" + "9" * 40,
        "?search=%00",
        "?search=%C0",
        "?status=x",
        "?from=-1",
    )
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/ui"):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            methods = (rule.methods or set()) - {"OPTIONS"}
            yield from ((method, filled(path, PARAMETERS) + query, {}) for method, query in product(methods, queries))
            for method, text in product(methods, TEXTS if "{" in path else ()):
                yield (method, filled(path, dict.fromkeys(PARAMETERS, text)), {})


def test_nothing_that_is_sent_is_a_server_error(app: Flask, save: Save) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    save("daily-report")
    client, faults, answers, seen = app.test_client(), list[Any](), Counter[int](), set[str]()

    for method, path, more in chain(*(attacks(endpoint, seen) for endpoint in ENDPOINTS), page_attacks(app)):
        with client.open(path, method=method, **more) as answer:
            answers[answer.status_code] += 1
            if answer.status_code >= 500:
                faults.append((method, path[:200], str(more)[:100], answer.status_code))

    print(f"{answers.total()} requests: {dict(sorted(answers.items()))}")
    assert faults == []
    assert answers.total() > 3000
