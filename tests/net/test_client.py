import asyncio
import gzip
import zlib

import pytest

from orion.errors import ProviderError, ProviderTimeout
from orion.net.addresses import AllowedHosts
from orion.net.client import MAX_BODY_BYTES, GuardedClient, UnreachableTarget
from tests.net.origin import answers, redirects, routes, serving


async def to_nowhere(host, port):
    raise AssertionError(f"{host} was resolved")


def resolving(*answers):
    """A resolver that gives these addresses, one list per look-up, the last one for ever."""
    left = [list(answer) for answer in answers]

    async def look_up(_host, _port):
        return left.pop(0) if len(left) > 1 else left[0]

    return look_up


async def fetch(origin, path="/", method="GET", client=None, **options):
    guarded = client or GuardedClient(AllowedHosts([origin.host]))
    try:
        return await guarded.request(method, origin.url + path, **options)
    finally:
        if client is None:
            await guarded.close()


async def refused(url, look_up=None):
    guarded = GuardedClient(look_up=look_up) if look_up else GuardedClient()
    try:
        with pytest.raises(UnreachableTarget):
            await guarded.request("GET", url, deadline_secs=5)
    finally:
        await guarded.close()


async def test_a_listed_host_is_reached_and_hears_its_name_and_nothing_of_the_environment():
    async with serving(answers({"a": 1})) as origin:
        answer = await fetch(origin, "/x?y=1", headers={"Authorization": "Bearer t"})
    assert (answer.status, answer.media_type, answer.body) == (200, "application/json", b'{"a": 1}')
    asked = origin.asked[0]
    assert (asked.method, asked.target, asked.headers["host"]) == ("GET", "/x?y=1", origin.host)
    assert asked.headers["authorization"] == "Bearer t"
    assert "cookie" not in asked.headers


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0"),
        *("localhost", "LOCALHOST", "0.0.0.0", "169.254.169.254", "10.0.0.1", "192.168.0.1"),
        *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]"),
        *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fd00::1]", "[ff02::1]", "224.0.0.1"),
    ],
)
async def test_no_way_of_writing_a_private_address_leads_there(host):
    await refused(f"http://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ftp://example.org/",
            "file:///etc/passwd",
            "gopher://example.org/",
            "unix:/run/x",
            "//example.org/",
        ),
        *("http://user@example.org/", "http://user:secret@example.org/", "http:///path", "example.org"),
        *("http://example.org:22/", "https://example.org:5432/", "http://example.org:0/"),
    ],
)
async def test_other_schemes_credentials_and_ports_are_refused_before_any_look_up(url):
    await refused(url, to_nowhere)


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://exa mple.org/\r\nX: 1", "http://a:99999999/", "http://0177.0.0.1/"]
)
async def test_what_is_no_url_is_a_provider_error_or_refused(url):
    guarded = GuardedClient(look_up=to_nowhere)
    with pytest.raises((ProviderError, UnreachableTarget)):
        await guarded.request("GET", url)
    await guarded.close()


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"], ["64:ff9b::7f00:1"], ["fe80::1%lo"]]
)
async def test_a_name_with_one_private_address_is_refused_as_a_whole(addresses):
    await refused("http://innocent.example/", resolving(addresses))


async def test_a_name_is_looked_up_once_per_connection_so_that_its_second_answer_counts_for_nothing():
    """DNS rebinding: what was checked is what is connected to."""
    looked = []

    async def rebinding(host, port):
        looked.append(host)
        return ["127.0.0.1"] if len(looked) == 1 else ["192.168.255.255"]

    async with serving(answers({})) as origin:
        name = f"rebind.example:{origin.port}"
        guarded = GuardedClient(AllowedHosts([name]), rebinding)
        for _ in range(3):
            assert (await guarded.request("GET", f"http://{name}/")).status == 200
        await guarded.close()
        assert (looked, origin.connections) == (["rebind.example"], 1)
        assert origin.asked[0].headers["host"] == name


async def test_a_name_that_turns_private_is_refused_at_the_next_connection():
    guarded = GuardedClient(look_up=resolving(["192.0.2.1"], ["127.0.0.1"]))
    for _ in range(2):
        with pytest.raises(UnreachableTarget):
            await guarded.request("GET", "http://turning.example/")
    await guarded.close()


async def test_a_kept_connection_of_a_listed_host_serves_no_other_name():
    async with serving(answers({})) as origin:
        guarded = GuardedClient(AllowedHosts([origin.host]), resolving(["127.0.0.1"]))
        await guarded.request("GET", origin.url)
        with pytest.raises(UnreachableTarget):
            await guarded.request("GET", f"http://other.example:{origin.port}/")
        with pytest.raises(UnreachableTarget):
            await guarded.request("GET", "http://other.example/")
        await guarded.close()
        assert origin.connections == 1


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/",
        "http://[::1]/",
        "http://2130706433/",
        "file:///etc",
    ],
)
async def test_a_redirect_to_a_private_address_is_refused(location):
    async with serving(redirects(location)) as origin:
        with pytest.raises(UnreachableTarget):
            await fetch(origin)


