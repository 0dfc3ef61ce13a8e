"""What every response carries and every request is held to: ids, security headers, body limits.

Plain ASGI, because Starlette's BaseHTTPMiddleware would buffer the event streams.
"""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orion.api.requests.bodies import check_json, max_bytes, too_large
from orion.domain.identity import new_id
from orion.errors import Malformed, OrionError

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
_HSTS = "max-age=31536000"  # RFC 6797; without includeSubDomains: the other hosts are not ORION's
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")


class Shield:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, *, always_https: bool = False) -> None:
        self._app = app
        self._always_https = always_https

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
                if self._always_https or scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = _HSTS
                if limits:
                    headers["RateLimit-Policy"] = ", ".join(policy for policy, _ in limits)
                    headers["RateLimit"] = ", ".join(state for _, state in limits)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        limit = max_bytes(scope["path"])
        if _declared_bytes(scope) > limit:
            await _refuse(send_with_headers, request_id, too_large(limit))
        elif "\0" in scope["path"] or b"%00" in scope["query_string"]:
            await _refuse(send_with_headers, request_id, Malformed("the URL holds a NUL"))
        else:
            json_body = b"json" in _header(scope, b"content-type").lower()
            await self._app(scope, _Checked(receive, limit, json_body), send_with_headers)


class _Checked:
    """A `receive` that stops at `limit` bytes, whatever the client declared, and at JSON that is a trap."""

    def __init__(self, receive: Receive, limit: int, json_body: bool) -> None:
        self._receive = receive
        self._limit = limit
        self._json: bytearray | None = bytearray() if json_body else None
        self._bytes = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        body: bytes = message.get("body", b"")
        self._bytes += len(body)
        if self._bytes > self._limit:
            raise too_large(self._limit)
        if self._json is not None and message["type"] == "http.request":
            self._json += body
            if not message.get("more_body"):
                check_json(bytes(self._json))
                self._json = None
        return message


def _request_id(scope: Scope) -> str:
    """The client's own id where it is harmless, else a new one."""
    given = _header(scope, b"x-request-id").decode("latin-1")
    return given if _REQUEST_ID.match(given) else new_id().hex


def _declared_bytes(scope: Scope) -> int:
    declared = _header(scope, b"content-length")
    return int(declared) if declared.isdigit() else 0


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")


async def _refuse(send: Send, request_id: str, error: OrionError) -> None:
    problem: dict[str, Any] = {
        "type": f"/problems/{error.slug}",
        "title": error.title(),
        "status": error.status,
        "detail": error.detail,
        "request_id": request_id,
    }
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})
