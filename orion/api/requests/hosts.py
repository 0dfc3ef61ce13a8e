"""Against DNS rebinding: a server for this machine alone answers only to this machine's names.

A page of anywhere can give its own name the address 127.0.0.1; for the browser it then shares an origin
with what listens there. As long as anybody on this machine may register, such a page could make itself an
account. The name that the browser was led by is in `Host`, so that is what is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from orion.api.requests.addresses import is_loopback
from orion.errors import Refused

_OPEN_PATHS = ("/healthz", "/readyz")
"""They tell nothing, and monitors call them by all kinds of names."""
_POLICY_VIOLATION = 1008
"""RFC 6455, 7.4.1."""
_DETAIL = (
    "this server is for this machine alone: open it at http://127.0.0.1 or http://localhost. "
    "If others should reach it by this name, set ORION_PUBLIC_URL"
)


class LoopbackHosts:
    """ASGI middleware that refuses requests whose `Host` is not a name of this machine.

    Args:
        also: Hosts that are allowed as well, without ports.
    """

    def __init__(self, app: ASGIApp, also: Collection[str] = ()) -> None:
        self._app = app
        self._also = frozenset(host.lower() for host in also)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] not in {"http", "websocket"} or self._allows(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            await _refuse(scope, send)

    def _allows(self, scope: Scope) -> bool:
        named = Headers(scope=scope).getlist("host")
        return scope["path"] in _OPEN_PATHS or all(map(self._known, named))

    def _known(self, named: str) -> bool:
        host = host_of(named)
        return is_loopback(host) or host in self._also


def host_of(named: str) -> str:
    """The host of a `Host` header or of an origin, in lower case and without its port."""
    try:
        return (urlsplit(named if "://" in named else f"//{named}").hostname or "").rstrip(".")
    except ValueError:
        return ""


async def _refuse(scope: Scope, send: Send) -> None:
    problem = {
        "type": f"/problems/{Refused.slug}",
        "title": Refused.title(),
        "status": Refused.status,
        "detail": _DETAIL,
        "request_id": scope.get("orion.request_id", ""),
    }
    headers = [(b"content-type", b"application/problem+json")]
    await send({"type": "http.response.start", "status": Refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})
