"""What all language models have in common: of what they write only words are said, and calls are our own.

Reasoning, tokens of templates and calls in the text come from every vendor (`orion/providers/_text`). Ids
and names of calls stay in the context, and with the turns: what one vendor makes up the next one refuses, so
every call gets an id here, and a name that every vendor takes (`orion/domain/context.py`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from pipecat.adapters.llm.base_llm_adapter import BaseLLMAdapter
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import DataFrame, FunctionCallFromLLM
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.llm_service import LLMService

from orion.domain.context import safe_name, valid
from orion.domain.storable import storable
from orion.providers._text.arguments import arguments
from orion.providers._text.names import known, parallel
from orion.providers._text.words import Words

_DOUBT_SECS = 3.0
"""So long the first words of a model of which nothing is known may prove to be a thought; a first token that
is later counts as none in an order."""
_STEADY_SECS = 1.0
"""Only an answer that still comes is believed: what stalls is given up as it is."""
_THINKERS = re.compile(r"think|reason|\bqwq|[-/ ]r1\b|magistral|glm-[4-9]|minimax-m", re.IGNORECASE)
_OPENED: dict[tuple[str, str], bool] = {}
"""Of models at an address: whether their template opens a thought, so that only its end is seen."""


_WRITES_SECS = 0.5
"""So often, at most, a model tells that it writes a call."""


@dataclass
class WritesCallFrame(DataFrame):
    """The model is writing a tool call: arguments may take longer than a word may."""


class ValidMessages(BaseLLMAdapter[Any]):
    """Goes before a vendor's adapter among the bases: what is sent is a context that every vendor takes."""

    def get_messages(self, context: LLMContext, *, truncate_large_values: bool = False) -> list[Any]:
        """The context's messages, mended."""
        return valid(super().get_messages(context, truncate_large_values=truncate_large_values))


class Model(LLMService[Any]):
    """Goes before a Pipecat service among the bases.

    A model whose template may have opened a thought is believed after 3 s, or where its first answer is
    over; what proves true is remembered while the process lives. A vendor's own address has none such.

    Attributes:
        orion_place: Where it is asked; empty for the vendor's own address.
        orion_cut: The answer that is under way ended because it had become too long.
        orion_ends_itself: The service calls `run_function_calls` for each answer that ended well, and tells
            of others by an ErrorFrame alone.
    """

    orion_place = ""
    orion_cut = False
    orion_ends_itself = False
    _orion_words: Words | None = None
    _orion_doubt: asyncio.Task[None] | None = None
    _orion_asked: LLMContext | None = None
    _orion_came = _orion_wrote = 0.0

    async def _process_context(self, context: LLMContext) -> None:
        self.orion_answers(context)
        try:
            await super()._process_context(context)  # type: ignore[misc]  # each service's own
            if self._orion_words is not None and not self.orion_ends_itself:
                await self.run_function_calls([])
        finally:
            self._orion_drop()

    def orion_answers(self, context: LLMContext) -> None:
        """An answer to this context begins."""
        self._orion_drop()
        opened = _OPENED.get(self._orion_key)
        if opened is None and self.orion_place and _THINKERS.search(self._orion_key[1]):
            opened = True
        self._orion_asked, self.orion_cut = context, False
        self._orion_words = Words(offered(context), opened=opened if self.orion_place else False)
        self._orion_lock = asyncio.Lock()

    def orion_tools_as_text(self, *, as_text: bool) -> None:
        """The model was told its tools in the instructions: a call is a line of JSON."""
        if self._orion_words is not None:
            self._orion_words.told = as_text

    async def orion_parts_thoughts(self) -> None:
        """The server itself tells thoughts from words: none will come among the words."""
        words = self._orion_words
        if words is not None and words.opened is None:
            words.opened = _OPENED[self._orion_key] = False
            await self._orion_believe(words)

    async def orion_writes_call(self) -> None:
        """A piece of a tool call has come."""
        now = asyncio.get_running_loop().time()
        if now >= self._orion_wrote + _WRITES_SECS:
            self._orion_wrote = now
            await self.push_frame(WritesCallFrame())

    async def _push_llm_text(self, text: str) -> None:
        words = self._orion_words
        if words is None:
            await super()._push_llm_text(storable(text))
            return
        self._orion_came = asyncio.get_running_loop().time()
        async with self._orion_lock:
            for said in words.take(storable(text)):
                await super()._push_llm_text(said)
        if words.unsure and words.opened is None and self._orion_doubt is None:
            self._orion_doubt = self.create_task(self._orion_believe_after(words))

    async def run_function_calls(self, function_calls: Sequence[FunctionCallFromLLM]) -> None:
        """Say what is left of the answer, and run its calls, those that stand in its text among them.

        Raises:
            MalformedAnswer: Before the first of them runs: the arguments of one are no object.
        """
        asked = list(function_calls)
        words, self._orion_words = self._orion_words, None
        if words is not None and self._orion_asked is not None:
            async with self._orion_lock:
                for said in words.rest(cut=self.orion_cut):
                    await super()._push_llm_text(said)
            if words.opened is not None and self.orion_place:
                _OPENED[self._orion_key] = words.opened
            asked += [FunctionCallFromLLM(c.name, "", c.arguments, self._orion_asked) for c in words.calls]
        own = [one for call in asked for one in self._orion_own(call)]
        if own:
            await super().run_function_calls(own)

    def orion_own_id(self, told: str) -> str:  # noqa: ARG002 - for who has to know the vendor's
        """An id for a call that the vendor calls `told`."""
        return new_id()

    def _orion_own(self, call: FunctionCallFromLLM) -> Iterator[FunctionCallFromLLM]:
        """The call, or those that it stands for, with an id of ours and a name that can be kept."""
        names = {*offered(call.context), *filter(None, self._functions)}
        told = arguments(call.arguments)
        name = storable(call.function_name)
        uses = parallel(name, told) if known(name, names) is None else None
        for one, given in uses or [(name, told)]:
            meant = known(one, names) or safe_name(one)
            own = self.orion_own_id(call.tool_call_id)
            yield replace(call, function_name=meant, tool_call_id=own, arguments=given)

    async def _orion_believe_after(self, words: Words) -> None:
        await asyncio.sleep(_DOUBT_SECS)
        while asyncio.get_running_loop().time() - self._orion_came > _STEADY_SECS:  # noqa: ASYNC110
            await asyncio.sleep(_STEADY_SECS)
        await self._orion_believe(words)

    async def _orion_believe(self, words: Words) -> None:
        async with self._orion_lock:
            for said in words.believe():
                await super()._push_llm_text(said)

    def _orion_drop(self) -> None:
        """What was held back of an answer that is over is nobody's."""
        self._orion_words = None
        if self._orion_doubt is not None:
            self._orion_doubt.cancel()
            self._orion_doubt = None

    @property
    def _orion_key(self) -> tuple[str, str]:
        return self.orion_place, str(self._settings.model)


def offered(context: LLMContext) -> Mapping[str, Mapping[str, Any]]:
    """The tools of a context: the schema of each one's arguments, by its name."""
    tools = context.tools
    if not isinstance(tools, ToolsSchema):
        return {}
    return {tool.name: {"properties": tool.properties} for tool in tools.standard_tools}


def new_id() -> str:
    """An id for a call: every vendor takes it but Mistral, which gets a shorter one."""
    return f"call_{uuid4().hex[:24]}"


def plain(text: str) -> str:
    """The words of a whole text that a model wrote beside a conversation. A thought in it has ended."""
    words = Words({}, opened=None)
    return "".join([*words.take(text), *words.rest()])
