"""Who waits for the agent's turn: the senders of typed messages."""

from __future__ import annotations

import asyncio

from orion.domain.turn import Turn
from orion.errors import ProviderTimeout

_LONGEST_SECS = 60.0


class Answers:
    """The answers that are waited for in one call; the agent's next turn is the answer to all."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[Turn]] = []

    def expect(self) -> asyncio.Future[Turn]:
        """Begin to wait; before the question is put, or the answer could come first."""
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

    def come(self, turn: Turn) -> None:
        """The agent's turn has ended."""
        for answer in self._waiting:
            if not answer.done():
                answer.set_result(turn)
        self._waiting.clear()

    def fail(self, error: Exception) -> None:
        """There will be none."""
        for answer in self._waiting:
            if not answer.done():
                answer.set_exception(error)
