"""How long a client may take over its request, and how many connections it may hold.

uvicorn waits for a request for ever, so whoever opens connections and sends a byte now and then (a
"slow loris") takes them away from everybody else. This protocol class gives a deadline to the head of
a request and one to its body, and caps the connections of one address. A request that arrives in one
piece, as nearly all do, sets no timer. An answer may take as long as it likes: event streams do.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from orion.api.requests.addresses import household, is_in

_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_BODY = (b"content-length", b"transfer-encoding")
_THROW_AWAY_SECS = 2.0
_THROW_AWAY_BYTES = 128 * 2**20
_REFUSALS = {
    408: b"408 Request Timeout",
    431: b"431 Request Header Fields Too Large",
    503: b"503 Service Unavailable\r\nretry-after: 5",
}


@dataclass(frozen=True, slots=True)
class ReceiveLimits:
    """What a client is held to while it sends.

    Attributes:
        head_secs: From the connection, or the first byte of a later request, to the end of its head.
        body_secs: From the end of the head to the end of the body.
        per_address: Connections that one address (IPv6: its /64) may hold.
        exempt: Networks without that cap: one address there speaks for many, or is the machine itself.
        unfinished: Requests that may be on their way at once; beyond it the oldest of them goes.
        head_bytes: Size of a request's line and headers.
        headers: Number of a request's headers.
    """

    head_secs: float = 10.0
    body_secs: float = 30.0
    per_address: int = 256
    exempt: tuple[IPv4Network | IPv6Network, ...] = _LOOPBACK
    unfinished: int = 512
    head_bytes: int = 32 * 1024
    headers: int = 100


@dataclass(slots=True)
class Door:
    """The connections of one server: who holds how many, and which wait for (the rest of) a request."""

    limits: ReceiveLimits
    held: Counter[str] = field(default_factory=Counter)
    unfinished: dict[DeadlineProtocol, None] = field(default_factory=dict)


class DeadlineProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 protocol with deadlines; `protocol` makes the class for a server."""

    door: Door

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, and give it time to send the head of its first request."""
        super().connection_made(transport)
        self._deadline: asyncio.TimerHandle | None = None
        self._part = "head"
        self._timed = ""
        self._received = 0
        self._address = household(self.client[0]) if self.client else ""
        self._counted = not is_in(self.client[0] if self.client else "", self.door.limits.exempt)
        if self._counted:
            self.door.held[self._address] += 1
            if self.door.held[self._address] > self.door.limits.per_address:
                self._refuse(503)
                return
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._forget()
        super().connection_lost(exc)

    def _should_upgrade(self) -> bool:
        return not self.transport.is_closing() and super()._should_upgrade()

    def handle_websocket_upgrade(self) -> None:
        """What was counted here is another protocol's connection now."""
        self._forget()
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and set the deadline for what is still missing after that."""
        if self.transport.is_closing():
            return
        if self._part == "unwanted":
            self._throw_away(len(data))
            return
        if self._part == "idle":
            self._part, self._received = "head", 0
        self._received += len(data)
        super().data_received(data)
        if self._part == "head" and self._received > self.door.limits.head_bytes:
            self._refuse(431)
        elif not self.transport.is_closing():
            self._watch()

    def on_message_begin(self) -> None:
        """A request begins, perhaps in the same bytes as the end of the one before."""
        self._part = "head"
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is there; one that is too large goes no further."""
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if len(self.headers) > self.door.limits.headers or size > self.door.limits.head_bytes:
            self._refuse(431)
            return
        self._part = "body"
        super().on_headers_complete()
        if self.cycle is not None and any(name in _BODY for name, _ in self.headers):
            self.cycle.transport = _LateClose(self)  # type: ignore[assignment]

    def on_body(self, body: bytes) -> None:
        """Some of the body, unless its head was refused."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is there as a whole."""
        if not self.transport.is_closing():
            self._part = "idle"
            super().on_message_complete()

    def close_late(self) -> None:
        """Close, but if the client still sends a body, let it see the answer first.

        A socket that is closed with unread bytes resets the connection, and the client loses the answer
        (RFC 9112, 9.6): so end the own side, and throw away what comes for a while.
        """
        if self._part != "body" or self.transport.is_closing() or not self.transport.can_write_eof():
            self.transport.close()
            return
        self._unwatch()
        self._part, self._received = "unwanted", 0
        self.transport.write_eof()
        self.flow.resume_reading()
        self._deadline = self.loop.call_later(_THROW_AWAY_SECS, self.transport.close)

    def _throw_away(self, received: int) -> None:
        self._received += received
        if self._received > _THROW_AWAY_BYTES:
            self.transport.close()

    def _watch(self) -> None:
        """Set the deadline of the part that is missing, once; none while nothing is."""
        if self._part == self._timed:
            return
        self._unwatch()
        if self._part != "idle":
            limits = self.door.limits
            secs = limits.head_secs if self._part == "head" else limits.body_secs
            self._timed = self._part
            self.door.unfinished[self] = None
            if len(self.door.unfinished) > limits.unfinished:
                next(iter(self.door.unfinished))._refuse(408)  # noqa: SLF001 - one of our own
            self._deadline = self.loop.call_later(secs, self._too_slow)

    def _unwatch(self) -> None:
        self._timed = ""
        self.door.unfinished.pop(self, None)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline, self._timed = None, ""
        if self._part == "head" and self.cycle is not None and not self.cycle.response_complete:
            self._watch()  # the answer to the request before it still goes out
        else:
            self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Close, with a word if no answer has begun."""
        self._forget()
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            line = b"HTTP/1.1 " + _REFUSALS[status]
            self.transport.write(line + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        self.transport.close()

    def _forget(self) -> None:
        self._unwatch()
        if self._counted:
            self._counted = False
            self.door.held[self._address] -= 1
            if not self.door.held[self._address]:
                del self.door.held[self._address]


class _LateClose:
    """The transport as a request with a body sees it: its `close` is the protocol's `close_late`."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: DeadlineProtocol) -> None:
        self._protocol = protocol

    def write(self, data: bytes) -> None:
        self._protocol.transport.write(data)

    def is_closing(self) -> bool:
        return self._protocol.transport.is_closing()

    def close(self) -> None:
        self._protocol.close_late()


def protocol(limits: ReceiveLimits) -> type[DeadlineProtocol]:
    """The protocol class of one server, for `uvicorn.Config(http=...)`."""
    members: dict[str, Any] = {"door": Door(limits)}
    return type("DeadlineProtocol", (DeadlineProtocol,), members)
