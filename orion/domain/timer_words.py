"""What is said about timers: when they ring, what is left of them, and what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orion.domain.text.second_person import to_you
from orion.domain.timer import Timer, TimerKind, local

_MOST_TOLD = 4
_LATE_SECS = 60.0
"""What rings later than this is told as missed."""
_DETERMINERS = frozenset("the my your our his her their a an".split())
_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def length(secs: float) -> str:
    """Seconds as people say them: `1 hour and 30 minutes`; at least a second."""
    parts, rest = [], max(1, round(secs))
    for name, unit_secs in _UNITS:
        number, rest = divmod(rest, unit_secs)
        if number:
            parts.append(f"{number} {name}{'s' if number > 1 else ''}")
    return joined(parts)


def left(secs: float) -> str:
    """What is left, as exact as people want to know it: seconds only in the last ten minutes."""
    if secs < 600:
        return length(secs)
    return length(round(secs / 60) * 60 if secs < 86400 else round(secs / 3600) * 3600)


def clock(at: datetime) -> str:
    """A time of day as people say it: `7 AM`, `3:05 PM`, `noon`, `midnight`."""
    if at.minute == 0 and at.hour % 12 == 0:
        return "noon" if at.hour else "midnight"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes} {'AM' if at.hour < 12 else 'PM'}"


def day(at: datetime, now: datetime) -> str:
    """The day of a moment beside now: empty for today, else `tomorrow`, `on Friday`, `on December 24`."""
    days = (at.date() - now.date()).days
    if days in {-1, 0, 1}:
        return ("yesterday", "", "tomorrow")[days + 1]
    date = f"{at:%B} {at.day}"
    if 1 < days < 7:
        return f"on {at:%A}"
    return f"on {date}" if at.year == now.year or 0 < days < 300 else f"on {date}, {at.year}"


def at(timer: Timer, now: datetime) -> str:
    """When a timer is due, on the user's clock: `7 AM tomorrow`."""
    due = local(timer.due_at, timer.zone)
    return f"{clock(due)} {day(due, local(now, timer.zone))}".strip()


def called(timer: Timer) -> str:
    """A timer as it is spoken of: `tea timer`, `5 minute timer`, `alarm for 7 AM`, `reminder to call mom`."""
    if timer.kind is TimerKind.REMINDER:
        return f"reminder to {to_you(timer.name)}"
    if not timer.name:
        return _plain(timer)
    if timer.name.split()[0].lower() in _DETERMINERS:
        return f"{timer.kind.value} for {to_you(timer.name)}"
    return (
        timer.name if timer.kind.value in timer.name.lower().split() else f"{timer.name} {timer.kind.value}"
    )


def _plain(timer: Timer) -> str:
    if timer.secs is None:
        return f"alarm for {clock(local(timer.due_at, timer.zone))}"
    return f"timer for {length(timer.secs)}"


def echo(timer: Timer, now: datetime) -> str:
    """What was set, to be said behind an "Okay,": with its time, and its day unless that is today."""
    when = f"in {length(timer.secs)}" if timer.secs is not None else f"at {at(timer, now)}"
    if timer.kind is TimerKind.REMINDER:
        return f"I will remind you {when} to {to_you(timer.name)}"
    of = length(timer.secs) if timer.secs is not None else at(timer, now)
    return f"{timer.kind.value} for {of}" + (f", {to_you(timer.name)}" if timer.name else "")


def state(timer: Timer, now: datetime) -> str:
    """A timer and what is left of it: `your tea timer has 2 minutes left`."""
    if timer.secs is None:
        named = timer.kind is TimerKind.REMINDER or timer.name
        what = called(timer) if named else "alarm"
        return f"your {what} is set for {at(timer, now)}"
    return f"your {called(timer)} has {left(timer.left_secs(now))} left"


def ringing(timer: Timer, now: datetime) -> str:
    """What the agent says when a timer is due, or later, when the user is there again."""
    if (now - timer.due_at).total_seconds() > _LATE_SECS:
        return missed([timer], now)
    if timer.kind is TimerKind.REMINDER:
        return f"Reminder: {to_you(timer.name)}."
    if timer.kind is TimerKind.TIMER:
        return f"Your {called(timer)} is up."
    named = f"Your {called(timer)}: it" if timer.name else "It"
    end = "." if timer.name else ". This is your alarm."
    return f"{named} is {clock(local(timer.due_at, timer.zone))}{end}"


def missed(timers: Sequence[Timer], now: datetime) -> str:
    """What rang while the user was away."""
    told = [_rang(timer, now) for timer in timers[:_MOST_TOLD]]
    if len(timers) > _MOST_TOLD:
        more = len(timers) - _MOST_TOLD
        told.append(f"{more} other{'s' if more > 1 else ''}")
    return f"While you were away, {joined(told)}."


def _rang(timer: Timer, now: datetime) -> str:
    named = called(timer) if timer.name or timer.secs is not None else "alarm"
    return f"your {named} rang at {at(timer, now)}"


def goes_on(timers: Sequence[Timer], *, guest: bool = False) -> str:
    """What is said of timers before a goodbye; empty for none."""
    if not timers:
        return ""
    one = len(timers) == 1
    what = f"Your {called(timers[0])}" if one else f"Your {len(timers)} timers"
    if guest:
        return f"{what} end{'s' if one else ''} with our call."
    it = "" if one else " of each"
    return f"{what} {'goes' if one else 'go'} on; I will tell you{it} in your next call."


def listed(timers: Sequence[Timer], now: datetime) -> str:
    """All timers in a sentence, the next one first."""
    if not timers:
        return "You have no timers set."
    told = joined([state(timer, now) for timer in timers[:_MOST_TOLD]])
    more = len(timers) - _MOST_TOLD
    if more > 0:
        return f"You have {len(timers)} timers. The next are: {told}."
    return f"{told[0].upper()}{told[1:]}."


def joined(parts: Sequence[str], word: str = "and") -> str:
    """The parts with commas, and the word before the last."""
    *first, last = parts
    return f"{', '.join(first)} {word} {last}" if first else last
