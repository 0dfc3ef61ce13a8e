import asyncio
import socket
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from orion.domain.tool import ToolFailure
from orion.errors import ProviderError, ProviderTimeout
from orion.net.addresses import AllowedHosts
from orion.net.client import GuardedClient, UnreachableTarget
from orion.net.mcp_tool import McpServer, call, offered
from tests.net.origin import answers, redirects, serving

PROGRAM = (sys.executable, str(Path(__file__).with_name("mcp_server.py")))
STDIO = McpServer(program=PROGRAM)
_SECS = 20


@asynccontextmanager
async def listening_server():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(*PROGRAM, str(port), stderr=asyncio.subprocess.DEVNULL)
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.05)
    yield f"http://127.0.0.1:{port}/mcp"
    process.terminate()
    await process.wait()


@asynccontextmanager
async def either(kind):
    if kind == "stdio":
        yield GuardedClient(), STDIO
        return
    async with listening_server() as url:
        client = GuardedClient(AllowedHosts([url.removeprefix("http://").removesuffix("/mcp")]))
        yield client, McpServer(url=url, headers={"Authorization": "Bearer t"})
        await client.close()


@pytest.mark.parametrize("kind", ["stdio", "http"])
async def test_a_server_tells_what_it_offers_and_answers_calls(kind):
    async with either(kind) as (client, server):
        tools = {tool.name: tool for tool in await offered(client, server, _SECS)}
        assert set(tools) == {"tide", "greet", "sink", "flood", "wait", "vanish", "secrets"}
        assert tools["tide"].description == "Tells when the next high tide is in a port."
        assert tools["tide"].parameters["required"] == ["port"]
        answer = await call(client, server, "tide", {"port": "Kiel"}, _SECS)
        assert answer == {"port": "Kiel", "time": "half past nine"}
        greeting = await call(client, server, "greet", {"name": "Ada"}, _SECS)
        assert greeting == {"result": "Ahoy Ada"}
        with pytest.raises(ToolFailure) as failure:
            await call(client, server, "sink", {}, _SECS)
        assert "at sea" in failure.value.message
        assert len(failure.value.message) <= 300
        with pytest.raises(ToolFailure, match="too long"):
            await call(client, server, "flood", {}, _SECS)
        with pytest.raises(ToolFailure):
            await call(client, server, "no_such_tool", {}, _SECS)
        with pytest.raises(TimeoutError):
            await call(client, server, "wait", {}, 2)


async def test_a_program_gets_none_of_the_servers_secrets_and_does_not_outlive_its_call():
    client = GuardedClient()
    assert await call(client, STDIO, "secrets", {}, _SECS) == {"result": ""}
    with pytest.raises(TimeoutError):
        await call(client, STDIO, "wait", {}, 3)
    left = [child for child in psutil.Process().children(recursive=True) if PROGRAM[1] in child.cmdline()]
    assert left == []


@pytest.mark.parametrize(
    "program",
    [("/no/such/program",), (sys.executable, "-c", "print('hello')"), (sys.executable, "-c", "1/0")],
)
async def test_a_program_that_is_no_server_is_a_provider_error(program):
    with pytest.raises((ProviderError, ProviderTimeout)):
        await offered(GuardedClient(), McpServer(program=program), 10)
    with pytest.raises(ToolFailure):
        await call(GuardedClient(), McpServer(program=program), "x", {}, 10)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8000/mcp", "http://localhost/mcp", "http://[::1]/mcp", "http://169.254.169.254/"],
)
async def test_a_private_server_is_refused_unless_it_is_listed(url):
    with pytest.raises(UnreachableTarget):
        await offered(GuardedClient(), McpServer(url=url), 5)
    with pytest.raises(ToolFailure, match="may not reach"):
        await call(GuardedClient(), McpServer(url=url), "x", {}, 5)


async def test_a_server_cannot_lead_the_client_elsewhere():
    async with serving(answers({})) as inner, serving(redirects(f"{inner.url}/", "307 Moved")) as origin:
        client = GuardedClient(AllowedHosts([origin.host]))
        with pytest.raises((ProviderError, UnreachableTarget)):
            await offered(client, McpServer(url=origin.url), 5)
        await client.close()
        assert inner.asked == []


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"x" * 2_000_000])
async def test_a_web_server_that_speaks_something_else_is_a_provider_error(body):
    async with serving(answers(body)) as origin:
        client = GuardedClient(AllowedHosts([origin.host]))
        with pytest.raises((ProviderError, ProviderTimeout)):
            await offered(client, McpServer(url=origin.url), 3)
        await client.close()


@pytest.mark.parametrize(("tool", "unclear"), [("sink", False), ("flood", True), ("vanish", True)])
async def test_a_call_that_went_out_and_brought_nothing_may_have_happened(tool, unclear):
    with pytest.raises(ToolFailure) as failure:
        await call(GuardedClient(), STDIO, tool, {}, _SECS)
    assert failure.value.unclear is unclear


async def test_a_server_that_does_not_start_has_done_nothing():
    with pytest.raises(ToolFailure) as failure:
        await call(GuardedClient(), McpServer(program=("/nonexistent",)), "tide", {}, _SECS)
    assert (failure.value.retryable, failure.value.unclear) == (True, False)


async def test_a_tool_that_changes_something_has_done_so_whatever_its_server_answers():
    told = await call(GuardedClient(), STDIO, "flood", {}, _SECS, changes=True)
    assert "cut short" in told
    assert len(told) < 3000
