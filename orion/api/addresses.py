"""Where a request comes from: the peer, or what trusted proxies say of whom they speak for."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.types import Scope


def client_address(scope: Scope, trusted: tuple[str, ...]) -> str:
    """The address of the client; `X-Forwarded-For` counts only from networks of `trusted`.

    Proxies append the address of their peer, so the last entry that no trusted proxy wrote about
    itself is the client; everything before it is the client's own invention.
    """
    address = scope["client"][0] if scope.get("client") else ""
    if not trusted or not is_in(address, trusted):
        return address
    forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    for entry in reversed([part.strip() for part in forwarded.decode("latin-1").split(",")]):
        if not _parsed(entry):
            return address
        address = entry
        if not is_in(address, trusted):
            return address
    return address


def is_in(address: str, networks: tuple[str, ...]) -> bool:
    """Whether the address lies in one of the networks; what is no address lies in none."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in ip_network(network) for network in networks)


def household(address: str) -> str:
    """The address, or for IPv6 its /64: one household has so many addresses of its own."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((int(parsed) >> 64 << 64, 64)))
    return address


@lru_cache(1024)
def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
