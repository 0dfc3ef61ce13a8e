"""What the tools of timers share: when one is due, which one is meant, and how a name is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from orion.domain.text.said import plain
from orion.domain.timer import LONGEST, Timer, TimerKind, local, moment
from orion.domain.timer_words import called, joined
from orion.domain.tool import ToolFailure
from orion.tools._clock_times import is_clock_time, read
from orion.tools._durations import is_past, seconds

_EARLY = {TimerKind.ALARM: 4, TimerKind.TIMER: 7, TimerKind.REMINDER: 7}
_NOUNS = frozenset("the my your our his her their a an".split())
_TOO_FAR = "That is more than a year away. I can set timers for up to a year."
_MOST_NAMED = 4
_SIMILAR = 80
_KIND_WORDS = {
    TimerKind.TIMER: frozenset({"timer", "timers", "countdown"}),
    TimerKind.ALARM: frozenset({"alarm", "alarms"}),
    TimerKind.REMINDER: frozenset({"reminder", "reminders"}),
}
_NO_NAME = frozenset(
    "the a an my your our that this these those it one ones for at in of to called named on set please all "
    "every each any both them everything other is am pm o'clock clock long left".split()
).union(*_KIND_WORDS.values())
_BEFORE_NAME = re.compile(
    r"^(?:(?:please|can|could|you|i|need|want|set|start|make|begin|create|give|add|put|me|us|on|up|a|an|the|my|our|"
    r"new|another|timer|alarm|reminder|for|called|named)\s+)+",
    re.IGNORECASE,
)
"""What stands before a name and is no part of it, if the whole sentence came along."""
_WHEN_BEHIND = re.compile(
    r"(?:^|\s+)(?:tomorrow|today|tonight|(?:this|in the) (?:morning|afternoon|evening)|at"
    r"|(?:(?:on|next|this) )*(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|at (?:noon|midnight|\d[\d:.]*)(?: ?[ap]\.?m)?)$",
    re.IGNORECASE,
)
"""A time that came along behind what a reminder is about."""
_ALL = re.compile(r"\b(?:all|every|everything|both|each|them)\b|\b(?:timer|alarm|reminder)s\b")
_BUT = re.compile(r"\b(?:but|except(?:ing)?(?: for)?|apart from|aside from|other than|besides|not)\b")
"""What stands behind it is spared: `all but the tea timer`."""
_ORDER: tuple[tuple[re.Pattern[str], Callable[[Sequence[Timer]], Timer]], ...] = (
    (
        re.compile(r"\b(?:last|latest|newest|most recent|it|that|just)\b"),
        lambda t: max(t, key=lambda x: x.id),
    ),
    (re.compile(r"\b(?:first|oldest|1st)\b"), lambda t: min(t, key=lambda x: x.id)),
    (re.compile(r"\b(?:second|2nd|sec)\b"), lambda t: sorted(t, key=lambda x: x.id)[min(1, len(t) - 1)]),
    (re.compile(r"\b(?:next|soonest)\b"), lambda t: min(t, key=lambda x: x.due_at)),
)


def due(
    said: str, now: datetime, zone: str | None, *, kind: TimerKind = TimerKind.TIMER
) -> tuple[datetime, float | None]:
    """When something is due, and its seconds if a duration was said.

    Raises:
        ToolFailure: It cannot be understood, is over, or too far away.
    """
    secs = None if is_clock_time(said) else seconds(said)
    if secs is not None:
        return now + timedelta(seconds=checked(secs)), secs
    if is_past(said):
        raise ToolFailure("That is in the past.")
    shown = read(said, local(now, zone).replace(tzinfo=None), early=_EARLY[kind])
    at = moment(shown, zone)
    if at - now > LONGEST:
        raise ToolFailure(_TOO_FAR)
    return at, None


def checked(secs: float) -> float:
    """A duration that a timer can have. Raises ToolFailure for any other."""
    if secs < 1:
        raise ToolFailure("A timer needs at least one second.")
    if secs > LONGEST.total_seconds():
        raise ToolFailure(_TOO_FAR)
    return secs


def kind_and_name(kind: TimerKind, name: str | None, about: str | None) -> tuple[TimerKind, str]:
    """What is set, and what it is called: `about` a thing names it, `about` an action makes a reminder."""
    bare = _BEFORE_NAME.sub("", tidy(name or "") + " ").strip()
    if bare:
        return kind, bare
    told, before = tidy(about or ""), None
    while told != before:
        told, before = _WHEN_BEHIND.sub("", told), told
    if not told:
        return kind, ""
    words = told.lower().split()
    a_thing = len(words) == 1 or words[0] in _NOUNS
    return (kind if a_thing else TimerKind.REMINDER), told


def tidy(name: str) -> str:
    """A name in one line, without the stop at its end and what says that it is a timer."""
    told = " ".join(name.split()).strip(" .,!?\"'")
    return re.sub(r"^(?:to|about|called|named) |(?<=\w) (?:timer|alarm)$", "", told, flags=re.IGNORECASE)


def chosen(timers: Sequence[Timer], which: str | None, zone: str | None, now: datetime) -> list[Timer]:
    """The timers that `which` means, all of them if it names none.

    Raises:
        ToolFailure: There are none like that.
    """
    if not timers:
        raise ToolFailure("You have no timers set.")
    said = plain(which or "")
    words = set(re.findall(r"[\w']+", said))
    kinds = {kind for kind, names in _KIND_WORDS.items() if names & words}
    # People call everything that rings a timer; an alarm or a reminder is meant as such.
    of_kind = [t for t in timers if t.kind in kinds] if kinds else list(timers)
    among = of_kind or list(timers)
    every, *spared = _BUT.split(said, maxsplit=1)
    if spared and _ALL.search(every):
        kept, pool = chosen(timers, spared[0], zone, now), of_kind if TimerKind.TIMER in kinds else timers
        return _only([timer for timer in pool if timer not in kept], which)
    if not said or _ALL.search(said):
        return _only(of_kind, which)
    found = _by_time(among, said, zone, now) or _by_name(among, said) or _by_name(timers, said)
    if found:
        return found
    if not (words - _NO_NAME):
        for pattern, pick in _ORDER:
            if pattern.search(said) and len(among) > 1:
                return [pick(among)]
        return _only(of_kind, which)
    for pattern, pick in _ORDER:
        if pattern.search(said):
            return [pick(among)]
    raise ToolFailure(f"There is no such timer. You have {_all_called(timers)}.")


def is_all(which: str | None) -> bool:
    """Whether all timers are meant that fit, or all but some."""
    said = plain(which or "")
    return _ALL.search(_BUT.split(said, maxsplit=1)[0]) is not None


def one(timers: Sequence[Timer], which: str | None, zone: str | None, now: datetime) -> Timer:
    """The one timer that is meant. Raises ToolFailure, with a question if it may be several."""
    found = chosen(timers, which, zone, now)
    if len(found) > 1:
        raise ToolFailure(f"Which one: {joined([f'the {called(t)}' for t in found[:_MOST_NAMED]], 'or')}?")
    return found[0]


def _only(found: list[Timer], which: str | None) -> list[Timer]:
    if not found:
        kind = "alarms" if "alarm" in (which or "").lower() else "reminders"
        kind = kind if "timer" not in (which or "").lower() else "timers"
        raise ToolFailure(f"You have no {kind} set.")
    return found


def _by_time(timers: Sequence[Timer], said: str, zone: str | None, now: datetime) -> list[Timer]:
    secs = seconds(said)
    if secs is not None:
        return [timer for timer in timers if timer.secs == secs]
    if not re.search(r"\d|\bnoon|\bmidnight", said):
        return []
    try:
        shown = read(said, local(now, zone).replace(tzinfo=None), early=_EARLY[TimerKind.ALARM])
    except ToolFailure:
        return []
    exact = [t for t in timers if local(t.due_at, t.zone).replace(tzinfo=None) == shown]
    return exact or [t for t in timers if _same_clock(local(t.due_at, t.zone), shown)]


def _same_clock(due_at: datetime, shown: datetime) -> bool:
    return (due_at.hour % 12, due_at.minute) == (shown.hour % 12, shown.minute)


def _by_name(timers: Sequence[Timer], said: str) -> list[Timer]:
    wanted = " ".join(word for word in re.findall(r"[\w']+", said) if word not in _NO_NAME)
    if not wanted:
        return []
    scored = [(fuzz.token_set_ratio(wanted, plain(timer.name)), timer) for timer in timers if timer.name]
    best = max((score for score, _ in scored), default=0)
    return [timer for score, timer in scored if score == best] if best >= _SIMILAR else []


def _all_called(timers: Sequence[Timer]) -> str:
    return joined([f"the {called(timer)}" for timer in timers[:_MOST_NAMED]])
