"""The way in by WebRTC: offers, trickled candidates, and a watch over what the peer still sends.

Signalling drives Pipecat's SmallWebRTCConnection itself: the answer is given only once the call's
pipeline runs, and a pc_id counts only together with the session and its owner.
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import Annotated, Any, Literal

import aioice.ice
from aiortc.exceptions import InvalidAccessError, InvalidStateError, OperationError
from aiortc.sdp import candidate_from_sdp
from fastapi import APIRouter, Depends, Response
from pipecat.transports.base_transport import TransportParams
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection
from pipecat.transports.smallwebrtc.transport import SmallWebRTCTransport
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints

from orion.api.access import CallerDep, CurrentDep, PartsDep, SessionId, needs, own_session
from orion.api.openapi import fails
from orion.domain.identity import Principal, Scope
from orion.domain.session import EndReason, Session, SessionStatus
from orion.errors import Conflict, InvalidOffer, NotFound, Overloaded, SessionEnded, Unavailable
from orion.pipelines.call import Call
from orion.pipelines.calls import Calls
from orion.pipelines.tasks import Tasks

router = APIRouter(prefix="/api/v1/sessions", tags=["webrtc"], dependencies=[Depends(needs(Scope.SESSIONS))])

_SILENT_PEER_SECS = 15.0
_CONNECT_SECS = 20
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
_MDNS_CANDIDATE = re.compile(r"^a=candidate:\S+ \d+ \S+ \d+ \S+\.local .*\r?\n", re.MULTILINE)


class Offer(BaseModel):
    """An SDP offer (RFC 8829); the field names of Pipecat's clients are accepted too."""

    model_config = ConfigDict(extra="ignore")

    sdp: Annotated[str, StringConstraints(min_length=1, max_length=60_000)]
    type: Literal["offer"]
    pc_id: str | None = Field(default=None, validation_alias=AliasChoices("pc_id", "pcId"))
    restart_pc: bool = Field(default=False, validation_alias=AliasChoices("restart_pc", "restartPc"))
    request_data: Any = Field(default=None, validation_alias=AliasChoices("request_data", "requestData"))


class Answer(BaseModel):
    """The SDP answer; `pc_id` names the connection in later requests."""

    sdp: str
    type: Literal["answer"]
    pc_id: str


class Candidate(BaseModel):
    """One ICE candidate (RFC 8839); an empty one says that there are no more."""

    candidate: Annotated[str, StringConstraints(max_length=1000)]
    sdp_mid: str | None = Field(default=None, validation_alias=AliasChoices("sdp_mid", "sdpMid"))
    sdp_mline_index: int | None = Field(
        default=None, ge=0, le=10, validation_alias=AliasChoices("sdp_mline_index", "sdpMLineIndex")
    )


class Trickle(BaseModel):
    """Candidates that the client found after its offer (RFC 8838)."""

    pc_id: str = Field(validation_alias=AliasChoices("pc_id", "pcId"))
    candidates: list[Candidate] = Field(max_length=50)


class Peer:
    """The other end of a WebRTC call. It counts as silent when neither media nor a message came."""

    def __init__(self, connection: SmallWebRTCConnection) -> None:
        self.connection = connection
        self._heard_at = time.monotonic()
        self._packets = 0
        self.listen()

    def listen(self) -> None:
        """Note when the data channel brings something; again after each new peer connection."""

        @self.connection.pc.on("datachannel")
        def on_datachannel(channel: Any) -> None:
            channel.on("message", self._heard)

    def _heard(self, _message: object) -> None:
        self._heard_at = time.monotonic()

    async def silent_secs(self) -> float:
        """Seconds since the last packet of media or message of the peer."""
        packets = 0
        for receiver in self.connection.pc.getReceivers():
            for stats in (await receiver.getStats()).values():
                packets += getattr(stats, "packetsReceived", 0) if stats.type == "inbound-rtp" else 0
        if packets != self._packets:
            self._packets = packets
            self._heard_at = time.monotonic()
        return time.monotonic() - self._heard_at


@router.post(
    "/{session_id}/offer",
    response_model=Answer,
    responses=fails(InvalidOffer, SessionEnded, Conflict, Overloaded, Unavailable),
)
async def offer(session_id: SessionId, body: Offer, caller: CurrentDep, parts: PartsDep) -> Any:
    """Join the session's call: the answer comes once the call's pipeline runs."""
    session = await own_session(parts, caller, session_id)
    if session.status is SessionStatus.ENDED:
        raise SessionEnded
    call = parts.calls.get(session_id)
    peer = call.peer if call is not None else None
    if isinstance(peer, Peer) and body.pc_id == peer.connection.pc_id:
        return await _renegotiate(peer, body)
    return await _open(parts.calls, session, body, caller)


