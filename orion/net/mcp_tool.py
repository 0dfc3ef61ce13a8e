"""Tools of Model Context Protocol servers: what they offer, and one call of one of them.

The protocol is the official SDK's business (imported late: it is large); where it may connect, and
what it may start, is decided here. Each use has a connection of its own: nothing that a server keeps
in a session passes from one user's call to another's, and no process outlives its call.
Specification: https://modelcontextprotocol.io/specification
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import httpx2

from orion.domain.storable import cut_short
from orion.domain.tool import ToolFailure
from orion.errors import OrionError, ProviderError, ProviderTimeout, Refused
from orion.net.answers import bounded
from orion.net.client import GuardedClient, refuse_url

if TYPE_CHECKING:
    from mcp import Client

_MAX_TOOLS = 200
_MAX_PAGES = 10
_MAX_ERROR_CHARS = 300
_MOST_CUT_CHARS = 2000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class McpServer:
    """Where a server is: a program with its arguments, or a URL with headers, secrets among them."""

    program: tuple[str, ...] = ()
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Offered:
    """A tool as its server describes it: hostile text, and a schema that nobody has checked."""

    name: str
    description: str
    parameters: dict[str, Any]


async def offered(client: GuardedClient, server: McpServer, deadline_secs: float) -> list[Offered]:
    """What the server offers, 200 tools at most.

    Raises:
        UnreachableTarget: Its URL leads where tools may not go.
        ProviderError, ProviderTimeout: It cannot be started or reached, or speaks something else.
    """

    async def listed(session: Client) -> list[Offered]:
        found: list[Offered] = []
        cursor = None
        for _ in range(_MAX_PAGES):
            page = await session.list_tools(cursor=cursor)
            found += [Offered(t.name, t.description or "", dict(t.input_schema)) for t in page.tools]
            cursor = page.next_cursor
            if cursor is None or len(found) >= _MAX_TOOLS:
                break
        return found[:_MAX_TOOLS]

    return await _within(client, server, deadline_secs, listed)


async def call(
    client: GuardedClient,
    server: McpServer,
    tool: str,
    arguments: dict[str, Any],
    deadline_secs: float,
    *,
    changes: bool = False,
) -> Any:
    """One call of a tool: its structured content, else its text.

    Args:
        changes: It may change something: it has, unless the server says that it failed, whatever it answers.

    Raises:
        ToolFailure: The tool says that it failed (in its words, cut short), or its server cannot be used;
            unclear where the call had gone out, and nothing that can be relied on came back.
        TimeoutError: The deadline passed.
    """
    sent = False

    async def asked(session: Client) -> Any:
        nonlocal sent
        sent = True
        return await session.call_tool(tool, arguments)

    try:
        result = await _within(client, server, deadline_secs, asked)
    except ProviderTimeout as error:
        raise TimeoutError from error
    except Refused as error:
        raise ToolFailure("I may not reach that service.") from error
    except ProviderError as error:
        told = "The service cannot be reached, or answers badly."
        raise ToolFailure(told, retryable=True, unclear=sent) from error
    texts = [part.text for part in result.content if part.type == "text"]
    if result.is_error:
        raise ToolFailure(" ".join(texts)[:_MAX_ERROR_CHARS] or "The service could not do that.")
    try:
        return _content(result.structured_content, texts)
    except ToolFailure as failure:
        if not changes:
            failure.unclear = True
            raise
        return cut_short("\n".join(texts), _MOST_CUT_CHARS) or {}


def _content(structured: Any, texts: list[str]) -> Any:
    if isinstance(structured, dict):
        return bounded(structured)
    if not texts:
        raise ToolFailure("The service answered with something that is no text.")
    return bounded({"result": _value("\n".join(texts))})


def _value(text: str) -> Any:
    """JSON where the text is an object or a list, else the text."""
    if text[:1] in {"{", "["}:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


async def _within(
    client: GuardedClient, server: McpServer, deadline_secs: float, work: Callable[[Client], Awaitable[_T]]
) -> _T:
    """Connect, do the work, disconnect; what the SDK raises is put into ORION's terms."""
    from mcp import MCPError  # noqa: PLC0415 - a large import that most servers never need

    logging.getLogger("mcp").setLevel(logging.CRITICAL)  # its lines quote what servers send
    try:
        async with asyncio.timeout(deadline_secs), _connected(client, server) as session:
            return await work(session)
    except TimeoutError:
        raise ProviderTimeout(f"no answer within {deadline_secs:g} seconds") from None
    except OrionError:
        raise
    except (ExceptionGroup, MCPError, httpx2.HTTPError, OSError, ValueError, RuntimeError) as error:
        first = _first(error)
        if isinstance(first, OrionError):
            raise first from None
        raise ProviderError(f"the MCP server failed: {type(first).__name__}") from None


def _first(error: Exception) -> Exception:
    """The first error in a group of groups: the SDK works in groups of tasks."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


@asynccontextmanager
async def _connected(client: GuardedClient, server: McpServer) -> AsyncIterator[Client]:
    from mcp import Client, StdioServerParameters, stdio_client  # noqa: PLC0415
    from mcp.client.streamable_http import streamable_http_client  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        if server.program:
            # Its stderr may quote what was asked; of the environment it gets PATH, HOME and the like.
            nowhere = stack.enter_context(_nowhere())
            program = StdioServerParameters(command=server.program[0], args=list(server.program[1:]))
            transport = stdio_client(program, errlog=nowhere)
        else:
            refuse_url(httpx2.URL(server.url), client.allowed)
            http = await stack.enter_async_context(client.client(server.headers))
            transport = streamable_http_client(server.url, http_client=http)
        yield await stack.enter_async_context(Client(transport))


@contextmanager
def _nowhere() -> Iterator[TextIO]:
    """A file that keeps nothing; opening it waits for no disk."""
    with Path(os.devnull).open("w") as file:
        yield file
