"""The context of a call in which somebody goes on after the turn has ended: "..." "and then pay the bill"."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pipecat.processors.aggregators import async_tool_messages
from pipecat.processors.aggregators.llm_context import LLMContext, LLMContextMessage

_GOES_ON = frozenset({"and", "or", "but", "then", "plus", "because"})
"""First words of what belongs to the sentence before."""


class JoinedContext(LLMContext):
    """Takes what goes on, and was not answered meanwhile, for one message with what was said before.

    Where a tool was called or the agent was heard, the turn before is over: nothing is asked for twice.
    """

    def add_message(self, message: LLMContextMessage) -> None:
        """Add a message, or join it to the one before."""
        messages: list[Any] = self._messages
        joined = _joined(messages[-1], message) if messages else None
        if joined is None:
            super().add_message(message)
        else:
            messages[-1] = joined

    def rejoin(self, waiting: Collection[str]) -> bool:
        """Join the last message to the user's words before it, if these led to calls that wait, alone.

        Of such calls nothing has happened and nothing was heard: the whole asks for them anew, so they are
        taken out of the context.

        Args:
            waiting: The ids of the calls that wait.

        Returns:
            Whether it was joined.
        """
        messages: list[Any] = self._messages
        before = len(messages) - 2
        while before >= 0 and _only_calls(messages[before], waiting):
            before -= 1
        joined = _joined(messages[before], messages[-1]) if 0 <= before < len(messages) - 2 else None
        if joined is not None:
            messages[before:] = [joined]
        return joined is not None


def _joined(before: Any, message: Any) -> Any | None:
    """One message of both, or None where the second does not go on."""
    first, goes_on = _said(before), _said(message)
    if not first or not goes_on or goes_on.split()[0].strip(".,!?").lower() not in _GOES_ON:
        return None
    return {**before, "content": f"{first.rstrip(' .,!?')} {goes_on[0].lower()}{goes_on[1:]}"}


def _said(message: Any) -> str:
    """What a user has said in a message; empty where it is none, or one in parts."""
    content = message.get("content") if isinstance(message, dict) and message.get("role") == "user" else ""
    return content.strip() if isinstance(content, str) else ""


def _only_calls(message: Any, ids: Collection[str]) -> bool:
    """Whether a message is about the calls of these ids, and says nothing else."""
    match message:
        case {"role": "assistant", "tool_calls": [*calls]} if not message.get("content"):
            return all(call.get("id") in ids for call in calls)
        case {"role": "tool", "tool_call_id": call_id}:
            return call_id in ids
        case {"role": "developer"} if result := async_tool_messages.parse_message(message):
            return result.tool_call_id in ids
    return False
