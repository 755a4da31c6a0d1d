"""The platform's JSON API as an old client speaks to it: the standard library, one kept connection for each thread."""

import http.client
import json
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

TIMEOUT_SEC = 15.0
TRIES = 5
LONGEST_WAIT_SEC = 5.0
PAGES_AT_MOST = 400


class Refused(Exception):
    """The server answered, and did not do it."""

    def __init__(self, status: int, told: str) -> None:
        super().__init__(told)
        self.status = status


class Away(Exception):
    """The server does not answer, or can do nothing now."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its JSON, and its headers by their lower-case names."""

    body: Any
    headers: dict[str, str]


class Api:
    """One server. `base` is http or https, a host, and a path prefix if it lives under one; a 429 or 503 is waited out a few times."""

    def __init__(self, base: str, token: str = "") -> None:
        """Raises ValueError, in words, for an address that is none."""
        parts = urlsplit(base)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"--api-base {base!r} is not an address like http://127.0.0.1:8000 or https://host/prefix")
        self.base = base.rstrip("/")
        self._place = (parts.scheme, parts.hostname, parts.port)
        self._prefix = parts.path.rstrip("/")
        self._headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._own = threading.local()

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Send one request. Raises Refused or Away, which say what to do about it."""
        sent = None if body is None else json.dumps(body)
        kind = {"Content-Type": "application/json"} if sent is not None else {}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for left in reversed(range(TRIES)):
            answer, text = self._send(method, f"{self._prefix}{path}", sent, self._headers | kind | named)
            if answer.status not in (429, 503):
                break
            if not left:
                raise Away(f"{self.base} can do nothing now ({answer.status}): {_told(text)}")
            time.sleep(min(LONGEST_WAIT_SEC, _whole(answer.getheader("Retry-After"), 1)))
        if not 200 <= answer.status < 300:
            raise Refused(answer.status, f"{method} {path}: {_why(answer.status, _told(text))}")
        return Answer(_json(text, f"{self.base}{path}"), {name.lower(): value for name, value in answer.getheaders()})

    def rows(self, path: str, **query: object) -> list[dict[str, Any]]:
        """Return every row of a list, page by page."""
        here, found = f"{path}?{urlencode({k: v for k, v in query.items() if v is not None})}", []
        for _ in range(PAGES_AT_MOST):
            answer = self.ask("GET", here)
            found += answer.body
            following = _next(answer.headers.get("link", ""))
            if following is None:
                return found
            here = f"{path}?{urlsplit(following).query}"
        return found

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[Any, bytes]:
        """Try the kept connection first: the server may have closed it since, and then a new one is made."""
        kept = getattr(self._own, "connection", None)
        if kept is not None:
            with suppress(OSError, http.client.HTTPException):
                return self._over(kept, method, path, body, headers)
        try:
            return self._over(self._connect(), method, path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            raise Away(f"{self.base} does not answer ({error}); is it running, and is --api-base right?") from error

    def _over(self, used: http.client.HTTPConnection, *request: Any) -> tuple[Any, bytes]:
        try:
            used.request(*request)
            answer = used.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            used.close()
            self._own.connection = None
            raise
        self._own.connection = used
        return answer, text

    def _connect(self) -> http.client.HTTPConnection:
        scheme, host, port = self._place
        if scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SEC, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT_SEC)


def _next(link: str) -> str | None:
    for part in link.split(","):
        if 'rel="next"' in part:
            return part[part.index("<") + 1 : part.index(">")]
    return None


def _why(status: int, told: str) -> str:
    fix = {
        401: "; give a token with --token, or in MULTIJOB_TOKEN",
        403: "; the token needs the role operator, and admin for --delete",
        404: "; is --api-base right, with the path prefix if there is one?",
    }
    return f"the server refuses ({status}): {told}{fix.get(status, '')}"


def _told(text: bytes) -> str:
    try:
        problem = json.loads(text)
        faults = [str(row.get("msg")) for row in problem.get("errors", ())]
        return "; ".join(faults) or str(problem.get("detail") or problem.get("title"))
    except (ValueError, AttributeError):
        return "in words that are not the platform's"


def _json(text: bytes, where: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        raise Refused(200, f"{where} answers something that is not JSON; is --api-base the platform?") from None


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() else otherwise
