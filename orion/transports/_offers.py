"""SDP offers (RFC 8829) of clients: hostile text until aiortc has made an answer of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.exceptions import InvalidAccessError, InvalidStateError, OperationError
from aiortc.sdp import SessionDescription

from orion.errors import InvalidOffer

_MOST_SECTIONS = 8
"""Media sections of an offer; each could have a socket of its own."""
_AIORTC_ERRORS = (
    # What aiortc raises on SDP and candidates that it cannot parse or serve.
    ArithmeticError,
    AssertionError,
    AttributeError,
    InvalidAccessError,
    InvalidStateError,
    LookupError,
    OperationError,
    TypeError,
    ValueError,
)
_SECTION = re.compile("^m=", re.MULTILINE)
_MDNS_CANDIDATE = re.compile(r"^a=candidate:\S+ \d+ \S+ \d+ \S+\.local .*\r?\n", re.MULTILINE)


@contextmanager
def refusing(what: str) -> Iterator[None]:
    """Raise InvalidOffer for what aiortc raises. Its texts may quote the peer: only the type is told."""
    try:
        yield
    except _AIORTC_ERRORS as error:
        raise InvalidOffer(f"{what} cannot be used ({type(error).__name__})") from error


def usable(sdp: str) -> str:
    """The offer without mDNS names: to resolve them takes a second, and the checks tell the address."""
    if len(_SECTION.findall(sdp)) > _MOST_SECTIONS:
        raise InvalidOffer(f"the offer has more than {_MOST_SECTIONS} media sections")
    return _MDNS_CANDIDATE.sub("", sdp)


async def rehearse(sdp: str) -> None:
    """Apply the offer to a connection that nobody uses, for aiortc may fail half-way through one."""
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    try:
        await pc.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        check_audio(pc)
        await pc.createAnswer()
    finally:
        await pc.close()


def check_sections(before: str, now: str) -> None:
    """Media sections are never taken away or exchanged (RFC 3264 section 8)."""
    old, new = (
        [(media.kind, media.rtp.muxId) for media in SessionDescription.parse(sdp).media]
        for sdp in (before, now)
    )
    if new[: len(old)] != old:
        raise InvalidOffer("the media sections differ from those of the running connection")


def check_audio(pc: RTCPeerConnection) -> None:
    transceivers = pc.getTransceivers()
    if not transceivers or transceivers[0].kind != "audio":
        raise InvalidOffer("the first media section must be audio, with Opus among its codecs")
