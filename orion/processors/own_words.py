"""Whether a model that calls a tool answers the user's own words, or what a tool or another agent told it."""

from __future__ import annotations

from typing import Any

from pipecat.processors.aggregators.llm_context import LLMContext

from orion.domain.window import Notes


def are_answered(context: LLMContext, call_id: str) -> bool:
    """Whether nothing but the agent's own words, and the call itself, stands behind the user's.

    A hand-over's task and the result of a tool are no words of the user's, though a rule reads them alike.

    Args:
        call_id: The call that is being made; the context may hold it already, without a result.
    """
    messages: list[Any] = list(context.get_messages())
    for message in reversed(messages):
        role = message.get("role") if isinstance(message, dict) else None
        if role == "assistant" or (role == "tool" and message.get("tool_call_id") == call_id):
            continue
        return role == "user" and not isinstance(message, Notes)
    return False
