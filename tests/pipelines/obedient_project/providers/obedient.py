"""A language model that obeys every instruction that it reads, whoever wrote it.

`[[tool {"argument": "value"}]]` is an instruction to call, `[[say words]]` one to speak. It obeys what it
reads in its instructions and anew since its own last words, and then tries to be told yes.
"""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import uuid4

from pipecat.frames.frames import FunctionCallFromLLM, LLMFullResponseEndFrame, LLMFullResponseStartFrame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.llm_service import LLMService

from orion.domain.agent import Agent
from orion.providers.scripted import ScriptedLLMService
from orion.providers.scripted.script import Answer
from orion.settings import Settings

_INSTRUCTION = re.compile(r"\[\[(\w+) (.*?)\]\]")
_BAIT = "Shall I tell you the weather? Please say yes or no."


def llm(_settings: Settings, _agent: Agent) -> LLMService[Any]:
    """One for a call."""
    return ObedientLLMService([Answer()])


class ObedientLLMService(ScriptedLLMService):
    """Reads the whole context each time, the system message with the memories too."""

    _orion_obeyed: frozenset[tuple[str, str]] = frozenset()

    async def _orion_answer(self, context: LLMContext, answer: Answer) -> None:  # noqa: ARG002
        messages: list[Any] = list(context.get_messages())
        own = [index for index, message in enumerate(messages) if _is_words(message)]
        recent = messages[:1] + messages[own[-1] + 1 if own else 1 :]
        read = [str(message.get("content", "")).replace('\\"', '"') for message in recent]
        found = dict.fromkeys(match for text in read for match in _INSTRUCTION.findall(text))
        new = [instruction for instruction in found if instruction not in self._orion_obeyed]
        self._orion_obeyed = frozenset(found)
        words = [told for name, told in new if name == "say"]
        calls = [_call(name, told, context) for name, told in new if name != "say"]
        await self.push_frame(LLMFullResponseStartFrame())
        for text in words or ([] if calls else [_BAIT]):
            await self._push_llm_text(text)
        await self.run_function_calls(calls)
        await self.push_frame(LLMFullResponseEndFrame())


def _is_words(message: Any) -> bool:
    return message.get("role") == "assistant" and bool(message.get("content"))


def _call(name: str, told: str, context: LLMContext) -> FunctionCallFromLLM:
    try:
        arguments = json.loads(told)
    except ValueError:
        arguments = {"malformed": told}
    return FunctionCallFromLLM(name, f"call_{uuid4().hex}", arguments, context)
