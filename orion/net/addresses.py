"""Which addresses on the network a tool may reach: public ones, and private ones by the settings.

An address is refused unless it is globally reachable unicast, and so is every IPv4 address inside it:
`ipaddress.is_global` alone takes NAT64 and 6to4 forms of loopback for global.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

WEB_PORTS = frozenset({80, 443})

_SPECIAL_V4 = tuple(
    map(
        IPv4Network,
        (
            "192.0.0.0/24",  # protocol assignments (RFC 6890)
            "192.88.99.0/24",  # 6to4 relays (RFC 7526)
            "100.64.0.0/10",  # carrier-grade NAT (RFC 6598)
            "168.63.129.16/32",  # a cloud's wire server, in public space
        ),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments (RFC 2928), Teredo (RFC 4380) among them
            "2001:db8::/32",
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_6TO4 = IPv6Network("2002::/16")
_ISATAP = 0x5EFE


def is_public(address: str) -> bool:
    """Whether a literal address is global unicast, with all that is embedded in it."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return _is_public_v4(found)
    if found.scope_id is not None:
        return False
    inner = list(_embedded(found))
    if not all(map(_is_public_v4, inner)):
        return False
    if found in _NAT64 or found in _6TO4:
        return True
    # Mapped addresses (::ffff:0:0/96) are no IPv6 destinations; a resolver gives the IPv4 one itself.
    return found in _GLOBAL_V6 and found.is_global and not any(found in net for net in _SPECIAL_V6)


def _is_public_v4(address: IPv4Address) -> bool:
    refused = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not refused and not any(address in net for net in _SPECIAL_V4)


def _embedded(address: IPv6Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses in an IPv6 one: NAT64 (RFC 6052), 6to4 (RFC 3056), ISATAP (RFC 5214)."""
    number = int(address)
    if address in _NAT64:
        yield IPv4Address(number & 0xFFFFFFFF)
    if address in _6TO4:
        yield IPv4Address(number >> 80 & 0xFFFFFFFF)
    if number >> 32 & 0xFFFF == _ISATAP:
        yield IPv4Address(number & 0xFFFFFFFF)


class AllowedHosts:
    """`ORION_TOOL_ALLOWED_HOSTS`: hosts, or `host:port`, that tools may reach wherever they lead.

    A host counts as it is written in a tool's URL: a listed `localhost` does not allow `127.0.0.1`. A
    host without a port allows all of its ports. IPv6 addresses stand in brackets.
    """

    def __init__(self, listed: Iterable[str] = ()) -> None:
        self._listed = frozenset(entry.strip().lower().rstrip(".") for entry in listed)

    def __contains__(self, target: object) -> bool:
        """Whether `(host, port)` is listed; the host without brackets."""
        host, port = target if isinstance(target, tuple) else ("", 0)
        name = str(host).lower().rstrip(".")
        shown = f"[{name}]" if ":" in name else name
        return bool(name) and (shown in self._listed or f"{shown}:{port}" in self._listed)


def refusal(host: str, port: int, allowed: AllowedHosts) -> str:
    """Why a URL's host and port may not be tried at all; empty if its addresses decide."""
    if (host, port) in allowed:
        return ""
    if not host:
        return "the address has no host"
    if port not in WEB_PORTS:
        return f"port {port} is not allowed"
    try:
        ip_address(host)
    except ValueError:
        return ""
    return "" if is_public(host) else "this address is not public"
