"""A local server that speaks what of Slack's Web API the connector uses, and takes what a webhook writes; and who signs like Slack."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

from runners.engine.access.signatures import signature_of
from tests.planted import SIGNING_SECRET, SLACK_TOKEN

TEAM, CHAT, USER = "T1", "C1", "U1"
SECRET = SIGNING_SECRET
TOKEN = SLACK_TOKEN
HOOK = "/services/canary-T1/B1/0123456789"
PATH = "/connector/slack/commands/ops"
FORM = "application/x-www-form-urlencoded"


@dataclass
class SlackApi:
    """What the server holds. `faults` are answers (status, headers, body) that come before the true ones.

    `calls` are all that were taken, in order: (method, body); `messages` are those of chats as they show them now.
    """

    port: int = 0
    team: str = TEAM
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: deque[tuple[int, dict[str, str], bytes]] = field(default_factory=deque)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def texts(self) -> list[str]:
        """What was posted, in order."""
        return [body["text"] for method, body in self.calls if method in ("chat.postMessage", "webhook")]

    def asked(self, method: str) -> list[dict[str, Any]]:
        """What was asked by one method, in order."""
        return [body for name, body in self.calls if name == method]

    def number(self, label: str) -> str:
        """Return the number of the newest message with this button."""
        return max(number for number in self.messages if label in buttons(self.messages[number]))

    def answer(self, path: str, token: str, body: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        """Return the answer to one call."""
        method = "webhook" if path == HOOK else path.removeprefix("/api/")
        if method != "auth.test" and self.faults:
            return self.faults.popleft()
        if method == "webhook":
            self.calls.append((method, body))
            return 200, {}, b"ok"
        if token != f"Bearer {TOKEN}":
            return 200, {}, b'{"ok":false,"error":"invalid_auth"}'
        if method == "auth.test":
            return said(team_id=self.team)
        number = body.get("ts") or f"17000000{len(self.messages):02}.000100"
        if method != "chat.postEphemeral":
            self.messages[number] = body
        self.calls.append((method, body))
        return said(ts=number)


def said(**more: Any) -> tuple[int, dict[str, str], bytes]:
    return 200, {}, json.dumps({"ok": True, **more}).encode()


def buttons(message: dict[str, Any]) -> dict[str, str]:
    """Return the buttons under a message by their labels, as what they bring back."""
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return {one["text"]["text"]: one["value"] for row in rows for one in row}


@contextmanager
def running() -> Iterator[SlackApi]:
    """Serve until the block ends."""
    api = SlackApi()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            status, headers, answer = api.answer(self.path, self.headers.get("Authorization") or "", body)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    api.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def typed(text: str, *, chat: str = CHAT, user: str = USER, team: str = TEAM) -> dict[str, str]:
    """Return the fields of a slash command, as Slack has them."""
    who = {"team_id": team, "channel_id": chat, "user_id": user, "user_name": "ada"}
    return who | {"command": "/multijob", "text": text, "response_url": "https://hooks.slack.com/commands/x"}


def pressed(back: str, number: str, *, chat: str = CHAT, user: str = USER, team: str = TEAM) -> dict[str, str]:
    """Return the fields of a pressed button, as Slack has them."""
    payload = {
        "type": "block_actions",
        "team": {"id": team},
        "user": {"id": user, "username": "ada", "team_id": team},
        "channel": {"id": chat},
        "container": {"type": "message", "message_ts": number},
        "actions": [{"type": "button", "action_id": back, "value": back}],
    }
    return {"payload": json.dumps(payload)}


def signed(fields: dict[str, str], at: float, secret: str = SECRET, kind: str = FORM) -> tuple[bytes, dict[str, str]]:
    """Return the body and headers of a request that is signed at a time (seconds since 1970)."""
    body = urlencode(fields).encode() if kind == FORM else json.dumps(fields).encode()
    stamp = str(int(at))
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature_of(secret, stamp, body)}
    return body, headers | {"Content-Type": kind}
