"""A client of the HTTP API that keeps a log of what it was told: acknowledged, refused, or never told for sure.

An answer of the server's own fault (5xx), a cut connection and a silence are *indeterminate*: the run may exist. Each
request for a run carries a ticket, as its idempotency key and as its request id, by which its run is known afterwards.
"""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from tests.waiting import wait_until

ANSWER_SEC = 10.0
PATIENCE_SEC = 60.0
PAGE = 500


class Told(StrEnum):
    """What the client was told of a request."""

    ACKNOWLEDGED = "acknowledged"
    INDETERMINATE = "indeterminate"
    REFUSED = "refused"


@dataclass(slots=True)
class Asked:
    """One request for a run, however often it was sent. `run_ids` are all that acknowledgements named: one, if all is well.

    `cancel` is what was told of the run's cancelling.
    """

    ticket: str
    job_id: str
    told: Told = Told.INDETERMINATE
    run_ids: list[str] = field(default_factory=list)
    cancel: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `body` is its JSON, None when it has none."""

    status: int
    body: Any
    headers: dict[str, str]


@dataclass(slots=True)
class Client:
    """Speaks to one web process; threads may share it. `log` is every run that was asked for.

    `posting` tells since when (monotonic) each POST is sent and not answered; `cut` counts requests without any answer.
    Traffic holds `turn` while it asks and repeats; who takes it knows that no ticket is half way.
    """

    port: int
    log: list[Asked] = field(default_factory=list)
    posting: dict[int, float] = field(default_factory=dict)
    cut: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, job_id: str, ticket: str | None = None) -> Asked:
        """Ask for a run of the job, once, and note what was told."""
        asked = Asked(ticket or uuid4().hex, job_id)
        self.log.append(asked)
        self._post_run(asked)
        return asked

    def repeat(self, asked: Asked) -> None:
        """Send the same request again, as a client does that is not sure; at most one run may come of it."""
        before = asked.told
        self._post_run(asked)
        if asked.told is not Told.ACKNOWLEDGED:
            asked.told = before

    def cancel(self, asked: Asked) -> None:
        """Ask to cancel an acknowledged run; `cancelled` is a promise about its end, `asked` is none."""
        answer = self.send("POST", f"/runs/{asked.run_ids[0]}/cancel")
        if answer and answer.status == 200:
            asked.cancel = answer.body["status"]

    def save(self, job_id: str, **spec: Any) -> None:
        """Create or replace a job; sent until it is acknowledged."""
        self.insist("POST", "/jobs", {"job_id": job_id} | spec)

    def read(self, path: str) -> Any:
        """Return the JSON under `path`; asked until it is there."""
        return self.insist("GET", path).body

    def rows(self, path: str) -> Iterator[Any]:
        """Yield every row of a list, page after page."""
        next_path: str | None = f"{path}{'&' if '?' in path else '?'}limit={PAGE}"
        while next_path:
            answer = self.insist("GET", next_path)
            yield from answer.body
            link = answer.headers.get("link", "")
            next_path = link.partition(">")[0].removeprefix("<") if 'rel="next"' in link else None

    def count(self, path: str) -> int:
        """Return the total of a list."""
        return int(self.insist("GET", f"{path}{'&' if '?' in path else '?'}limit=1").headers["x-total-count"])

    def insist(self, method: str, path: str, body: Any = None) -> Answer:
        """Send until it is answered well; fails on a refusal, and after a minute."""

        def answered() -> Answer | None:
            answer = self.send(method, path, body)
            if answer is None or answer.status >= 500:
                return None
            assert answer.status < 400, f"{method} {path}: {answer.status} {answer.body}"
            return answer

        return wait_until(answered, PATIENCE_SEC, every=0.1)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer | None:
        """Send one request, once; None when the connection broke or nothing came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SEC)
        payload = None if body is None else json.dumps(body)
        if payload is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, payload, headers)
            if method == "POST":
                self.posting[id(connection)] = time.monotonic()
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            self.cut += 1
            return None
        finally:
            self.posting.pop(id(connection), None)
            connection.close()
        return _answer(response, text)

    def _post_run(self, asked: Asked) -> None:
        marks = {"Idempotency-Key": asked.ticket, "X-Request-ID": asked.ticket}
        answer = self.send("POST", f"/jobs/{quote(asked.job_id)}/run", {}, **marks)
        asked.told = told(answer)
        if answer and asked.told is Told.ACKNOWLEDGED and answer.body["run_id"] not in asked.run_ids:
            asked.run_ids.append(answer.body["run_id"])


def _answer(response: http.client.HTTPResponse, text: bytes) -> Answer:
    headers = {name.lower(): value for name, value in response.getheaders()}
    is_json = "json" in headers.get("content-type", "")
    return Answer(response.status, json.loads(text) if is_json and text else None, headers)


def told(answer: Answer | None) -> Told:
    """Return what an answer, or its absence, tells of a change that was asked for."""
    if answer is None or answer.status >= 500:
        return Told.INDETERMINATE
    return Told.REFUSED if answer.status >= 400 else Told.ACKNOWLEDGED
