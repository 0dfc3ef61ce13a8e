"""A day that is stated first and asked about then: "my exam is on March 3, how many days do I have left"."""

from __future__ import annotations

import re
from datetime import date

from orion.domain.tool import ToolFailure
from orion.tools import _days

_ASKS = re.compile(
    r"\b(?:how (?:many|long|far|much)|(?:what|which) (?:day|weekday)|(?:what|which) day of the week)\b"
)
_UNIT = re.compile(r"how many (days|weeks|months|years|sleeps|nights)\b")
_WEEKDAY = re.compile(r"(?:what|which) (?:day|weekday)\b")
_PAST = re.compile(r"\b(?:since|ago|born|was|were|have i|have we|has it|alive|been|started|met|married)\b")
_OTHERS = re.compile(r"\b(?:timers?|alarms?|remind|remember|hours?|minutes?)\b")


def question(text: str, today: date) -> str | None:
    """The question with the day in it; None if no day is stated before a question that names none."""
    asks = _ASKS.search(text)
    if asks is None or not asks.start() or _OTHERS.search(text):
        return None
    stated, asked = text[: asks.start()], text[asks.start() :]
    past = _PAST.search(text) is not None
    try:
        days = _days.find(stated, today, past=past)
        if len(days) != 1 or _days.find(asked, today):
            return None
    except ToolFailure:
        return None
    day = days[0].day
    if _WEEKDAY.match(asked):
        return f"what weekday is {day.isoformat()}"
    unit = _UNIT.match(asked)
    return f"how many {unit[1] if unit else 'days'} {'since' if day < today else 'until'} {day.isoformat()}"
