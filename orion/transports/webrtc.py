"""The way in by WebRTC: offers, trickled candidates, and a watch over what the peer still sends.

Signalling drives Pipecat's WebRTC connection itself: the answer is given only once the call's
pipeline runs, and a pc_id counts only together with the session and its owner.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from aiortc.sdp import candidate_from_sdp
from fastapi import APIRouter, Response
from pipecat.transports.base_transport import TransportParams
from pydantic import AliasChoices, BaseModel, Field, StringConstraints

from orion.api.access import Parts, PartsDep, SessionId
from orion.api.fields import JSON_NUMBER, Flag, example
from orion.api.openapi import fails
from orion.api.routers.rooms import Joiner, JoinerDep, admitted, joined_session, resume_token
from orion.domain.session import EndReason, Session, SessionStatus
from orion.errors import (
    BudgetExhausted,
    InvalidOffer,
    NotFound,
    Overloaded,
    RoomFull,
    SessionEnded,
    Unavailable,
)
from orion.pipelines.call import Call
from orion.pipelines.calls import Calls
from orion.pipelines.tasks import Tasks
from orion.transports._connection import Connection
from orion.transports._ice_restart import IceRestart, Remote
from orion.transports._offers import check_audio, check_sections, refusing, rehearse, usable
from orion.transports._output import WebRTCTransport

router = APIRouter(prefix="/api/v1/sessions", tags=["webrtc"])

_SILENT_PEER_SECS = 15.0
_CONNECT_SECS = 20
_PC_ID = "SmallWebRTCConnection#0-5f0c9a4e2b7d4c1e"
_SDP = (
    "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\n"
    "a=rtpmap:111 opus/48000/2\r\na=ice-ufrag:4ZcD\r\na=ice-pwd:2/1muCWoOi3uLifh0NuRHlig\r\n"
    f"a=setup:actpass\r\na=fingerprint:sha-256 {':'.join(['7B'] * 32)}\r\n"
)


class Offer(BaseModel):
    """An SDP offer (RFC 8829); the field names of Pipecat's clients are accepted too."""

    model_config = example({"sdp": _SDP, "type": "offer"}, "ignore")

    sdp: Annotated[str, StringConstraints(min_length=1, max_length=60_000)]
    type: Literal["offer"]
    pc_id: str | None = Field(default=None, validation_alias=AliasChoices("pc_id", "pcId"))
    restart_pc: Flag = Field(default=False, validation_alias=AliasChoices("restart_pc", "restartPc"))
    request_data: Any = Field(default=None, validation_alias=AliasChoices("request_data", "requestData"))


class Answer(BaseModel):
    """The SDP answer; `pc_id` names the connection in later requests.

    A guest's answer has a `resume_token`: the room token for the offer after a reload.
    """

    model_config = example({"sdp": _SDP, "type": "answer", "pc_id": _PC_ID})

    sdp: str
    type: Literal["answer"]
    pc_id: str
    resume_token: str | None = None


class Candidate(BaseModel):
    """One ICE candidate (RFC 8839); an empty one says that there are no more."""

    candidate: Annotated[str, StringConstraints(max_length=1000)]
    sdp_mid: str | None = Field(default=None, validation_alias=AliasChoices("sdp_mid", "sdpMid"))
    sdp_mline_index: Annotated[int, Field(ge=0, le=10), JSON_NUMBER] | None = Field(
        default=None, validation_alias=AliasChoices("sdp_mline_index", "sdpMLineIndex")
    )


class Trickle(BaseModel):
    """Candidates that the client found after its offer (RFC 8838)."""

    model_config = example(
        {
            "pc_id": _PC_ID,
            "candidates": [
                {
                    "candidate": "candidate:1 1 udp 2130706431 192.0.2.7 40978 typ host",
                    "sdp_mid": "0",
                    "sdp_mline_index": 0,
                }
            ],
        }
    )

    pc_id: str = Field(validation_alias=AliasChoices("pc_id", "pcId"))
    candidates: list[Candidate] = Field(max_length=50)


