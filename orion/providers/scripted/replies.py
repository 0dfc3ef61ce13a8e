"""Which of a script's answers is played next: the one to the user's words, else the next of all others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipecat.processors.aggregators.llm_context import LLMContext

from orion.providers.scripted.script import Answer


class Replies:
    """The answers of one conversation.

    Args:
        answers: Those of the script, with and without `to`.
        others: Gives the answer where no `to` fits.
    """

    def __init__(self, answers: Sequence[Answer], others: Iterator[Answer]) -> None:
        self._to = [answer for answer in answers if answer.to]
        self._others = others

    def next(self, context: LLMContext) -> Answer | None:
        """What is said over the context; None where the script has nothing more to say.

        How many answers the user's words have had follows from the context: whoever takes over goes on.
        """
        messages = _messages(context)
        at = max((at for at, message in enumerate(messages) if message.get("role") == "user"), default=None)
        words = "" if at is None else _plain(str(messages[at].get("content") or ""))
        fitting = [answer for answer in self._to if f" {_plain(answer.to)} " in f" {words} "]
        if at is None or not fitting:
            return next(self._others, None)
        longest = max(len(_plain(answer.to)) for answer in fitting)
        chosen = [answer for answer in fitting if len(_plain(answer.to)) == longest]
        answered = len([message for message in messages[at:] if message.get("role") == "assistant"])
        return chosen[min(answered, len(chosen) - 1)]


def _messages(context: LLMContext) -> list[dict[str, Any]]:
    messages: list[Any] = list(context.get_messages())
    return [message for message in messages if isinstance(message, dict)]


def _plain(text: str) -> str:
    """The words alone, in lower case."""
    return " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
