"""An MCP server that is a program: JSON-RPC, one message a line, over its pipes (MCP specification, transports, stdio).

Not the SDK's own way of starting it: that one adds variables of ours to the program's environment, lets it leave our process
group, and buffers a line without an end.
"""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
import mcp_types as types
from anyio.abc import ByteReceiveStream, ByteSendStream
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.client._transport import TransportStreams
from mcp.shared.message import SessionMessage

from runners.engine.programs.running import launched
from runners.mcp.limits import LARGEST_MESSAGE, Allowance, TooMuch

Incoming = SessionMessage | Exception
STDERR_KEPT = 2048
LINGER_SEC = 1.0


class Program:
    """The program, once `talk` has started it. `fault` is what it did wrong, '' so far; `odd` its first line that is no message."""

    def __init__(
        self,
        argv: Sequence[str],
        folder: int,
        environment: Mapping[str, str],
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        """`tell` gets each line of what the program says on stderr."""
        self._argv = launched(argv, folder, environment)
        self._folder = folder
        self._environment = dict(environment)
        self._stderr = b""
        self._told = anyio.Event()
        self._tell = tell
        self.allowance = Allowance()
        self.fault = ""
        self.odd = ""
        self.status: int | None = None

    @property
    def last_words(self) -> str:
        """The last line that is not blank of what it said on stderr, or ''."""
        lines = self._stderr.decode("utf-8", "replace").strip().splitlines()
        return lines[-1].strip() if lines else ""

    @asynccontextmanager
    async def talk(self) -> AsyncIterator[TransportStreams]:
        """Start the program and yield the two streams of its session; it is ended with all that it left in its group."""
        process = await anyio.open_process(
            self._argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment,
            pass_fds=(self._folder,),
        )
        assert process.stdin and process.stdout and process.stderr
        came, incoming = anyio.create_memory_object_stream[Incoming](0)
        outgoing, to_send = anyio.create_memory_object_stream[SessionMessage](0)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._read, process, came)
            tasks.start_soon(_write, process.stdin, to_send)
            tasks.start_soon(self._listen, process.stderr)
            try:
                yield incoming, outgoing
            finally:
                self.status = process.returncode
                with suppress(ProcessLookupError):
                    process.kill()
                tasks.cancel_scope.cancel()

    async def _read(self, process: Any, came: MemoryObjectSendStream[Incoming]) -> None:
        async with came:
            try:
                async for line in _lines(process.stdout, self.allowance):
                    await came.send(self._message(line))
            except TooMuch as fault:
                self.fault = str(fault)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                return
            # the session is told when it can be said why
            with anyio.move_on_after(LINGER_SEC):
                self.status = await process.wait()
                await self._told.wait()

    def _message(self, line: bytes) -> Incoming:
        try:
            return SessionMessage(types.jsonrpc_message_adapter.validate_json(line, by_name=False))
        except ValueError as fault:
            self.odd = self.odd or line[:STDERR_KEPT].decode("utf-8", "replace")
            return fault

    async def _listen(self, stderr: ByteReceiveStream) -> None:
        line = b""
        async for part in stderr:
            self._stderr = (self._stderr + part)[-STDERR_KEPT:]
            *lines, line = (line + part).split(b"\n")
            for one in [*lines, line] if len(line) > STDERR_KEPT else lines:
                self._tell(one.decode("utf-8", "replace"))
            line = b"" if len(line) > STDERR_KEPT else line
        self._tell(line.decode("utf-8", "replace"))
        self._told.set()


async def _write(stdin: ByteSendStream, to_send: MemoryObjectReceiveStream[SessionMessage]) -> None:
    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
        async with to_send:
            async for one in to_send:
                await stdin.send(one.message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n")


async def _lines(stdout: ByteReceiveStream, allowance: Allowance) -> AsyncIterator[bytes]:
    """Yield whole lines. Raises TooMuch."""
    rest = bytearray()
    async for part in stdout:
        allowance.take(len(part))
        rest += part
        *lines, rest = rest.split(b"\n")
        if len(rest) > LARGEST_MESSAGE:
            raise TooMuch(f"it sent a message of more than {LARGEST_MESSAGE // 1024 // 1024} MiB")
        for line in lines:
            if line.strip():
                yield bytes(line)
