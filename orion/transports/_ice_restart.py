"""ICE restart (RFC 8445 section 9) under a running DTLS association, which aiortc 1.16 does not offer.

aiortc keeps one aioice connection per transport for good. A restart makes a second one with new
credentials; media goes on over the old path until the new one is nominated, and DTLS, SRTP and SCTP
above it notice nothing. What is touched of aiortc and aioice is private there: the pinned versions
and tests/transports/test_ice_restart.py guard it.
"""

# ruff: noqa: SLF001 - aiortc and aioice have no public way to do this
from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from aiortc import RTCPeerConnection, rtcicetransport
from aiortc.sdp import SessionDescription
from loguru import logger

_CHECKS_SECS = 20.0
_LINGER_SECS = 1.0
"""How long the old path still receives after the new one is nominated (RFC 8445 section 9)."""


@dataclass(frozen=True, slots=True)
class Remote:
    """What an offer says of its sender's transport: DTLS fingerprints and ICE credentials."""

    fingerprints: frozenset[tuple[str, str]]
    username: str
    password: str

    @classmethod
    def of(cls, sdp: str) -> Remote:
        """Read the first media section. Raises what aiortc raises on SDP that it cannot parse."""
        media: Any = SessionDescription.parse(sdp).media[0]
        prints = frozenset((one.algorithm.lower(), one.value.upper()) for one in media.dtls.fingerprints)
        return cls(prints, media.ice.usernameFragment, media.ice.password)


class IceRestart:
    """One restart of the (bundled) transport of `pc`: `begin`, then offer and answer, then `finish`."""

    def __init__(self, pc: RTCPeerConnection) -> None:
        self._transport: Any = pc.getTransceivers()[0].receiver.transport.transport
        self._old: Any = self._transport._connection
        # By the name that `media.ice_sockets` replaces: the new path is bound and offered like the old one.
        self._new: Any = vars(rtcicetransport)["Connection"](
            ice_controlling=self._old.ice_controlling,
            stun_server=self._old.stun_server,
            turn_server=self._old.turn_server,
            turn_username=self._old.turn_username,
            turn_password=self._old.turn_password,
            turn_ssl=self._old.turn_ssl,
            turn_transport=self._old.turn_transport,
        )

    async def begin(self) -> None:
        """Gather; from now on candidates and the local description are those of the new path."""
        await self._new.gather_candidates()
        self._put(self._old, self._new)
        self._old.data_received = self._new.data_received
        self._transport._send, self._transport._recv = self._send, self._receive

    async def finish(self, remote: Remote) -> bool:
        """Check the new path and change over to it; False if there was none within 20 seconds.

        Then, and when cancelled before that, the old path stays in use.
        """
        self._new.remote_username, self._new.remote_password = remote.username, remote.password
        try:
            async with asyncio.timeout(_CHECKS_SECS):
                await self._new.connect()
        except (ConnectionError, TimeoutError):
            logger.warning("an ICE restart found no path")
            await self.undo()
            return False
        except asyncio.CancelledError:
            await self.undo()
            raise
        self._transport._send, self._transport._recv = self._new.send, self._new.recv
        try:
            await asyncio.sleep(_LINGER_SECS)
        finally:
            await self._old.close()
        return True

    async def undo(self) -> None:
        """Give the new path up. Where the old one is lost as well, the transport fails."""
        if self._transport._connection is not self._new or self._old._closing:
            await self._new.close()
        elif self._new._closing:  # the peer connection was closed meanwhile
            await self._old.close()
        else:
            del self._old.data_received
            self._put(self._new, self._old)
            self._transport._send, self._transport._recv = self._old.send, self._old.recv
            await self._new.close()

    def _put(self, before: Any, after: Any) -> None:
        """Let `after` feed the queue that DTLS reads, and be watched for its end, in place of `before`."""
        before._queue, after._queue = after._queue, before._queue
        before._event_waiter, after._event_waiter = after._event_waiter, before._event_waiter
        gatherer = self._transport.iceGatherer
        self._transport._connection = gatherer._connection = after
        gatherer._remote_candidates_end = False

    async def _send(self, packet: bytes) -> None:
        """Over the new path as soon as it is nominated; with no path at all a packet is lost, no more."""
        for connection in (self._new, self._old):
            if connection._nominated:
                await connection.send(packet)
                return

    async def _receive(self) -> bytes:
        received = await self._new._queue.get()
        if received is None:
            raise ConnectionError
        packet: bytes = received[0]
        return packet
