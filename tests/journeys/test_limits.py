"""What a server refuses so that it can go on serving, from the outside."""

import asyncio
import uuid

import httpx
import psutil
import pytest

from tests.journeys.conftest import PASSWORD, need, start_server
from tests.journeys.test_rest import problem, sign_up

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def strict(open_dir):
    """A server that grants twenty requests an hour, and takes no call."""
    need("flite")
    settings = {"RATE_LIMIT_MAX": "20", "RATE_LIMIT_TTL": "3600", "ORION_MAX_SESSIONS": "0"}
    running = start_server(open_dir / "strict", **settings)
    yield running
    running.stop()


@pytest.fixture
async def caller(strict):
    """A new user of the strict server, who has spent nothing yet."""
    async with httpx.AsyncClient(base_url=strict.url, timeout=30) as client:
        _, signed_in = await sign_up(client)
        client.headers["Authorization"] = f"Bearer {signed_in['access_token']}"
        yield client


async def test_beyond_its_budget_a_caller_gets_429_and_is_told_when_to_come_back(caller):
    for left in range(19, -1, -1):
        response = await caller.get("/api/v1/auth/profile")
        assert response.status_code == 200
        assert response.headers["ratelimit-policy"] == '"default";q=20;w=3600'
        assert response.headers["ratelimit"].startswith(f'"default";r={left};t=')
    refused = await caller.get("/api/v1/sessions")
    problem(refused, 429, "limited")
    assert 0 < int(refused.headers["retry-after"]) <= 180
    assert refused.headers["ratelimit"].startswith('"default";r=0;t=')
    for path in ("/healthz", "/readyz", "/", "/problems/limited", "/favicon.svg"):
        free = await caller.get(path)
        assert free.status_code == 200
        assert "ratelimit" not in free.headers
    missing = await caller.post(
        f"/api/v1/sessions/{uuid.uuid4()}/offer", json={"sdp": "v=0", "type": "offer"}
    )
    problem(missing, 404, "not-found")
    assert missing.headers["ratelimit-policy"] == '"signalling";q=200;w=3600'


async def test_a_full_server_says_when_to_come_back(caller):
    session = (await caller.post("/api/v1/sessions", json={})).json()["id"]
    refused = await caller.post(f"/api/v1/sessions/{session}/messages", json={"text": "hello"})
    problem(refused, 503, "overloaded")
    assert int(refused.headers["retry-after"]) > 0


async def test_the_address_pays_for_requests_of_nobody(strict):
    async with httpx.AsyncClient(base_url=strict.url, headers={"Authorization": "Bearer x"}) as nobody:
        seen = [(await nobody.get("/api/v1/sessions")).status_code for _ in range(25)]
    assert seen[:19] == [401] * 19
    assert seen[-1] == 429


@pytest.mark.parametrize(
    "metadata",
    [
        b"[" * 100_000,
        b"NaN",
        b"[1e999]",
        b"9" * 5000,
        b'"\\u0000"',
        b'"\\ud800"',
        b'{"a\\u0000": 1}',
        b'"\xed\xa0\x80"',
        b'"\xff"',
    ],
)
async def test_json_that_is_a_trap_is_the_clients_error(http, metadata):
    body = b'{"metadata": {"a": ' + metadata + b"}}"
    problem(await http.post("/api/v1/sessions", content=body, headers=JSON), 400, "malformed")


async def test_a_nul_in_the_address_is_the_clients_error(http):
    for path in ("/api/v1/sessions?cursor=%00", "/api/v1/sessions/%00", "/assets/%00", "/problems/%00"):
        problem(await http.get(path), 400, "malformed")


async def test_bodies_have_a_cap_per_route(http, session_id):
    base = f"/api/v1/sessions/{session_id}"
    offer = b'{"type": "offer", "sdp": "' + b"x" * 66_000 + b'"}'
    problem(await http.post(f"{base}/offer", content=offer, headers=JSON), 413, "too-large")
    text = b'{"text": "' + b"x" * 66_000 + b'"}'
    problem(await http.post(f"{base}/messages", content=text, headers=JSON), 422, "invalid")


@pytest.mark.parametrize("declared", [True, False])
async def test_a_hundred_megabytes_are_refused_in_words(http, server, declared):
    piece = b"x" * 2**20

    async def chunks():
        for _ in range(100):
            yield piece

    before = psutil.Process(server.process.pid).memory_info().rss
    headers = {**JSON, "Content-Length": str(100 * 2**20)} if declared else JSON
    response = await http.post("/api/v1/sessions", content=chunks(), headers=headers)
    problem(response, 413, "too-large")
    assert response.headers["connection"] == "close"
    assert psutil.Process(server.process.pid).memory_info().rss - before < 20 * 2**20


async def test_a_session_is_made_once_however_often_it_is_asked_for(http):
    key = {"Idempotency-Key": uuid.uuid4().hex}
    answers = await asyncio.gather(
        *(http.post("/api/v1/sessions", json={"title": "once"}, headers=key) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 4
    other = await http.post("/api/v1/sessions", json={"title": "twice"}, headers=key)
    problem(other, 409, "idempotency-conflict")


async def test_a_message_that_comes_again_is_said_once(http, session_id):
    key = {"Idempotency-Key": uuid.uuid4().hex}
    url = f"/api/v1/sessions/{session_id}/messages"
    first, again = [await http.post(url, json={"text": "two plus two"}, headers=key) for _ in range(2)]
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    said = (await http.get(f"/api/v1/sessions/{session_id}/turns")).json()["items"]
    assert [turn["text"] for turn in said if turn["role"] == "user"] == ["two plus two"]


async def test_signing_up_is_never_replayed(http):
    account = {"email": f"{uuid.uuid4().hex}@example.org", "password": PASSWORD}
    key = {"Idempotency-Key": uuid.uuid4().hex}
    assert (await http.post("/api/v1/auth/register", json=account, headers=key)).status_code == 201
    problem(await http.post("/api/v1/auth/register", json=account, headers=key), 409, "conflict")
