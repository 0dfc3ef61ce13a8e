"""ICE restart between two aiortc peers, both of which use it: DTLS and SCTP above notice nothing."""

import asyncio
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack

from orion.media import ice_sockets
from orion.transports._ice_restart import IceRestart, Remote

ice_sockets.use(("127.0.0.1",))


class Pair:
    """Two connected peers with audio one way and a data channel that echoes."""

    def __init__(self):
        self.caller = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.server = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.channel: Any = None
        self.echoes: asyncio.Queue[str] = asyncio.Queue()

    async def connect(self):
        @self.server.on("datachannel")
        def _(channel):
            channel.on("message", lambda text: channel.send(f"{text} echoed"))

        self.caller.addTrack(AudioStreamTrack())
        self.channel = self.caller.createDataChannel("chat")
        self.channel.on("message", self.echoes.put_nowait)
        opened = asyncio.Event()
        self.channel.on("open", opened.set)
        await self.exchange()
        async with asyncio.timeout(10):
            await opened.wait()

    async def exchange(self):
        await self.caller.setLocalDescription(await self.caller.createOffer())
        await self.server.setRemoteDescription(plain(self.caller.localDescription))
        await self.server.setLocalDescription(await self.server.createAnswer())
        await self.caller.setRemoteDescription(plain(self.server.localDescription))

    async def begin_restart(self):
        """Restarts at both ends, up to the connectivity checks."""
        restarts = IceRestart(self.caller), IceRestart(self.server)
        for restart in restarts:
            await restart.begin()
        await self.exchange()
        return restarts

    def finish(self, restarts):
        remotes = self.caller.remoteDescription, self.server.remoteDescription
        return asyncio.gather(
            *(
                restart.finish(Remote.of(remote.sdp))
                for restart, remote in zip(restarts, remotes, strict=True)
            )
        )

    async def echo(self, text):
        self.channel.send(text)
        async with asyncio.timeout(5):
            return await self.echoes.get()

    def connections(self):
        return [transport(pc)._connection for pc in (self.caller, self.server)]


def transport(pc):
    return pc.getTransceivers()[0].receiver.transport.transport


def plain(description):
    return RTCSessionDescription(description.sdp, description.type)


def break_path(connection):
    """Lose whatever arrives over a path from now on, as a network that is gone would."""
    for protocol in connection._protocols:
        protocol.datagram_received = lambda _data, _address: None


@asynccontextmanager
async def connected():
    pair = Pair()
    await pair.connect()
    try:
        yield pair
    finally:
        async with asyncio.timeout(5):
            await asyncio.gather(pair.caller.close(), pair.server.close())


async def test_messages_go_on_over_a_new_path_and_the_old_sockets_are_closed():
    async with connected() as pair:
        old = pair.connections()
        restarts = await pair.begin_restart()
        assert await pair.echo("before") == "before echoed"
        assert await pair.finish(restarts) == [True, True]
        assert await pair.echo("after") == "after echoed"
        new = pair.connections()
        assert not set(old) & set(new)
        assert all(connection._closed and not connection._protocols for connection in old)
        assert {one.local_username for one in new}.isdisjoint(one.local_username for one in old)
        assert pair.server.connectionState == "connected"


async def test_a_lost_path_is_replaced_and_what_was_sent_meanwhile_arrives():
    async with connected() as pair:
        for connection in pair.connections():
            break_path(connection)
        pair.channel.send("into the void")
        assert await pair.finish(await pair.begin_restart()) == [True, True]
        async with asyncio.timeout(10):
            assert await pair.echoes.get() == "into the void echoed"


async def test_without_a_new_path_the_old_one_stays_and_can_be_restarted_again():
    async with connected() as pair:
        old = pair.connections()
        restarts = await pair.begin_restart()
        for connection in pair.connections():
            break_path(connection)
        finishing = pair.finish(restarts)
        await asyncio.sleep(0)
        finishing.cancel()
        await asyncio.gather(finishing, return_exceptions=True)
        assert pair.connections() == old
        assert await pair.echo("still here") == "still here echoed"
        assert await pair.finish(await pair.begin_restart()) == [True, True]
        assert await pair.echo("and there") == "and there echoed"


async def test_a_peer_that_closes_in_the_middle_of_a_restart_leaves_no_socket():
    async with connected() as pair:
        old = pair.connections()
        restarts = await pair.begin_restart()
        for connection in pair.connections():
            break_path(connection)
        finishing = pair.finish(restarts)
        await asyncio.sleep(0)
        new = pair.connections()
        async with asyncio.timeout(5):
            await asyncio.gather(pair.caller.close(), pair.server.close())
            assert await finishing == [False, False]
        assert all(connection._closed and not connection._protocols for connection in (*old, *new))


@pytest.mark.parametrize("sdp", ["", "v=0\r\n", "m=audio 9 UDP/TLS/RTP/SAVPF\r\n"])
def test_an_offer_without_a_transport_is_refused_with_an_error_of_parsing(sdp):
    with pytest.raises((LookupError, ValueError, AssertionError, AttributeError)):
        Remote.of(sdp)


async def test_a_restart_binds_the_ports_and_offers_the_address_that_are_set():
    ports = range(31_400, 31_440)
    ice_sockets.use(("127.0.0.1",), ports, "203.0.113.1")
    try:
        pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        pc.addTransceiver("audio")
        await pc.setLocalDescription(await pc.createOffer())
        restart = IceRestart(pc)
        await restart.begin()
        (candidate,) = restart._new.local_candidates
        assert candidate.port in ports
        assert candidate.host == "203.0.113.1"
        await restart.undo()
        await pc.close()
    finally:
        ice_sockets.use(("127.0.0.1",))
