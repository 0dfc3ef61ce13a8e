"""What a server does that others than its own machine can reach: TLS, proxies, origins, media addresses."""

import asyncio
import hmac
import os
import ssl
import time
from base64 import b64encode

import httpx
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection

from tests.journeys.certificates import certificates
from tests.journeys.conftest import PASSWORD, start_server

APP = "https://app.example.org"
SECRET = "a secret that ORION and coturn share"
PUBLIC_IP = "198.51.100.7"
FIRST_PORT = 20_000 + os.getpid() % 1000 * 10
PORTS = range(FIRST_PORT, FIRST_PORT + 3)
ACCOUNT = {"email": "ada@example.org", "password": PASSWORD}


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    return certificates(tmp_path_factory.mktemp("certificates"), "127.0.0.1")


@pytest.fixture(scope="module")
def tls_server(open_dir, certified):
    running = start_server(
        open_dir / "off-localhost",
        *("--tls-cert", str(certified.chain), "--tls-key", str(certified.key)),
        FRONTEND_URL=f"{APP}/, http://localhost:5173",
        ORION_STT="scripted",
        ORION_TTS="scripted",
        ORION_TRUSTED_PROXIES="127.0.0.1",
        ORION_ICE_HOSTS="127.0.0.1",
        ORION_ICE_PUBLIC_IP=PUBLIC_IP,
        ORION_UDP_PORTS=f"{PORTS[0]}-{PORTS[-1]}",
        ORION_TURN_URLS="turn:turn.example.org, turns:turn.example.org:5349",
        ORION_TURN_SECRET=SECRET,
    )
    yield running
    running.stop()


@pytest.fixture(scope="module")
def trust(certified):
    return ssl.create_default_context(cafile=str(certified.authority))


@pytest.fixture(scope="module")
def stranger(tls_server, trust):
    """A client that trusts the test's authority, and is not signed in."""
    with httpx.Client(base_url=tls_server.url, verify=trust, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def member(stranger, tls_server, trust):
    """The same, signed in as the first user, once a proxy's client has failed to become it."""
    for header in ({"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}):
        refused = stranger.post("/api/v1/auth/register", json=ACCOUNT, headers=header)
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/refused")
    made = stranger.post("/api/v1/auth/register", json=ACCOUNT)
    assert (made.status_code, made.json()["user"]["role"]) == (201, "admin")
    headers = {"Authorization": f"Bearer {made.json()['access_token']}"}
    with httpx.Client(base_url=tls_server.url, verify=trust, headers=headers, timeout=30) as client:
        yield client


def test_only_those_who_trust_the_authority_are_served(tls_server, stranger):
    assert stranger.get("/healthz").status_code == 200
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{tls_server.url}/healthz")
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{tls_server.url.replace('https', 'http')}/healthz")


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/auth/profile"])
def test_browsers_are_told_to_come_back_by_tls_alone(stranger, path):
    assert stranger.get(path).headers["strict-transport-security"] == "max-age=31536000"


def test_an_allowed_origin_reads_the_answer_also_when_it_is_a_problem(stranger):
    answer = stranger.get("/api/v1/auth/profile", headers={"Origin": APP})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == APP
    assert "Origin" in answer.headers["vary"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["http://app.example.org", f"{APP}.evil.example", f"{APP}:8443", "null", "https://example.org"]
)
def test_no_other_origin_reads_it_and_no_cache_mixes_them_up(stranger, origin):
    answer = stranger.get("/api/v1/auth/profile", headers={"Origin": origin})
    assert "access-control-allow-origin" not in answer.headers
    assert "Origin" in answer.headers["vary"]
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    preflight = stranger.options("/api/v1/sessions", headers=asked)
    assert preflight.status_code == 400
    assert "access-control-allow-origin" not in preflight.headers


def test_an_answer_to_no_origin_is_not_kept_for_one(stranger):
    assert "Origin" in stranger.get("/api/v1/auth/profile").headers["vary"]


def test_a_preflight_allows_what_the_api_takes(stranger):
    asked = {"Origin": APP, "Access-Control-Request-Method": "PATCH"}
    wanted = "authorization,content-type,idempotency-key"
    answer = stranger.options("/api/v1/sessions", headers={**asked, "Access-Control-Request-Headers": wanted})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, APP)
    assert "Origin" in answer.headers["vary"]


@pytest.mark.usefixtures("member")
def test_behind_a_proxy_nobody_registers_uninvited(stranger):
    other = {**ACCOUNT, "email": "ben@example.org"}
    assert stranger.post("/api/v1/auth/register", json=other).status_code == 403


def test_each_join_gets_turn_credentials_that_the_relay_can_check(member):
    answer = member.get("/api/v1/ice-servers").json()
    assert answer["policy"] == "all"
    [server] = answer["ice_servers"]
    assert server["urls"] == ["turn:turn.example.org", "turns:turn.example.org:5349"]
    expires_at, user_id = server["username"].split(":")
    assert user_id == member.get("/api/v1/auth/profile").json()["id"]
    assert abs(int(expires_at) - time.time() - 3600) < 60
    password = hmac.digest(SECRET.encode(), server["username"].encode(), "sha1")
    assert server["credential"] == b64encode(password).decode()


def test_ice_servers_are_for_those_who_are_signed_in(stranger):
    assert stranger.get("/api/v1/ice-servers").status_code == 401


async def test_media_is_bound_in_the_range_and_offered_at_the_public_address_until_the_range_is_full(member):
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    pc.addTransceiver("audio")
    pc.createDataChannel("chat")
    await pc.setLocalDescription(await pc.createOffer())
    offer = {"sdp": pc.localDescription.sdp, "type": "offer"}
    await pc.close()
    taken = []
    for _ in range(len(PORTS)):
        session_id = member.post("/api/v1/sessions", json={}).json()["id"]
        answer = member.post(f"/api/v1/sessions/{session_id}/offer", json=offer)
        assert answer.status_code == 200, answer.text
        taken += offered(answer.json()["sdp"])
    assert sorted(taken) == [(PUBLIC_IP, port) for port in PORTS]
    session_id = member.post("/api/v1/sessions", json={}).json()["id"]
    full = member.post(f"/api/v1/sessions/{session_id}/offer", json=offer)
    assert (full.status_code, full.json()["type"]) == (503, "/problems/overloaded")
    assert f"{PORTS[0]}-{PORTS[-1]}" in full.json()["detail"]
    assert full.headers["retry-after"]
    ended = member.get("/api/v1/sessions").json()["items"][-1]["id"]
    member.patch(f"/api/v1/sessions/{ended}/status", json={"status": "ended"}).raise_for_status()
    async with asyncio.timeout(5):
        while member.post(f"/api/v1/sessions/{session_id}/offer", json=offer).status_code != 200:
            await asyncio.sleep(0.2)


def offered(sdp):
    """Address and port of each candidate; all m-lines share one (BUNDLE), so each counts once."""
    fields = [line.split() for line in sdp.splitlines() if line.startswith("a=candidate:")]
    return {(each[4], int(each[5])) for each in fields}
