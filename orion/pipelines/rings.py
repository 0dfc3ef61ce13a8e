"""Timers that have rung in one call, until its user has heard them.

A barge-in drops what the agent is about to say, so a ring is said again until most of its words were heard.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from orion.domain import timer_words
from orion.domain.timer import Timer
from orion.domain.turn import Turn

_AGAIN = timedelta(seconds=4)
"""A ring of which nothing is heard for so long, while nobody speaks, was dropped."""
_PATIENCE = timedelta(seconds=10)
"""So long a ring waits for a user who speaks, or for an answer that has not begun."""
_BEGINS = timedelta(seconds=3)
"""What the agent is asked to say has begun by then, or was dropped."""
_HEARD = 0.5
_MOST_TRIES = 3
_LATE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class _Saying:
    words: str
    ids: tuple[UUID, ...]
    at: datetime


class Rings:
    """What one call owes its user. It reads no clock: all times are given."""

    def __init__(self) -> None:
        self._heard: list[UUID] = []
        self._owed: dict[UUID, Timer] = {}
        self._since: datetime | None = None
        self._tries: Counter[UUID] = Counter()
        self._saying: _Saying | None = None
        self._asked = False
        self._asked_at: datetime | None = None

    def wait(self) -> None:
        """The agent is asked to say something: a ring comes behind it.

        Pipecat ends no turn of a speech that was queued while another one was played.
        """
        self._asked, self._asked_at = True, None

    def owe(self, timer: Timer, now: datetime) -> None:
        """This timer has rung, now or while the user was away."""
        self._since = self._since if self._owed else now
        self._owed[timer.id] = timer

    @property
    def unheard(self) -> list[UUID]:
        """What the user has not heard yet."""
        return list(self._owed)

    def take_heard(self) -> list[UUID]:
        """What the user has heard since this was last asked."""
        heard, self._heard = self._heard, []
        return heard

    def due(self, now: datetime, *, idle: bool, speaking: bool = False) -> str:
        """What is to be said now; empty for nothing.

        Args:
            idle: Nobody has the word.
            speaking: A turn of the agent is under way.
        """
        if not self._owed or self._since is None or speaking or self._begins(now):
            return ""
        if self._saying is not None and (not idle or now - self._saying.at < _AGAIN):
            return ""
        if not idle and now - self._since < _PATIENCE:
            return ""
        timers = list(self._owed.values())
        words = _words(timers, now)
        self._saying = _Saying(words, tuple(self._owed), now)
        self._tries.update(self._owed.keys())
        return words

    def _begins(self, now: datetime) -> bool:
        """Whether something that the agent is asked to say is not heard yet."""
        self._asked_at = self._asked_at or now
        self._asked = self._asked and now - self._asked_at < _BEGINS
        return self._asked

    def said(self, turn: Turn) -> None:
        """The agent's turn has ended, with what was heard of it."""
        self._asked, saying = False, self._saying
        if saying is None:
            return
        wanted, got = Counter(_tokens(saying.words)), Counter(_tokens(turn.text))
        heard = (wanted & got).total() >= _HEARD * wanted.total()
        for timer_id in saying.ids:
            if heard or self._tries[timer_id] >= _MOST_TRIES:
                self._owed.pop(timer_id, None)
                self._heard.append(timer_id)
        if heard:
            self._saying = None


def _words(timers: Sequence[Timer], now: datetime) -> str:
    late = [timer for timer in timers if now - timer.due_at > _LATE]
    told = [timer_words.missed(late, now)] if late else []
    return " ".join([*told, *(timer_words.ringing(timer, now) for timer in timers if timer not in late)])


def _tokens(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.casefold()).split()
