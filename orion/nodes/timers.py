"""Rings the timers that are due: in the user's live call, on the page that is open, or as an event alone.

Each process rings first what its own calls and pages can be told; a moment later any process takes what is
left, whose user is away. What a user has missed is told in the next call, by the process that has it. The
rows decide who does what (`store/timers.py`), so a timer rings once however many processes there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from loguru import logger

from orion.domain import timer_words, wire
from orion.domain.identity import Principal, new_id
from orion.domain.session import Event, Session
from orion.domain.timer import Ring, Timer
from orion.errors import DatabaseUnavailable, NotFound
from orion.pipelines.call import Call
from orion.pipelines.calls import Calls
from orion.store.database import Database
from orion.store.store import Store
from orion.store.timers import Reach

KEPT_DAYS = 30
"""How long a timer that has ended is kept."""
_OTHERS_FIRST = timedelta(seconds=0.75)
"""A process that has the user's call takes a timer with its first look after it is due."""
_PRINCIPAL = Principal.system("timers")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Ringer:
    """What one process rings. `beat` is called by the loop of its node, twice a second."""

    def __init__(self, database: Database, calls: Calls, now: Callable[[], datetime] = _utc_now) -> None:
        self._database = database
        self._calls = calls
        self._now = now
        self._ringing: dict[UUID, Call] = {}
        self._heard: list[UUID] = []
        self._forget_at = now()

    async def beat(self) -> None:
        """Look once for what is due, and let the calls say it. Raises DatabaseUnavailable."""
        now = self._now()
        calls = {call.session_id: call for call in self._calls.all() if reachable(call)}
        lost = self._collect()
        watched = self._calls.shared.feed.sessions() - {call.session_id for call in self._calls.all()}
        async with self._database.transaction(_PRINCIPAL) as store:
            await store.timers.heard(self._heard)
            await store.timers.let_go(lost)
            rings = await store.timers.claim(_reach(calls.values(), watched), now)
            places = [_place(ring.timer, calls) for ring in rings]
            away = await store.timers.claim_unheard(now, now - _OTHERS_FIRST)
            told = [*zip(rings, places, strict=True), *((ring, None) for ring in away)]
            await store.timers.tell([event for ring, call in told if (event := _event(ring, call, now))])
            pages = await _pages(store, [ring for ring, call in told if call is None and ring not in away])
            await self._forget(store, now)
        self._heard.clear()
        for call_id in [call_id for call_id, call in self._ringing.items() if call.over]:
            del self._ringing[call_id]
        for ring, call in told:
            if call is not None:
                call.rings.owe(ring.timer, now)
                self._ringing[call.session_id] = call
        for session, timer in pages:
            self._calls.announcements.leave_word(session, timer_words.ringing(timer, now))
            self._heard.append(timer.id)
        for call in calls.values():
            recorder = call.conversation.recorder
            if words := call.rings.due(now, idle=recorder.idle, speaking=recorder.answering):
                await call.say(words)

    async def close(self) -> None:
        """When all calls have ended: keep what was heard, and give back the rest, to be told elsewhere."""
        lost = self._collect()
        try:
            async with self._database.transaction(_PRINCIPAL) as store:
                await store.timers.heard(self._heard)
                await store.timers.let_go(lost)
        except DatabaseUnavailable:
            logger.warning("the database is away: a timer that has just rung may be told once more")

    def _collect(self) -> list[UUID]:
        """Note what was heard; what ended calls owe is given back to be told elsewhere."""
        for call in self._ringing.values():
            self._heard += call.rings.take_heard()
        return [one for call in self._ringing.values() if call.over for one in call.rings.unheard]

    async def _forget(self, store: Store, now: datetime) -> None:
        """Once an hour, remove what ended long ago: its names are what people said."""
        if now >= self._forget_at:
            self._forget_at = now + timedelta(hours=1)
            await store.timers.forget_ended(now - timedelta(days=KEPT_DAYS))


def reachable(call: Call) -> bool:
    """Whether somebody in the call would hear a ring."""
    return bool(call.participants) and call.kind == "voice" and not (call.paused or call.over)


def _reach(calls: Iterable[Call], watched: set[UUID]) -> Reach:
    own = [call for call in calls if not call.conversation.guest]
    guests = {call.session_id for call in calls if call.conversation.guest}
    return Reach({call.conversation.session.user_id for call in own}, guests, watched)


def _place(timer: Timer, calls: dict[UUID, Call]) -> Call | None:
    """The call in which a timer rings: that in which it was set, if it lives, else the user's newest."""
    own = [
        call
        for call in calls.values()
        if call.conversation.guest == timer.guest
        and call.conversation.session.user_id == timer.user_id
        and (not timer.guest or call.session_id == timer.session_id)
    ]
    return next((call for call in own if call.session_id == timer.session_id), own[-1] if own else None)


def _event(ring: Ring, call: Call | None, now: datetime) -> Event | None:
    """What is told of a ring, once; None for one that was told, or whose session is gone."""
    session_id = call.session_id if call is not None else ring.timer.session_id
    if not ring.fresh or session_id is None:
        return None
    return Event(new_id(), session_id, "timer.rung", {"timer": wire.timer(ring.timer)}, now)


async def _pages(store: Store, rings: Iterable[Ring]) -> list[tuple[Session, Timer]]:
    """The sessions on whose pages these are to be read."""
    found = []
    for ring in rings:
        try:
            assert ring.timer.session_id is not None
            found.append((await store.sessions.get(ring.timer.session_id), ring.timer))
        except NotFound:  # deleted meanwhile
            continue
    return found
