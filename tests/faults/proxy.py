"""A TCP proxy between the platform and its server that can be slow, lose replies after they were earned, or cut."""

import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset instead of a goodbye


@dataclass(slots=True)
class FaultProxy:
    """Forwards `port` to `upstream`. `delay_sec` holds back each reply; while `losing`, replies are swallowed and counted.

    Unplugged, it takes what comes, passes nothing on, and says nothing, as a cut cable does.
    """

    upstream: int
    delay_sec: float = 0.0
    losing: bool = False
    lost: int = 0
    delayed: int = 0
    _door: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _sockets: list[socket.socket] = field(default_factory=list)
    _plugged: threading.Event = field(default_factory=threading.Event)
    _pause: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._door.getsockname()[1])

    def start(self) -> None:
        """Begin to accept connections."""
        self.plug(True)
        threading.Thread(target=self._accept, daemon=True).start()

    def plug(self, plugged: bool) -> None:
        """Let bytes through, or hold back every byte in both directions."""
        if plugged:
            self._plugged.set()
        else:
            self._plugged.clear()

    def cut(self) -> None:
        """Reset every connection that is open now; new ones are accepted."""
        cut, self._sockets = self._sockets, []
        for one in cut:
            with suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                one.shutdown(socket.SHUT_RDWR)
                one.close()

    def stop(self) -> None:
        """End it and all its connections."""
        self._pause.set()
        self._plugged.set()
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self._join(self._door.accept()[0])

    def _join(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self.upstream), 2)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        self._sockets += [client, server]
        threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
        threading.Thread(target=self._reply, args=(server, client), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while sent := client.recv(65536):
                self._plugged.wait()
                server.sendall(sent)
        _close(client, server)

    def _reply(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while reply := server.recv(65536):
                self._plugged.wait()
                if self.losing:
                    self.lost += 1
                    break  # the server has done it, and nobody will ever hear of it
                if self.delay_sec:
                    self.delayed += 1
                    self._pause.wait(self.delay_sec)
                client.sendall(reply)
        _close(client, server)


def _close(*sockets: socket.socket) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
