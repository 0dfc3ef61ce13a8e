"""An answer that is asked for before the user's turn has ended: it is confirmed by the end, or withdrawn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Speculation:
    """Whether the answer under way is wanted yet; one at a time.

    Attributes:
        confirmed: The turn of the answer under way has ended.
    """

    def __init__(self) -> None:
        self.confirmed = asyncio.Event()
        self._turn_ended = False
        self._answering: asyncio.Timeout | None = None

    @property
    def pending(self) -> bool:
        """Whether what is answered may be withdrawn yet."""
        return self._answering is not None and not self.confirmed.is_set()

    def turn_began(self) -> None:
        """The user speaks."""
        self._turn_ended = False

    def turn_ended(self) -> None:
        """The user has spoken: an answer that is under way is wanted."""
        self._turn_ended = True
        self.confirmed.set()

    def withdraw(self) -> None:
        """The user's turn goes on, or was another one; an answer that was confirmed stays."""
        if self.pending and self._answering is not None:
            self._answering.reschedule(asyncio.get_running_loop().time())

    @asynccontextmanager
    async def answering(self, *, speculative: bool) -> AsyncIterator[None]:
        """What is done in it is cancelled when the answer is withdrawn. Raises TimeoutError then."""
        if speculative and not self._turn_ended:  # the frames of a turn's end overtake its context
            self.confirmed.clear()
        else:
            self.confirmed.set()
        try:
            async with asyncio.timeout(None) as self._answering:
                yield
        finally:
            self._answering = None
