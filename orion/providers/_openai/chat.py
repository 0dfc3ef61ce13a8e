"""Chat completions by Pipecat's service on a shared client, from OpenAI and from servers that can do less."""

from __future__ import annotations

import json
from contextlib import aclosing
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from openai import APIStatusError, AsyncOpenAI, Timeout
from openai.types import CompletionUsage
from pipecat.adapters.llm.services.open_ai_adapter import OpenAILLMAdapter, OpenAILLMInvocationParams
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.openai.base_llm import OpenAILLMSettings
from pipecat.services.openai.llm import OpenAILLMService

from orion.domain.context import in_turn
from orion.domain.storable import storable
from orion.providers._model import ValidMessages, offered, plain
from orion.providers._openai.answer import Besides, Chunks, chunks, whole
from orion.providers._openai.server import Abilities, Server
from orion.providers._openai.tool_text import by_text
from orion.providers._refused_tools import MOST_AT_ONCE, learn, with_tools
from orion.providers._usage import EstimatedTokens, asking, believed, counted
from orion.providers._vendor import VendorModel

_STALL_SECS = 15.0
_NOTES_SECS = 45.0
"""The longest that an answer beside the conversation takes, which comes whole."""
_ASKED: ContextVar[tuple[bool, int]] = ContextVar("asked", default=(False, 0))
"""Of the request that this task makes: whether it holds tools as text, and its characters."""
_OFFERED: ContextVar[list[Any]] = ContextVar("offered", default=[])  # noqa: B039 - never changed
"""The tools of the request that this task makes."""
_TRIED: ContextVar[Abilities | None] = ContextVar("tried", default=None)
"""What this task's request supposes of the model while that is tried."""
_REFUSALS = {400, 404, 405, 415, 422, 500, 501}
"""With what servers answer a request that asks for something they are not able to."""


class _Adapter(ValidMessages, OpenAILLMAdapter):
    """Pipecat's, of a context that every vendor takes."""


