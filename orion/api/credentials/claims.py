"""How many writes with an Idempotency-Key in one transaction run at once: each holds a connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID
from weakref import WeakValueDictionary

from orion.errors import Overloaded
from orion.pipelines.tasks import Tasks

_PLACES = 8
_PLACES_OF_ONE = 4
"""Of one user, who must not hold up everybody."""
_WAIT_SECS = 5.0


class Claims:
    """The places of such writes in this process.

    Attributes:
        tasks: What renews the claims of the writes that hold no connection.
    """

    def __init__(self) -> None:
        self.tasks = Tasks()
        self._all = asyncio.Semaphore(_PLACES)
        self._of: WeakValueDictionary[UUID | None, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def place(self, user_id: UUID | None) -> AsyncIterator[None]:
        """A place for one write of the user. Raises Overloaded where none gets free within five seconds."""
        own = self._of.get(user_id)
        if own is None:
            own = self._of[user_id] = asyncio.Semaphore(_PLACES_OF_ONE)
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(_WAIT_SECS):
                    await held.enter_async_context(own)
                    await held.enter_async_context(self._all)
            except TimeoutError as error:
                raise Overloaded("too many writes with a key at once; try again soon") from error
            yield