class Peer:
    """The other end of a WebRTC call. It counts as silent when neither media nor a message came.

    Nor a check of the path: who is muted sends nothing else (RFC 7675, consent every five seconds).

    Attributes:
        token_id: The room token that admitted it; None for the session's owner.
        changing: Held while an offer of the peer is being taken; one at a time.
        restart: The ICE restart that is under way, or was the last.
    """

    def __init__(self, connection: Connection, token_id: UUID | None) -> None:
        self.connection = connection
        self.token_id = token_id
        self.changing = asyncio.Lock()
        self.restart: asyncio.Task[bool] | None = None
        self.tasks = Tasks()
        self._heard_at = time.monotonic()
        self._packets = 0
        self._ice: object = None
        self.listen()

    def listen(self) -> None:
        """Note when the data channel brings something; again after each new peer connection."""

        @self.connection.pc.on("datachannel")
        def on_datachannel(channel: Any) -> None:
            channel.on("message", self.heard)

    def _listen_to_checks(self) -> None:
        """Note when the peer checks the path; again after each restart, which makes another connection."""
        for transceiver in self.connection.pc.getTransceivers():
            dtls = transceiver.receiver.transport
            ice: Any = dtls.transport._connection if dtls is not None else None  # noqa: SLF001 - aiortc tells nobody
            if ice is not None and ice is not self._ice:
                self._ice = ice
                ice.request_received = partial(self._checked, ice.request_received)

    def _checked(self, received: Callable[..., Any], *request: Any) -> Any:
        self.heard()
        return received(*request)

    def heard(self, _message: object = None) -> None:
        """The peer has given a sign of life."""
        self._heard_at = time.monotonic()

    async def stop_restart(self) -> None:
        """Give up an ICE restart that is under way, for another has begun."""
        if self.restart is not None:
            self.restart.cancel()
            await asyncio.gather(self.restart, return_exceptions=True)

    async def silent_secs(self) -> float:
        """Seconds since the last packet of media, message or check of the peer."""
        self._listen_to_checks()
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
    response_model_exclude_none=True,
    responses=fails(InvalidOffer, BudgetExhausted, SessionEnded, RoomFull, Overloaded, Unavailable),
)
async def offer(session_id: SessionId, body: Offer, joiner: JoinerDep, parts: PartsDep) -> Any:
    """Join the session's call: the answer comes once the call's pipeline runs."""
    session = await joined_session(parts, joiner, session_id)
    if session.status is SessionStatus.ENDED:
        raise SessionEnded
    call = parts.calls.get(session_id)
    peer = _peer(parts, session_id, joiner, body.pc_id)
    if call is not None and peer is not None:
        async with peer.changing:
            answer = await _renegotiate(peer, body)
        call.principal = joiner.principal
        return answer
    async with admitted(parts, joiner):
        answer = await _open(parts.calls, session, joiner, body)
    if joiner.guest is not None:
        answer["resume_token"] = resume_token(parts, session, joiner.guest)
    return answer


@router.patch("/{session_id}/offer", status_code=204, responses=fails(InvalidOffer))
async def trickle(session_id: SessionId, body: Trickle, joiner: JoinerDep, parts: PartsDep) -> Response:
    """Add ICE candidates to the session's connection."""
    await joined_session(parts, joiner, session_id)
    peer = _peer(parts, session_id, joiner, body.pc_id)
    if peer is None:
        raise NotFound("no such connection; send a new offer")
    for candidate in body.candidates:
        await _add(peer, candidate)
    return Response(status_code=204)


def _peer(parts: Parts, session_id: UUID, joiner: Joiner, pc_id: str | None) -> Peer | None:
    """The joiner's own connection, if `pc_id` names it: a spent room token is good for that alone."""
    call = parts.calls.get(session_id)
    peer = call.peer if call is not None and not call.over else None
    own = isinstance(peer, Peer) and peer.token_id == joiner.token_id and peer.connection.pc_id == pc_id
    return peer if own and isinstance(peer, Peer) else None


