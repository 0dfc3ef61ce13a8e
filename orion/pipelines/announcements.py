"""What tools have promised to have said later, in the sessions of this process. Timers are kept elsewhere."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from orion.domain import timer_words, wire
from orion.domain.identity import Principal, new_id
from orion.domain.promise import promises
from orion.domain.session import Session, SessionStatus
from orion.domain.tool import ToolFailure
from orion.domain.turn import Speaker, Turn
from orion.errors import DatabaseUnavailable, NotFound
from orion.pipelines.call import Call
from orion.pipelines.shared import Shared
from orion.pipelines.tasks import Tasks
from orion.tools import RunnableTool

_MOST = 20
"""Of one session: each waits in memory, for a day at most."""
_RETRY_SECS = 1.0
_SOON_SECS = 2.0
_LATE = "This was due while I was away."


class Announcements:
    """Says each text when it is due: in the live call, or as a turn that is read later.

    In a pause it waits for its end; after the end of the session it is left out.

    Args:
        live: Gives the live call of a session.
    """

    def __init__(self, shared: Shared, live: Callable[[UUID], Call | None], tasks: Tasks) -> None:
        self._shared = shared
        self._live = live
        self._tasks = tasks
        self._held: defaultdict[UUID, list[tuple[str, bool]]] = defaultdict(list)
        self._waiting: Counter[UUID] = Counter()
        self._words: Counter[tuple[UUID, str]] = Counter()
        self._told: Counter[UUID] = Counter()

    def after(self, session: Session, secs: float, words: str, *, untrusted: bool = False) -> None:
        """Say `words` in the session after `secs` seconds. Raises ToolFailure for too many at once.

        Args:
            untrusted: Others than the user wrote them: the conversation that hears or reads them is marked.
        """
        if self._waiting[session.id] >= _MOST:
            raise ToolFailure("I am to tell you too much later already.")
        self._waiting[session.id] += 1
        self._words[session.id, words] += 1
        task = self._tasks.spawn(self._after(session, secs, words, untrusted), "announcement")
        task.add_done_callback(lambda _: self._said(session.id, words))

    def waiting(self, session_id: UUID) -> int:
        """How many texts of a session wait to be said."""
        return self._waiting.get(session_id, 0)

    def losses(self, session_id: UUID) -> int:
        """How many texts the end of a session would lose; 0 if the user has been told of them before.

        By text each message is a call of its own, so it is kept here.
        """
        waiting = self.waiting(session_id)
        if waiting <= self._told[session_id]:
            return 0
        self._told[session_id] = waiting
        return waiting

    def restore(self, session: Session, turns: Sequence[Turn], tools: Mapping[str, RunnableTool]) -> None:
        """Keep what tools promised in these turns, and what another process forgot as it ended.

        What fell due meanwhile is said at once, with a word of why it is late. What others wrote promises
        nothing: it would be said as the agent's own words.
        """
        trusted = {name for name, runnable in tools.items() if not runnable.tool.untrusted}
        known = Counter(words.removeprefix(_LATE).strip() for words, _ in self._held.get(session.id, ()))
        for (session_id, words), count in self._words.items():
            if session_id == session.id:
                known[words.removeprefix(_LATE).strip()] += count
        for promise in promises(turns, datetime.now(UTC), trusted):
            if known[promise.words] > 0:  # one of those that this process keeps
                known[promise.words] -= 1
                continue
            words = promise.words if promise.left_secs > 0 else f"{_LATE} {promise.words}"
            with suppress(ToolFailure):
                self.after(session, max(promise.left_secs, _SOON_SECS), words)

    async def resume(self, session: Session) -> None:
        """Say what fell due in the pause that is over."""
        for words, untrusted in self._held.pop(session.id, ()):
            await self._say(session, words, untrusted)

    def forget(self, session_id: UUID) -> None:
        """Leave out what fell due in a pause."""
        self._held.pop(session_id, None)

    def _said(self, session_id: UUID, words: str) -> None:
        self._words[session_id, words] -= 1
        if not self._words[session_id, words]:
            del self._words[session_id, words]
        self._waiting[session_id] -= 1
        self._told[session_id] = min(self._told[session_id], self._waiting[session_id])
        for count in (self._waiting, self._told):
            if not count[session_id]:
                del count[session_id]

    async def _after(self, session: Session, secs: float, words: str, untrusted: bool) -> None:
        await asyncio.sleep(secs)
        while True:
            try:
                return await self._say(session, words, untrusted)
            except DatabaseUnavailable:
                await asyncio.sleep(_RETRY_SECS)

    async def _say(self, session: Session, words: str, untrusted: bool) -> None:
        call = self._live(session.id)
        if call is not None and not call.paused and not call.over:
            if untrusted:
                call.conversation.owe()
            await call.say(words)
            return
        try:
            async with self._shared.database.transaction(Principal.system("sweeper")) as store:
                status = (await store.sessions.get(session.id)).status
        except NotFound:
            return
        if status is SessionStatus.PAUSED:
            self._held[session.id].append((words, untrusted))
        elif status is not SessionStatus.ENDED:
            self.leave_word(session, words, untrusted=untrusted)

    async def leave_news(self, session: Session, plans: str, *, guest: bool) -> tuple[str, list[Turn]]:
        """Keep as turns what one who writes is told of the time away; all of it in words, and the turns.

        Args:
            plans: What came of plans, empty for nothing.
            guest: A guest writes, who is told nothing of the user's timers.
        """
        now, rang = datetime.now(UTC), ""
        if not guest:
            async with self._shared.database.transaction(
                Principal(session.workspace_id, session.user_id)
            ) as store:
                missed = await store.timers.take_missed(session.user_id, now)
            rang = timer_words.missed(missed, now) if missed else ""
        told = [(words, untrusted) for words, untrusted in ((rang, False), (plans, True)) if words]
        turns = [self.leave_word(session, words, untrusted=untrusted) for words, untrusted in told]
        return " ".join(words for words, _ in told), turns

    def leave_word(self, session: Session, words: str, *, untrusted: bool = False) -> Turn:
        """Keep the words as a turn that is read later."""
        now = datetime.now(UTC)
        turn = Turn(new_id(), session.id, Speaker.AGENT, session.agent, words, now, now, untrusted=untrusted)
        event = self._shared.feed.publish(session.id, "turn.ended", {"turn": wire.turn(turn)})
        self._shared.writer.put(lambda store: store.turns.save(turn))
        self._shared.writer.put(event)
        return turn
