"""What every response carries and every request is held to: ids, security headers, body limits.

Plain ASGI, because Starlette's BaseHTTPMiddleware would buffer the event streams.
"""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orion.domain.identity import new_id
from orion.errors import TooLarge

MAX_BODY_BYTES = 256 * 1024

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")


class Shield:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope["orion.request_id"] = request_id
        limits: list[tuple[str, str]] = []
        scope["orion.limits"] = limits

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if limits:
                    headers["RateLimit-Policy"] = ", ".join(policy for policy, _ in limits)
                    headers["RateLimit"] = ", ".join(state for _, state in limits)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if _declared_bytes(scope) > MAX_BODY_BYTES:
            await _refuse(send_with_headers, request_id)
            return
        await self._app(scope, _Limited(receive), send_with_headers)


class _Limited:
    """A `receive` that stops at MAX_BODY_BYTES, whatever the client declared."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._bytes = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes > MAX_BODY_BYTES:
            raise TooLarge(f"the body is larger than {MAX_BODY_BYTES} bytes")
        return message


def _request_id(scope: Scope) -> str:
    """The client's own id where it is harmless, else a new one."""
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    return given if _REQUEST_ID.match(given) else new_id().hex


def _declared_bytes(scope: Scope) -> int:
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    return int(declared) if declared.isdigit() else 0


async def _refuse(send: Send, request_id: str) -> None:
    problem: dict[str, Any] = {
        "type": f"/problems/{TooLarge.slug}",
        "title": TooLarge.title(),
        "status": TooLarge.status,
        "detail": f"the body is larger than {MAX_BODY_BYTES} bytes",
        "request_id": request_id,
    }
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": TooLarge.status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})