async def test_three_redirects_are_followed_and_a_fourth_is_not():
    async with serving(
        routes(a=redirects("/b"), b=redirects("/c"), c=redirects("/d"), d=answers(1))
    ) as origin:
        assert (await fetch(origin, "/a")).body == b"1"
        origin.respond = redirects("/again")
        with pytest.raises(ProviderError, match="too often"):
            await fetch(origin)


async def test_credentials_stay_with_their_origin():
    async with serving(answers({})) as other, serving(redirects(f"{other.url}/")) as origin:
        guarded = GuardedClient(AllowedHosts([origin.host, other.host]))
        await guarded.request("GET", origin.url, headers={"Authorization": "Bearer t", "X-Key": "k"})
        assert origin.asked[0].headers["authorization"] == "Bearer t"
        assert not {"authorization", "x-key"} & set(other.asked[0].headers)
        with pytest.raises(ProviderError, match="another host"):
            await guarded.request("POST", origin.url, json={"secret": 1})
        assert len(other.asked) == 1
        await guarded.close()


async def test_a_redirected_post_becomes_a_get_without_its_body_unless_the_service_says_otherwise():
    async with serving(routes(a=redirects("/c", "303 See Other"), c=answers(1))) as origin:
        await fetch(origin, "/a", "POST", json={"x": 1})
        assert [(asked.method, asked.body) for asked in origin.asked] == [("POST", b'{"x":1}'), ("GET", b"")]
    async with serving(routes(a=redirects("/c", "307 Temporary Redirect"), c=answers(1))) as origin:
        await fetch(origin, "/a", "POST", json={"x": 1})
        assert [(asked.method, asked.body) for asked in origin.asked] == [("POST", b'{"x":1}')] * 2


async def test_cookies_are_never_kept():
    async with serving(answers({}, set_cookie="id=1; Path=/")) as origin:
        guarded = GuardedClient(AllowedHosts([origin.host]))
        await guarded.request("GET", origin.url)
        await guarded.request("GET", origin.url)
        await guarded.close()
        assert all("cookie" not in asked.headers for asked in origin.asked)


async def test_an_answer_that_is_too_long_is_cut_off():
    async with serving(answers(b"x" * (MAX_BODY_BYTES + 1))) as origin:
        with pytest.raises(ProviderError):
            await fetch(origin)
    async with serving(answers(b"x" * MAX_BODY_BYTES)) as origin:
        assert len((await fetch(origin)).body) == MAX_BODY_BYTES


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
async def test_packed_answers_are_unpacked_and_bombs_are_not(pack):
    encoding = "gzip" if pack is gzip.compress else "deflate"
    async with serving(answers(pack(b'{"a": 1}'), content_encoding=encoding)) as origin:
        assert (await fetch(origin)).body == b'{"a": 1}'
        assert origin.asked[0].headers["accept-encoding"] == "gzip"
    bomb = pack(bytes(200 * MAX_BODY_BYTES))
    assert len(bomb) < MAX_BODY_BYTES
    async with serving(answers(bomb, content_encoding=encoding)) as origin:
        with pytest.raises(ProviderError):
            await fetch(origin)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "made-up", "gzip"])
async def test_unknown_and_broken_packings_are_errors(encoding):
    async with serving(answers(b"no such thing", content_encoding=encoding)) as origin:
        with pytest.raises(ProviderError):
            await fetch(origin)


async def test_a_slow_drip_ends_at_the_deadline():
    async def drip(_asked, writer):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with serving(drip) as origin:
        with pytest.raises(ProviderTimeout):
            await fetch(origin, deadline_secs=0.3)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort",
        b"SSH-2.0-server\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nlocation: http://[::1\r\ncontent-length: 0\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_an_error(raw):
    async def respond(_asked, writer):
        writer.write(raw)
        await writer.drain()
        writer.close()

    async with serving(respond) as origin:
        with pytest.raises(ProviderError):
            await fetch(origin)


async def test_a_name_that_does_not_resolve_and_a_port_that_nobody_listens_at_are_errors():
    async def fails(_host, _port):
        raise OSError("no such name")

    async with serving(answers({})) as origin:
        pass
    with pytest.raises(ProviderError):
        await fetch(origin)
    guarded = GuardedClient(look_up=fails)
    with pytest.raises(ProviderError):
        await guarded.request("GET", "http://nowhere.example/")
    await guarded.close()
