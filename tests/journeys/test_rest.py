"""The sidecar from the outside: who gets in, what is refused, and how it says so."""

import random
import re
import socket
import subprocess
import sys
import uuid

import httpx
import pytest
from aiortc import RTCPeerConnection

from tests.journeys.conftest import PASSWORD, start_server

PROBLEM = "application/problem+json"


def problem(response, status, slug):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    body = response.json()
    assert (body["type"], body["status"]) == (f"/problems/{slug}", status)
    assert body["request_id"] == response.headers["x-request-id"]
    return body


async def sign_up(http):
    account = {"email": f"{uuid.uuid4().hex}@example.org", "password": PASSWORD}
    response = await http.post("/api/v1/auth/register", json=account)
    assert response.status_code == 201
    return account, response.json()


async def test_register_log_in_refresh_and_log_out(http):
    account, signed_in = await sign_up(http)
    assert signed_in["user"]["email"] == account["email"]
    log_in = await http.post("/api/v1/auth/login", json=account)
    tokens = log_in.json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await http.get("/api/v1/auth/profile", headers=bearer)).json() == tokens["user"]
    refreshed = await http.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert refreshed.status_code == 200
    latest = refreshed.json()["refresh_token"]
    assert (await http.post("/api/v1/auth/logout", json={"refresh_token": latest})).status_code == 204
    problem(await http.post("/api/v1/auth/refresh", json={"refresh_token": latest}), 401, "unauthenticated")


async def test_a_refresh_token_that_comes_again_at_once_is_answered_again(http):
    _, signed_in = await sign_up(http)
    first = {"refresh_token": signed_in["refresh_token"]}
    second = {"refresh_token": (await http.post("/api/v1/auth/refresh", json=first)).json()["refresh_token"]}
    tab = await http.post("/api/v1/auth/refresh", json=first)
    assert tab.json()["refresh_token"] not in {first["refresh_token"], second["refresh_token"]}
    assert (await http.post("/api/v1/auth/refresh", json=second)).is_success


async def test_the_printed_link_signs_in_once(open_dir):
    engines = {"ORION_STT": "scripted", "ORION_LLM": "scripted", "ORION_TTS": "scripted"}
    server = start_server(open_dir / "link", **engines)  # of its own: a link is good for five minutes
    token = {"token": server.link.split("token=")[1]}
    try:
        async with httpx.AsyncClient(base_url=server.url) as http:
            assert (await http.post("/api/v1/auth/sign-in", json=token)).json()["user"]["role"] == "admin"
            problem(await http.post("/api/v1/auth/sign-in", json=token), 401, "unauthenticated")
    finally:
        server.stop()


async def test_wrong_credentials_are_all_told_the_same(http):
    account, _ = await sign_up(http)
    wrong = await http.post("/api/v1/auth/login", json={**account, "password": "something else"})
    unknown = await http.post("/api/v1/auth/login", json={"email": "no@example.org", "password": PASSWORD})
    assert (
        problem(wrong, 401, "unauthenticated")["detail"] == problem(unknown, 401, "unauthenticated")["detail"]
    )
    problem(await http.post("/api/v1/auth/register", json=account), 409, "conflict")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer nonsense", "Basic YTpi", "Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30."],
)
async def test_a_missing_or_wrong_token_is_401(server, header):
    headers = {"Authorization": header} if header else {}
    async with httpx.AsyncClient(base_url=server.url) as nobody:
        response = await nobody.get("/api/v1/sessions", headers=headers)
    problem(response, 401, "unauthenticated")
    assert response.headers["www-authenticate"] == "Bearer"


async def test_somebody_elses_session_does_not_exist(server, http, session_id):
    _, signed_in = await sign_up(http)
    bearer = {"Authorization": f"Bearer {signed_in['access_token']}"}
    async with httpx.AsyncClient(base_url=server.url, headers=bearer) as other:
        base = f"/api/v1/sessions/{session_id}"
        offer = {"sdp": "v=0", "type": "offer"}
        for response in (
            await other.get(base),
            await other.get(f"{base}/turns"),
            await other.get(f"{base}/events"),
            await other.post(f"{base}/messages", json={"text": "hello"}),
            await other.post(f"{base}/offer", json=offer),
            await other.patch(f"{base}/offer", json={"pc_id": "x", "candidates": []}),
            await other.patch(f"{base}/status", json={"status": "ended"}),
            await other.delete(base),
        ):
            problem(response, 404, "not-found")
        assert (await other.get("/api/v1/sessions")).json()["items"] == []


