"""The line to the Realtime API: which messages pass, wait for the guardrail, or belong to what was cut.

Reference: https://platform.openai.com/docs/api-reference/realtime-server-events
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from orion.providers._text.faults import HalfAnswer, MalformedAnswer

_CREATED, _DONE = "response.created", "response.done"
_UNHEARD = "conversation.item.input_audio_transcription.failed"


class _Passing(NamedTuple):
    """A message of the server: its number and type, the response that it belongs to, and its JSON."""

    number: int
    kind: str
    response: str | None
    text: str


class Line:
    """Stands between a WebSocket and Pipecat's service: it sends, closes, and is iterated like one.

    What a response brings waits while words of the user are unchecked. Of a response that was cut off
    nothing more passes but its end; without this, what was under way at a barge-in would be heard after it.

    Args:
        on_response: Told of each message of a response, by its type.
        on_unheard: Told that an utterance could not be transcribed.
    """

    def __init__(
        self,
        socket: ClientConnection,
        on_response: Callable[[str], None],
        on_unheard: Callable[[], None],
    ) -> None:
        self._socket = socket
        self._on_response = on_response
        self._on_unheard = on_unheard
        self._passing: asyncio.Queue[_Passing | Exception] = asyncio.Queue()
        self._held: list[_Passing] = []
        self._holds = False
        self._asked = 0
        self._cut_next = self._cut_until = self._read = 0
        self._current: str | None = None
        self._cut: set[str] = set()

    async def send(self, message: str) -> None:
        """Send a client event. Raises ConnectionClosed."""
        if json.loads(message)["type"] == "response.create":
            self._asked += 1
        await self._socket.send(message)

    async def close(self) -> None:
        """Close the connection."""
        await self._socket.close()

    async def read(self) -> None:
        """Take the server's messages to the end of the connection."""
        ended: Exception = HalfAnswer("the connection ended")
        try:
            async for message in self._socket:
                self._take(str(message))
        except (ConnectionClosed, MalformedAnswer) as error:
            ended = error
        self._passing.put_nowait(ended)

    async def __aiter__(self) -> AsyncIterator[str]:
        """The messages that pass, in order. Raises what ended the connection."""
        while True:
            message = await self._passing.get()
            if isinstance(message, Exception):
                raise message
            if message.response is not None and message.number <= self._cut_until:  # cut while it waited
                self._cut.add(message.response)
            if message.kind == _DONE or message.response not in self._cut:
                yield message.text

    def hold(self) -> None:
        """Let what responses bring wait."""
        self._holds = True

    def release(self) -> None:
        """Let what waits pass, and all that follows."""
        self._holds = False
        for message in self._held:
            self._passing.put_nowait(message)
        self._held.clear()

    def cut(self) -> None:
        """Let nothing more pass of the response that is under way, or was asked for."""
        self._cut_next, self._cut_until = self._asked, self._read
        if self._current is not None:
            self._cut.add(self._current)
        ends = [message for message in self._held if message.kind == _DONE]
        self._held.clear()
        for message in ends:
            self._passing.put_nowait(message)

    def was_cut(self, response: str | None) -> bool:
        """Whether the response was cut off."""
        return response in self._cut

    def _take(self, message: str) -> None:
        event = _parsed(message)
        self._read += 1
        kind, response = str(event.get("type")), _response_of(event)
        if kind == _UNHEARD:
            self._on_unheard()
        if _begins_answer(kind, event):  # it names no response
            response = self._current
        if kind == _CREATED:
            self._created(response)
        elif response is not None:
            self._on_response(kind)
            if kind == _DONE:
                self._current = None
            elif response in self._cut:
                return
            if self._holds and response not in self._cut:
                self._held.append(_Passing(self._read, kind, response, message))
                return
        self._passing.put_nowait(_Passing(self._read, kind, response, message))

    def _created(self, response: str | None) -> None:
        self._current = response
        self._asked = max(0, self._asked - 1)
        if self._cut_next and response is not None:
            self._cut_next -= 1
            self._cut.add(response)


def _parsed(message: str) -> dict[str, Any]:
    try:
        event = json.loads(message)
    except ValueError:
        raise MalformedAnswer("no JSON") from None
    if not isinstance(event, dict):
        raise MalformedAnswer("no event")
    return event


def _begins_answer(kind: str, event: dict[str, Any]) -> bool:
    """Whether an event tells an item of the conversation that comes from the model."""
    item = event.get("item")
    if not kind.startswith("conversation.item.") or not isinstance(item, dict):
        return False
    return item.get("role") == "assistant" or item.get("type") == "function_call"


def _response_of(event: dict[str, Any]) -> str | None:
    """The id of the response to which an event belongs."""
    response = event.get("response")
    found = event.get("response_id") or (response.get("id") if isinstance(response, dict) else None)
    return found if isinstance(found, str) else None
