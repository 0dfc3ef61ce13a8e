"""A web server that answers with the bytes it is told to, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Asked:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Respond = Callable[[Asked, asyncio.StreamWriter], Any]


@dataclass
class Origin:
    """The server at 127.0.0.1:`port`; `respond` writes the answer, `asked` lists the requests."""

    port: int
    respond: Respond
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"


def answers(content: Any, status: str = "200 OK", **headers: str) -> Respond:
    """Always this JSON value, or these bytes."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    lines = {"content-type": "application/json", "content-length": str(len(body))}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())

    def respond(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)

    return respond


def redirects(location: str, status: str = "302 Found") -> Respond:
    return answers(b"", status, location=location)


def routes(**by_path: Respond) -> Respond:
    """By the first segment of the path."""

    def respond(asked: Asked, writer: asyncio.StreamWriter) -> Any:
        return by_path[asked.target.strip("/").split("/")[0].split("?")[0]](asked, writer)

    return respond


@asynccontextmanager
async def serving(respond: Respond) -> AsyncIterator[Origin]:
    """An origin on loopback."""
    origin = Origin(0, respond)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        origin.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                asked = await _read(head, reader)
                origin.asked.append(asked)
                done = origin.respond(asked, writer)
                if done is not None:
                    await done
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    origin.port = server.sockets[0].getsockname()[1]
    try:
        yield origin
    finally:
        server.close()


async def _read(head: bytes, reader: asyncio.StreamReader) -> Asked:
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method, target, headers, body)
