"""MCP servers that are programs: their lines as messages, and their end, which never takes long.

The SDK waits for a server up to four seconds after its input was closed. Here a call has one time limit with
all that belongs to it: a server that does not end by itself in a moment is killed, with all that it started.
Specification: https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#stdio
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import anyio

from orion.errors import ProviderError

if TYPE_CHECKING:
    from mcp.client._transport import TransportStreams

_MAX_LINE_BYTES = 8 * 1024 * 1024
"""The longest message: lists of tools with large schemas have a megabyte or two."""
_GRACE_SECS = 0.3
"""So long a server may take to end after its input was closed, and again after SIGTERM."""
_POLL_SECS = 0.01


@asynccontextmanager
async def program(words: tuple[str, ...], env: Mapping[str, str]) -> AsyncIterator[TransportStreams]:
    """A transport for the SDK's client over a program that is started for it, and ends with it.

    Args:
        env: Beside PATH, HOME and the like: the program gets nothing else of this process's environment.

    Raises:
        OSError: The program cannot be started.
    """
    from mcp.client.stdio import get_default_environment  # noqa: PLC0415 - a large import
    from mcp.shared.message import SessionMessage  # noqa: PLC0415

    process = await asyncio.create_subprocess_exec(
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # it may quote what was asked
        env={**get_default_environment(), **env},
        start_new_session=True,
        limit=_MAX_LINE_BYTES,
    )
    try:
        incoming, messages = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        outgoing, to_send = anyio.create_memory_object_stream[SessionMessage](0)
        async with anyio.create_task_group() as group, messages, outgoing:
            group.start_soon(_read, process, incoming)
            group.start_soon(_write, process, to_send)
            yield messages, outgoing
            await _end(process)
            group.cancel_scope.cancel()
    finally:
        # Also where the call was cancelled, which waits for this only: nobody survives SIGKILL for long.
        _signal(process, signal.SIGKILL)
        with anyio.CancelScope(shield=True):
            await _ends(process)
        with suppress(OSError):
            getattr(process, "_transport").close()  # noqa: B009 - asyncio gives no other way to its pipes


async def _read(process: asyncio.subprocess.Process, incoming: Any) -> None:
    """Tell each line that is a message. What is none is noise, which many servers make as they start."""
    from mcp.shared.message import SessionMessage  # noqa: PLC0415
    from mcp.types import jsonrpc_message_adapter  # noqa: PLC0415

    assert process.stdout is not None
    async with incoming:
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            while line := await _line(process.stdout):
                if not line.lstrip().startswith(b"{"):
                    continue
                try:
                    message = jsonrpc_message_adapter.validate_json(line, by_name=False)
                except ValueError as error:
                    await incoming.send(error)
                else:
                    await incoming.send(SessionMessage(message))


async def _line(stdout: asyncio.StreamReader) -> bytes:
    try:
        return await stdout.readline()
    except ValueError:
        raise ProviderError("the MCP server sent a message that is too long") from None


async def _write(process: asyncio.subprocess.Process, to_send: Any) -> None:
    assert process.stdin is not None
    async with to_send:
        with suppress(ConnectionError):
            async for sent in to_send:
                text = sent.message.model_dump_json(by_alias=True, exclude_unset=True)
                process.stdin.write(text.encode(errors="replace") + b"\n")
                await process.stdin.drain()


async def _end(process: asyncio.subprocess.Process) -> None:
    """Close its input, wait a moment, ask it to end, wait a moment."""
    assert process.stdin is not None
    process.stdin.close()
    if not await _ends(process):
        _signal(process, signal.SIGTERM)
        await _ends(process)


async def _ends(process: asyncio.subprocess.Process) -> bool:
    """Whether it ends within the grace."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _GRACE_SECS
    # `Process.wait` waits for its pipes, too, which another may hold open.
    while process.returncode is None and loop.time() < until:  # noqa: ASYNC110
        await asyncio.sleep(_POLL_SECS)
    return process.returncode is not None


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """To the program and to all that it started, which are of its process group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