async def _open(calls: Calls, session: Session, joiner: Joiner, body: Offer) -> dict[str, Any]:
    connection = Connection(ice_servers=[], connection_timeout_secs=_CONNECT_SECS)
    try:
        await _take(connection, usable(body.sdp))
        transport = WebRTCTransport(
            webrtc_connection=connection,
            params=TransportParams(
                audio_in_enabled=True,
                audio_out_enabled=True,
                audio_out_10ms_chunks=2,
                audio_out_end_silence_secs=0,
                # What is said while a new peer connection is made waits for it; it must not fail first.
                audio_out_write_timeout_secs=_CONNECT_SECS + 10,
            ),
        )
        guest = joiner.guest is not None
        call = await calls.open_voice(session, transport, joiner.principal, joiner=joiner.key, guest=guest)
    except BaseException:
        await connection.disconnect()
        raise
    call.peer = peer = Peer(connection, joiner.token_id)
    # Pipecat's transport closes only a connection that its peer still pings: others would keep their sockets.
    call.let_go = connection.disconnect
    joined = False

    @transport.event_handler("on_client_connected")
    async def _(_transport: Any, _connection: Any) -> None:
        nonlocal joined
        if not joined:
            joined = True
            await call.joined(joiner.name, "webrtc")

    @transport.event_handler("on_client_disconnected")
    async def _(_transport: Any, _connection: Any) -> None:
        peer.tasks.spawn(call.end(EndReason.HUNG_UP), "peer left")

    peer.tasks.spawn(_watch(call, peer), "peer watch")
    return _answer(connection)


async def _renegotiate(peer: Peer, body: Offer) -> dict[str, Any]:
    """Take another offer of the peer, by the least that it asks for: the call and its context go on.

    A peer with another certificate (a new RTCPeerConnection, as after a reload) gets a new connection,
    new ICE credentials get an ICE restart, all else is an exchange over the connection that there is.
    An offer that cannot be used changes nothing.
    """
    sdp, pc = usable(body.sdp), peer.connection.pc
    with refusing("the SDP"):
        await rehearse(sdp)
        before, now = Remote.of(pc.remoteDescription.sdp), Remote.of(sdp)
        new_ice = (before.username, before.password) != (now.username, now.password)
        new_pc = body.restart_pc or before.fingerprints != now.fingerprints
        # With no path yet there is none to keep while another is looked for.
        new_pc = new_pc or (new_ice and pc.connectionState != "connected")
        if not new_pc:
            check_sections(pc.remoteDescription.sdp, sdp)
    await peer.stop_restart()
    if new_pc:
        with refusing("the SDP"):
            await peer.connection.replace_pc(sdp)
        peer.listen()
    elif new_ice:
        await _restart_ice(peer, sdp, now)
    else:
        await _take(peer.connection, sdp, again=True)
    peer.heard()
    return _answer(peer.connection)


async def _restart_ice(peer: Peer, sdp: str, remote: Remote) -> None:
    restart = IceRestart(peer.connection.pc)
    await restart.begin()
    try:
        await _take(peer.connection, sdp, again=True)
    except BaseException:
        await restart.undo()
        raise
    peer.restart = peer.tasks.spawn(restart.finish(remote), "ICE restart")


async def _take(connection: Connection, sdp: str, *, again: bool = False) -> None:
    """Take the offer. Raises InvalidOffer for whatever aiortc makes of it but an answer with audio."""
    with refusing("the SDP"):
        if again:
            await connection.renegotiate(sdp, "offer")
        else:
            await connection.initialize(sdp, "offer")
    check_audio(connection.pc)


async def _add(peer: Peer, candidate: Candidate) -> None:
    line = candidate.candidate.removeprefix("candidate:")
    if not line or ".local " in line:
        return
    with refusing("the candidate"):
        parsed = candidate_from_sdp(line)
        parsed.sdpMid = candidate.sdp_mid
        parsed.sdpMLineIndex = candidate.sdp_mline_index
        await peer.connection.add_ice_candidate(parsed)


def _answer(connection: Connection) -> dict[str, Any]:
    answer: dict[str, Any] | None = connection.get_answer()
    assert answer is not None
    return answer


async def _watch(call: Call, peer: Peer) -> None:
    """End the call, not the session, when the peer has been silent for 15 seconds."""
    while not call.over:
        await asyncio.sleep(1)
        if await peer.silent_secs() > _SILENT_PEER_SECS:
            await call.end(EndReason.IDLE)
