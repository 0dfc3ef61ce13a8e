"""Clients that take their time, over real sockets to a real uvicorn with short deadlines."""

import asyncio
import time
from contextlib import asynccontextmanager

import pytest
import uvicorn
from fastapi import FastAPI, Request

from orion.api import problems
from orion.api.requests import deadlines
from orion.api.requests.deadlines import ReceiveLimits
from orion.api.requests.shield import Shield

HEAD = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n"
GET = b"GET /ok HTTP/1.1\r\nHost: x\r\n\r\n"
PIECE = b"x" * 65_536
QUICK = ReceiveLimits(head_secs=0.5, body_secs=0.7)


def application():
    app = FastAPI()
    app.add_middleware(Shield)
    problems.install(app)

    @app.get("/ok")
    async def ok():
        return {}

    @app.post("/echo")
    async def echo(request: Request):
        return {"bytes": len(await request.body())}

    return app


@asynccontextmanager
async def serving(limits):
    """A server on loopback; its port and its protocol class."""
    kind = deadlines.protocol(limits)
    config = uvicorn.Config(application(), http=kind, port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    running = asyncio.get_running_loop().create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1], kind
    finally:
        server.should_exit = True
        await running


async def opened(port, sent=b""):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    await writer.drain()
    return reader, writer


async def rest(connection):
    """What the server says until it closes."""
    reader, writer = connection
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


async def answer(port, request=GET):
    """The status line of one whole request."""
    reader, writer = await opened(port, request)
    line = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    return line


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET /ok HTTP/1.1\r\nHost: x\r\nX-A: b", b"\r\n" * 4])
async def test_a_head_that_does_not_arrive_ends_the_connection(sent):
    async with serving(QUICK) as (port, kind):
        begun = time.monotonic()
        said = await rest(await opened(port, sent))
        assert said.startswith(b"HTTP/1.1 408 ")
        assert 0.4 < time.monotonic() - begun < 3
        assert not kind.door.unfinished


async def test_a_body_that_does_not_arrive_ends_the_connection_without_a_trace(caplog):
    async with serving(QUICK) as (port, _):
        begun = time.monotonic()
        said = await rest(await opened(port, HEAD + b"Content-Length: 100\r\n\r\nabc"))
        assert said.startswith(b"HTTP/1.1 408 ")
        assert 0.6 < time.monotonic() - begun < 3
        gone = await opened(port, HEAD + b"Content-Length: 100\r\n\r\nabc")
        gone[1].close()
        assert await answer(port) == b"HTTP/1.1 200 OK\r\n"
    assert "Traceback" not in caplog.text
    assert "Exception in ASGI" not in caplog.text


async def test_a_byte_now_and_then_buys_no_time():
    async with serving(QUICK) as (port, _):
        reader, writer = await opened(port, b"GET /ok HTTP/1.1\r\n")
        begun = time.monotonic()
        reading = asyncio.get_running_loop().create_task(rest((reader, writer)))
        while not reading.done() and time.monotonic() - begun < 5:
            writer.write(b"X-A: b\r\n")
            await asyncio.wait([reading], timeout=0.1)
        assert time.monotonic() - begun < 3


async def test_three_hundred_slow_heads_and_fifty_slow_bodies_are_gone_and_others_are_served_meanwhile():
    async with serving(QUICK) as (port, kind):
        heads = [await opened(port, b"GET /ok HTTP/1.1\r\nX-A: ") for _ in range(300)]
        bodies = [await opened(port, HEAD + b"Content-Length: 9\r\n\r\nabc") for _ in range(50)]
        assert await answer(port) == b"HTTP/1.1 200 OK\r\n"
        said = await asyncio.gather(*(rest(connection) for connection in heads + bodies))
        assert all(text.startswith(b"HTTP/1.1 408 ") for text in said)
        assert not kind.door.unfinished


