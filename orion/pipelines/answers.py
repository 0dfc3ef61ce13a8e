"""Who waits for the agent's answer to a typed message, and what has been said of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from orion.domain.turn import Turn
from orion.errors import Conflict, ProviderError, ProviderTimeout, Unavailable
from orion.pipelines.tasks import Tasks

_LONGEST_SECS = 60.0
_SILENT_SECS = 2.0
"""Who has said something before a tool ran may have nothing to say afterwards."""


class CallEnded(Unavailable):
    """The call ended before the answer."""


class AnswerLost(Conflict):
    """The call ended before the answer; what was written stands in the conversation, and may be done."""


class Answers:
    """The answers of one call that are waited for.

    Args:
        goes_on: Whether more will be said without the user; then the answer is all of it.
        broken: Whether the models failed in the middle of what was said last.
    """

    def __init__(
        self, tasks: Tasks, goes_on: Callable[[], bool], broken: Callable[[], bool] = lambda: False
    ) -> None:
        self._broken = broken
        self._tasks = tasks
        self._goes_on = goes_on
        self._waiting: list[asyncio.Future[Turn]] = []
        self._said: list[Turn] = []

    def expect(self) -> asyncio.Future[Turn]:
        """Begin to wait; before the message is sent, or the answer could come first."""
        self._said = []
        answer: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        self._waiting.append(answer)
        return answer

    async def of(self, answer: asyncio.Future[Turn]) -> Turn:
        """Wait for an answer.

        Raises:
            ProviderTimeout: There was none within a minute.
            OrionError: What `fail` was told.
        """
        try:
            async with asyncio.timeout(_LONGEST_SECS):
                return await answer
        except TimeoutError:
            raise ProviderTimeout("the agent did not answer in time") from None
        finally:
            if answer in self._waiting:
                self._waiting.remove(answer)

    def said(self, turn: Turn) -> None:
        """The agent has said something; half an answer is none."""
        if self._broken():
            self.fail(ProviderError("the agent's answer broke off; what it had said stands in its turn"))
            return
        self._said.append(turn)
        if not (
            turn.text or turn.interrupted
        ):  # tools still run: something else was said before their answer
            return
        if self._waiting and self._goes_on():
            self._tasks.spawn(self._give_later(len(self._said)), "answer")
        else:
            self._give()

    def fail(self, error: Exception) -> None:
        """There will be no answer."""
        for answer in self._waiting:
            if not answer.done():
                answer.set_exception(error)

    def _give(self) -> None:
        *before, last = self._said
        self._said = []
        text = " ".join(turn.text for turn in (*before, last))
        calls = tuple(call for turn in (*before, last) for call in turn.tool_calls)
        for answer in self._waiting:
            if not answer.done():
                answer.set_result(replace(last, text=text, tool_calls=calls))
        self._waiting.clear()

    async def _give_later(self, said: int) -> None:
        await asyncio.sleep(_SILENT_SECS)
        if len(self._said) != said:
            return
        if self._goes_on():
            self._tasks.spawn(self._give_later(said), "answer")
        else:
            self._give()
