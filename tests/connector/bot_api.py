"""A local server that speaks those methods of the Bot API that the connector uses, as its documentation has them."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from tests.planted import BOT_TOKEN

TOKEN = BOT_TOKEN
CHAT = 1001
SENDER = 2002
NOT_FOUND = (404, b'{"ok":false,"description":"Not Found"}')
HOOKED = (
    409,
    b'{"ok":false,"error_code":409,"description":"Conflict: can\'t use getUpdates method while webhook is active"}',
)
METHODS = (
    *("getUpdates", "sendMessage", "editMessageText", "answerCallbackQuery", "sendDocument"),
    *("setWebhook", "deleteWebhook", "getMe"),
)
WROTE = {"sendMessage", "editMessageText", "answerCallbackQuery", "sendDocument"}


@dataclass
class BotApi:
    """What the server holds. `faults[method]` are answers (status, body) that come before the true ones.

    `calls` are all that wrote something, in order: (method, what was asked). `messages` are the messages as a chat shows them
    now, by number. `bots` are others at the same address, by their tokens; one that `stalls` answers nothing. `on_send`
    comes before a message is taken, and decides by calling its argument whether it is.
    """

    port: int = 0
    updates: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    polls: list[dict[str, str]] = field(default_factory=list)
    hook: dict[str, str] | None = None
    faults: dict[str, deque[tuple[int, bytes]]] = field(default_factory=lambda: {name: deque() for name in METHODS})
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
    def sent(self) -> list[dict[str, str]]:
        return self.asked("sendMessage")

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.sent]

    def asked(self, method: str) -> list[dict[str, str]]:
        """What was asked by one method, in order."""
        return [asked for name, asked in self.calls if name == method]

    def say(
        self, text: str | None, *, chat: int = CHAT, sender: int = SENDER, kind: str = "message", **more: Any
    ) -> int:
        """Have somebody write `text`; `more` goes into the message. Returns the update's id."""
        message = {
            "message_id": 1,
            "date": 1893456000,
            "chat": {"id": chat, "type": "private"},
            "from": person(sender),
            "text": text,
        }
        return self.add({kind: message | more})

    def buttons(self, number: int = 0) -> dict[str, str]:
        """Return the buttons under a message (the newest one) by their labels, as what they bring back."""
        message = self.messages[number or max(self.messages)]
        rows = json.loads(message.get("reply_markup") or "{}").get("inline_keyboard", [])
        return {button["text"]: button["callback_data"] for row in rows for button in row}

    def press(
        self, back: str, *, number: int = 0, sender: int = SENDER, chat: int | None = None, text: str | None = None
    ) -> int:
        """Have somebody press a button under a message (the newest one). Returns the update's id."""
        number = number or max(self.messages)
        shown = self.messages[number]
        message = {
            "message_id": number,
            "date": 1893456000,
            "chat": {"id": chat or int(shown["chat_id"]), "type": "private"},
            "text": shown["text"] if text is None else text,
        }
        query = {"id": f"query-{len(self.updates)}", "from": person(sender), "chat_instance": "1"}
        return self.add({"callback_query": query | {"message": message, "data": back}})

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
        if method == "getUpdates" and self.hook:
            return HOOKED
        result = self._waiting(asked) if method == "getUpdates" else self._take(method, asked)
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

    def _take(self, method: str, asked: dict[str, str]) -> Any:
        if method not in WROTE:
            self.hook = asked if method == "setWebhook" else None
            return True
        number = int(asked.get("message_id") or len(self.messages) + 1)
        (self.on_send or (lambda keep: keep()))(lambda: self._keep(method, asked, number))
        if method == "answerCallbackQuery":
            return True
        chat = {"id": int(asked["chat_id"]), "type": "private"}
        return {"message_id": number, "date": 1893456000, "chat": chat, "text": asked.get("text", "")}

    def _keep(self, method: str, asked: dict[str, str], number: int) -> None:
        with self.changed:
            self.calls.append((method, asked))
            if method in ("sendMessage", "editMessageText"):
                self.messages[number] = asked
            self.changed.notify_all()


def person(number: int) -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": "Ada"}


class _Door(BaseHTTPRequestHandler):
    """The way in to one `api` and its bots."""

    def __init__(self, api: BotApi, *words: Any) -> None:
        self.api = api
        super().__init__(*words)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        token, _, method = self.path.removeprefix("/bot").partition("/")
        bot = self.api.bots.get(token, self.api if token == TOKEN else None)
        if method == "getMe" and not self.api.faults["getMe"]:
            self.do_GET()
            return
        known = bot is not None and method in self.api.faults
        asked = form(self.headers.get("Content-Type") or "", body)
        self.reply(*(bot.answer(method, asked) if bot and known else NOT_FOUND))

    def do_GET(self) -> None:
        token, _, method = self.path.removeprefix("/bot").partition("/")
        me = {"id": 1, "is_bot": True, "first_name": "Bot", "username": f"bot{token.partition(':')[0]}"}
        known = method == "getMe" and (token == TOKEN or token in self.api.bots)
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


@contextmanager
def running() -> Iterator[BotApi]:
    """Serve until the block ends."""
    api = BotApi()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Door, api))
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


def form(kind: str, body: bytes) -> dict[str, str]:
    """Return the fields of a form, of either kind; a file is its text."""
    if not kind.startswith("multipart/"):
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    parsed = BytesParser(EmailMessage, policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    parts = [part for part in parsed.iter_parts() if isinstance(part, EmailMessage)]
    names = [str(part.get_param("name", header="content-disposition")) for part in parts]
    return {name: bytes(part.get_payload(decode=True)).decode() for name, part in zip(names, parts, strict=True)}