async def test_an_admin_sees_the_sessions_of_others_but_takes_no_part_in_them(server, http):
    _, signed_in = await sign_up(http)
    bearer = {"Authorization": f"Bearer {signed_in['access_token']}"}
    async with httpx.AsyncClient(base_url=server.url, headers=bearer) as other:
        base = f"/api/v1/sessions/{(await other.post('/api/v1/sessions', json={})).json()['id']}"
    assert (await http.get("/api/v1/auth/profile")).json()["role"] == "admin"
    assert (await http.get(base)).status_code == 200
    assert (await http.get(f"{base}/turns")).status_code == 200
    problem(await http.post(f"{base}/messages", json={"text": "hello"}), 403, "refused")
    problem(await http.post(f"{base}/offer", json={"sdp": "v=0", "type": "offer"}), 403, "refused")
    async with http.stream("GET", f"{base}/events") as events:
        assert events.status_code == 200


async def test_a_session_is_created_listed_paused_ended_and_deleted(http):
    made = (await http.post("/api/v1/sessions", json={"title": "Trip", "metadata": {"a": 1}})).json()
    base = f"/api/v1/sessions/{made['id']}"
    assert (made["status"], made["live"], made["agent"]) == ("created", False, "concierge")
    listed = (await http.get("/api/v1/sessions?limit=1")).json()
    assert listed["items"][0]["id"] == made["id"]
    problem(await http.patch(f"{base}/status", json={"status": "paused"}), 409, "conflict")
    assert (await http.patch(f"{base}/status", json={"status": "active"})).json()["status"] == "active"
    assert (await http.patch(f"{base}/status", json={"status": "paused"})).json()["status"] == "paused"
    problem(await http.post(f"{base}/messages", json={"text": "hello"}), 409, "conflict")
    ended = (await http.patch(f"{base}/status", json={"status": "ended"})).json()
    assert (ended["status"], ended["end_reason"]) == ("ended", "hung_up")
    problem(await http.post(f"{base}/messages", json={"text": "hello"}), 409, "session-ended")
    assert (await http.delete(base)).status_code == 204
    problem(await http.get(base), 404, "not-found")


