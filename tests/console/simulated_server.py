"""A server that speaks the page's wires from a script, with the real content security policy.

REST, the event stream and a WebRTC peer that sends a tone: enough to try the built page in a real
browser without models or a database. Tests push events by `SimulatedServer.emit`.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvicorn
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay
from aiortc.mediastreams import AudioStreamTrack
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse

from orion.api.requests.shield import Shield
from tests.console.simulated_plans import ADA, SimulatedPlans

DIST = Path(__file__).parents[2] / "orion" / "console" / "dist"
USER = {
    "id": ADA,
    "email": "ada@example.org",
    "name": "Ada",
    "role": "admin",
    "has_password": True,
    "created_at": "2026-01-01T00:00:00.000Z",
}
TURNS_A_PAGE = 50
PASSWORD = "correct horse battery"
LINK_TOKEN = "one-time-link-token-0123456789"
INVITATION = "an-invitation-0123456789abcdef"


class SimulatedServer:
    """Runs in a thread of its own; `url` is its origin."""

    def __init__(self) -> None:
        self.url = ""
        self.expires_in_secs = 900
        self.user: dict[str, Any] = dict(USER)
        self.registered: list[dict[str, str]] = []
        self.passwords: list[dict[str, str]] = []
        self.invited: list[dict[str, str]] = []
        self.sessions: dict[str, dict[str, Any]] = {}
        self.turns: dict[str, list[dict[str, Any]]] = {}
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.refreshed: list[str] = []
        self.resumed: list[str] = []
        self.offers: list[dict[str, Any]] = []
        self.track_enabled: list[bool] = []
        self.answers_for_sessions = threading.Event()
        self.answers_for_sessions.set()
        self.answers = threading.Event()
        self.answers.set()
        self.messages: list[str] = []
        self.variables: list[dict[str, str]] = []
        self.access_token = ""
        self.refresh_token = ""
        self.providers = [provider("anthropic"), provider("deepgram"), provider("openai")]
        self.in_use = [
            in_use("stt", "Moonshine tiny"),
            in_use("llm", "the offline agent", better=["orion models pull qwen3-4b"]),
            in_use("tts", "hibari"),
            in_use("memory", "by words"),
        ]
        self.entered: list[tuple[str, dict[str, str]]] = []
        self.plans = SimulatedPlans(self.emit)
        self._answering = threading.Lock()
        self._link_spent = False
        self._peers: list[RTCPeerConnection] = []
        self._channels: list[Any] = []
        self._voices: list[AudioStreamTrack] = []
        self._streams: set[asyncio.Queue[dict[str, Any] | None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._app(), host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=1
            )
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> None:
        """Serve on a free port of the loopback interface."""
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        """Stop serving; open streams are cut."""
        self.cut_streams()
        self._server.should_exit = True
        self._thread.join(10)

    def add_session(self, title: str | None = None, **more: Any) -> str:
        """A past session of the user."""
        session: dict[str, Any] = {
            "id": str(uuid4()),
            "owner": {"id": ADA, "name": "Ada", "email": "ada@example.org"},
            "agent": "receptionist",
            "status": "active",
            "live": False,
            "title": title,
            "metadata": {},
            "participants": [],
            "created_at": "2026-01-31T09:30:00.000Z",
            "started_at": None,
            "ended_at": None,
            "end_reason": None,
        } | more
        self.sessions = {session["id"]: session} | self.sessions
        self.turns[session["id"]] = []
        return str(session["id"])

    def emit(self, session_id: str, name: str, body: dict[str, Any], at: str = "") -> None:
        """An event for all who follow the session."""
        log = self.events.setdefault(session_id, [])
        event = {
            "id": f"00000000-0000-7000-8000-{len(log):012d}",
            "session_id": session_id,
            "name": name,
            "created_at": at or f"2026-02-01T10:00:{len(log) % 60:02d}.000Z",
            "body": body,
        }
        log.append(event)
        for queue in list(self._streams):
            self._call(queue.put_nowait, event)

    def cut_streams(self) -> None:
        """Break all event streams, as a lost network does."""
        for queue in list(self._streams):
            self._call(queue.put_nowait, None)

    def drop_peers(self) -> None:
        """Close all WebRTC connections from this side."""
        if self._loop:
            peers, self._peers = self._peers, []
            asyncio.run_coroutine_threadsafe(_close(peers), self._loop).result(10)

    def freeze(self) -> None:
        """Send nothing more of any voice, as a server that hangs."""
        for voice in self._voices:
            self._call(voice.stop)

    def hang_up(self) -> None:
        """End the calls as the server does that ends them on purpose: it says so first."""
        for channel in self._channels:
            self._call(channel.send, json.dumps({"type": "signalling", "message": {"type": "peerLeft"}}))
        self.drop_peers()

    def _call(self, function: Any, *arguments: Any) -> None:
        if self._loop:
            self._loop.call_soon_threadsafe(function, *arguments)

    def _signed_in(self) -> dict[str, Any]:
        self.access_token, self.refresh_token = uuid4().hex, uuid4().hex
        return {
            "user": self.user,
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "token_type": "bearer",
            "expires_in": self.expires_in_secs,
        }

    def _app(self) -> FastAPI:
        app = FastAPI(lifespan=self._lifespan)
        self._auth_routes(app)
        self._account_routes(app)
        self._provider_routes(app)
        self._session_routes(app)
        self._conversation_routes(app)
        self.plans.routes(app)
        self._call_routes(app)

        @app.get("/")
        def page() -> FileResponse:
            return FileResponse(DIST / "index.html", headers={"Cache-Control": "no-store"})

        @app.get("/{name:path}")
        def asset(name: str) -> Response:
            path = DIST / name
            return FileResponse(path) if path.is_file() else _problem(404, "not-found", "no such page")

        @app.middleware("http")
        async def only_with_token(request: Request, proceed: Any) -> Any:
            self._loop = asyncio.get_running_loop()
            path = request.url.path
            given = request.headers.get("authorization")
            open_to_all = not path.startswith("/api/") or path.startswith("/api/v1/auth/")
            if not open_to_all and given != f"Bearer {self.access_token}":
                return _problem(401, "unauthenticated", "the access token is not valid")
            return await proceed(request)

        app.add_middleware(Shield)
        return app

    @asynccontextmanager
    async def _lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        yield
        await _close(self._peers)  # after the last request, so that none can add another

    def _auth_routes(self, app: FastAPI) -> None:
        @app.post("/api/v1/auth/login")
        def login(body: dict[str, str]) -> Any:
            if body["password"] != PASSWORD:
                return _problem(401, "unauthenticated", "email or password is wrong")
            return self._signed_in()

        @app.post("/api/v1/auth/register")
        def register(body: dict[str, str]) -> Any:
            self.registered.append(body)
            if body["email"] == "taken@example.org":
                errors = [{"pointer": "/email", "detail": "this address has an account"}]
                return _problem(422, "invalid", "some fields are not acceptable", errors=errors)
            return JSONResponse(self._signed_in(), 201)

        @app.post("/api/v1/auth/sign-in")
        def sign_in(body: dict[str, str]) -> Any:
            if body["token"] != LINK_TOKEN or self._link_spent:
                return _problem(401, "unauthenticated", "the sign-in link is used up or has expired")
            self._link_spent = True
            return self._signed_in()

        @app.post("/api/v1/auth/refresh")
        def refresh(body: dict[str, str]) -> Any:
            self.refreshed.append(body["refresh_token"])
            if body["refresh_token"] != self.refresh_token:
                return _problem(401, "unauthenticated", "the refresh token is not valid any more")
            return self._signed_in()

        @app.post("/api/v1/auth/logout")
        def logout() -> Response:
            self.access_token = self.refresh_token = ""
            return Response(status_code=204)

    def _account_routes(self, app: FastAPI) -> None:
        @app.post("/api/v1/auth/password")
        def password(body: dict[str, str]) -> Response:
            if self.user["has_password"] and body.get("current_password") != PASSWORD:
                return _problem(403, "refused", "the current password is wrong")
            self.user |= {"has_password": True, "email": body.get("email", self.user["email"])}
            self.passwords.append(body)
            return Response(status_code=204)

        @app.get("/api/v1/auth/profile")
        def profile() -> Any:
            return self.user

        @app.post("/api/v1/auth/invitations", status_code=201)
        def invite(body: dict[str, str]) -> Any:
            self.invited.append(body)
            url = f"{self.url}/?invitation={INVITATION}"
            return {"token": INVITATION, "url": url, "expires_at": "2026-02-08T10:00:00.000Z"}

    def _provider_routes(self, app: FastAPI) -> None:
        @app.get("/api/v1/providers")
        def providers() -> Any:
            shown = {"items": [], "engines": [], "in_use": self.in_use, "providers": self.providers}
            return {**shown, "next_cursor": None}

        @app.put("/api/v1/providers/{name}")
        def put(name: str, body: dict[str, str]) -> Any:
            self.entered.append((name, body))
            if body.get("base_url") == "https://127.0.0.1/v1":
                errors = [{"pointer": "/base_url", "detail": "this address is not public"}]
                return _problem(422, "invalid", "some fields are not acceptable", errors=errors)
            provider = next(one for one in self.providers if one["name"] == name)
            wrong = "wrong" in body.get("key", "")
            provider |= {"configured": "workspace", "key_ends": body.get("key", "")[-4:] or None}
            provider |= {"base_url": body.get("base_url")}
            return {**provider, "problem": f"{name}: authentication" if wrong else None}

        @app.delete("/api/v1/providers/{name}")
        def forget(name: str) -> Response:
            self.providers = [provider(one["name"]) if one["name"] == name else one for one in self.providers]
            return Response(status_code=204)

    def _session_routes(self, app: FastAPI) -> None:
        @app.get("/api/v1/agents")
        def agents() -> Any:
            names = [("receptionist", "Reception"), ("support", "technical support")]
            return {"items": [{"name": n, "title": t} for n, t in names], "next_cursor": None}

        @app.get("/api/v1/sessions")
        def sessions(mine: bool = False) -> Any:
            found = [one for one in self.sessions.values() if not mine or one["owner"]["id"] == ADA]
            return {"items": found, "next_cursor": None}

        @app.post("/api/v1/sessions", status_code=201)
        def create(body: dict[str, Any]) -> Any:
            self.variables.append(body["variables"])
            created = self.add_session(status="created", agent=body.get("agent", "receptionist"))
            return self.sessions[created]

        @app.get("/api/v1/sessions/{session_id}")
        def session(session_id: str) -> Any:
            self.answers_for_sessions.wait(10)
            return self.sessions.get(session_id) or _problem(404, "not-found", "no such session")

        @app.delete("/api/v1/sessions/{session_id}")
        def delete(session_id: str) -> Response:
            del self.sessions[session_id]
            return Response(status_code=204)

        @app.get("/api/v1/sessions/{session_id}/turns")
        def turns(session_id: str, cursor: int = 0) -> Any:
            page = self.turns[session_id][cursor : cursor + TURNS_A_PAGE]
            more = cursor + TURNS_A_PAGE < len(self.turns[session_id])
            return {"items": page, "next_cursor": str(cursor + TURNS_A_PAGE) if more else None}

    def _conversation_routes(self, app: FastAPI) -> None:
        @app.patch("/api/v1/sessions/{session_id}/status")
        def status(session_id: str, body: dict[str, str]) -> Any:
            self.sessions[session_id] |= {"status": body["status"], "end_reason": "hung_up", "live": False}
            return self.sessions[session_id]

        @app.post("/api/v1/sessions/{session_id}/messages")
        def message(session_id: str, body: dict[str, str]) -> Any:
            self.messages.append(body["text"])
            with self._answering:
                if body["text"] == "fail":
                    return _problem(504, "provider-timeout", "no answer within a minute")
                said = turn("user", body["text"])
                answer = turn("agent", f"You wrote: {body['text']}")
                self._add_turn(session_id, said)
                self.answers.wait(10)
                self._add_turn(session_id, answer)
            return {"turn_id": answer["id"], "text": answer["text"], "tool_calls": []}

        @app.get("/api/v1/sessions/{session_id}/events")
        async def events(session_id: str, request: Request) -> StreamingResponse:
            last = request.headers.get("last-event-id", "")
            self.resumed.append(last)
            return StreamingResponse(self._stream(session_id, last), media_type="text/event-stream")

    def _add_turn(self, session_id: str, added: dict[str, Any]) -> None:
        self.turns[session_id].append(added)
        self.emit(session_id, "turn.ended", {"turn": added})

    async def _stream(self, session_id: str, last: str) -> AsyncIterator[str]:
        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._streams.add(queue)
        try:
            yield ": connected\n\n"
            for event in self.events.get(session_id, []):
                if last and event["id"] > last:
                    yield _encode(event)
            while (event_or_end := await queue.get()) is not None:
                if event_or_end["session_id"] == session_id:
                    yield _encode(event_or_end)
        finally:
            self._streams.discard(queue)

    def _call_routes(self, app: FastAPI) -> None:
        @app.get("/api/v1/ice-servers")
        def ice_servers() -> Any:
            return {"ice_servers": []}

        @app.post("/api/v1/sessions/{session_id}/offer")
        async def offer(session_id: str, body: dict[str, Any]) -> Any:
            self.offers.append(body)
            if self.sessions[session_id]["status"] == "ended":
                return _problem(409, "session-ended", "the session has ended")
            peer = RTCPeerConnection()
            self._peers.append(peer)
            self._listen(peer, session_id)
            voice = AudioStreamTrack()
            self._voices.append(voice)
            peer.addTrack(MediaRelay().subscribe(voice))
            await peer.setRemoteDescription(RTCSessionDescription(body["sdp"], body["type"]))
            await peer.setLocalDescription(await peer.createAnswer())
            answer = peer.localDescription
            return {"sdp": answer.sdp, "type": answer.type, "pc_id": uuid4().hex}

        @app.patch("/api/v1/sessions/{session_id}/offer", status_code=204)
        def trickle(session_id: str) -> Response:
            return Response(status_code=204)

    def _listen(self, peer: RTCPeerConnection, session_id: str) -> None:
        @peer.on("datachannel")
        def on_datachannel(channel: Any) -> None:
            self._channels.append(channel)

            def on_message(text: str) -> None:
                if text.startswith("ping"):
                    return
                message = json.loads(text)
                if message["type"] == "client-ready":
                    ready = {
                        "label": "rtvi-ai",
                        "type": "bot-ready",
                        "id": message["id"],
                        "data": {"version": "2.2.0"},
                    }
                    channel.send(json.dumps(ready))
                    self.emit(
                        session_id, "participant.joined", {"participant": "user", "transport": "webrtc"}
                    )
                    self.emit(session_id, "session.state", {"state": "listening"})
                elif message["type"] == "signalling":
                    self.track_enabled.append(message["message"]["enabled"])

            channel.on("message", on_message)


def provider(name: str, **more: Any) -> dict[str, Any]:
    """A provider that takes a key, as the server tells it."""
    return {
        "name": name,
        "enterable": ["key"] if name == "deepgram" else ["key", "base_url"],
        "configured": None,
        "key_ends": None,
        "base_url": None,
        "updated_at": None,
        "problem": None,
    } | more


def in_use(kind: str, name: str, note: str | None = None, better: Sequence[str] = ()) -> dict[str, Any]:
    """A part of an agent, as the server tells it, and the commands that would improve it."""
    offers = [{"gain": "talks about anything", "command": command} for command in better]
    return {"kind": kind, "provider": None, "name": name, "note": note, "better": offers}


def turn(role: str, text: str, **more: Any) -> dict[str, Any]:
    """A turn as the server sends it."""
    return {
        "id": str(uuid4()),
        "role": role,
        "agent": "receptionist",
        "text": text,
        "interrupted": False,
        "tool_calls": [],
        "latency": {},
        "started_at": "2026-02-01T10:00:00.000Z",
        "ended_at": "2026-02-01T10:00:01.000Z",
    } | more


def tool_call(status: str, **more: Any) -> dict[str, Any]:
    """A tool call as the server sends it."""
    return {
        "id": "call-1",
        "tool": "current_time",
        "arguments": {"zone": "Asia/Tokyo"},
        "status": status,
        "result": None,
        "error": None,
        "duration_ms": None,
        "started_at": "2026-02-01T10:00:00.000Z",
    } | more


def _encode(event: dict[str, Any]) -> str:
    return f"id: {event['id']}\nevent: {event['name']}\ndata: {json.dumps(event)}\n\n"


def _problem(status: int, slug: str, detail: str, **more: Any) -> JSONResponse:
    body = {
        "type": f"/problems/{slug}",
        "title": slug,
        "status": status,
        "detail": detail,
        "request_id": "r",
    } | more
    return JSONResponse(body, status, media_type="application/problem+json")


async def _close(peers: list[RTCPeerConnection]) -> None:
    for peer in peers:
        await peer.close()
