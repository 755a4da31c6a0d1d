"""What takes notices in tests: a web server that answers as it is told, and a small mail server."""

from __future__ import annotations

import http.server
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Received:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Hook:
    """A web server; `answers` are the statuses of the next requests, 204 when there are none left.

    While `gate` is not set, requests wait.
    """

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook/canary-path"


@contextmanager
def hook() -> Iterator[Hook]:
    """Run a web server that takes notices."""
    found = Hook()
    found.gate.set()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.received.append(Received(self.path, headers, body))
            found.gate.wait(60)
            self.send_response(found.answers.pop(0) if found.answers else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        found.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield found
        found.gate.set()
        server.shutdown()


@dataclass(slots=True)
class Mailbox:
    """A mail server; `letters` holds what came, each as (to, text). `refuses` are addresses that it does not take."""

    port: int = 0
    letters: list[tuple[list[str], str]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Run a mail server that speaks as much SMTP (RFC 5321) as a client needs."""
    found = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            to: list[str] = []
            while line := self.rfile.readline().decode("ascii").strip():
                word = line.upper()
                if word.startswith("RCPT"):
                    address = line.partition("<")[2].partition(">")[0]
                    if address in found.refuses:
                        self.say("550 nobody here")
                        continue
                    to.append(address)
                if word == "DATA":
                    self.say("354 go on")
                    found.letters.append((to, self.text()))
                self.say("221 bye" if word == "QUIT" else "250 ok")

        def text(self) -> str:
            lines = []
            while (line := self.rfile.readline().decode("utf-8")) != ".\r\n":
                lines.append(line)
            return "".join(lines)

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        found.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield found
        server.shutdown()
