"""What one turn is worth: right, acceptable, wrong or embarrassing, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from tests.dialogues.natural.answers import day, holds
from tests.dialogues.natural.kept import Changes, Kept, Timer, changes
from tests.dialogues.natural.turns import Turn

_LATE_SECS = 25
_LONG_REFUSAL_WORDS = 30
_AGENTS = {"concierge": "orion"}
_OFFER = re.compile(
    r"\b(?:but )?(?:i|you) (?:can|could)\b(?!'|not).*|\b(?:for example|try|say|ask)\b.*",
    re.IGNORECASE | re.DOTALL,
)
"""What it says it can do, behind what it cannot: no part of the answer."""
_DENIAL = re.compile(r"n't\b|\b(?:not|no|none|never|nothing|cannot|if|before|once|or|can)\b", re.IGNORECASE)
_TIMER_CLAIM = re.compile(
    r"\b(?:timer|alarm|reminder)s?\b.*\b(?:set|running|started)\b"
    r"|\bi(?:'ll| will) (?:tell|wake|remind|call|let) you\b.*\b(?:in|at)\b",
    re.IGNORECASE,
)
_MEMORY_CLAIM = re.compile(
    r"\bi(?:'ll| will) (?:remember|keep)\b|^noted\b"
    r"|\bi(?:'ve| have) (?:noted|stored|saved|kept|remembered)\b",
    re.IGNORECASE,
)
_END_CLAIM = re.compile(
    r"\b(?:cancell?ed|removed|stopped|deleted|erased|forgotten|switched off|turned off|undone)\b",
    re.IGNORECASE,
)


class Verdict(StrEnum):
    """From best to worst."""

    RIGHT = "right"
    ACCEPTABLE = "acceptable"
    WRONG = "wrong"
    EMBARRASSING = "embarrassing"


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a turn: the answer (with what was said later), and what is kept.

    Attributes:
        asked: The agent asked first, and was told yes.
        again: What the agent had said before.
        now: The caller's own time.
    """

    answer: str
    before: Kept
    after: Kept
    now: datetime
    asked: bool = False
    again: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A turn with its verdict."""

    turn: Turn
    answer: str
    verdict: Verdict
    why: Sequence[str]


def judge(turn: Turn, heard: Heard) -> Judged:
    """The verdict over one turn."""
    shameful, wrong = list(embarrassments(turn, heard)), list(faults(turn, heard))
    if shameful:
        verdict = Verdict.EMBARRASSING
    elif wrong:
        verdict = Verdict.WRONG
    elif heard.asked or _wordy(turn, heard):
        verdict = Verdict.ACCEPTABLE
    else:
        verdict = Verdict.RIGHT
    return Judged(turn, heard.answer, verdict, [*shameful, *wrong])


def faults(turn: Turn, heard: Heard) -> Iterator[str]:
    """What is not as a person expects it."""
    for wanted in turn.must:
        if not _said(wanted, heard):
            yield f"not said: {wanted}"
    for unwanted in turn.unwanted:
        if holds(unwanted, _answered(turn, heard), heard.now):
            yield f"said: {unwanted}"
    for write in turn.writes:
        if not _written(write, heard):
            yield f"not done: {dict(write)}"
    if turn.timers is not None and len(heard.after.timers) != turn.timers:
        yield f"{len(heard.after.timers)} timers instead of {turn.timers}"
    made = changes(heard.before, heard.after)
    if made.agent and not any("agent" in write for write in turn.writes):
        yield f"handed over to {heard.after.agent}"
    if _kinds(turn, "timer_secs", "alarm"):
        yield from (f"not wanted: a timer {timer.name!r}" for timer in _astray(turn, made, heard))


def embarrassments(turn: Turn, heard: Heard) -> Iterator[str]:
    """What it did that must not be, and what it said it did."""
    made = changes(heard.before, heard.after)
    if heard.after.ended and not heard.before.ended and not turn.may_end:
        yield "ended the call unasked"
    if not _kinds(turn, "timer_secs", "alarm"):
        yield from (f"set a timer unasked: {timer.name!r}" for timer in _astray(turn, made, heard))
        if made.off and not _kinds(turn, "cancelled"):
            yield "switched a timer off unasked"
    if made.lost and not _kinds(turn, "forgotten", "memory"):
        yield "forgot something unasked"
    wanted = [write["memory"] for write in (*turn.writes, *turn.may) if "memory" in write]
    if not _kinds(turn, "memory"):
        yield from (f"stored unasked: {kept}" for kept in made.noted if not _any(wanted, kept))
    yield from _claims(turn, made, heard)


def _claims(turn: Turn, made: Changes, heard: Heard) -> Iterator[str]:
    """What it says it has done and has not done."""
    stated = _stated(heard.answer)
    if turn.ability in {"list-timers", "repeat", "recall", "plan", "help"}:
        return
    if not made.begun and any(map(_TIMER_CLAIM.search, stated)):
        yield "claims a timer"
    if not made.noted and any(map(_MEMORY_CLAIM.search, stated)):
        yield "claims to remember"
    if not (made.off or made.lost or made.begun) and any(map(_END_CLAIM.search, stated)):
        yield "claims to have undone something"


def _answered(turn: Turn, heard: Heard) -> str:
    """The answer; beside what it cannot do, only what is stated, without examples of what it can."""
    if turn.ability != "none":
        return heard.answer
    return _OFFER.sub("", " ".join(_stated(heard.answer)))


def _stated(answer: str) -> list[str]:
    """The sentences that say something is so, or is done: no questions, no denials."""
    return [said for said in _sentences(answer) if not _DENIAL.search(said)]


def _sentences(answer: str) -> list[str]:
    """All but questions."""
    return [said for said in re.split(r"(?<=[.!?])\s+", answer) if not said.endswith("?")]


def _said(wanted: Any, heard: Heard) -> bool:
    if wanted == {"again": True}:
        words = [re.findall(r"\w+", text.lower()) for text in (heard.again, heard.answer)]
        return len(set(words[0]) & set(words[1])) >= 0.7 * len(set(words[0]))
    return holds(wanted, heard.answer, heard.now)


def _written(write: Mapping[str, Any], heard: Heard) -> bool:
    """Whether one entry of `writes` came true."""
    made, after = changes(heard.before, heard.after), heard.after
    (kind, wanted), *_ = write.items()
    if kind in {"timer_secs", "alarm"}:
        return any(_rings(write, timer, heard.now) for timer in made.begun)
    if kind == "cancelled":
        return not after.timers if wanted == "all" else any(_named(wanted, timer) for timer in made.off)
    if kind == "memory":
        return any(_any([wanted], kept) for kept in after.memories)
    if kind == "forgotten":
        return not any(wanted == "all" or _any([wanted], kept) for kept in after.memories)
    return _any([wanted], _AGENTS.get(after.agent, after.agent))


def _named(wanted: str, timer: Timer) -> bool:
    return wanted == "any" or _any([wanted], timer.name)


def _rings(write: Mapping[str, Any], timer: Timer, now: datetime) -> bool:
    """Whether a timer is the one that was wanted."""
    if "name" in write and not _any([write["name"]], timer.name):
        return False
    if "timer_secs" in write:
        ahead = (timer.due - now).total_seconds() - float(write["timer_secs"])
        return abs(ahead) <= _LATE_SECS
    due = timer.due.astimezone(now.tzinfo) + timedelta(seconds=2)
    if due.strftime("%H:%M") not in write["alarm"].split("|"):
        return False
    if "day" not in write:
        return due - now <= timedelta(days=1, minutes=1)
    return due.date() == day(f"+{write['day']}" if isinstance(write["day"], int) else write["day"], now)


def _astray(turn: Turn, made: Changes, heard: Heard) -> list[Timer]:
    """The timers that nobody wanted."""
    wanted = [one for one in (*turn.writes, *turn.may) if "timer_secs" in one or "alarm" in one]
    return [timer for timer in made.begun if not any(_rings(one, timer, heard.now) for one in wanted)]


def _kinds(turn: Turn, *names: str) -> bool:
    return any(name in write for write in turn.writes for name in names)


def _any(patterns: Sequence[str], text: str) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


def _wordy(turn: Turn, heard: Heard) -> bool:
    """Whether what it cannot do is told at length."""
    return turn.ability == "none" and len(heard.answer.split()) > _LONG_REFUSAL_WORDS
