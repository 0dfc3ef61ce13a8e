"""Pipecat's service of the Messages API on a client that all calls share. It imports the SDK at its top."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

import httpx2
from anthropic import (
    AnthropicError,
    APIStatusError,
    AsyncAnthropic,
    AsyncStream,
    DefaultAsyncHttpxClient,
    Timeout,
)
from anthropic.types.beta import BetaMessageDeltaUsage, BetaRawMessageDeltaEvent
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.services.anthropic_adapter import AnthropicLLMAdapter
from pipecat.metrics.metrics import LLMTokenUsage
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.anthropic.llm import AnthropicLLMService
from pipecat.utils.errors import ErrorCategory
from pydantic import BaseModel

from orion.domain.context import user_first
from orion.domain.storable import storable
from orion.providers._model import ValidMessages, plain
from orion.providers._pool import Pool
from orion.providers._refused_tools import asked_without_refused
from orion.providers._text.faults import HalfAnswer, MalformedAnswer
from orion.providers._usage import EstimatedTokens, asking, counted, sound
from orion.providers._vendor import VendorModel

_CONNECT_SECS = 3.0
_STALL_SECS = 15.0
_ANSWER_SECS = 60.0
_MOST_TOOLS = 1000
_NOTES_TOKENS = 2048
"""The longest answer beside a conversation; the API wants a limit."""

Events = AsyncGenerator[Any, None]


class _ForStrangers(AsyncAnthropic):
    """Without the headers that the SDK takes from the environment: ANTHROPIC_CUSTOM_HEADERS."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._custom_headers = {}


def _made(key: str | None, base_url: str | None, http: httpx2.AsyncClient, stranger: bool) -> AsyncAnthropic:
    return (_ForStrangers if stranger else AsyncAnthropic)(
        api_key=key or "none",
        base_url=base_url or "https://api.anthropic.com",
        max_retries=0,
        http_client=http,
    )


_POOL = Pool(DefaultAsyncHttpxClient, _made)


def client(key: str | None, base_url: str | None, allowed: tuple[str, ...] | None = None) -> AsyncAnthropic:
    """The client of an address and key. A failed request is not tried again: a user who talks cannot wait.

    Args:
        allowed: The guard of tools holds for the address, but for these hosts; None for no guard.
    """
    return _POOL.client(key, base_url, allowed)


async def close() -> None:
    """Close all connections."""
    await _POOL.close()


class _Adapter(ValidMessages, AnthropicLLMAdapter):
    """Pipecat's, of a context that every vendor takes, and with the whole schema of a tool.

    Pipecat leaves out `$defs`, to which properties refer. The first message after the instructions must be
    the user's.
    """

    def get_messages(self, context: LLMContext, *, truncate_large_values: bool = False) -> list[Any]:
        """The context's messages, mended, a user's first."""
        return user_first(super().get_messages(context, truncate_large_values=truncate_large_values))

    @staticmethod
    def _to_anthropic_function_format(function: FunctionSchema) -> dict[str, Any]:
        shown = function.to_default_dict()
        shown = shown.get("function", shown)
        return {
            "name": shown["name"],
            "description": shown["description"],
            "input_schema": shown["parameters"],
        }


class Messages(VendorModel, AnthropicLLMService):
    """One call's model.

    Args:
        client: Shared by all calls.
        model: Its name.
        stall_secs: The longest silence in the middle of an answer.
    """

    orion_vendor = "anthropic"
    orion_ends_itself = True
    adapter_class = _Adapter

    def __init__(self, client: AsyncAnthropic, model: str, *, stall_secs: float = _STALL_SECS) -> None:
        super().__init__(
            api_key="shared",
            client=client,
            settings=AnthropicLLMService.Settings(model=model, enable_prompt_caching=True),
        )
        official = client.base_url.host.endswith("anthropic.com")
        self.orion_place = "" if official else str(client.base_url)
        self._orion_timeout = Timeout(stall_secs, connect=min(_CONNECT_SECS, stall_secs))
        self.add_event_handler("on_completion_timeout", self._orion_stalled)

    async def start_llm_usage_metrics(self, tokens: LLMTokenUsage) -> None:
        """Tell the tokens; those of an answer that is interrupted Pipecat has estimated by its words."""
        task = asyncio.current_task()
        interrupted = task is not None and task.cancelling() > 0
        told = EstimatedTokens(**tokens.model_dump()) if interrupted else tokens
        await super().start_llm_usage_metrics(told)

    async def run_inference(
        self,
        context: LLMContext,
        max_tokens: int | None = None,
        system_instruction: str | None = None,
        response_schema: dict[str, Any] | None = None,
    ) -> str | None:
        """An answer beside the conversation, whose tokens are told; Pipecat's are not."""
        if response_schema is not None:
            found: str | None = await super().run_inference(
                context, max_tokens, system_instruction, response_schema
            )
            return found
        settings: Any = self._settings
        asked: Any = await self.get_llm_adapter().get_llm_invocation_params(
            context,
            enable_prompt_caching=False,
            system_instruction=system_instruction,
            ensure_last_message_is_user=True,
        )
        characters = _characters(asked)
        async with asking(self, lambda: characters):
            answer = await self._client.beta.messages.create(
                model=settings.model,
                max_tokens=max_tokens or _NOTES_TOKENS,
                system=storable(asked["system"]),
                messages=storable(asked["messages"]),
                timeout=_ANSWER_SECS,
            )
        said = "".join(str(getattr(block, "text", "")) for block in answer.content)
        estimated = EstimatedTokens.of(characters, len(said))
        usage = _believed(answer.usage, estimated.prompt_tokens)
        written = usage.output_tokens
        await self._report_usage_metrics(
            usage.input_tokens or 0,
            estimated.completion_tokens if written is None else written,
            usage.cache_creation_input_tokens or 0,
            usage.cache_read_input_tokens or 0,
        )
        return plain(said)

    async def _create_message_stream(self, api_call: Any, params: dict[str, Any]) -> Any:
        """The events of an answer, as Pipecat can take them."""
        characters = _characters(params)
        place = f"{self._client.base_url} {params.get('model')}"

        async def ask(sent: dict[str, Any]) -> Any:
            return await api_call(**sent, timeout=self._orion_timeout)

        async with asking(self, lambda: characters):
            stream = await asked_without_refused(place, storable(params), ask, APIStatusError, _MOST_TOOLS)
        return self._orion_counted(with_tokens(complete(stream), characters), characters)

    async def _orion_counted(self, events: Events, asked_characters: int) -> Events:
        """The events. Anthropic tells the tokens of the prompt first; before that they are estimated."""
        async with aclosing(events), counted(self, asked_characters) as streamed:
            async for event in events:
                streamed.told = True
                if hasattr(getattr(event, "delta", None), "partial_json"):
                    await self.orion_writes_call()
                yield event

    def _should_inject_trailing_user_message(self) -> bool:
        """No model is to go on with what it has said before: newer ones refuse that."""
        return True

    async def _orion_stalled(self, _service: AnthropicLLMService) -> None:
        # Pipecat tells nobody else of an answer that stalls: the turn would be silent.
        await self.push_error("the answer stalled", category=ErrorCategory.CONNECTIVITY)


