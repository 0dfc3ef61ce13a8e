"""What servers of MCP list and answer that no SDK would send, and how a program of theirs ends."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import psutil
import pytest

from orion.agents import mcp_offers
from orion.domain.tool import ToolFailure
from orion.errors import ProviderError
from orion.net.addresses import AllowedHosts
from orion.net.answers import bounded
from orion.net.client import GuardedClient
from orion.net.mcp_result import content
from orion.net.mcp_tool import McpServer, call, offered
from tests.net.origin import answers, serving

PROGRAM = str(Path(__file__).with_name("odd_mcp_server.py"))
_SECS = 20
_AT_ONCE_SECS = 0.1
"""Of processor time, for which the event loop waits."""


@pytest.fixture
def odd(tmp_path):
    """Makes a server that lists these pages and answers so."""

    def made(pages=([],), answers=None, env=None, **more):
        told = tmp_path / "told.json"
        told.write_text(json.dumps({"pages": pages, "answers": answers or {}, **more}))
        return McpServer(program=(sys.executable, PROGRAM, str(told)), env=env or {})

    return made


def tool(name, schema=None, **more):
    return {"name": name, "description": "Does.", "inputSchema": schema or {"type": "object"}, **more}


def text(words):
    return {"type": "text", "text": words}


RESOURCE = {"type": "resource", "resource": {"uri": "file:///a.py", "text": "print()"}}
LINK = {"type": "resource_link", "uri": "https://x.example/1", "name": "one", "description": "the first"}
IMAGE = {"type": "image", "mimeType": "image/png", "data": "QUJD" * 100}


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ({"content": [text("a"), text("b")]}, {"result": "a\nb"}),
        ({"content": [text('{"a": 1}')]}, {"result": {"a": 1}}),
        ({"content": [text('{"a": NaN}')]}, {"result": '{"a": NaN}'}),
        ({"content": [text('{"a": 1e999}')]}, {"result": '{"a": 1e999}'}),
        ({"content": [RESOURCE]}, {"result": "print()"}),
        ({"content": [text("here:"), RESOURCE]}, {"result": "here:\nprint()"}),
        ({"content": [LINK]}, {"result": "[link: https://x.example/1, one, the first]"}),
        ({"content": [IMAGE]}, {"result": "[image of type image/png, 300 bytes, which cannot be shown]"}),
        (
            {"content": [{"type": "resource", "resource": {"uri": "a.zip", "blob": "QUJD"}}]},
            {"result": "[file: a.zip of type unknown, 3 bytes, which cannot be shown]"},
        ),
        (
            {"content": [text("a"), {"type": "hologram", "beam": 1}]},
            {"result": "a\n[a part of the kind 'hologram', which cannot be shown]"},
        ),
        ({"content": [{"type": "poem", "text": "ode"}]}, {"result": "ode"}),
        ({"structuredContent": {"a": 1}, "content": []}, {"a": 1}),
        ({"structuredContent": {"a": 1}, "content": [text('{"a": 1}')]}, {"a": 1}),
        ({"structuredContent": {"result": "Ahoy"}, "content": [text("Ahoy")]}, {"result": "Ahoy"}),
        ({"structuredContent": {"result": [1, 2]}, "content": [text("1"), text("2")]}, {"result": [1, 2]}),
        (
            {"structuredContent": {"content": "Ahoy", "n": 1}, "content": [text("Ahoy")]},
            {"content": "Ahoy", "n": 1},
        ),
        ({"structuredContent": {"a": 1}, "content": [text("more")]}, {"a": 1, "text": "more"}),
        ({"structuredContent": {"text": 1}, "content": [text("more")]}, {"text": 1, "content": "more"}),
        ({"structuredContent": {"a": float("nan")}, "content": []}, {"a": None}),
        ({"structuredContent": [1]}, {"result": [1]}),
        ({"content": []}, {}),
        ({"content": None}, {}),
        ({}, {}),
    ],
)
def test_each_part_of_an_answer_reaches_the_model(raw, read):
    assert content(raw) == read


async def test_an_answer_that_the_sdk_would_refuse_is_read_part_by_part(odd):
    raw = {"content": [text("a"), {"type": "hologram"}, IMAGE], "structuredContent": None, "strange": 1}
    server = odd(answers={"x": {"result": raw}})
    result = (await call(GuardedClient(), server, "x", {}, _SECS))["result"]
    assert result.splitlines()[0] == "a"
    assert len(result.splitlines()) == 3


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ({"code": -32602, "message": "town is unknown"}, "The service refused: town is unknown"),
        (
            {"code": -32000, "message": "not today", "data": "closed"},
            "The service refused: not today (closed)",
        ),
        ({"code": -32601, "message": "no such tool"}, "The service refused: no such tool"),
        ({"code": 7, "message": "x" * 1000}, "The service refused: " + "x" * 279),
    ],
)
async def test_a_servers_refusal_reaches_the_model_and_nothing_has_happened(odd, error, told):
    with pytest.raises(ToolFailure) as failure:
        await call(GuardedClient(), odd(answers={"x": {"error": error}}), "x", {}, _SECS)
    assert (failure.value.message, failure.value.unclear) == (told, False)


async def test_a_server_that_broke_on_the_way_says_so_and_it_may_have_happened(odd):
    answers = {"x": {"error": {"code": -32603, "message": "receipt could not be written"}}}
    with pytest.raises(ToolFailure, match="receipt could not be written") as failure:
        await call(GuardedClient(), odd(answers=answers), "x", {}, _SECS)
    assert failure.value.unclear


@pytest.mark.parametrize(
    "answer",
    [
        {"error": {"code": -32602, "message": "bad token canary-12345"}},
        {"result": {"content": [text("bad token canary-12345")], "isError": True}},
    ],
)
async def test_a_refusal_does_not_repeat_the_secrets_of_the_program(odd, answer):
    server = odd(answers={"x": answer}, env={"API_TOKEN": "canary-12345"})
    with pytest.raises(ToolFailure, match="bad token") as failure:
        await call(GuardedClient(), server, "x", {}, _SECS)
    assert "canary" not in failure.value.message


@pytest.mark.parametrize(
    "result",
    [
        {"content": [text("request with token canary-12345 failed")]},
        {"content": [text('{"request": ["with canary-12345"]}')]},
        {"content": [], "structuredContent": {"canary-12345": [{"request": "with canary-12345"}]}},
        {"content": [text("request with canary-12345" + "x" * 20_000)]},
    ],
)
async def test_a_result_does_not_repeat_the_secrets_of_the_program(odd, result):
    server = odd(answers={"x": {"result": result}}, env={"API_TOKEN": "canary-12345"})
    told = json.dumps(await call(GuardedClient(), server, "x", {}, _SECS, changes=True))
    assert "request" in told
    assert "canary" not in told


_MANY = [[n] for n in range(500_000)]


@pytest.mark.parametrize(
    "raw",
    [
        {"structuredContent": {"a": _MANY}, "content": []},
        {"content": [text(json.dumps(_MANY))]},
        {"structuredContent": {"a": 1}, "content": [text(json.dumps(_MANY))]},
        {"structuredContent": dict.fromkeys(map(str, range(500_000)), 1), "content": [text("{}")]},
    ],
)
def test_a_result_of_very_many_parts_is_too_long_at_once(raw):
    began = time.thread_time()
    with pytest.raises(ToolFailure, match="too long"):
        bounded(content(raw))
    assert time.thread_time() - began < _AT_ONCE_SECS


async def test_a_server_that_wants_to_ask_something_first_has_done_nothing(odd):
    server = odd(answers={"x": {"result": {"resultType": "input_required", "inputRequests": {}}}})
    with pytest.raises(ToolFailure, match="ask something"):
        await call(GuardedClient(), server, "x", {}, _SECS)


async def test_a_bad_tool_hides_no_other_and_each_refusal_has_its_reason(odd):
    bad = [
        {"name": "no schema"},
        {"name": "null", "inputSchema": None},
        7,
        {"inputSchema": {}},
        tool("elsewhere", {"properties": {"a": {"$ref": "https://x.example/"}}}),
        tool("a-b"),
        tool("x" * 80),
    ]
    good = [tool("a b"), tool("empty", {}), {"name": "only", "inputSchema": {"type": "object"}, "icons": 1}]
    listed = await offered(GuardedClient(), odd([[*good, *bad]]), _SECS)
    entries = await mcp_offers.taken("row", ["*"], listed)
    reasons = {one["name"]: one.get("refused", "") for one in entries}
    assert [name for name, reason in reasons.items() if not reason] == ["a b", "empty", "only"]
    assert "inputSchema" in reasons["no schema"]
    assert "no name" in reasons["?"]
    assert "/properties/a/$ref" in reasons["elsewhere"]
    assert "'a b'" in reasons["a-b"]
    assert "longer than 64" in reasons["x" * 80]


async def test_a_list_is_read_to_its_end(odd):
    pages = [[tool(f"t{page}_{n}") for n in range(8)] for page in range(45)]
    listed = await offered(GuardedClient(), odd(pages), _SECS)
    assert len(listed) == 360
    (last,) = await mcp_offers.taken("row", ["t44_7"], listed)
    assert "refused" not in last
    everything = await mcp_offers.taken("row", ["*"], listed)
    refused = [one["refused"] for one in everything if "refused" in one]
    assert len(refused) == 360 - 128
    assert "128 tools at most" in refused[0]


async def test_a_list_without_an_end_is_given_up_with_the_reason(odd):
    pages = [[tool("t")] for _ in range(300)]
    with pytest.raises(ProviderError, match="200 pages"):
        await offered(GuardedClient(), odd(pages), _SECS)


def speaks_http(tools):
    """A server over streamable HTTP that lists these tools."""
    results = {
        "initialize": {
            "protocolVersion": "2025-06-18",
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "odd", "version": "1"},
        },
        "tools/list": {"tools": tools},
    }

    def respond(asked, writer):
        if asked.method != "POST" or "id" not in asked.json:
            return answers(b"", "202 Accepted")(asked, writer)
        found = results.get(asked.json["method"])
        said = {"result": found} if found else {"error": {"code": -32601, "message": "Method not found"}}
        return answers({"jsonrpc": "2.0", "id": asked.json["id"], **said})(asked, writer)

    return respond


async def test_a_list_may_have_megabytes_as_those_of_large_services_have(odd):
    tools = [tool(f"t{n}", {"type": "object", "description": "x" * 20_000}) for n in range(120)]
    assert len(await offered(GuardedClient(), odd([tools]), _SECS)) == 120
    async with serving(speaks_http(tools)) as origin:
        client = GuardedClient(AllowedHosts([origin.host]))
        assert len(await offered(client, McpServer(url=f"{origin.url}/mcp"), _SECS)) == 120
        await client.close()


def running(program):
    return [child for child in psutil.Process().children(recursive=True) if program in child.cmdline()]


def all_children():
    return {child.pid for child in psutil.Process().children(recursive=True)}


async def test_a_program_that_stays_is_killed_with_what_it_started_and_its_answer_counts(odd):
    before = all_children()
    server = odd(answers={"x": {"result": {"content": [text("done")]}}}, stays=True)
    assert await call(GuardedClient(), server, "x", {}, _SECS) == {"result": "done"}
    assert running(PROGRAM) == []
    assert all_children() <= before


async def test_a_call_ends_within_its_time_limit_whatever_the_program_does(odd):
    server = odd(answers={"x": {"silent": True}}, stays=True)
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        await call(GuardedClient(), server, "x", {}, 3)
    assert time.monotonic() - begun < 4
    assert running(PROGRAM) == []


async def test_a_program_gets_the_variables_of_its_tool_and_its_arguments_do_not_show_them(odd):
    # Short: a longer one would be left out of the result.
    server = odd(env={"SERVICE_TOKEN": "nine"})
    told = await call(GuardedClient(), server, "env", {"names": ["SERVICE_TOKEN", "JWT_SECRET"]}, _SECS)
    assert told == {"SERVICE_TOKEN": "nine", "JWT_SECRET": None}
    assert "nine" not in repr(server)