async def test_bad_bodies_are_told_where_they_are_bad(http, session_id):
    response = await http.post("/api/v1/auth/register", json={"email": "x", "password": "short"})
    body = problem(response, 422, "invalid")
    assert {error["pointer"] for error in body["errors"]} == {"/email", "/password"}
    broken = await http.post("/api/v1/sessions", content=b"{", headers={"Content-Type": "application/json"})
    problem(broken, 400, "malformed")
    problem(await http.post("/api/v1/sessions", json={"agent": "nobody"}), 422, "invalid")
    problem(await http.get("/api/v1/sessions?limit=0"), 422, "invalid")
    problem(await http.get("/api/v1/sessions?cursor=x"), 422, "invalid")
    problem(await http.get("/api/v1/sessions/not-an-id"), 422, "invalid")
    problem(await http.put("/api/v1/sessions"), 405, "method-not-allowed")
    problem(await http.get("/api/v1/nothing"), 404, "not-found")
    problem(await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": " "}), 422, "invalid")


async def test_a_body_that_is_too_large_is_refused_declared_or_not(http):
    large = b'{"title": "' + b"x" * 300_000 + b'"}'
    json = {"Content-Type": "application/json"}
    problem(await http.post("/api/v1/sessions", content=large, headers=json), 413, "too-large")

    async def chunks():
        for start in range(0, len(large), 50_000):
            yield large[start : start + 50_000]

    problem(await http.post("/api/v1/sessions", content=chunks(), headers=json), 413, "too-large")


async def test_a_broken_offer_is_never_a_server_error(http, session_id):
    pc = RTCPeerConnection()
    pc.addTransceiver("audio")
    await pc.setLocalDescription(await pc.createOffer())
    whole = pc.localDescription.sdp
    await pc.close()
    url = f"/api/v1/sessions/{session_id}/offer"
    chance = random.Random(7)
    for _ in range(120):
        response = await http.post(url, json={"sdp": mutated(whole, chance), "type": "offer"})
        assert response.status_code in {200, 400, 422}, response.text
    problem(await http.post(url, json={"sdp": "hello", "type": "offer"}), 400, "invalid-offer")
    video = whole.replace("m=audio", "m=video")
    problem(await http.post(url, json={"sdp": video, "type": "offer"}), 400, "invalid-offer")
    without_opus = re.sub(r"(a=rtpmap:\d+) \w+/", r"\1 speex/", whole)
    problem(await http.post(url, json={"sdp": without_opus, "type": "offer"}), 400, "invalid-offer")
    problem(await http.post(url, json={"sdp": whole, "type": "answer"}), 422, "invalid")
    assert (await http.get("/healthz")).status_code == 200


def mutated(sdp, chance):
    """The SDP with some lines dropped, doubled, cut or scrambled."""
    lines = sdp.splitlines()
    for _ in range(chance.randint(1, 6)):
        index = chance.randrange(len(lines))
        kind = chance.randrange(4)
        if kind == 0:
            del lines[index]
        elif kind == 1:
            lines.insert(index, lines[chance.randrange(len(lines))])
        elif kind == 2:
            lines[index] = lines[index][: chance.randrange(len(lines[index]) + 1)]
        else:
            words = list(lines[index])
            chance.shuffle(words)
            lines[index] = "".join(words)
        lines = lines or ["v=0"]
    return "\r\n".join(lines) + "\r\n"


async def test_a_page_may_not_be_framed_and_loads_nothing_from_elsewhere(http):
    page = await http.get("/")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    for path in ("/../settings.py", "/%2e%2e/%2e%2e/settings.py", "/assets/../../../settings.py"):
        assert (await http.get(path)).status_code == 404


async def test_every_problem_type_has_a_page(http):
    for slug in ("unauthenticated", "not-found", "session-ended", "invalid-offer", "overloaded"):
        body = (await http.get(f"/problems/{slug}")).json()
        assert body["title"]
    problem(await http.get("/problems/none"), 404, "not-found")


async def test_the_server_says_that_it_is_ready_and_which_engines_serve(http):
    assert (await http.get("/readyz")).json()["status"] == "ready"
    engines = (await http.get("/api/v1/providers")).json()["items"]
    assert {engine["kind"]: engine["provider"] for engine in engines}["llm"] == "offline"
    agents = (await http.get("/api/v1/agents")).json()["items"]
    assert agents[0]["name"] == "concierge"


def test_a_port_in_use_is_told_before_anything_starts(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [
            sys.executable,
            "-m",
            "orion",
            "serve",
            "--port",
            port,
            "--data-dir",
            str(tmp_path / "data"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


def test_registration_is_closed_beyond_loopback_and_the_first_user_needs_the_token(open_dir):
    server = start_server(open_dir / "public", "--host", "0.0.0.0")
    try:
        url = f"http://127.0.0.1:{httpx.URL(server.url).port}"
        account = {"email": "first@example.org", "password": PASSWORD}
        far = httpx.post(f"{url}/api/v1/auth/register", json=account, headers={"Host": "orion.example"})
        problem(far, 403, "refused")
        proxied = httpx.post(
            f"{url}/api/v1/auth/register", json=account, headers={"X-Forwarded-For": "1.2.3.4"}
        )
        problem(proxied, 403, "refused")
        first = httpx.post(f"{url}/api/v1/auth/register", json=account)
        assert first.json()["user"]["role"] == "admin"
        second = httpx.post(f"{url}/api/v1/auth/register", json={**account, "email": "second@example.org"})
        problem(second, 403, "refused")
    finally:
        server.stop()