class Chat(VendorModel, OpenAILLMService):
    """One call's model.

    A server without the developer role gets those messages as the user's; one that refuses tools, streams
    or `stream_options` is asked again without them; where it answers then, the process remembers.
    Instructions go as one message, for the templates of some models take no second one. A barge-in closes
    the connection of the answer.

    Args:
        server: Where it is, shared by all calls.
        model: Its name there.
        vendor: The provider's name, for error texts.
        stall_secs: The longest silence in the middle of a streamed answer.
    """

    adapter_class = _Adapter
    _settings: OpenAILLMSettings

    def __init__(
        self, server: Server, model: str, *, vendor: str = "openai", stall_secs: float = _STALL_SECS
    ) -> None:
        self._orion_server = server
        self._orion_stall_secs = stall_secs
        self.orion_vendor = vendor
        self.orion_place = "" if server.official else str(server.client.base_url)
        super().__init__(settings=OpenAILLMService.Settings(model=model), retry_on_timeout=False)
        self.supports_developer_role = server.official

    def create_client(self, *_: Any, **__: Any) -> AsyncOpenAI:
        """The server's client, which all calls share."""
        return self._orion_server.client

    def build_chat_completion_params(self, params_from_context: OpenAILLMInvocationParams) -> dict[str, Any]:
        """The request, without what the server has refused before."""
        params: dict[str, Any] = storable(super().build_chat_completion_params(params_from_context))
        able = self._orion_able()
        params["messages"] = _instructed_once(params["messages"])
        if not able.free:
            params["messages"] = in_turn(params["messages"])
        params = with_tools(params, self._orion_place())
        tools = params.get("tools")
        _OFFERED.set(tools if isinstance(tools, list) else [])
        by_text_alone = False
        if isinstance(tools, list) and tools and not able.tools:
            by_text_alone = True
            params["messages"] = by_text(params["messages"], tools)
            params.pop("tools")
            params.pop("tool_choice", None)
        if not able.streams or not able.usage:
            params.pop("stream_options")
        params["stream"] = able.streams
        asked = [params["messages"], params["tools"] if isinstance(params.get("tools"), list) else []]
        _ASKED.set((by_text_alone, len(json.dumps(asked, ensure_ascii=False, default=str))))
        if able.streams:
            params["timeout"] = Timeout(self._orion_stall_secs, connect=min(3.0, self._orion_stall_secs))
        return params

    async def get_chat_completions(self, context: LLMContext) -> Any:
        """The chunks of an answer, the same from every server. Raises what the SDK raises."""
        known = self._orion_able()
        tried, answer, left_out = replace(known), None, 0
        before = _TRIED.set(tried)
        try:
            while answer is None:
                try:
                    _ASKED.set((False, 0))
                    async with asking(self, _asked_characters):
                        answer = await super().get_chat_completions(context)
                except APIStatusError as error:
                    refused = not self._orion_server.official and error.status_code in _REFUSALS
                    if refused and tried.learn(str(error)):
                        continue
                    left_out += 1
                    if left_out > MOST_AT_ONCE or not learn(self._orion_place(), error, _OFFERED.get()):
                        raise
        finally:
            _TRIED.reset(before)
        known.keep(tried)
        (by_text_alone, characters), besides = _ASKED.get(), Besides()
        self.orion_tools_as_text(as_text=by_text_alone)
        pieces = chunks(answer, offered(context), besides)
        return self._orion_counted(pieces, besides, characters)

    async def _orion_counted(self, pieces: Chunks, besides: Besides, asked_characters: int) -> Chunks:
        """The chunks, whose tokens are told at their end, or estimated."""
        async with aclosing(pieces), counted(self, asked_characters) as streamed:
            async for chunk in pieces:
                chunk.usage = _believed(chunk.usage)
                streamed.told = streamed.told or chunk.usage is not None
                for choice in (chunk.choices or [])[:1]:
                    calls = choice.delta.tool_calls or []
                    arguments = [call.function.arguments or "" for call in calls if call.function]
                    streamed.characters += len("".join([choice.delta.content or "", *arguments]))
                if besides.parts_thoughts:
                    await self.orion_parts_thoughts()
                if besides.calls:
                    await self.orion_writes_call()
                self.orion_cut = besides.cut
                yield chunk

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
        asked = await self.get_llm_adapter().get_llm_invocation_params(
            context,
            system_instruction=system_instruction,
            convert_developer_to_user=not self.supports_developer_role,
        )
        params = self.build_chat_completion_params(asked)
        params.pop("stream_options", None)
        if max_tokens is not None:
            newer = "max_completion_tokens" in params
            params["max_completion_tokens" if newer else "max_tokens"] = max_tokens
        params["timeout"] = Timeout(_NOTES_SECS, connect=3.0)
        async with asking(self, _asked_characters):
            answer = await self._orion_server.client.chat.completions.create(**{**params, "stream": False})
        told = whole(answer)
        usage = _believed(CompletionUsage.construct(**told.usage) if told.usage else None)
        estimated = EstimatedTokens.of(_asked_characters(), len(told.said))
        tokens = self._token_usage(usage) if usage else estimated
        await self.start_llm_usage_metrics(tokens)
        return plain(told.said)

    def _orion_place(self) -> str:
        return f"{self._orion_server.client.base_url} {self._settings.model}"

    def _orion_able(self) -> Abilities:
        return _TRIED.get() or self._orion_server.abilities(str(self._settings.model))


def _believed(usage: CompletionUsage | None) -> CompletionUsage | None:
    found: CompletionUsage | None = believed(
        usage,
        "prompt_tokens",
        "completion_tokens",
        prompt_tokens_details=("cached_tokens", "cache_write_tokens"),
        completion_tokens_details=("reasoning_tokens",),
    )
    return found


def _asked_characters() -> int:
    return _ASKED.get()[1]


def _instructed_once(messages: list[Any]) -> list[Any]:
    """The messages with those instructions that come first as one."""
    count = next((i for i, m in enumerate(messages) if m["role"] != "system"), len(messages))
    told = [m["content"] for m in messages[:count]]
    if count < 2 or not all(isinstance(content, str) for content in told):
        return messages
    return [{"role": "system", "content": "\n\n".join(told)}, *messages[count:]]
