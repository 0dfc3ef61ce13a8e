"""Timers: set by their user, and rung once by whichever process can tell the user.

What is due becomes `missed` in the transaction that writes its event, and `rung` when the user has heard it.
So a process that dies in between loses nothing: the next one tells it. While one tells it, the row is held.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.identity import Principal
from orion.domain.session import Event, SessionStatus
from orion.domain.timer import FULL, MOST_SET, Ring, Timer, TimerKind, TimerState
from orion.errors import Conflict, NotFound
from orion.store.columns import constant
from orion.store.events import Events
from orion.store.plans import CHANNEL
from orion.store.tables import sessions
from orion.store.timer_tables import timers

_SET = timers.c.state == constant(TimerState.SET.value)
_MISSED = timers.c.state == constant(TimerState.MISSED.value)
_ENDED = timers.c.state.in_([constant(s.value) for s in TimerState if s is not TimerState.SET])
_OPEN = (SessionStatus.CREATED.value, SessionStatus.ACTIVE.value)
_AT_ONCE = 50
_HELD_SECS = 30.0
_TOLD_FOR = timedelta(days=7)
"""What was missed longer ago is not told any more."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Who can be told of a timer by one process.

    Attributes:
        users: Users in a live call of theirs.
        guests: Sessions in whose live call a guest is.
        watched: Sessions without a live call whose events somebody follows.
    """

    users: Collection[UUID] = field(default_factory=tuple)
    guests: Collection[UUID] = field(default_factory=tuple)
    watched: Collection[UUID] = field(default_factory=tuple)


class Timers:
    """Rows of `timers`: a user sees the own ones alone."""

    def __init__(self, connection: AsyncConnection, principal: Principal) -> None:
        self._connection = connection
        self._principal = principal

    async def add(self, timer: Timer) -> Timer:
        """A new timer of the principal. Raises Conflict if too many are set."""
        running = select(func.count()).select_from(timers).where(_SET)
        running = running.where(timers.c.user_id == timer.user_id, timers.c.guest == timer.guest)
        if (await self._connection.execute(running)).scalar_one() >= MOST_SET:
            raise Conflict(FULL)
        values = {
            "id": timer.id,
            "workspace_id": self._principal.workspace_id,
            "user_id": timer.user_id,
            "session_id": timer.session_id,
            "agent": timer.agent,
            "kind": timer.kind.value,
            "guest": timer.guest,
            "state": timer.state.value,
            "created_at": timer.created_at,
            **_changing(timer),
        }
        await self._connection.execute(insert(timers).values(values))
        return timer

    async def running(self, user_id: UUID, *, guest_of: UUID | None = None) -> list[Timer]:
        """The timers that are set, the next one first: the user's own, or those of a session's guests."""
        wanted = select(timers).where(_SET, timers.c.user_id == user_id, _of(guest_of))
        rows = await self._connection.execute(wanted.order_by(timers.c.due_at, timers.c.id))
        return [_timer(row) for row in rows]

    async def change(self, timer: Timer) -> Timer:
        """Give a timer that is set another time or name. Raises NotFound if it is not set any more."""
        changed = update(timers).where(timers.c.id == timer.id, _SET).values(_changing(timer))
        if (await self._connection.execute(changed)).rowcount == 0:
            raise NotFound("there is no such timer")
        return timer

    async def cancel(self, ids: Iterable[UUID], now: datetime) -> int:
        """Cancel those of the timers that are still set; how many there were."""
        wanted = update(timers).where(timers.c.id.in_(list(ids)), _SET)
        values = {"state": TimerState.CANCELLED.value, "ended_at": now}
        return (await self._connection.execute(wanted.values(values))).rowcount

    async def claim(self, reach: Reach, now: datetime) -> list[Ring]:
        """Take what those in reach are to be told now; nobody else tells it for a while.

        That is what is due, and what was missed before.
        """
        watched = and_(not_(timers.c.guest), timers.c.session_id.in_(_open(reach.watched)))
        users = and_(not_(timers.c.guest), timers.c.user_id.in_(list(reach.users)))
        guests = and_(timers.c.guest, timers.c.session_id.in_(list(reach.guests)))
        due, missed = and_(_SET, timers.c.due_at <= now), _free(now)
        if not (reach.users or reach.guests or reach.watched):
            return []
        # Each branch has an index of its own: what others have missed is not read.
        anywhere = or_(users, watched, guests)
        wanted = or_(and_(due, anywhere), *(and_(missed, one) for one in (users, watched, guests)))
        return await self._take(wanted, now, hold=True)

    async def claim_unheard(self, now: datetime, since: datetime) -> list[Ring]:
        """Take what was due by `since` and nobody has told: its user is away, and hears of it later."""
        return await self._take(and_(_SET, timers.c.due_at <= since), now, hold=False)

    async def take_missed(self, user_id: UUID, now: datetime) -> list[Timer]:
        """What the user has missed, the oldest first; it counts as told."""
        missed = and_(_free(now), timers.c.user_id == user_id, not_(timers.c.guest))
        wanted = update(timers).where(timers.c.id.in_(_locked(missed)))
        told = await self._connection.execute(wanted.values(_RUNG).returning(timers))
        return sorted(map(_timer, told), key=lambda timer: timer.due_at)

    async def heard(self, ids: Collection[UUID]) -> None:
        """The user has heard of these."""
        if ids:
            wanted = update(timers).where(timers.c.id.in_(ids), _MISSED)
            await self._connection.execute(wanted.values(_RUNG))

    async def let_go(self, ids: Collection[UUID]) -> None:
        """These were not told: whoever can tell them may do so at once."""
        if ids:
            wanted = update(timers).where(timers.c.id.in_(ids), _MISSED)
            await self._connection.execute(wanted.values(held_until=None))

    async def tell(self, happened: Iterable[Event]) -> None:
        """Write the events of rings, and tell the processes where somebody follows them at commit."""
        listed = list(happened)
        await Events(self._connection).add(listed)
        for event in listed:
            payload = f"{event.body['timer']['id']} {event.session_id} - {event.id}"
            await self._connection.execute(select(func.pg_notify(CHANNEL, payload)))

    async def forget_ended(self, before: datetime) -> int:
        """Remove what ended before that time; how many there were."""
        old = delete(timers).where(_ENDED, timers.c.ended_at < before)
        return (await self._connection.execute(old)).rowcount

    async def _take(self, condition: ColumnElement[bool], now: datetime, *, hold: bool) -> list[Ring]:
        chosen = _locked(condition).add_columns(timers.c.state.label("before")).cte("chosen")
        values = {
            "state": TimerState.MISSED.value,
            "ended_at": func.coalesce(timers.c.ended_at, now),
            "held_until": now + timedelta(seconds=_HELD_SECS) if hold else None,
        }
        taken = (
            update(timers)
            .where(timers.c.id == chosen.c.id)
            .values(values)
            .returning(*timers.c, chosen.c.before)
        )
        rows = (await self._connection.execute(taken)).all()
        rings = [Ring(_timer(row), row.workspace_id, row.before == TimerState.SET.value) for row in rows]
        return sorted(rings, key=lambda ring: ring.timer.due_at)


_RUNG: dict[str, Any] = {"state": TimerState.RUNG.value, "held_until": None}


def _locked(condition: ColumnElement[bool]) -> Any:
    return (
        select(timers.c.id)
        .where(condition)
        .order_by(timers.c.due_at, timers.c.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )


def _free(now: datetime) -> ColumnElement[bool]:
    """What was missed, not too long ago, and nobody is just telling."""
    held = or_(timers.c.held_until.is_(None), timers.c.held_until < now)
    return and_(_MISSED, held, timers.c.due_at > now - _TOLD_FOR)


def _open(ids: Collection[UUID]) -> Any:
    """Those of the sessions that are open and not paused."""
    return select(sessions.c.id).where(sessions.c.id.in_(list(ids)), sessions.c.status.in_(_OPEN))


def _of(guest_of: UUID | None) -> ColumnElement[bool]:
    if guest_of is None:
        return not_(timers.c.guest)
    return and_(timers.c.guest, timers.c.session_id == guest_of)


def _changing(timer: Timer) -> dict[str, Any]:
    return {"name": timer.name, "due_at": timer.due_at, "secs": timer.secs, "zone": timer.zone}


def _timer(row: Row[Any]) -> Timer:
    return Timer(
        id=row.id,
        user_id=row.user_id,
        session_id=row.session_id,
        agent=row.agent,
        kind=TimerKind(row.kind),
        name=row.name,
        due_at=row.due_at,
        created_at=row.created_at,
        secs=row.secs,
        zone=row.zone,
        guest=row.guest,
        state=TimerState(row.state),
    )