async def complete(stream: AsyncStream[Any]) -> Events:
    """The events of an answer, with an end behind each tool call; closing it closes the connection.

    Pipecat takes one call per end of a message, and of several the last one: each gets an end of its own.

    Raises:
        HalfAnswer: The stream ended before the message did.
        MalformedAnswer: A piece of it is no JSON.
    """
    ended = calling = False
    try:
        async for event in stream:
            kind = getattr(event, "type", None)
            if kind == "content_block_start" and event.content_block.type == "tool_use":
                if calling:
                    yield _call_ends()
                calling = True
            ended = ended or kind == "message_stop"
            yield event
    except ValueError as error:
        raise MalformedAnswer("a piece of the answer is no JSON") from error
    finally:
        await stream.close()
    if not ended:
        raise HalfAnswer


def _characters(params: Mapping[str, Any]) -> int:
    """Those of a request's prompt."""
    asked = [params.get(part) for part in ("system", "messages", "tools")]
    return len(json.dumps(asked, ensure_ascii=False, default=str))


async def with_tokens(events: Events, asked_characters: int) -> Events:
    """The events; where the tokens of the answer were not told, an estimate of them comes last.

    What was generated until then is billed, also where the answer fails. (Of one that is interrupted
    Pipecat estimates them.)
    """
    told, characters = False, 0
    async with aclosing(events):
        try:
            async for event in events:
                if event.type == "message_start":
                    estimated = EstimatedTokens.of(asked_characters, 0).prompt_tokens
                    event.message.usage = _believed(getattr(event.message, "usage", None), estimated)
                elif event.type == "message_delta":
                    event.usage = _believed(getattr(event, "usage", None), None)
                    told = told or event.usage.output_tokens is not None
                if event.type == "content_block_delta":
                    said: str | None = getattr(event.delta, "text", None)
                    characters += len(said or getattr(event.delta, "partial_json", None) or "")
                yield event
        except (AnthropicError, httpx2.HTTPError, HalfAnswer, MalformedAnswer):
            if characters and not told:
                yield _estimated(characters)
            raise
        if characters and not told:
            yield _estimated(characters)


def _believed(usage: Any, asked: int | None) -> BetaMessageDeltaUsage:
    """What of a usage can be counts; `asked`: of the prompt, where it is not told."""
    names = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    told = {name: getattr(usage, name, None) for name in names}
    counts = {name: count if sound(count) else None for name, count in told.items()}
    if counts["input_tokens"] is None:
        counts["input_tokens"] = asked
    thinking = getattr(usage, "output_tokens_details", None)
    fine = isinstance(thinking, BaseModel) and sound(getattr(thinking, "thinking_tokens", None))
    return BetaMessageDeltaUsage.model_construct(**counts, output_tokens_details=thinking if fine else None)


def _estimated(characters: int) -> BetaRawMessageDeltaEvent:
    delta: Any = {"stop_reason": None, "stop_sequence": None}
    tokens = EstimatedTokens.of(0, characters).completion_tokens
    return BetaRawMessageDeltaEvent.model_validate(
        {"type": "message_delta", "delta": delta, "usage": {"output_tokens": tokens}}
    )


def _call_ends() -> BetaRawMessageDeltaEvent:
    delta: Any = {"stop_reason": "tool_use", "stop_sequence": None}
    usage = BetaMessageDeltaUsage.model_construct(output_tokens=None)
    return BetaRawMessageDeltaEvent.model_validate(
        {"type": "message_delta", "delta": delta, "usage": {"output_tokens": 0}}
    ).model_copy(update={"usage": usage})
