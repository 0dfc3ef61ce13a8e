"""A small HTTP/1.1 server on loopback, over which every byte and every failure of an answer is in hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.parser import BytesParser
from typing import Any

from tests.simulators.faults import Fault
from tests.simulators.pace import Pace


@dataclass(frozen=True, slots=True)
class Asked:
    """A request; header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Reply:
    """An answer in pieces: more than one is sent chunked, as a stream.

    Attributes:
        fault: What goes wrong with it.
        garbage: The piece that a `malformed` fault sends; `error`: that of an `error` fault.
    """

    pieces: Sequence[bytes]
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None
    garbage: bytes = b"{"
    error: bytes = b""
    stream: bool = False


Answer = Callable[[Asked], Awaitable[Reply]]


def as_json(body: Any, status: int = 200, **headers: str) -> Reply:
    return Reply([json.dumps(body).encode()], status, headers=headers)


@asynccontextmanager
async def serve(answer: Answer, pace: Callable[[], Pace] = Pace) -> AsyncIterator[str]:
    """Serve on a free port while the context is open; gives `http://127.0.0.1:PORT`."""
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await _exchange(reader, writer, answer, pace()):
                    pass
        finally:
            connections.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer, pace: Pace
) -> bool:
    """One request and its answer; whether the connection stays open."""
    head = await reader.readuntil(b"\r\n\r\n")
    line, _, rest = head.partition(b"\r\n")
    method, path, version = line.decode().split()
    headers = {name.lower(): value for name, value in BytesParser().parsebytes(rest).items()}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    reply = await answer(Asked(method, path, headers, body))
    return await _send(writer, reader, reply, pace) and version == "HTTP/1.1"


def _streamed(reply: Reply) -> bool:
    return reply.stream or len(reply.pieces) != 1


def _as_sent(reply: Reply) -> tuple[list[bytes], str]:
    """The pieces that are sent, and how it ends: `whole`, `drop` or `stall`."""
    pieces, fault = list(reply.pieces), reply.fault
    if fault is None or fault.kind == "drip":
        return pieces, "whole"
    if fault.kind in {"drop", "stall"}:
        return pieces[: fault.after], fault.kind
    if fault.kind == "half" and not _streamed(reply):
        return [pieces[0][: len(pieces[0]) // 2]], "drop"
    if fault.kind == "half":
        return pieces[: fault.after], "whole"
    wrong = reply.garbage if fault.kind == "malformed" else reply.error
    return [*pieces[: fault.after], wrong, *pieces[fault.after + 1 :]], "whole"


async def _send(writer: asyncio.StreamWriter, reader: asyncio.StreamReader, reply: Reply, pace: Pace) -> bool:
    """Send an answer; whether the connection stays open."""
    chunked = _streamed(reply)
    pieces, end = _as_sent(reply)
    pauses = reply.fault is not None and reply.fault.kind == "drip"
    if pieces or end == "whole":
        whole = pieces if end == "whole" else reply.pieces
        length = {"transfer-encoding": "chunked"} if chunked else {"content-length": str(len(whole[0]))}
        headers = {"content-type": reply.content_type, **length, **reply.headers}
        lines = [f"HTTP/1.1 {reply.status} X", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode())
    for index, piece in enumerate(pieces):
        await pace.wait(index)
        if pauses and reply.fault and index >= reply.fault.after:
            await asyncio.sleep(reply.fault.pause_secs)
        writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        await writer.drain()
    if end == "stall":
        await reader.read()  # until the client has had enough
    if end != "whole":
        return False
    if chunked:
        writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True
