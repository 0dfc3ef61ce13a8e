"""Where media is bound on this machine, and which addresses are offered for it.

aioice binds any port of every interface but loopback, offers just those addresses, and has no
setting for either. What is replaced here is looked up by name in aioice and aiortc.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from copy import copy
from errno import EADDRINUSE

import aioice.ice
import aiortc.rtcicetransport
from aioice.candidate import Candidate, candidate_foundation, candidate_priority
from aioice.ice import StunProtocol
from aioice.turn import UDP_SOCKET_BUFFER_SIZE
from loguru import logger

from orion.errors import Overloaded

_ANY_PORT = range(1)  # port 0: the kernel chooses
_find_all = aioice.ice.get_host_addresses
_ELSEWHERE = ("192.0.2.1", 9)
"""An address that is nobody's (RFC 5737)."""


def own_addresses(*, ipv6: bool) -> list[str]:
    """This machine's addresses but loopback: first the one by which it reaches other networks."""
    found = _find_all(use_ipv4=True, use_ipv6=ipv6)
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect(_ELSEWHERE)  # of UDP: it sends nothing, it only chooses a route
        found.sort(key=lambda address: address != asking.getsockname()[0])
    return found


class MediaPorts:
    """The UDP ports of a range, taken in turn, so that one that was freed is not taken again at once."""

    def __init__(self, ports: range) -> None:
        self._ports = ports
        self._next = 0

    def bind(self, address: str) -> socket.socket:
        """A socket on the next free port of the range.

        Raises:
            Overloaded: Every port of the range is in use on this address.
            OSError: The address is none of this machine's.
        """
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_DGRAM)
        try:
            for step in range(len(self._ports)):
                at = (self._next + step) % len(self._ports)
                if _free(bound, address, self._ports[at]):
                    self._next = at + 1
                    return bound
        except OSError:
            bound.close()
            raise
        bound.close()
        span = f"{self._ports[0]}-{self._ports[-1]}"
        logger.error("all UDP ports of ORION_UDP_PORTS={} are in use", span)
        raise Overloaded(f"all UDP ports for media ({span}) are in use")


def use(hosts: tuple[str, ...] = (), ports: range | None = None, public_ip: str | None = None) -> None:
    """Say where media goes, for all peer connections of this process made from now on.

    Args:
        hosts: The addresses to bind and offer; with none named, all of this machine's, and loopback
            where it is all there is (a container without a network).
        ports: The UDP ports to bind; None for any that is free.
        public_ip: What to offer in place of an own address of the same IP version: the outer
            address of a 1:1 NAT, which keeps the port.
    """

    def addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        if hosts:
            return [host for host in hosts if (use_ipv6 if ":" in host else use_ipv4)]
        return _find_all(use_ipv4, use_ipv6) or ["127.0.0.1"]

    aioice.ice.get_host_addresses = addresses
    if ports is not None or public_ip is not None:
        _replace_connection(_connection_class(MediaPorts(ports or _ANY_PORT), public_ip))
    else:
        _replace_connection(aioice.ice.Connection)


def _replace_connection(kind: type[aioice.ice.Connection]) -> None:
    vars(aiortc.rtcicetransport)["Connection"] = kind


def _connection_class(ports: MediaPorts, public_ip: str | None) -> type[aioice.ice.Connection]:
    class HostConnection(aioice.ice.Connection):
        """An ICE agent that binds where it may, offers host candidates alone, and may rename them."""

        async def get_component_candidates(
            self,
            component: int,
            addresses: list[str],
            timeout: int = 5,  # noqa: ARG002, ASYNC109 - aioice's signature
        ) -> list[Candidate]:
            found: list[Candidate] = []
            full: Overloaded | None = None
            for address in addresses:
                try:
                    protocol = await _open(self, ports.bind(address), component)
                except Overloaded as error:
                    full = error
                except OSError as error:
                    logger.warning("an address of this machine is not offered: {}", error.strerror)
                else:
                    self._protocols.append(protocol)
                    found.append(_offered(protocol.local_candidate, public_ip))
            if full is not None and not found:
                raise full
            return found

    return HostConnection


async def _open(connection: aioice.ice.Connection, bound: socket.socket, component: int) -> StunProtocol:
    """A protocol of aioice on the socket, with its host candidate (RFC 8445, section 5.1.1.1)."""
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UDP_SOCKET_BUFFER_SIZE)
    loop = asyncio.get_running_loop()
    _, protocol = await loop.create_datagram_endpoint(lambda: StunProtocol(connection), sock=bound)
    host, port = bound.getsockname()[:2]
    protocol.local_candidate = Candidate(
        foundation=candidate_foundation("host", "udp", host),
        component=component,
        transport="udp",
        priority=candidate_priority(component, "host"),
        host=host,
        port=port,
        type="host",
    )
    return protocol


def _offered(candidate: Candidate, public_ip: str | None) -> Candidate:
    """The candidate as peers see it. aioice keeps its own: pairs are made of the address that is bound."""
    if public_ip is None or (":" in public_ip) != (":" in candidate.host):
        return candidate
    offered = copy(candidate)
    offered.host = public_ip
    return offered


def _free(bound: socket.socket, address: str, port: int) -> bool:
    try:
        bound.bind((address, port))
    except OSError as error:
        if error.errno == EADDRINUSE:
            return False
        raise
    return True
