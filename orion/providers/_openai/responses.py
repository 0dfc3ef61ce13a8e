"""OpenAI's Responses API by Pipecat's service on a shared client."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import httpx2
from openai import APIStatusError, AsyncOpenAI, AsyncStream, Timeout
from openai.types.responses import (
    ResponseCompletedEvent,
    ResponseErrorEvent,
    ResponseFailedEvent,
    ResponseFunctionCallArgumentsDeltaEvent,
    ResponseFunctionToolCall,
    ResponseIncompleteEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseReasoningSummaryTextDeltaEvent,
    ResponseRefusalDeltaEvent,
    ResponseStreamEvent,
    ResponseTextDeltaEvent,
    ResponseUsage,
)
from pipecat.adapters.llm.services.open_ai_responses_adapter import OpenAIResponsesLLMAdapter
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.openai.responses.llm import OpenAIResponsesHttpLLMService

from orion.domain.storable import storable
from orion.providers._model import ValidMessages, plain
from orion.providers._openai.server import Server
from orion.providers._refused_tools import asked_without_refused
from orion.providers._text.arguments import arguments
from orion.providers._text.faults import HalfAnswer, MalformedAnswer
from orion.providers._usage import EstimatedTokens, asking, believed, counted
from orion.providers._vendor import VendorModel

_CONNECT_SECS = 3.0
_STALL_SECS = 15.0
_NOTES_SECS = 45.0
"""The longest that an answer beside the conversation takes, which comes whole."""
_DELTAS = (
    ResponseFunctionCallArgumentsDeltaEvent,
    ResponseReasoningSummaryTextDeltaEvent,
    ResponseTextDeltaEvent,
)

Events = AsyncGenerator[ResponseStreamEvent, None]


class _Adapter(ValidMessages, OpenAIResponsesLLMAdapter):
    """Pipecat's, of a context that every vendor takes."""


class Responses(VendorModel, OpenAIResponsesHttpLLMService):
    """One call's model. Nothing is stored at OpenAI; a barge-in closes the connection of the answer.

    Args:
        server: Where it is, shared by all calls.
        model: Its name there.
        stall_secs: The longest silence in the middle of an answer.
    """

    orion_vendor = "openai"
    adapter_class = _Adapter

    def __init__(self, server: Server, model: str, *, stall_secs: float = _STALL_SECS) -> None:
        self._orion_server = server
        self.orion_place = "" if server.official else str(server.client.base_url)
        self._orion_timeout = Timeout(stall_secs, connect=min(_CONNECT_SECS, stall_secs))
        chosen = OpenAIResponsesHttpLLMService.Settings(model=model)
        super().__init__(api_key="shared", settings=chosen, retry_on_timeout=False)

    def _create_client(self, *_: Any, **__: Any) -> AsyncOpenAI:
        """The server's client, which all calls share."""
        return self._orion_server.client

    async def _create_stream(self, params: dict[str, Any]) -> Any:
        """The events of an answer, as Pipecat can take them. Raises what the SDK raises."""
        characters = _characters(params)
        ask = super()._create_stream
        place = f"{self._orion_server.client.base_url} {params.get('model')}"
        sent = {**storable(params), "timeout": self._orion_timeout}
        async with asking(self, lambda: characters):
            stream = await asked_without_refused(place, sent, ask, APIStatusError)
        return self._orion_counted(complete(stream), characters)

    async def _orion_counted(self, events: Events, asked_characters: int) -> Events:
        """The events, whose tokens are told at their end, or estimated."""
        async with aclosing(events), counted(self, asked_characters) as streamed:
            try:
                async for event in events:
                    if isinstance(event, ResponseCompletedEvent):
                        event.response.usage = _believed(event.response.usage)
                        streamed.told = event.response.usage is not None
                    elif isinstance(event, _DELTAS):
                        streamed.characters += len(event.delta)
                        if isinstance(event, ResponseFunctionCallArgumentsDeltaEvent):
                            await self.orion_writes_call()
                    yield event
            except FailedAnswer as failed:
                usage = _believed(failed.usage)
                streamed.told = usage is not None
                await self._report_usage(usage)
                raise

    async def run_inference(
        self,
        context: LLMContext,
        max_tokens: int | None = None,
        system_instruction: str | None = None,
        response_schema: dict[str, Any] | None = None,
    ) -> str | None:
        """An answer beside the conversation, whose tokens count as the call's own; Pipecat's are not told."""
        if response_schema is not None:
            found: str | None = await super().run_inference(
                context, max_tokens, system_instruction, response_schema
            )
            return found
        asked = await self.get_llm_adapter().get_llm_invocation_params(
            context, system_instruction=system_instruction
        )
        params = {**storable(self._build_response_params(asked)), "stream": False, "timeout": _NOTES_SECS}
        if max_tokens is not None:
            params["max_output_tokens"] = max_tokens
        characters = _characters(params)
        async with asking(self, lambda: characters):
            answer = await self._orion_server.client.responses.create(**params)
        said, usage = str(answer.output_text), _believed(answer.usage)
        tokens = self._token_usage(usage) if usage else EstimatedTokens.of(characters, len(said))
        await self.start_llm_usage_metrics(tokens)
        return plain(said)


def _believed(usage: ResponseUsage | None) -> ResponseUsage | None:
    found: ResponseUsage | None = believed(
        usage,
        "input_tokens",
        "output_tokens",
        input_tokens_details=("cached_tokens", "cache_write_tokens"),
        output_tokens_details=("reasoning_tokens",),
    )
    return found


class FailedAnswer(Exception):
    """The vendor says in the stream that the answer has failed; `body` holds its code, `usage` its tokens."""

    def __init__(self, code: str | None, usage: ResponseUsage | None = None) -> None:
        super().__init__("the answer has failed")
        self.body = {"code": code}
        self.usage = usage


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


def _characters(params: dict[str, Any]) -> int:
    """Those of a request's prompt."""
    asked = [params.get(part) for part in ("instructions", "input", "tools")]
    return len(json.dumps(asked, ensure_ascii=False, default=str))


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
    arguments(call.arguments)


def _as_pipecat_takes_it(event: ResponseStreamEvent, open_calls: set[str]) -> ResponseStreamEvent:
    """A refusal as text, an answer that was cut as a complete one. Raises FailedAnswer, HalfAnswer."""
    if isinstance(event, ResponseRefusalDeltaEvent):  # in words that are meant for the user
        said = {**dict(event), "type": "response.output_text.delta", "logprobs": []}
        return ResponseTextDeltaEvent.model_construct(None, **said)
    if isinstance(event, ResponseErrorEvent):
        raise FailedAnswer(event.code)
    if isinstance(event, ResponseFailedEvent):
        error = event.response.error
        raise FailedAnswer(error.code if error else None, event.response.usage)
    if isinstance(event, ResponseCompletedEvent | ResponseIncompleteEvent) and open_calls:
        raise HalfAnswer
    if isinstance(event, ResponseIncompleteEvent):
        return ResponseCompletedEvent.model_construct(None, **{**dict(event), "type": "response.completed"})
    return event
