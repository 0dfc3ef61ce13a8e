from ipaddress import ip_network

import httpx
import pytest
from starlette.responses import JSONResponse

from orion.api.requests.proxies import Proxies

PROXY, OUTER, STRANGER, USER = "10.0.0.1", "10.0.0.2", "203.0.113.9", "198.51.100.4"
TRUSTED = (ip_network("10.0.0.0/24"), ip_network("fd00::/64"))


async def nothing(*_):
    """A `receive` and a `send` that nobody needs."""
    return {}


async def seen(headers=(), peer=PROXY):
    """The client and the scheme that the application sees."""

    async def app(scope, receive, send):
        await JSONResponse([scope["client"][0], scope["scheme"]])(scope, receive, send)

    transport = httpx.ASGITransport(Proxies(app, TRUSTED), client=(peer, 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://orion") as client:
        return tuple((await client.get("/", headers=list(headers))).json())


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Forwarded-For", USER),
        ("X-Forwarded-For", f"{USER}:40123"),
        ("X-Forwarded-For", f"{USER}, {OUTER}"),
        ("X-Forwarded-For", f"127.0.0.1, {USER}"),
        ("X-Forwarded-For", f"::ffff:{USER}"),
        ("Forwarded", f"for={USER}"),
        ("Forwarded", f'for=127.0.0.1, For="{USER}:40123";by={OUTER}, for={OUTER}'),
        ("Forwarded", f'for="_hidden", for={USER};host="a,b;c\\"d"'),
    ],
)
async def test_behind_a_trusted_proxy_the_nearest_address_that_is_no_proxy_is_the_client(header, value):
    assert await seen([(header, value)]) == (USER, "http")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
async def test_ipv6_addresses_are_read_in_their_brackets(header):
    value = '"[2001:db8::7]:443"' if header == "Forwarded" else "[2001:db8::7]:443"
    value = f"for={value}" if header == "Forwarded" else value
    assert await seen([(header, value)], peer="fd00::1") == ("2001:db8::7", "http")


async def test_headers_of_a_stranger_count_for_nothing():
    told = [
        ("X-Forwarded-For", USER),
        ("X-Forwarded-Proto", "https"),
        ("Forwarded", f"for={USER};proto=https"),
    ]
    assert await seen(told, peer=STRANGER) == (STRANGER, "http")


@pytest.mark.parametrize(
    "headers",
    [
        [("X-Forwarded-For", USER), ("X-Forwarded-Proto", "https")],
        [("X-Forwarded-For", USER), ("X-Forwarded-Proto", "http, HTTPS")],
        [("Forwarded", f"for={USER};proto=https")],
        [("Forwarded", f"for={USER};proto=https, for={OUTER};proto=http")],
        [("Forwarded", f"for={USER};proto=https"), ("X-Forwarded-For", USER)],
    ],
)
async def test_the_scheme_is_that_of_the_clients_own_connection(headers):
    assert await seen(headers) == (USER, "https")


@pytest.mark.parametrize("scheme", ["javascript", "", "wss"])
async def test_a_scheme_that_is_none_of_the_webs_is_ignored(scheme):
    assert await seen([("X-Forwarded-For", USER), ("X-Forwarded-Proto", scheme)]) == (USER, "http")


@pytest.mark.parametrize("header", [("X-Forwarded-Proto", "https"), ("Forwarded", "proto=https;for=unknown")])
async def test_a_proxy_may_tell_the_scheme_without_the_address(header):
    assert await seen([header]) == (PROXY, "https")


async def test_where_the_two_kinds_of_headers_differ_neither_counts():
    """A proxy that sets one kind passes the client's own of the other kind on."""
    told = [
        ("X-Forwarded-For", STRANGER),
        ("X-Forwarded-Proto", "http"),
        ("Forwarded", "for=127.0.0.1;proto=https"),
    ]
    assert await seen(told) == (PROXY, "http")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Forwarded-For", "unknown"),
        ("X-Forwarded-For", ", ,"),
        ("X-Forwarded-For", "127.0.0.1, not an address"),
        ("Forwarded", "for=unknown"),
        ("Forwarded", f'for="127.0.0.1, for={USER}'),
        ("Forwarded", f"for={USER}, ;;"),
    ],
)
async def test_what_cannot_be_read_leaves_the_proxys_address(header, value):
    assert await seen([(header, value)]) == (PROXY, "http")


async def test_headers_that_come_in_several_lines_are_one_list():
    assert await seen([("X-Forwarded-For", STRANGER), ("X-Forwarded-For", USER)]) == (USER, "http")


async def test_a_websocket_behind_tls_is_a_secure_one():
    found = {}

    async def app(scope, receive, send):
        found.update(scope)

    headers = [(b"x-forwarded-for", USER.encode()), (b"x-forwarded-proto", b"https")]
    scope = {"type": "websocket", "scheme": "ws", "client": (PROXY, 1), "headers": headers}
    await Proxies(app, TRUSTED)(scope, nothing, nothing)
    assert (found["client"], found["scheme"]) == ((USER, 0), "wss")


@pytest.mark.parametrize("scope", [{"type": "lifespan"}, {"type": "http", "client": None, "headers": []}])
async def test_without_a_client_there_is_nothing_to_see(scope):
    found = []

    async def app(scope, receive, send):
        found.append(scope)

    await Proxies(app, TRUSTED)(scope, nothing, nothing)
    assert found == [scope]
