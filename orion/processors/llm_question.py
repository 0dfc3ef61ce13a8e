"""What a language model of an order is asked: the context, and what another one has said of the answer."""

from __future__ import annotations

from typing import Any

from pipecat.frames.frames import LLMContextFrame
from pipecat.processors.aggregators.llm_context import LLMContext

NOTICE = "My language model cannot be reached; I can still help with simple requests. "
_GO_ON = (
    "You were cut off after the words above, which the user has heard. Go on from there: "
    "do not repeat them, do not greet, do not apologise."
)
_RECENT = 5


def question(frame: LLMContextFrame, said: str) -> LLMContextFrame:
    """The context of an attempt; the call's own keeps nothing of it.

    Args:
        said: What was released of the answer by attempts that broke off; empty for nothing.
    """
    asked, context = LLMContextFrame(frame.context), frame.context
    if said:
        told: list[Any] = [
            {"role": "assistant", "content": said.strip()},
            {"role": "developer", "content": _GO_ON},
        ]
        messages = [*context.get_messages(), *told]
        asked = LLMContextFrame(LLMContext(messages, tools=context.tools, tool_choice=context.tool_choice))
    asked.speculation = frame.speculation
    return asked


def told_before(context: LLMContext) -> bool:
    """Whether the agent's last words were those of the offline agent: by text each message is a call."""
    messages: list[Any] = list(context.get_messages())
    words = [str(m.get("content")) for m in messages if m.get("role") == "assistant" and m.get("content")]
    return any(NOTICE.strip() in text for text in words[-_RECENT:])


def may_be_silent(asked: LLMContextFrame) -> bool:
    """Whether the last message is a tool's result, over which a model may have nothing to say."""
    messages: list[Any] = list(asked.context.get_messages())
    return bool(messages) and messages[-1].get("role") in {"tool", "developer"}
