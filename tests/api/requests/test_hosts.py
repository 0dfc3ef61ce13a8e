"""DNS rebinding: which names a server for this machine alone answers to."""

import httpx
import pytest

from orion.app import create_app
from orion.settings import Settings
from tests.api.running import SECRET, running

ACCOUNT = {"email": "eve@example.org", "password": "correct horse battery"}


@pytest.fixture
async def server(database_url, tmp_path):
    async with running(database_url, tmp_path) as serving:
        yield serving


async def asked(server, host, method="GET", path="/api/v1/sessions", **more):
    headers = {"Host": host, "Origin": f"http://{host}"}
    async with server.client() as http:
        return await http.request(method, path, headers=headers, **more)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:3000", "localhost.evil.example", "127.0.0.1.evil.example", "0.0.0.0:1"],
)
async def test_a_page_whose_name_leads_here_gets_nothing_and_makes_no_account(server, host):
    await server.register("ada")
    made = await asked(server, host, "POST", "/api/v1/auth/register", json=ACCOUNT)
    assert made.status_code == 403
    assert "ORION_PUBLIC_URL" in made.json()["detail"]
    assert made.json()["request_id"] == made.headers["x-request-id"]
    assert made.headers["content-type"] == "application/problem+json"
    for path in ("/", "/docs", "/openapi.json", "/api/v1/agents", "/metrics"):
        assert (await asked(server, host, path=path)).status_code == 403, path
    for path in ("/healthz", "/readyz"):
        assert (await asked(server, host, path=path)).status_code == 200, path
    login = await server.call(None, "POST", "/api/v1/auth/login", ACCOUNT)
    assert login.status_code == 401


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:3000", "127.0.0.1:1", "127.8.9.1", "[::1]:3000", "localhost."]
)
async def test_this_machines_own_names_are_answered(server, host):
    assert (await asked(server, host)).status_code == 401


@pytest.mark.parametrize(
    ("host", "settings"),
    [
        ("voice.example.org", {"public_url": "https://voice.example.org"}),
        ("page.example.org:5173", {"frontend_urls": ("https://page.example.org:5173",)}),
        ("voice.example.org", {"registration": "invite"}),
        ("voice.example.org", {"host": "0.0.0.0"}),
    ],
)
async def test_where_others_are_expected_other_names_are_answered(tmp_path, host, settings):
    app = create_app(Settings(data_dir=tmp_path, jwt_secret=SECRET, **settings))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as http:
        assert (await http.get("/problems/refused")).status_code == 200


async def test_a_websocket_by_another_name_is_closed(tmp_path):
    app = create_app(Settings(data_dir=tmp_path, jwt_secret=SECRET))
    sent = []

    async def nothing():
        return {}

    async def send(message):
        sent.append(message)

    scope = {"type": "websocket", "path": "/", "headers": [(b"host", b"evil.example")], "scheme": "ws"}
    await app(scope, nothing, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]
