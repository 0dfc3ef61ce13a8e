import asyncio
import socket

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection

from orion.errors import Overloaded
from orion.media import ice_sockets
from orion.media.ice_sockets import MediaPorts


@pytest.fixture
def ports():
    """Three neighbouring ports that nobody uses."""
    for first in range(21_000, 30_000, 10):
        try:
            for port in range(first, first + 3):
                with socket.socket(type=socket.SOCK_DGRAM) as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return range(first, first + 3)
    raise AssertionError("no three free ports")


@pytest.fixture
def use():
    yield ice_sockets.use
    ice_sockets.use()


async def candidates():
    """Address and port of each candidate that a peer connection of this process offers; its close."""
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    pc.addTransceiver("audio")
    await pc.setLocalDescription(await pc.createOffer())
    lines = [line.split() for line in pc.localDescription.sdp.splitlines() if line.startswith("a=candidate:")]
    return {(each[4], int(each[5])) for each in lines}, pc.close


def test_ports_are_taken_in_turn_around_those_in_use(ports):
    taking = MediaPorts(ports)
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", ports[1]))
        with taking.bind("127.0.0.1") as first, taking.bind("127.0.0.1") as second:
            assert [each.getsockname()[1] for each in (first, second)] == [ports[0], ports[2]]
            with pytest.raises(Overloaded, match=f"{ports[0]}-{ports[-1]}"):
                taking.bind("127.0.0.1")
    with taking.bind("127.0.0.1") as freed:
        assert freed.getsockname()[1] == ports[0]


def test_an_address_of_another_machine_is_told_apart_from_a_full_range(ports):
    with pytest.raises(OSError, match="assign"):
        MediaPorts(ports).bind("198.51.100.7")


async def test_candidates_lie_in_the_range_and_free_their_port_when_the_connection_closes(use, ports):
    use(("127.0.0.1",), ports=ports[:1])
    found, close = await candidates()
    assert found == {("127.0.0.1", ports[0])}
    with pytest.raises(Overloaded):
        await candidates()
    await close()
    again, close = await candidates()
    assert again == found
    await close()


async def test_the_public_address_takes_the_place_of_own_ones_of_its_version(use):
    use(("127.0.0.1", "::1"), public_ip="198.51.100.7")
    found, close = await candidates()
    assert {address for address, _ in found} == {"198.51.100.7", "::1"}
    await close()


async def test_an_address_that_cannot_be_bound_is_left_out(use):
    use(("127.0.0.1", "198.51.100.7"), ports=range(21_000, 30_000))
    found, close = await candidates()
    assert {address for address, _ in found} == {"127.0.0.1"}
    await close()


async def test_two_peers_talk_from_ports_of_the_range(use, ports):
    use(("127.0.0.1",), ports=ports)
    one, other = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    opened = asyncio.Event()
    one.createDataChannel("chat").on("open", opened.set)
    await one.setLocalDescription(await one.createOffer())
    await other.setRemoteDescription(one.localDescription)
    await other.setLocalDescription(await other.createAnswer())
    await one.setRemoteDescription(other.localDescription)
    async with asyncio.timeout(10):
        await opened.wait()
    await one.close()
    await other.close()
