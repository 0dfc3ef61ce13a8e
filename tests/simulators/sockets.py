"""A WebSocket server on loopback, over which every message and every failure is in hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.simulators.faults import Fault, Faults
from tests.simulators.pace import Pace


class Socket:
    """One connection from the server's side.

    Attributes:
        path, query: Of its address. `authorization`, `key`: the headers in which vendors want their key.
        fault: What goes wrong with it. `pace`: how soon its messages come.
    """

    def __init__(self, connection: ServerConnection, fault: Fault | None, pace: Pace) -> None:
        assert connection.request is not None
        parts = urlsplit(connection.request.path)
        self.path = parts.path
        self.query = parse_qs(parts.query)
        self.fault = fault
        self.pace = pace
        self._connection = connection
        self._sent = 0

    async def messages(self) -> AsyncIterator[Any]:
        """What the client sends: bytes, or JSON that is parsed."""
        with suppress(ConnectionClosed):
            async for message in self._connection:
                yield message if isinstance(message, bytes) else json.loads(message)

    async def send(self, message: dict[str, Any], error: dict[str, Any]) -> None:
        """Send a message, or what the fault makes of it; `error` is the protocol's own."""
        fault, index = self.fault, self._sent
        self._sent += 1
        await self.pace.wait(index)
        if fault is None or fault.kind == "status" or index < fault.after:
            await self._connection.send(json.dumps(message))
        elif fault.kind == "drop":
            self._connection.transport.abort()
        elif fault.kind == "half":
            await self.close(1011, fault.code)
        elif fault.kind == "drip":
            await asyncio.sleep(fault.pause_secs)
            await self._connection.send(json.dumps(message))
        elif fault.kind in {"malformed", "error"}:
            self.fault = None
            await self._connection.send("{" if fault.kind == "malformed" else json.dumps(error))
            if fault.kind == "error":
                await self.close(1008, fault.code)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self._connection.close(code, reason)


def _plain(content: Any) -> Response:
    status = 401 if content is None else 200
    body = json.dumps(content).encode()
    headers = Headers([("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return Response(status, "X", headers, body)


@asynccontextmanager
async def listen(
    talk: Callable[[Socket], Awaitable[None]],
    faults: Faults,
    allowed: Callable[[Request], bool],
    lists: Mapping[str, Any],
    pace: Callable[[], Pace] = Pace,
) -> AsyncIterator[str]:
    """Serve on a free port while the context is open; gives `ws://127.0.0.1:PORT`.

    `lists` are answered to plain requests, by their path.
    """
    taken: dict[int, Fault | None] = {}

    async def opening(connection: ServerConnection, request: Request) -> Response | None:
        if (path := urlsplit(request.path).path) in lists:
            return _plain(lists[path] if allowed(request) else None)
        fault = faults.take()
        taken[id(connection)] = fault
        if fault and fault.kind == "status":
            response = connection.respond(HTTPStatus(fault.status), "It does not work.\n")
            if fault.retry_after_secs is not None:
                response.headers["Retry-After"] = str(fault.retry_after_secs)
            return response
        if fault and fault.kind == "stall" and not fault.after:
            await connection.wait_closed()
        return None if allowed(request) else connection.respond(HTTPStatus.UNAUTHORIZED, "No such key.\n")

    async def talking(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await talk(Socket(connection, taken.pop(id(connection), None), pace()))

    # A client that is gone answers no close: at the end it is not waited for as long as by default.
    async with serve(talking, "127.0.0.1", 0, process_request=opening, close_timeout=1) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        server.close(close_connections=True)