@router.patch("/{session_id}/offer", status_code=204, responses=fails(InvalidOffer))
async def trickle(session_id: SessionId, body: Trickle, caller: CallerDep, parts: PartsDep) -> Response:
    """Add ICE candidates to the session's connection."""
    await own_session(parts, caller, session_id)
    call = parts.calls.get(session_id)
    peer = call.peer if call is not None else None
    if not isinstance(peer, Peer) or body.pc_id != peer.connection.pc_id:
        raise NotFound("no such connection; send a new offer")
    for candidate in body.candidates:
        await _add(peer, candidate)
    return Response(status_code=204)


async def _open(calls: Calls, session: Session, body: Offer, caller: Principal) -> dict[str, Any]:
    connection = SmallWebRTCConnection(ice_servers=[], connection_timeout_secs=_CONNECT_SECS)
    try:
        await _accept(connection, body)
        transport = SmallWebRTCTransport(
            webrtc_connection=connection,
            params=TransportParams(
                audio_in_enabled=True,
                audio_out_enabled=True,
                audio_out_10ms_chunks=2,
                audio_out_end_silence_secs=0,
            ),
        )
        call = await calls.open_voice(session, transport, caller)
    except BaseException:
        await connection.disconnect()
        raise
    call.peer = peer = Peer(connection)
    tasks = Tasks()
    joined = False

    @transport.event_handler("on_client_connected")
    async def _(_transport: Any, _connection: Any) -> None:
        nonlocal joined
        if not joined:
            joined = True
            await call.joined("user", "webrtc")

    @transport.event_handler("on_client_disconnected")
    async def _(_transport: Any, _connection: Any) -> None:
        tasks.spawn(call.end(EndReason.HUNG_UP), "peer left")

    tasks.spawn(_watch(call, peer), "peer watch")
    return _answer(connection)


async def _renegotiate(peer: Peer, body: Offer) -> dict[str, Any]:
    await _accept(peer.connection, body, again=True)
    if body.restart_pc:
        peer.listen()
    return _answer(peer.connection)


async def _accept(connection: SmallWebRTCConnection, body: Offer, *, again: bool = False) -> None:
    """Take the offer. Raises InvalidOffer for whatever aiortc makes of it but an answer with audio."""
    # Resolving mDNS names costs a second, and the peer's checks reveal its address anyway.
    sdp = _MDNS_CANDIDATE.sub("", body.sdp)
    try:
        if again:
            await connection.renegotiate(sdp, body.type, body.restart_pc)
        else:
            await connection.initialize(sdp, body.type)
    except _AIORTC_ERRORS as error:
        raise InvalidOffer(f"the SDP cannot be used ({type(error).__name__})") from error
    transceivers = connection.pc.getTransceivers()
    if not transceivers or transceivers[0].kind != "audio":
        raise InvalidOffer("the first media section must be audio, with Opus among its codecs")


async def _add(peer: Peer, candidate: Candidate) -> None:
    line = candidate.candidate.removeprefix("candidate:")
    if not line or ".local " in line:
        return
    try:
        parsed = candidate_from_sdp(line)
        parsed.sdpMid = candidate.sdp_mid
        parsed.sdpMLineIndex = candidate.sdp_mline_index
        await peer.connection.add_ice_candidate(parsed)
    except _AIORTC_ERRORS as error:
        raise InvalidOffer(f"the candidate cannot be used ({type(error).__name__})") from error


def _answer(connection: SmallWebRTCConnection) -> dict[str, Any]:
    answer: dict[str, Any] | None = connection.get_answer()
    assert answer is not None
    return answer


async def _watch(call: Call, peer: Peer) -> None:
    """End the call, not the session, when the peer has been silent for 15 seconds."""
    while not call.over:
        await asyncio.sleep(1)
        if await peer.silent_secs() > _SILENT_PEER_SECS:
            await call.end(EndReason.IDLE)


def use_ice_hosts(hosts: tuple[str, ...]) -> None:
    """Offer these addresses as host candidates; with none named, all of this machine's.

    aioice leaves loopback out, and has no setting: without this, a machine with nothing but
    loopback (a container without a network) could never connect.
    """
    found = aioice.ice.get_host_addresses

    def addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        if hosts:
            return [host for host in hosts if (use_ipv6 if ":" in host else use_ipv4)]
        return found(use_ipv4, use_ipv6) or ["127.0.0.1"]

    aioice.ice.get_host_addresses = addresses
