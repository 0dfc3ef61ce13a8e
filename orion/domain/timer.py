"""Timers, alarms and reminders: what a user has set, and where it stands. They outlive call and server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

MOST_SET = 50
"""So many timers of one user run at once."""
FULL = f"You have {MOST_SET} timers already. Cancel one first."
LONGEST = timedelta(days=366)
"""Nothing is set for later than this."""


class TimerKind(StrEnum):
    """What was asked for, which decides the words when it is due."""

    TIMER = "timer"
    """After a duration."""
    ALARM = "alarm"
    """At a clock time."""
    REMINDER = "reminder"
    """Either, with words to be told: its name is what the user is reminded of."""


class TimerState(StrEnum):
    """`set` -> `missed` -> `rung`, or `set` -> `cancelled`."""

    SET = "set"
    MISSED = "missed"
    """It was due and its event was told, but the user has not heard of it yet."""
    RUNG = "rung"
    """The user has heard of it, or read of it."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Timer:
    """One timer of a user.

    Attributes:
        session_id: The conversation in which it was set; None once that is deleted.
        agent: The agent that has set it.
        name: What it is called, or what a reminder is about; empty for a plain one.
        secs: Its duration as it was asked for; None for a clock time.
        zone: IANA name of the time zone that was meant; None for the server's.
        guest: Set by a guest of the session: it rings in that session's calls alone.
    """

    id: UUID
    user_id: UUID
    session_id: UUID | None
    agent: str
    kind: TimerKind
    name: str
    due_at: datetime
    created_at: datetime
    secs: float | None = None
    zone: str | None = None
    guest: bool = False
    state: TimerState = TimerState.SET

    def left_secs(self, now: datetime) -> float:
        """How long it still runs, in seconds; 0 for one that is due."""
        return max(0.0, (self.due_at - now).total_seconds())


@dataclass(frozen=True, slots=True)
class Ring:
    """A timer that is due, and where to say so.

    Attributes:
        workspace_id: Of its user.
        fresh: It has just become due; False for one that was missed and is told of later.
    """

    timer: Timer
    workspace_id: UUID
    fresh: bool


def local(moment: datetime, zone: str | None) -> datetime:
    """The moment on the clock of a time zone; None for the server's own."""
    return moment.astimezone(_zone(zone))


def moment(on_the_clock: datetime, zone: str | None) -> datetime:
    """The moment, in UTC, at which a clock without an offset shows that time in a zone."""
    known = _zone(zone)
    placed = on_the_clock.astimezone() if known is None else on_the_clock.replace(tzinfo=known)
    return placed.astimezone(UTC)


def _zone(zone: str | None) -> tzinfo | None:
    return None if zone is None else ZoneInfo(zone)
