"""The context of a call in which somebody goes on after the turn has ended: "..." "and then pay the bill"."""

from __future__ import annotations

from typing import Any

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
        before, goes_on = _said(messages[-1]) if messages else "", _said(message)
        if before and goes_on and goes_on.split()[0].strip(".,!?").lower() in _GOES_ON:
            joined = f"{before.rstrip(' .,!?')} {goes_on[0].lower()}{goes_on[1:]}"
            messages[-1] = {**messages[-1], "content": joined}
        else:
            super().add_message(message)


def _said(message: Any) -> str:
    """What a user has said in a message; empty where it is none, or one in parts."""
    content = message.get("content") if isinstance(message, dict) and message.get("role") == "user" else ""
    return content.strip() if isinstance(content, str) else ""
