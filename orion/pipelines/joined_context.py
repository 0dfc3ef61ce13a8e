"""The context of a call in which somebody goes on after the turn has ended: "..." "and then pay the bill"."""

from __future__ import annotations

from typing import Any

from pipecat.processors.aggregators.llm_context import LLMContext

_GOES_ON = frozenset({"and", "or", "but", "then", "plus", "because"})
"""First words of what belongs to the sentence before."""


class JoinedContext(LLMContext):
    """Takes what goes on, and was not answered meanwhile, for one message with what was said before.

    Where a tool was called or the agent was heard, the turn before is over: nothing is asked for twice.
    """

    def add_message(self, message: Any) -> None:
        """Add a message, or join it to the one before."""
        before: Any = self._messages[-1] if self._messages else None
        if _said(before) and _said(message) and _first_word(message["content"]) in _GOES_ON:
            begun, goes_on = before["content"].rstrip(" .,!?"), message["content"]
            self._messages[-1] = {**before, "content": f"{begun} {goes_on[0].lower()}{goes_on[1:]}"}
        else:
            super().add_message(message)


def _said(message: Any) -> bool:
    return (
        isinstance(message, dict)
        and message.get("role") == "user"
        and isinstance(message.get("content"), str)
        and bool(message["content"].strip())
    )


def _first_word(text: str) -> str:
    return text.split(maxsplit=1)[0].strip(".,!?").lower()
