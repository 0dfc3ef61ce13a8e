"""What people ask about percentages, bills, tips and shares, in sentences instead of formulas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from orion.domain.tool import ToolFailure

_MONEY = r"(?:dollars?|euros?|pounds?|yen|cents?|francs?|rupees?|crowns?|pesos?|bucks)"
_A = r"(?P<a>\d+(?:\.\d+)?)"
_B = r"(?P<b>\d+(?:\.\d+)?)"
_PERCENTAGE = r"(?:percent|percentage)"
_SHARE = re.compile(
    rf"(?:what|how many|which) {_PERCENTAGE}(?: of {_A} (?:is|are|makes?) {_B}"
    rf"| (?:is|are) (?P<b2>\d+(?:\.\d+)?) (?:out )?of (?P<a2>\d+(?:\.\d+)?))"
    rf"|(?P<b3>\d+(?:\.\d+)?) (?:is|are) (?:what|how many|which) {_PERCENTAGE} of (?P<a3>\d+(?:\.\d+)?)"
    rf"|(?P<b4>\d+(?:\.\d+)?) (?:out )?of (?P<a4>\d+(?:\.\d+)?) (?:in percent|as (?:a |an )?{_PERCENTAGE})"
)
_CHANGE = re.compile(
    rf"(?:{_PERCENTAGE} )?(?:change|increase|decrease|rise|growth|difference)(?: in {_PERCENTAGE})?"
    rf" from {_A} to {_B}"
)
_WHOLE = re.compile(rf"{_A} (?:is|are) {_B} percent of (?:what|which)")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?) percent\b")
_EXTRA = re.compile(r"\b(tip|gratuity|vat|tax|sales tax)\b")
_OFF = re.compile(r"\b(?:off|discount|reduction|rebate|reduced|discounted|cheaper|sale)\b")
_SPLIT = re.compile(
    r"\b(?:split|share|shared|shares|sharing|divide|divided|each|everyone|everybody|apiece"
    r"|per (?:person|head))\b"
)
_PEOPLE = re.compile(
    r"\b(?P<me>me and (?:my )?|myself and (?:my )?|i and )?(?<![\d.])(?P<n>\d+) (?:(?!\d)\w+ )?"
    r"(?:people|persons|friends|of us|ways|guests|roommates|colleagues|kids|children|couples|men|women|diners"
    r"|parts)\b"
    r"|\b(?:(?:between|among|amongst) (?:the |us |all )*|(?:split|shared?)(?: up)? (?:by|with) )(?P<m>\d+)\b"
    r"|\bus (?P<k>\d+)\b|\b(?P<half>in half|halfway|both of us|50 / 50|half and half)\b"
)
_EACH = re.compile(
    rf"(?P<n>\d+) (?:\w+ ){{0,3}}?(?:at|for|cost|costs|costing|of) {_A}(?: (?P<unit>{_MONEY}))?"
    r" (?:each|apiece|a piece|per \w+)"
)
_ONLY_EXTRA = re.compile(
    r"\b(?:how much|what) (?:is|would be|should|do i|shall i|tip)\b.*\b(?:tip|tax|vat|gratuity)\b"
    r"|\A(?:calculate |compute )?(?:the |a )?(?:\d+ percent )?(?:tip|tax|vat|gratuity)\b"
    r"|\btip (?:of )?\d+ percent"
)
_TOTAL = re.compile(r"\b(?:pay|total|altogether|all together|cost|costs|come to|with tip|including|plus)\b")
_NUMBER = re.compile(rf"(?P<number>\d+(?:\.\d+)?)(?: (?P<unit>{_MONEY}))?(?! percent)\b")


@dataclass(frozen=True, slots=True)
class Solved:
    """The answer: its value, its `unit` (a currency, "percent" or empty), and how it is said."""

    value: Decimal
    unit: str
    spoken: str


Say = Callable[[Decimal, str], str]
"""How a number with its unit is said."""


def solve(text: str, say: Say) -> Solved | None:
    """The answer to a question in the plain form; None if it is none of these.

    Raises:
        ToolFailure: It is one, and has no answer.
    """
    return _share(text, say) or _extra(text, say) or _off(text, say) or _each(text, say) or _split(text, say)


def currency(text: str) -> str:
    """The one currency of a text, in the plural; empty for none. Raises ToolFailure for several."""
    found = {word if word in {"yen", "dollars"} else f"{word.rstrip('s')}s" for word in _currencies(text)}
    if len(found) > 1:
        raise ToolFailure("I do not know exchange rates, so I cannot mix currencies.")
    return found.pop() if found else ""


def without_currency(text: str) -> str:
    """The text without the names of its currency."""
    return re.sub(rf"(?<=\d) {_MONEY}\b(?: each)?", "", text)


def _currencies(text: str) -> Iterator[str]:
    for word in re.findall(rf"(?<=\d) ({_MONEY})\b", text):
        yield "dollars" if word == "bucks" else word


def _share(text: str, say: Say) -> Solved | None:
    if found := _SHARE.search(text):
        part = next(Decimal(found[name]) for name in ("b", "b2", "b3", "b4") if found[name])
        whole = next(Decimal(found[name]) for name in ("a", "a2", "a3", "a4") if found[name])
        return _percent(part, whole, say)
    if found := _CHANGE.search(text):
        before, after = Decimal(found["a"]), Decimal(found["b"])
        return _percent(after - before, before, say)
    if found := _WHOLE.search(text):
        percent = Decimal(found["b"])
        if not percent:
            raise ToolFailure("Nothing is zero percent of anything but zero.")
        value = Decimal(found["a"]) * 100 / percent
        return Solved(value, "", say(value, ""))
    return None


def _percent(part: Decimal, whole: Decimal, say: Say) -> Solved:
    if not whole:
        raise ToolFailure("There is no percentage of zero.")
    value = part * 100 / whole
    return Solved(value, "percent", say(value, "percent"))


def _extra(text: str, say: Say) -> Solved | None:
    """A bill with a tip or a tax."""
    kind, percent = _EXTRA.search(text), _PERCENT.search(text)
    if kind is None or percent is None:
        return None
    amount, unit = _amount(text)
    if amount is None:
        return None
    share = amount * Decimal(percent[1]) / 100
    total, people = amount + share, _people(text)
    name = "tip" if kind[1] == "gratuity" else kind[1]
    if people is not None:
        each = total / people
        return Solved(each, unit, f"{say(each, unit)} each, {say(total, unit)} with the {name}")
    if _ONLY_EXTRA.search(text) and not _TOTAL.search(text):
        return Solved(share, unit, f"{say(share, unit)}, so {say(total, unit)} in total")
    return Solved(total, unit, f"{say(total, unit)}, with a {name} of {say(share, unit)}")


def _off(text: str, say: Say) -> Solved | None:
    percent = _PERCENT.search(text)
    if percent is None or not _OFF.search(text):
        return None
    amount, unit = _amount(text)
    if amount is None:
        return None
    value = amount * (100 - Decimal(percent[1])) / 100
    return Solved(value, unit, say(value, unit))


def _each(text: str, say: Say) -> Solved | None:
    found = _EACH.search(text)
    if found is None:
        return None
    value, unit = Decimal(found["n"]) * Decimal(found["a"]), currency(text)
    return Solved(value, unit, say(value, unit))


def _split(text: str, say: Say) -> Solved | None:
    people = _people(text)
    if people is None or not _SPLIT.search(text):
        return None
    amount, unit = _amount(text)
    if amount is None:
        return None
    return Solved(amount / people, unit, f"{say(amount / people, unit)} each")


def _people(text: str) -> Decimal | None:
    found = _PEOPLE.search(text) if _SPLIT.search(text) else None
    if found is None:
        return None
    count = Decimal(2) if found["half"] else Decimal(found["n"] or found["m"] or found["k"])
    count += bool(found["me"])
    if not count:
        raise ToolFailure("I cannot divide by zero.")
    return count


def _amount(text: str) -> tuple[Decimal | None, str]:
    """The sum of the amounts of money in a text, else its one number; and its currency."""
    unit = currency(text)
    numbers = [found for found in _NUMBER.finditer(_without_people(text)) if not _is_percent(found)]
    money = [found for found in numbers if found["unit"]]
    chosen = money or numbers[:1]
    return (sum((Decimal(found["number"]) for found in chosen), Decimal(0)) if chosen else None), unit


def _is_percent(found: re.Match[str]) -> bool:
    return found.string[found.end() :].startswith(" percent")


def _without_people(text: str) -> str:
    return _PEOPLE.sub(" ", text) if _SPLIT.search(text) else text
