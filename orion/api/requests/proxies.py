"""The client's real address and scheme behind proxies that are trusted, and behind no others.

A request from one of the networks of `ORION_TRUSTED_PROXIES` may say whom it speaks for, by
X-Forwarded-For and X-Forwarded-Proto, or by Forwarded (RFC 7239). From everybody else these headers
count for nothing. All parts of the server read the outcome in `scope["client"]` and `scope["scheme"]`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

_Address = IPv4Address | IPv6Address
_Networks = Sequence[IPv4Network | IPv6Network]

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - RFC 9110's word for it, no secret
_PAIR = re.compile(rf'\s*({_TOKEN})=(?:({_TOKEN})|"((?:[^"\\]|\\.)*)")\s*(;|,|\Z)')
_SCHEMES = {"http", "https"}


class _Hop(NamedTuple):
    """What one proxy says of the request that it received: from where, and by which scheme."""

    address: str
    scheme: str


class Proxies:
    """ASGI middleware around everything that asks who the client is."""

    def __init__(self, app: ASGIApp, trusted: _Networks) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] in {"http", "websocket"}:
            scope = self._seen_through(scope)
        await self._app(scope, receive, send)

    def _seen_through(self, scope: Scope) -> Scope:
        """The scope with the client's own address and scheme, as far as the headers agree on them."""
        peer = _address(scope["client"][0]) if scope.get("client") else None
        if peer is None or not _within(peer, self._trusted):
            return scope
        headers = Headers(scope=scope)
        told = [
            _walk(peer, hops, self._trusted) for hops in (_forwarded(headers), _x_forwarded(headers)) if hops
        ]
        addresses = {address for address, _ in told}
        schemes = {scheme for _, scheme in told if scheme in _SCHEMES}
        # A proxy sets one kind; the other may be the client's own: where they differ, neither counts.
        if len(addresses) == 1:
            scope = {**scope, "client": (str(addresses.pop()), 0)}
        if len(schemes) == 1:
            secure = schemes.pop() == "https"
            names = ("ws", "wss") if scope["type"] == "websocket" else ("http", "https")
            scope = {**scope, "scheme": names[secure]}
        return scope


def _walk(peer: _Address, hops: list[_Hop], trusted: _Networks) -> tuple[_Address, str]:
    """From the nearest proxy outwards to the first address that is no trusted proxy."""
    client, scheme = peer, ""
    for hop in reversed(hops):
        if not _within(client, trusted):
            break
        scheme = hop.scheme
        address = _address(hop.address)
        if address is None:
            break
        client = address
    return client, scheme


def _x_forwarded(headers: Headers) -> list[_Hop]:
    """The hops of X-Forwarded-For; its proxies tell one scheme, that of the nearest."""
    scheme = ",".join(headers.getlist("x-forwarded-proto")).rpartition(",")[2].strip().lower()
    addresses = ",".join(headers.getlist("x-forwarded-for"))
    return [_Hop(address, scheme) for address in addresses.split(",")] if addresses or scheme else []


def _forwarded(headers: Headers) -> list[_Hop]:
    """The hops of Forwarded (RFC 7239, section 4); none if it cannot be read to its end."""
    text = ",".join(headers.getlist("forwarded"))
    hops: list[_Hop] = []
    pairs: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = _PAIR.match(text, at)
        if match is None:
            return []
        name, plain, quoted, end = match.groups()
        pairs[name.lower()] = plain or re.sub(r"\\(.)", r"\1", quoted or "")
        if end != ";":
            hops.append(_Hop(pairs.get("for", ""), pairs.get("proto", "").lower()))
            pairs = {}
        at = match.end()
    return hops


def _address(text: str) -> _Address | None:
    """An address with or without a port, IPv6 in brackets (RFC 7239, section 6) or bare."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


def _within(address: _Address, networks: _Networks) -> bool:
    return any(address in network for network in networks)
