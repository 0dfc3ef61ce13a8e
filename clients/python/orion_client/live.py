"""Conversations over the generated client: errors are raised, answers and events stream, calls are joined.

Written by hand; `make clients` leaves it alone.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import httpx

from .api.sessions import sessions_create, sessions_get, sessions_message
from .api.webrtc import webrtc_list_ice_servers, webrtc_offer
from .client import AuthenticatedClient
from .models import Answer, IceServers, Message, NewSession, Offer, Problem, Reply, SessionBody
from .types import UNSET, Response, Unset

_Body = TypeVar("_Body")

RECONNECT_SECS = 1.0
"""The pause before an event stream that broke off is opened again."""


class OrionError(Exception):
    """The server refused. `slug` is stable, `str(error)` is for people.

    Attributes:
        status: The HTTP status.
        slug: The end of the problem's type, like `not-found`.
        problem: The whole problem (RFC 9457); empty if the answer was none.
        retry_after_secs: When to try again, if the server said so.
    """

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after_secs: float | None = None) -> None:
        self.status = status
        self.problem = dict(problem)
        self.slug = str(problem.get("type", "")).rpartition("/")[2]
        self.retry_after_secs = retry_after_secs
        super().__init__(problem.get("detail") or problem.get("title") or f"HTTP {status}")


class Unauthenticated(OrionError):
    """401: the token or key is missing, wrong, expired or revoked."""


class Refused(OrionError):
    """403: the caller may not do this."""


class NotFound(OrionError):
    """404: there is no such thing, or it belongs to somebody else."""


class Conflict(OrionError):
    """409: the state does not allow this; `session-ended` is one."""


class Invalid(OrionError):
    """422: the content is not acceptable; `problem["errors"]` says what is wrong where."""


class Limited(OrionError):
    """429: too many requests; see `retry_after_secs`."""


class Unavailable(OrionError):
    """502, 503, 504: the server, or an engine of its, cannot do it now."""


_KINDS: dict[int, type[OrionError]] = {
    **{401: Unauthenticated, 403: Refused, 404: NotFound, 409: Conflict, 422: Invalid, 429: Limited},
    **{502: Unavailable, 503: Unavailable, 504: Unavailable},
}


def result(response: Response[Any]) -> Any:
    """The body of a detailed answer of any generated operation, sync or asyncio. Raises OrionError.

    `result(agents_list_agents.sync_detailed(client=client))`
    """
    if response.status_code >= 400 or isinstance(response.parsed, Problem):
        raise _error(response.status_code, response.headers, response.content)
    return response.parsed


@dataclass(frozen=True)
class Event:
    """One event of a session: `turn.ended`, `tool.started`, `session.state` ... (docs/events.md)."""

    id: str
    name: str
    created_at: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Token:
    """Words of an answer, as they are said."""

    text: str


@dataclass(frozen=True)
class Tool:
    """A tool began or ended (`name`: `tool.started`, `tool.ended`)."""

    name: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Done:
    """The whole answer, as `Session.message` gives it."""

    reply: Reply


class Orion:
    """A server, with an access token or an API key. Use it with `async with`.

    Args:
        url: Where it is, like `http://127.0.0.1:3000`.
        token: An access token, or an API key.
    """

    def __init__(self, url: str, token: str, **options: Any) -> None:
        self.client = AuthenticatedClient(base_url=url, token=token, **options)

    async def __aenter__(self) -> Orion:
        await self.client.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.client.__aexit__(*error)

    async def do(self, operation: Any, *path: Any, **arguments: Any) -> Any:
        """Any generated operation: `await orion.do(agents_get_agent, "concierge")`. Raises OrionError."""
        return result(await operation.asyncio_detailed(*path, client=self.client, **arguments))

    async def open(self, agent: str | Unset = UNSET, title: str | Unset = UNSET) -> Session:
        """Begin a conversation. Raises OrionError."""
        return Session(self, await self.do(sessions_create, body=NewSession(agent=agent, title=title)))

    async def session(self, session_id: UUID | str) -> Session:
        """A conversation that exists. Raises NotFound."""
        return Session(self, await self.do(sessions_get, UUID(str(session_id))))


@dataclass
class Session:
    """One conversation.

    Attributes:
        body: What the server said of it when it was opened or found.
    """

    orion: Orion
    body: SessionBody

    @property
    def id(self) -> UUID:
        return self.body.id

    async def message(self, text: str) -> Reply:
        """Say something by text; the answer when it is whole. Raises OrionError."""
        reply: Reply = await self.orion.do(sessions_message, self.id, body=Message(text=text))
        return reply

    async def stream(self, text: str) -> AsyncIterator[Token | Tool | Done]:
        """Say something by text; the answer as it comes. Raises OrionError, in its middle too."""
        path, body = f"/api/v1/sessions/{self.id}/messages", {"text": text}
        async for _, name, data in self._sent_events("POST", path, json=body):
            if name == "error":
                raise _problem(int(data.get("status", 500)), data)
            if name == "done":
                yield Done(Reply.from_dict(data))
            else:
                yield Token(data["text"]) if name == "token" else Tool(name, data)

    async def events(self, after: str | None = None) -> AsyncIterator[Event]:
        """What happens in the session, until it is deleted; a stream that breaks off is taken up again.

        Args:
            after: The id of an event; those that came later are given first.

        Raises:
            OrionError: Not for a server that cannot be reached, or is busy: it is asked again.
        """
        path = f"/api/v1/sessions/{self.id}/events"
        while True:
            headers = {"Last-Event-ID": after} if after else {}
            with suppress(httpx.TransportError, Unavailable):
                async for after, name, data in self._sent_events("GET", path, headers=headers):
                    yield Event(after, name, data["created_at"], data["body"])
            await asyncio.sleep(RECONNECT_SECS)

    async def join(self, microphone: Any = None, on_track: Callable[[Any], Any] | None = None) -> Call:
        """Join by WebRTC (needs aiortc: `pip install 'orion-client[voice]'`). Raises OrionError.

        Args:
            microphone: An aiortc audio track that is sent; None sends silence.
            on_track: Is given the track of the agent's voice. Read it with `await track.recv()`.
        """
        call = Call(self)
        await call._join(microphone, on_track)
        return call

    async def _sent_events(
        self, method: str, path: str, **options: Any
    ) -> AsyncIterator[tuple[str, str, dict[str, Any]]]:
        """Server-sent events: id, name, body (WHATWG HTML, 9.2)."""
        http = self.orion.client.get_async_httpx_client()
        headers = {"Accept": "text/event-stream", **options.pop("headers", {})}
        async with http.stream(method, path, headers=headers, timeout=_PATIENCE, **options) as response:
            if response.status_code >= 400:
                raise _error(response.status_code, response.headers, await response.aread())
            event: dict[str, str] = {}
            async for line in response.aiter_lines():
                key, _, value = line.partition(":")
                if not line and "data" in event:
                    yield event.get("id", ""), event.get("event", "message"), json.loads(event["data"])
                    event = {}
                elif key in {"id", "event", "data"}:
                    event[key] = value.removeprefix(" ")


@dataclass
class Call:
    """A stay in a session's call, over WebRTC.

    Attributes:
        peer: The aiortc RTCPeerConnection.
        messages: RTVI messages of the server, as they come.
    """

    session: Session
    peer: Any = None
    messages: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    _channel: Any = None
    _pinging: asyncio.Task[None] | None = None

    def send(self, kind: str, data: Mapping[str, Any]) -> None:
        """An RTVI message: `call.send("send-text", {"content": "Hello"})`."""
        message = {"label": "rtvi-ai", "id": kind, "type": kind, "data": dict(data)}
        self._channel.send(json.dumps(message))

    async def leave(self) -> None:
        """Hang up; the session goes on."""
        if self._pinging is not None:
            self._pinging.cancel()
        await self.peer.close()

    async def _join(self, microphone: Any, on_track: Callable[[Any], Any] | None) -> None:
        from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
        from aiortc.mediastreams import AudioStreamTrack

        orion = self.session.orion
        found: IceServers = await orion.do(webrtc_list_ice_servers)
        servers = [RTCIceServer(**{k: v for k, v in one.to_dict().items() if v}) for one in found.ice_servers]
        self.peer = RTCPeerConnection(RTCConfiguration(servers))
        self.peer.addTrack(microphone or AudioStreamTrack())
        if on_track is not None:
            self.peer.on("track", on_track)
        self._channel = self.peer.createDataChannel("chat")
        self._channel.on("open", self._opened)
        self._channel.on("message", lambda text: self.messages.put_nowait(json.loads(text)))
        await self.peer.setLocalDescription(await self.peer.createOffer())
        try:
            offer = Offer(sdp=self.peer.localDescription.sdp, type_="offer")
            answer: Answer = await orion.do(webrtc_offer, self.session.id, body=offer)
        except BaseException:
            await self.peer.close()
            raise
        await self.peer.setRemoteDescription(RTCSessionDescription(answer.sdp, answer.type_))

    def _opened(self) -> None:
        self.send("client-ready", {"version": "2.1.0", "about": {"library": "orion-client"}})
        self._pinging = asyncio.ensure_future(self._ping())

    async def _ping(self) -> None:
        while self._channel.readyState == "open":
            self._channel.send("ping: 0")
            await asyncio.sleep(1)


_PATIENCE = httpx.Timeout(10.0, read=45.0)
"""The server sends a comment every 15 s: a stream that is silent for longer is broken."""


def _error(status: int, headers: Mapping[str, str], content: bytes) -> OrionError:
    try:
        problem = json.loads(content)
    except ValueError:
        problem = {}
    after = headers.get("Retry-After", "")
    return _problem(status, problem if isinstance(problem, dict) else {}, after)


def _problem(status: int, problem: Mapping[str, Any], retry_after: str = "") -> OrionError:
    kind = _KINDS.get(int(status), OrionError)
    return kind(int(status), problem, float(retry_after) if retry_after.isdigit() else None)
