"""The timers of a user, as tools reach them: from a conversation, or from a step of a plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import available_timezones

from orion.domain.identity import Principal, new_id
from orion.domain.session import Session
from orion.domain.timer import Timer, TimerKind
from orion.domain.tool import ToolFailure
from orion.errors import Conflict, NotFound
from orion.store.database import Database


class TimerBook:
    """What a conversation of a user can do with the user's timers (`domain.tool.Timers`).

    Args:
        owner: The user.
        session_id: The conversation.
        agent: The agent that sets them.
        zone: IANA name of the user's time zone; None for the server's.
        guest: A guest takes part: only timers of this session's guests exist here.
    """

    def __init__(
        self,
        database: Database,
        owner: Principal,
        session_id: UUID,
        agent: str,
        *,
        zone: str | None = None,
        guest: bool = False,
    ) -> None:
        self.agent = agent
        self.zone = zone
        self.guest = guest
        self._database = database
        self._owner = owner
        self._session_id = session_id

    @classmethod
    def of(cls, database: Database, session: Session, *, guest: bool = False) -> TimerBook:
        """Those of a session's user; the session's variable `timezone` names where the user is."""
        owner = Principal(session.workspace_id, session.user_id)
        zone = session.variables.get("timezone")
        known = zone if zone in available_timezones() else None
        return cls(database, owner, session.id, session.agent, zone=known, guest=guest)

    def now(self) -> datetime:
        """The time now, in UTC."""
        return datetime.now(UTC)

    def made(self, kind: TimerKind, name: str, due_at: datetime, secs: float | None) -> Timer:
        """A timer of this user that is not kept yet."""
        assert self._owner.user_id is not None
        return Timer(
            id=new_id(),
            user_id=self._owner.user_id,
            session_id=self._session_id,
            agent=self.agent,
            kind=kind,
            name=name,
            due_at=due_at,
            created_at=self.now(),
            secs=secs,
            zone=self.zone,
            guest=self.guest,
        )

    async def set(self, kind: TimerKind, name: str, due_at: datetime, secs: float | None) -> Timer:
        """Set a timer. Raises ToolFailure if too many are set."""
        timer = self.made(kind, name, due_at, secs)
        try:
            async with self._database.transaction(self._owner) as store:
                return await store.timers.add(timer)
        except Conflict as error:
            raise ToolFailure(error.detail) from error

    async def all(self) -> list[Timer]:
        """The timers that are set, the next one first."""
        assert self._owner.user_id is not None
        guest_of = self._session_id if self.guest else None
        async with self._database.transaction(self._owner) as store:
            return await store.timers.running(self._owner.user_id, guest_of=guest_of)

    async def change(self, timer: Timer) -> None:
        """Give a timer its new time or name. Raises ToolFailure if it has rung meanwhile."""
        try:
            async with self._database.transaction(self._owner) as store:
                await store.timers.change(timer)
        except NotFound as error:
            raise ToolFailure("That timer has just ended.") from error

    async def cancel(self, ids: Iterable[UUID]) -> None:
        """Cancel timers; those that have rung meanwhile are left out."""
        async with self._database.transaction(self._owner) as store:
            await store.timers.cancel(ids, self.now())
