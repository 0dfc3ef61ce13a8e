"""The offline agent: a dialogue agent behind Pipecat's LLM interface, with no model and no network.

It routes to tools by their schemas and example phrases, asks for what is missing, confirms, corrects,
and says what it cannot do. It emits the same function-call frames as a language model, so guardrails,
tool calls and records are the same. English only; one intent per clause; no world knowledge.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

from pipecat.frames.frames import (
    Frame,
    FunctionCallFromLLM,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
)
from pipecat.processors.aggregators import async_tool_messages
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings

from orion.domain.agent import Agent
from orion.domain.draft import Draft, Missing, usable
from orion.domain.hand_off import HandedOver
from orion.domain.tool import Tool
from orion.providers import ToolSchema
from orion.providers.offline import clauses
from orion.providers.offline.dialogue import Dialogue
from orion.providers.offline.state import Do, State
from orion.settings import Settings

RANK = 10


def llm(_settings: Settings, agent: Agent) -> LLMService[Any]:
    """The offline agent for one call."""
    return OfflineLLMService(agent)


def plan(agent: Agent, tools: list[Tool], goal: str) -> list[Draft] | Missing:
    """A plan out of the clauses of the goal."""
    known = list(usable(tools).values())
    return clauses.plan(Dialogue(agent, known), known, goal)


class OfflineLLMService(LLMService[Any]):
    """Answers an LLMContextFrame out of its last message: what the user said, or a tool answered.

    Attributes:
        state: What it keeps between turns, a JSON object (`providers.Stateful`).
        agent: The agent that it plays; a hand-over sets another one.
    """

    def __init__(self, agent: Agent) -> None:
        super().__init__(settings=_settings())
        self.state: State = {}
        self.agent = agent
        self._orion_dialogue: tuple[tuple[Agent, tuple[Tool, ...]], Dialogue] | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Answer a context; pass everything else on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMContextFrame):
            await self._orion_answer(frame.context)
        else:
            await self.push_frame(frame, direction)

    async def run_inference(
        self,
        context: LLMContext,  # noqa: ARG002 - Pipecat's signature
        max_tokens: int | None = None,  # noqa: ARG002
        system_instruction: str | None = None,  # noqa: ARG002
        response_schema: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> str | None:
        """No model, no inference: summaries and classifiers have to do without."""
        return None

    async def _orion_answer(self, context: LLMContext) -> None:
        await self.push_frame(LLMFullResponseStartFrame())
        await self.start_ttfb_metrics()
        try:
            do = self._orion_decide(context)
            await self.stop_ttfb_metrics()
            if do.text:
                await self._push_llm_text(do.text)
            if do.tool is not None:
                await self._orion_call(context, do)
        finally:
            await self.push_frame(LLMFullResponseEndFrame())

    def _orion_decide(self, context: LLMContext) -> Do:
        dialogue = self._orion_mind(context)
        messages: list[Any] = list(context.get_messages())
        message: Any = messages[-1] if messages else {}
        role, content = message.get("role"), message.get("content")
        if role == "tool":
            return self._orion_told(dialogue, context, message.get("tool_call_id"), content)
        if isinstance(message, HandedOver):
            self.state, do = dialogue.step(self.state, message.task)
            return do
        if role == "developer" and (late := async_tool_messages.parse_message(message)):
            return self._orion_told(dialogue, context, late.tool_call_id, late.result)
        if role == "user":
            self.state, do = dialogue.step(self.state, _text(content))
            owed = [self._orion_late(dialogue, context, before) for before in _just_before(messages)]
            return replace(do, text=" ".join(filter(None, (do.text, *owed))))
        if role == "developer":  # a turn without words that cut the agent off
            self.state, do = dialogue.step(self.state, "")
            return do
        return Do()

    def _orion_told(self, dialogue: Dialogue, context: LLMContext, call_id: Any, content: Any) -> Do:
        """Answer over a result; a call that still runs or was cut off has none."""
        result = _json(content)
        unanswered = isinstance(result, str) and result in {"IN_PROGRESS", "CANCELLED"}
        if result is None or unanswered or _running(result):
            return Do()
        self.state, do = dialogue.told(self.state, _called(context, call_id), result)
        return do

    def _orion_late(self, dialogue: Dialogue, context: LLMContext, message: Any) -> str:
        """The words over a result that came while the user was speaking; the dialogue goes on without it."""
        late = async_tool_messages.parse_message(message)
        if late is None or late.kind != "final":
            return ""
        _, do = dialogue.told({}, _called(context, late.tool_call_id), _json(late.result))
        return do.text

    def _orion_mind(self, context: LLMContext) -> Dialogue:
        """The dialogue over the context's tools, kept while neither they nor the agent change."""
        schemas = getattr(context.tools, "standard_tools", [])
        tools = tuple(schema.tool for schema in schemas if isinstance(schema, ToolSchema))
        kept = self._orion_dialogue
        if kept is None or kept[0] != (self.agent, tools):
            kept = ((self.agent, tools), Dialogue(self.agent, list(tools)))
            self._orion_dialogue = kept
        return kept[1]

    async def _orion_call(self, context: LLMContext, do: Do) -> None:
        call = FunctionCallFromLLM(
            function_name=str(do.tool),
            tool_call_id=f"call_{uuid4().hex}",
            arguments=dict(do.arguments or {}),
            context=context,
        )
        await self.run_function_calls([call])


def _text(content: Any) -> str:
    """The words of a message, whose content is a text or a list of parts."""
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _called(context: LLMContext, call_id: Any) -> str:
    """The name of the tool that a result belongs to."""
    messages: list[Any] = list(context.get_messages())
    for message in reversed(messages):
        for call in message.get("tool_calls") or []:
            if call.get("id") == call_id:
                return str(call["function"]["name"])
    return ""


def _just_before(messages: list[Any]) -> list[Any]:
    """The developer messages right before the last one."""
    found: list[Any] = []
    for message in reversed(messages[:-1]):
        if message.get("role") != "developer":
            break
        found.insert(0, message)
    return found


def _running(result: Any) -> bool:
    return isinstance(result, dict) and result.get("type") == "async_tool"


def _json(content: Any) -> Any:
    try:
        return json.loads(content)
    except (TypeError, ValueError):
        return content


def _settings() -> LLMSettings:
    """Every field has a value, as Pipecat wants it; none means anything here."""
    return LLMSettings(
        model="offline",
        system_instruction=None,
        temperature=None,
        max_tokens=None,
        top_p=None,
        top_k=None,
        frequency_penalty=None,
        presence_penalty=None,
        seed=None,
        filter_incomplete_user_turns=False,
        user_turn_completion_config=None,
    )
