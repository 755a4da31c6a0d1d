"""A local server that speaks getUpdates and sendMessage as the Bot API's documentation has them."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

TOKEN = "424242:canary-Token_never-to-be-seen"
CHAT = 1001
SENDER = 2002
NOT_FOUND = (404, b'{"ok":false,"description":"Not Found"}')


@dataclass
class BotApi:
    """What the server holds. `faults[method]` are answers (status, body) that come before the true ones.

    `bots` are others at the same address, by their tokens; one that `stalls` answers nothing. `on_send` comes before a reply
    is taken, and decides by calling its argument whether it is.
    """

    port: int = 0
    updates: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, str]] = field(default_factory=list)
    polls: list[dict[str, str]] = field(default_factory=list)
    faults: dict[str, deque[tuple[int, bytes]]] = field(
        default_factory=lambda: {"getUpdates": deque(), "sendMessage": deque()}
    )
    on_send: Callable[[Callable[[], object]], None] | None = None
    repeats: bool = False
    stalls: bool = False
    bots: dict[str, "BotApi"] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)
    over: bool = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.sent]

    def say(
        self, text: str | None, *, chat: int = CHAT, sender: int = SENDER, kind: str = "message", **more: Any
    ) -> int:
        """Have somebody write `text`; `more` goes into the message. Returns the update's id."""
        user = {"id": sender, "is_bot": False, "first_name": "Ada"}
        message = {
            "message_id": 1,
            "date": 1893456000,
            "chat": {"id": chat, "type": "private"},
            "from": user,
            "text": text,
        }
        return self.add({kind: message | more})

    def add(self, update: dict[str, Any]) -> int:
        """Queue one update and wake whoever waits for it."""
        with self.changed:
            update_id = update.setdefault("update_id", len(self.updates) + 500)
            self.updates.append(update)
            self.changed.notify_all()
        return update_id

    def fail(self, method: str, status: int, body: bytes | dict[str, Any]) -> None:
        """Answer the next call of `method` like this."""
        self.faults[method].append((status, body if isinstance(body, bytes) else json.dumps(body).encode()))

    def answer(self, method: str, asked: dict[str, str]) -> tuple[int, bytes]:
        """Return the answer to one call."""
        if method == "getUpdates":
            self.polls.append(asked)
        if self.stalls:
            with self.changed:
                self.changed.wait_for(lambda: self.over, timeout=60)
        if self.faults[method]:
            return self.faults[method].popleft()
        result = self._waiting(asked) if method == "getUpdates" else self._send(asked)
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def _waiting(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        offset = 0 if self.repeats else int(asked.get("offset", 0))

        def fresh() -> list[dict[str, Any]]:
            return [update for update in self.updates if update["update_id"] >= offset]

        with self.changed:
            self.changed.wait_for(
                lambda: fresh() or self.over, timeout=0.05 if self.repeats else float(asked["timeout"])
            )
            return fresh()

    def _send(self, asked: dict[str, str]) -> dict[str, Any]:
        (self.on_send or (lambda keep: keep()))(lambda: self._keep(asked))
        chat = {"id": int(asked["chat_id"]), "type": "private"}
        return {"message_id": len(self.sent), "date": 1893456000, "chat": chat, "text": asked["text"]}

    def _keep(self, asked: dict[str, str]) -> None:
        with self.changed:
            self.sent.append(asked)


@contextmanager
def running() -> Iterator[BotApi]:
    """Serve until the block ends."""
    api = BotApi()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
            token, _, method = self.path.removeprefix("/bot").partition("/")
            bot = api.bots.get(token, api if token == TOKEN else None)
            asked = {name: values[0] for name, values in form.items()}
            known = bot is not None and method in api.faults
            self.reply(*(bot.answer(method, asked) if bot and known else NOT_FOUND))

        def do_GET(self) -> None:
            token, _, method = self.path.removeprefix("/bot").partition("/")
            me = {"id": 1, "is_bot": True, "username": f"bot{token.partition(':')[0]}"}
            known = method == "getMe" and (token == TOKEN or token in api.bots)
            self.reply(*((200, json.dumps({"ok": True, "result": me}).encode()) if known else NOT_FOUND))

        def reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:
                self.close_connection = True

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
        for bot in (api, *api.bots.values()):
            with bot.changed:
                bot.over = True
                bot.changed.notify_all()
        server.shutdown()
        server.server_close()
        thread.join()
