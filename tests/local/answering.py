"""A server that commands may ask: it remembers what it was asked."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Api(ThreadingHTTPServer):
    """A server that remembers what it was asked and gives the answer that a test put down: for its path, or for all."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.asked: list[tuple[str, str, Any]] = []
        self.languages: list[str | None] = []
        self.credentials: list[str | None] = []
        self.status, self.answer = 200, json.dumps({"ok": True})
        self.answers: dict[str, object] = {}

    def will_answer(self, answer: object, status: int = 200) -> None:
        """Give this from now on."""
        self.status, self.answer = status, json.dumps(answer)


class Request(BaseHTTPRequestHandler):
    """One request to the `Api`."""

    server: Api

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.server.asked.append((self.command, self.path, body))
        self.server.languages.append(self.headers["Accept-Language"])
        self.server.credentials.append(self.headers["Authorization"])
        self.send_response(self.server.status)
        self.end_headers()
        path = self.path.partition("?")[0]
        given = json.dumps(self.server.answers[path]) if path in self.server.answers else self.server.answer
        self.wfile.write(given.encode())

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""
