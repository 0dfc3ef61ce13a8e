from ipaddress import ip_network

import httpx
import pytest

from orion.app import create_app
from orion.settings import Settings

PROXY = "10.0.0.1"


async def hsts(tmp_path, peer=PROXY, headers=None, **settings):
    """What `/healthz` says of Strict-Transport-Security to a client that comes by plain HTTP."""
    app = create_app(Settings(data_dir=tmp_path, trusted_proxies=(ip_network(PROXY),), **settings))
    transport = httpx.ASGITransport(app, client=(peer, 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://orion") as client:
        answer = await client.get("/healthz", headers=headers)
    assert answer.status_code == 200
    return answer.headers.get("strict-transport-security")


@pytest.mark.parametrize("url", ["https://orion.example.org", None])
async def test_hsts_is_sent_where_users_come_by_https(tmp_path, url):
    assert bool(await hsts(tmp_path, public_url=url)) == bool(url)


@pytest.mark.parametrize(("peer", "sent"), [(PROXY, True), ("203.0.113.9", False)])
async def test_hsts_follows_the_scheme_that_a_trusted_proxy_tells(tmp_path, peer, sent):
    assert bool(await hsts(tmp_path, peer, {"X-Forwarded-Proto": "https", "X-Forwarded-For": peer})) == sent


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/JSON", "Application/problem+Json; x=1"]
)
async def test_json_by_any_name_is_looked_at_before_it_is_parsed(tmp_path, media_type):
    app = create_app(Settings(data_dir=tmp_path))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        answer = await client.post(
            "/api/v1/auth/logout",
            content=b'{"refresh_token": "a\\u0000"}',
            headers={"Content-Type": media_type},
        )
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed")
