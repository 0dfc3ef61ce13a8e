"""Tools of Model Context Protocol servers: what they offer, and one call of one of them.

The protocol is the official SDK's business (imported late: it is large); where it may connect, and
what it may start, is decided here, and its answers are read here, part by part: the SDK refuses a list or a
result as a whole for one part that it does not know. Each use has a connection of its own: nothing that a
server keeps in a session passes from one user's call to another's, and no process outlives its call.
Specification: https://modelcontextprotocol.io/specification
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import httpx2

from orion.domain.storable import cut_short
from orion.domain.tool import ToolFailure
from orion.errors import OrionError, ProviderError, ProviderTimeout, Refused
from orion.net.answers import bounded, masked, tokens, without
from orion.net.client import GuardedClient, refuse_url
from orion.net.mcp_result import complaint, content, refusal, texts
from orion.net.mcp_stdio import program

if TYPE_CHECKING:
    from mcp import Client

_MAX_TOOLS = 2000
_MAX_PAGES = 200
_LOST = (
    "Connection closed",
    "SSE stream",
    "Server returned an error response",
    "Failed to parse JSON response",
    "Unexpected content type",
)
"""How the SDK begins errors that it makes itself: the server may have heard what was asked."""
_TIMED_OUT = -32001
_INTERNAL = -32603
"""JSON-RPC 2.0, 5.1: like an HTTP server's 500, it says nothing of how far the server has come."""
_MOST_CUT_CHARS = 2000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class McpServer:
    """Where a server is: a program with its arguments and `env`, or a URL with headers; secrets in both."""

    program: tuple[str, ...] = ()
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    env: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Offered:
    """A tool as its server describes it: hostile text, and a schema that nobody has checked.

    `fault`: why it can be no tool, whatever its schema says; empty where it can.
    """

    name: str
    description: str
    parameters: dict[str, Any]
    fault: str = ""


class Rejected(Exception):
    """The server answered that it does not do what it was asked.

    `unclear`: it broke on the way (an internal error), and may have done it.
    """

    def __init__(self, message: str, *, unclear: bool = False) -> None:
        super().__init__(message)
        self.unclear = unclear


async def offered(client: GuardedClient, server: McpServer, deadline_secs: float) -> list[Offered]:
    """What the server offers, all pages of it.

    Raises:
        UnreachableTarget: Its URL leads where tools may not go.
        ProviderError, ProviderTimeout: It cannot be started or reached, speaks something else, or its list
            has no end.
    """

    async def listed(session: Client) -> list[Offered]:
        from mcp import types  # noqa: PLC0415 - a large import

        found: dict[str, Offered] = {}
        cursor = None
        for _ in range(_MAX_PAGES):
            asked = types.ListToolsRequest(params=types.PaginatedRequestParams(cursor=cursor))
            page = await _raw(session, asked)
            tools = page.get("tools")
            for tool in tools if isinstance(tools, list) else []:
                one = _offered(tool)
                found.setdefault(one.name, one)
            if len(found) > _MAX_TOOLS:
                raise ProviderError(f"the MCP server offers more than {_MAX_TOOLS} tools")
            last, cursor = cursor, page.get("nextCursor")
            if cursor is None:
                return list(found.values())
            if not isinstance(cursor, str) or cursor == last:
                raise ProviderError("the MCP server's list of tools does not come to an end")
        raise ProviderError(f"the MCP server's list of tools has more than {_MAX_PAGES} pages")

    try:
        return await _within(client, server, deadline_secs, listed)
    except Rejected as error:
        raise ProviderError(f"the MCP server does not list its tools: {error}") from error


def _offered(tool: Any) -> Offered:
    """One entry of a list, whatever it is."""
    if not isinstance(tool, dict) or not isinstance(tool.get("name"), str) or not tool["name"]:
        return Offered("?", "", {}, "it has no name")
    name, told, schema = tool["name"], tool.get("description"), tool.get("inputSchema")
    description = told if isinstance(told, str) else str(tool.get("title") or "")
    if not isinstance(schema, dict):
        return Offered(name, description, {}, "it has no inputSchema")
    return Offered(name, description, schema)


