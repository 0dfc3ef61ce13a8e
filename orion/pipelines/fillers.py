"""What the agent says where it would be silent: no turn is, not even where the agent itself fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from orion.pipelines.tasks import Tasks
from orion.processors.llm_order import FILLER

_APOLOGY = "Sorry, something went wrong on my side. Please say that again."
_NO_WORDS = "Sorry, I have no answer to that."
_GOODBYE = "Goodbye!"
_DONE = "Done."
_UNHEARD = "Sorry, I did not catch that. Please say it again."
_DEAF = "I cannot hear you at the moment, for my speech recognition is refused. You can write to me."
_FAILURE_SECS = 0.2
"""So late a failure may be told that is the reason of a silence."""


class Put(Protocol):
    """Lets the agent say a text, which becomes part of the context or not."""

    def __call__(self, text: str, *, in_context: bool) -> Coroutine[Any, Any, None]:
        """Say it after what is being said."""


class Fillers:
    """The words of one call that no model writes.

    Args:
        thinking: Whether the agent is about to say something, but has not begun.
    """

    def __init__(self, tasks: Tasks, put: Put, thinking: Callable[[], bool]) -> None:
        self._tasks = tasks
        self._put = put
        self._thinking = thinking
        self._failures = 0
        self._deaf = False
        self._owed: asyncio.Task[None] | None = None

    def slow(self) -> None:
        """Something takes its time."""
        if self._thinking():
            self.moment()

    def moment(self) -> None:
        """Say that it takes a moment."""
        self._tasks.spawn(self._put(FILLER, in_context=False), "filler")

    def silent(self, *, ends: bool = False, done: bool = False) -> None:
        """The agent had no words.

        Args:
            ends: It has asked for the end of the call.
            done: Its tools have done what they were to do.
        """
        words = _GOODBYE if ends else _DONE if done else _NO_WORDS
        self._owed = self._tasks.spawn(self._break_silence(words), "silence")

    def withdraw(self) -> None:
        """Somebody has the word: what was to break the silence is not said into it."""
        if self._owed is not None:
            self._owed.cancel()

    def unheard(self, *, lasting: bool) -> None:
        """The user spoke, and nobody could be asked for the words; what lasts is said once."""
        if not (lasting and self._deaf):
            words = _DEAF if lasting else _UNHEARD
            self._owed = self._tasks.spawn(self._put(words, in_context=True), "unheard words")
        self._deaf = lasting

    async def failed(self) -> None:
        """The agent has failed."""
        self._failures += 1
        await self._put(_APOLOGY, in_context=True)

    async def _break_silence(self, words: str) -> None:
        """Say something; not if the agent has failed, which is said anyway."""
        failures = self._failures
        await asyncio.sleep(_FAILURE_SECS)
        if failures == self._failures:
            await self._put(words, in_context=True)