async def test_a_kept_connection_has_as_much_time_for_its_next_request():
    async with serving(QUICK) as (port, _):
        reader, writer = await opened(port, GET)
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        await asyncio.sleep(0.8)  # longer than a head may take: an idle connection is no slow head
        writer.write(GET[:10])
        await asyncio.sleep(0.1)
        writer.write(GET[10:])
        assert (await rest((reader, writer))).count(b"HTTP/1.1 200 OK") == 1


async def test_a_slow_second_head_does_not_cut_off_the_answer_before_it():
    app_slow = ReceiveLimits(head_secs=0.2, body_secs=5)
    async with serving(app_slow) as (port, _):
        body = HEAD + b"Content-Length: 3\r\n\r\n"
        reader, writer = await opened(port, body)
        await asyncio.sleep(0.4)
        writer.write(b"abc" + GET[:10])
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        assert b"408" in await rest((reader, writer))


@pytest.mark.parametrize(
    "head",
    [
        b"X-A: " + b"b" * 40_000 + b"\r\n\r\n",
        b"X-A: " + b"b" * 400_000,
        b"X-A: b\r\n" * 101 + b"\r\n",
    ],
    ids=["one header", "one without an end", "many"],
)
async def test_a_head_that_is_too_large_is_refused(head):
    async with serving(ReceiveLimits()) as (port, _):
        said = await rest(await opened(port, b"GET /ok HTTP/1.1\r\nHost: x\r\n" + head))
        assert said.startswith(b"HTTP/1.1 431 ") or not said
        exact = b"GET /ok HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 90 + b"\r\n"
        assert await answer(port, exact) == b"HTTP/1.1 200 OK\r\n"


async def test_one_address_holds_so_many_connections_and_no_more():
    async with serving(ReceiveLimits(per_address=3, exempt=())) as (port, kind):
        held = [await opened(port, GET) for _ in range(3)]
        for reader, _ in held:
            assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        said = await rest(await opened(port))
        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: " in said
        assert kind.door.held["127.0.0.1"] == 3
        for _, writer in held:
            writer.close()
        async with asyncio.timeout(5):
            while kind.door.held:
                await asyncio.sleep(0.01)
        assert await answer(port) == b"HTTP/1.1 200 OK\r\n"


async def test_loopback_is_exempt_from_the_cap():
    async with serving(ReceiveLimits(per_address=1)) as (port, kind):
        held = [await opened(port) for _ in range(5)]
        assert await answer(port) == b"HTTP/1.1 200 OK\r\n"
        assert not kind.door.held
        for _, writer in held:
            writer.close()


async def test_beyond_the_cap_of_unfinished_requests_the_oldest_goes():
    async with serving(ReceiveLimits(unfinished=3)) as (port, kind):
        held = [await opened(port, b"GET /ok") for _ in range(4)]
        assert (await rest(held[0])).startswith(b"HTTP/1.1 408 ")
        assert await answer(port) == b"HTTP/1.1 200 OK\r\n"
        assert len(kind.door.unfinished) <= 3
        for _, writer in held[1:]:
            writer.close()


@pytest.mark.parametrize(
    ("frame", "head"),
    [
        (PIECE, b"Content-Length: 104857600\r\n\r\n"),
        (b"10000\r\n" + PIECE + b"\r\n", b"Transfer-Encoding: chunked\r\n\r\n"),
    ],
    ids=["declared", "chunked"],
)
async def test_a_large_body_is_refused_before_it_has_arrived_and_the_client_sees_why(frame, head):
    async with serving(ReceiveLimits()) as (port, _):
        reader, writer = await opened(port, HEAD + head)
        sent = 0
        async with asyncio.timeout(5):
            answered = asyncio.get_running_loop().create_task(reader.readline())
            while not answered.done():
                writer.write(frame)
                await writer.drain()
                await asyncio.sleep(0)
                sent += len(frame)
        assert answered.result().startswith(b"HTTP/1.1 413 ")
        assert sent < 16 * 2**20
        begun = time.monotonic()
        await rest((reader, writer))
        assert time.monotonic() - begun < 3
        assert await answer(port) == b"HTTP/1.1 200 OK\r\n"
