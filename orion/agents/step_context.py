"""What a tool reaches that runs as a step of a plan: no call need be there, and nothing happens twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime
from uuid import UUID

from orion.agents.recollection import Recollection
from orion.agents.timer_book import TimerBook
from orion.domain.identity import Principal, new_id
from orion.domain.memory import Memory, MemoryType
from orion.domain.timer import FULL, MOST_SET, Timer, TimerKind
from orion.domain.tool import ToolFailure
from orion.store.database import Database
from orion.store.store import Store

MAX_ANNOUNCE_SECS = 24 * 3600.0
_NO_STEP = "That can only be done while we talk."


class StepTimers(TimerBook):
    """The user's timers; those that a step sets are kept in `set_here` until it ends well."""

    def __init__(self, database: Database, owner: Principal, session_id: UUID, agent: str) -> None:
        super().__init__(database, owner, session_id, agent)
        self.set_here: list[Timer] = []

    async def set(self, kind: TimerKind, name: str, due_at: datetime, secs: float | None) -> Timer:
        """Set a timer when the step ends well. Raises ToolFailure if too many are set."""
        if len(await self.all()) + len(self.set_here) >= MOST_SET:
            raise ToolFailure(FULL)
        timer = self.made(kind, name, due_at, secs)
        self.set_here.append(timer)
        return timer


class StepContext:
    """The ToolContext of one step.

    What it keeps and erases about the user, and the timers that it sets, are written together with the step's
    end, in one transaction; what it wants to have said later is passed on after that. A process that dies
    before leaves nothing behind.

    Args:
        key: The step's idempotency key.
    """

    agents: tuple[str, ...] = ()
    planning = None
    consulting = None

    def __init__(
        self, recollection: Recollection, owner: Principal, session_id: UUID, key: str, timers: StepTimers
    ) -> None:
        self.timers = timers
        self._recollection = recollection
        self._owner = owner
        self.call_id = key
        self.session_id = session_id
        self.kept: list[tuple[Memory, Collection[UUID]]] = []
        """Each with the ids of those that it replaces."""
        self.erased: list[UUID] = []
        self.announcements: list[tuple[float, str]] = []

    async def remember(
        self, content: str, kind: MemoryType = MemoryType.FACT, *, replaces: Collection[UUID] = ()
    ) -> Memory:
        """Keep `content` for this user when the step ends well."""
        assert self._owner.user_id is not None
        now = datetime.now(UTC)
        memory = Memory(new_id(), self._owner.user_id, self.session_id, kind, content, now)
        self.kept.append((memory, replaces))
        return memory

    async def recall(self, query: str, limit: int = 5) -> list[Memory]:
        """What was kept for this user before this step."""
        return await self._recollection.search(self._owner, query, limit=limit)

    async def forget(self, memories: Collection[UUID]) -> None:
        """Erase these when the step ends well."""
        self.erased.extend(memories)

    async def forget_everything(self) -> int:
        """Refused: that is asked for by its user, and not planned."""
        raise ToolFailure(_NO_STEP)

    async def write(self) -> Callable[[Store], Awaitable[None]] | None:
        """What keeps and erases all that, as part of a transaction of the user; None for nothing."""
        if not self.kept and not self.erased and not self.timers.set_here:
            return None
        writes = [await self._recollection.write_of(memory, replaces) for memory, replaces in self.kept]

        async def write(store: Store) -> None:
            await store.memories.erase(self.erased)
            for one in writes:
                await one(store)
            for timer in self.timers.set_here:
                await store.timers.add(timer)

        return write

    def announce_after(self, secs: float, text: str) -> None:
        """Have `text` said some seconds after the step has ended well."""
        if not 0 <= secs <= MAX_ANNOUNCE_SECS:
            raise ValueError(f"between 0 and {MAX_ANNOUNCE_SECS:g} seconds, not {secs:g}")
        self.announcements.append((secs, text))

    def hand_over(self, agent: str, task: str = "") -> None:  # noqa: ARG002 - as ToolContext has it
        """Refused: nobody need be there."""
        raise ToolFailure(_NO_STEP)

    def end_call(self) -> None:
        """Refused: nobody need be there."""
        raise ToolFailure(_NO_STEP)
