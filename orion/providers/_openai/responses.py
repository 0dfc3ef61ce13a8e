"""OpenAI's Responses API by Pipecat's service on a shared client."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx2
from openai import AsyncOpenAI, AsyncStream, Timeout
from openai.types.responses import (
    ResponseCompletedEvent,
    ResponseErrorEvent,
    ResponseFailedEvent,
    ResponseFunctionToolCall,
    ResponseIncompleteEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseRefusalDeltaEvent,
    ResponseStreamEvent,
    ResponseTextDeltaEvent,
)
from pipecat.services.openai.responses.llm import OpenAIResponsesHttpLLMService

from orion.providers._openai.server import Server
from orion.providers._vendor import HalfAnswer, MalformedAnswer, Vendor

_CONNECT_SECS = 3.0
_STALL_SECS = 15.0

Events = AsyncGenerator[ResponseStreamEvent, None]


class Responses(Vendor, OpenAIResponsesHttpLLMService):
    """One call's model. Nothing is stored at OpenAI; a barge-in closes the connection of the answer.

    Args:
        server: Where it is, shared by all calls.
        model: Its name there.
        stall_secs: The longest silence in the middle of an answer.
    """

    orion_vendor = "openai"

    def __init__(self, server: Server, model: str, *, stall_secs: float = _STALL_SECS) -> None:
        self._orion_server = server
        self._orion_timeout = Timeout(stall_secs, connect=min(_CONNECT_SECS, stall_secs))
        chosen = OpenAIResponsesHttpLLMService.Settings(model=model)
        super().__init__(api_key="shared", settings=chosen, retry_on_timeout=False)

    def _create_client(self, *_: Any, **__: Any) -> AsyncOpenAI:
        """The server's client, which all calls share."""
        return self._orion_server.client

    async def _create_stream(self, params: dict[str, Any]) -> Any:
        """The events of an answer, as Pipecat can take them. Raises what the SDK raises."""
        return complete(await super()._create_stream({**params, "timeout": self._orion_timeout}))


class FailedAnswer(Exception):
    """The vendor says in the stream that the answer has failed; `body` holds its code."""

    def __init__(self, code: str | None) -> None:
        super().__init__("the answer has failed")
        self.body = {"code": code}


async def complete(stream: AsyncStream[ResponseStreamEvent]) -> Events:
    """The events of an answer up to its end; closing it closes the connection.

    Pipecat tells failures in the stream by their text alone, makes a call without arguments of one whose
    arguments are no JSON, takes a connection that ends early for an end, and is silent about a refusal. An
    answer that was cut at its longest, or by a filter, is complete: so it is by chat completions.

    Raises:
        FailedAnswer: The vendor says so.
        HalfAnswer: The stream ended before the answer did, or in the middle of a tool call.
        MalformedAnswer: A piece of it, or the arguments of a call, are no JSON object.
    """
    open_calls: set[str] = set()
    ended = False
    try:
        async for event in stream:  # to its end, or the connection could not be used again
            if isinstance(event, ResponseOutputItemAddedEvent | ResponseOutputItemDoneEvent):
                _follow(event, open_calls)
            if not ended:
                ended = isinstance(event, ResponseCompletedEvent | ResponseIncompleteEvent)
                yield _as_pipecat_takes_it(event, open_calls)
    except json.JSONDecodeError as error:
        raise MalformedAnswer("a piece of the answer is no JSON") from error
    except httpx2.HTTPError:
        if not ended:
            raise
    finally:
        await stream.close()
    if not ended:
        raise HalfAnswer


def _follow(event: ResponseOutputItemAddedEvent | ResponseOutputItemDoneEvent, open_calls: set[str]) -> None:
    """Keep which calls have begun and not ended; servers that give a call no id get one by its place."""
    call = event.item
    if not isinstance(call, ResponseFunctionToolCall):
        return
    call.id = call.id or f"call_{event.output_index}"
    if isinstance(event, ResponseOutputItemAddedEvent):
        open_calls.add(call.id)
        return
    open_calls.discard(call.id)
    if not _is_object(call.arguments or "{}"):
        raise MalformedAnswer("the arguments of a tool call are no JSON object")


def _as_pipecat_takes_it(event: ResponseStreamEvent, open_calls: set[str]) -> ResponseStreamEvent:
    """A refusal as text, an answer that was cut as a complete one. Raises FailedAnswer, HalfAnswer."""
    if isinstance(event, ResponseRefusalDeltaEvent):  # in words that are meant for the user
        said = {**dict(event), "type": "response.output_text.delta", "logprobs": []}
        return ResponseTextDeltaEvent.model_construct(None, **said)
    if isinstance(event, ResponseErrorEvent):
        raise FailedAnswer(event.code)
    if isinstance(event, ResponseFailedEvent):
        raise FailedAnswer(event.response.error.code if event.response.error else None)
    if isinstance(event, ResponseCompletedEvent | ResponseIncompleteEvent) and open_calls:
        raise HalfAnswer
    if isinstance(event, ResponseIncompleteEvent):
        return ResponseCompletedEvent.model_construct(None, **{**dict(event), "type": "response.completed"})
    return event


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except json.JSONDecodeError:
        return False
