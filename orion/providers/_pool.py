"""The HTTP connections to a vendor, which all keys share, and the SDK's clients on top of them.

Keys travel in each request's headers, and no cookie is kept, so requests with different keys may follow each
other on one connection. Addresses that were entered by somebody who does not run this server have connections
of their own, which obey the guard of tools.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Generic, TypeVar

import httpx2
from pipecat.utils.http import connection_limits

from orion.net.addresses import AllowedHosts
from orion.net.client import GuardedTransport

_MAX_CONNECTIONS = 1000
_MAX_BODY_BYTES = 16 * 1024 * 1024
"""Of an answer from behind the guard: minutes of sound."""
_KEPT = 500
"""Clients of so many keys and addresses are kept; the one that was used least recently goes."""

_Client = TypeVar("_Client")


class Pool(Generic[_Client]):
    """Clients by whom they are for: key, address, and the hosts that the guard lets pass, None for no guard.

    Args:
        http: Makes a client for HTTP, of httpx2's arguments: the SDK's own class.
        make: Makes the SDK's client of a key and an address on top of it; the last argument tells whether the
            address is a stranger's, who is to get nothing that the SDK itself finds in the environment.
    """

    def __init__(
        self,
        http: Callable[..., httpx2.AsyncClient],
        make: Callable[[str | None, str | None, httpx2.AsyncClient, bool], _Client],
    ) -> None:
        self._http = http
        self._make = make
        self._connections: dict[tuple[str, ...] | None, httpx2.AsyncClient] = {}
        self._clients: dict[Hashable, _Client] = {}

    def client(
        self, key: str | None, base_url: str | None, allowed: tuple[str, ...] | None = None
    ) -> _Client:
        """The client of a key and an address; calls that have one keep it, however many there are."""
        asked = (key, base_url, allowed)
        found = self._clients.pop(asked, None)
        if found is None:
            found = self._make(key, base_url, self._connected(allowed), allowed is not None)
        self._clients[asked] = found
        while len(self._clients) > _KEPT:
            self._clients.pop(next(iter(self._clients)))
        return found

    async def close(self) -> None:
        """Close all connections, and forget the clients."""
        self._clients.clear()
        while self._connections:
            _, gone = self._connections.popitem()
            await gone.aclose()

    def _connected(self, allowed: tuple[str, ...] | None) -> httpx2.AsyncClient:
        if allowed not in self._connections:
            limits = connection_limits(
                max_keepalive_connections=100, max_connections=_MAX_CONNECTIONS, keepalive_expiry=60
            )
            no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
            if allowed is None:
                made = self._http(limits=limits, cookies=no_cookies)
            else:
                guard = GuardedTransport(
                    AllowedHosts(allowed), max_body_bytes=_MAX_BODY_BYTES, max_connections=_MAX_CONNECTIONS
                )
                # A redirect would take the key and the conversation along.
                made = self._http(
                    transport=guard, cookies=no_cookies, trust_env=False, follow_redirects=False
                )
            self._connections[allowed] = made
        return self._connections[allowed]