async def call(
    client: GuardedClient,
    server: McpServer,
    tool: str,
    arguments: dict[str, Any],
    deadline_secs: float,
    *,
    changes: bool = False,
) -> Any:
    """One call of a tool: its structured content, and its text where that says more.

    Args:
        changes: It may change something: it has, unless the server says that it failed, whatever it answers.

    Raises:
        ToolFailure: The tool says that it failed, or its server that it refuses (in its words, cut short),
            or the server cannot be used; unclear where the call had gone out, and no answer came back.
        TimeoutError: The deadline passed.
    """
    sent = False
    secrets = (*server.headers.values(), *server.env.values())

    async def asked(session: Client) -> dict[str, Any]:
        from mcp import types  # noqa: PLC0415

        nonlocal sent
        sent = True
        given = types.CallToolRequestParams(name=tool, arguments=arguments)
        return await _raw(session, types.CallToolRequest(params=given))

    try:
        raw = await _within(client, server, deadline_secs, asked)
    except ProviderTimeout as error:
        raise TimeoutError from error
    except Refused as error:
        raise ToolFailure("I may not reach that service.") from error
    except Rejected as error:
        raise ToolFailure(masked(str(error), secrets), unclear=error.unclear) from error
    except ProviderError as error:
        told = "The service cannot be reached, or answers badly."
        raise ToolFailure(told, retryable=True, unclear=sent) from error
    if raw.get("resultType", "complete") != "complete":
        raise ToolFailure("The service wants to ask something first, which it cannot do here.")
    if raw.get("isError") is True:
        raise ToolFailure(masked(complaint(raw), secrets))
    try:
        return without(bounded(content(raw)), secrets)
    except ToolFailure as failure:
        if not changes:
            failure.unclear = True
            raise
        return cut_short(masked("\n".join(texts(raw)), tokens(secrets)), _MOST_CUT_CHARS) or {}


async def _raw(session: Client, request: Any) -> dict[str, Any]:
    """The answer to a request as it came. The SDK would check it as a whole, and drop it as a whole."""
    from mcp import MCPError  # noqa: PLC0415
    from mcp_types import HEADER_MISMATCH  # noqa: PLC0415 - a large import

    async def once() -> dict[str, Any]:
        asked = request.model_dump(by_alias=True, mode="json", exclude_none=True)
        options: Any = {}
        session.session._stamp(asked, options)  # noqa: SLF001 - there is no public way to a raw answer
        raw: Any = await session.session._dispatcher.send_raw_request(  # noqa: SLF001
            asked["method"], asked.get("params"), options
        )
        if not isinstance(raw, dict):
            raise ProviderError("the MCP server answered with something that is no result")
        return raw

    try:
        return await once()
    except MCPError as error:
        if error.code != HEADER_MISMATCH:
            raise
    await session.list_tools()  # it wants headers that follow from its list
    return await once()


async def _within(
    client: GuardedClient, server: McpServer, deadline_secs: float, work: Callable[[Client], Awaitable[_T]]
) -> _T:
    """Connect, do the work, disconnect, all within the deadline; failures are put into ORION's terms.

    What the work has brought counts, whatever goes wrong at the end.

    Raises:
        Rejected: The server answered with an error.
    """
    from mcp import MCPError  # noqa: PLC0415 - a large import that most servers never need

    logging.getLogger("mcp").setLevel(logging.CRITICAL)  # its lines quote what servers send
    logging.getLogger("client").setLevel(logging.CRITICAL)
    brought: list[_T] = []
    try:
        async with asyncio.timeout(deadline_secs), _connected(client, server) as session:
            brought.append(await work(session))
    except TimeoutError:
        if not brought:
            raise ProviderTimeout(f"no answer within {deadline_secs:g} seconds") from None
    except OrionError:
        raise
    except (ExceptionGroup, MCPError, httpx2.HTTPError, OSError, ValueError, RuntimeError) as error:
        if not brought:
            raise _in_our_terms(_first(error)) from None
    return brought[0]


def _in_our_terms(error: Exception) -> Exception:
    from mcp import MCPError  # noqa: PLC0415 - a large import

    if isinstance(error, OrionError | Rejected):
        return error
    if isinstance(error, MCPError) and error.code != _TIMED_OUT and not error.message.startswith(_LOST):
        return Rejected(refusal(error.message, error.data), unclear=error.code == _INTERNAL)
    if isinstance(error, MCPError):
        return ProviderError("the MCP server ended, or broke off, before it answered; does it start by hand?")
    return ProviderError(f"the MCP server failed: {type(error).__name__}")


def _first(error: Exception) -> Exception:
    """The first error in a group of groups: the SDK works in groups of tasks."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


@asynccontextmanager
async def _connected(client: GuardedClient, server: McpServer) -> AsyncIterator[Client]:
    from mcp import Client  # noqa: PLC0415
    from mcp.client.streamable_http import streamable_http_client  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        if server.program:
            transport = program(server.program, server.env)
        else:
            refuse_url(httpx2.URL(server.url), client.allowed)
            http = await stack.enter_async_context(client.client(server.headers, large=True))
            transport = streamable_http_client(server.url, http_client=http)
        yield await stack.enter_async_context(Client(transport))
