"""Going on from what was done: with other arguments, or with the result in the place of `that`.

After `15 percent of 80`, `20 percent` is `20 percent of 80`, and `of 120` is `15 percent of 120`. After
`my code is tulip42`, `it is tulip43` is `my code is tulip43`. `divide that by 3` divides the last result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orion.domain import facts
from orion.domain.text.said import plain
from orion.domain.tool import Tool
from orion.providers.offline import free_text, slots, values
from orion.providers.offline.schema import properties

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_THAT = r"(?:that|it|this|the (?:result|answer|sum|total|number|last (?:one|result|number)))"
_OPERAND = re.compile(
    rf"\b(?:(?<=of )|(?<=divide )|(?<=multiply )|(?<=take )|(?<=from )|(?<=to )|(?<=by )|(?<=plus )"
    rf"|(?<=minus )|(?<=times )"
    rf"|(?<=split )|(?<=is )|(?<=over )){_THAT}\b(?! (?:a|an|the|my|your)\b)"
    rf"|^{_THAT}(?= (?:plus|minus|times|divided by|over|squared|cubed)\b)"
)
_OPERATES = re.compile(
    r"(?:and |now |then |so |okay |please |what is )*(?:(?P<operator>plus|minus|times|divided by"
    r"|multiplied by|over)"
    r"|(?P<verb>add|subtract|take away|multiply by|divide by|multiply it by"
    r"|divide it by)) (?P<number>minus )?(?=\d)"
)
_ONE_HAND = {
    "double": "{} times 2",
    "triple": "{} times 3",
    "halve": "{} divided by 2",
    "half": "{} divided by 2",
    "square": "{} squared",
    "cube": "{} cubed",
}
_DAYS_AWAY = re.compile(
    r"(?:(?:and|so|okay|then) )*how (?:many (?P<unit>days|weeks|months)|long|far(?: away)?)"
    r"(?: (?:from now|away|left|until|till|to|is|are|there|since|(?P<past>ago|have passed|has it been|was)))*"
    r" (?:that|then|this|it)(?: day| date)?(?: away| from now)?\Z"
)
_ITS_WEEKDAY = re.compile(
    r"(?:and (?:what|which) (?:weekday|day(?: of the week)?) (?:is|was) it"
    r"|what day of the week will (?:it|that) be"
    r"|(?:(?:and|so) )*(?:what|which) (?:weekday|day(?: of the week)?) (?:is|was) (?:that|then))(?: on)?\Z"
)
_ALONE = re.compile(
    rf"(?:and |now |then |please |can you )*(?P<verb>{'|'.join(_ONE_HAND)}) {_THAT}(?: please)?\Z"
)
_VERBS = {"add": "plus", "subtract": "minus", "take away": "minus"}
_STATES = re.compile(
    r"its \w|(?:it|that|this|he|she|they|my \w+|i|its name) (?:is|was|are|were|am|should be)\b"
)
_ENDING = re.compile(rf" (?:to|from) {_THAT}\Z")
_SHORT = 3
_FEW = 4
"""So many words may be another value of a statement."""
_INTO = frozenset({"in", "into", "to"})
_MEASURE = re.compile(r"\d+(?:\.\d+)? (?!plus|minus|times|divided|percent|squared)[a-z]+")
_PERCENT = re.compile(r"\d+(?:\.\d+)?(?= percent\b.*\b(?:tip|off|discount)\b)|\d+(?:\.\d+)?(?= percent tip)")
_PEOPLE = re.compile(r"\b\d+ (?:people|persons|of us|friends|ways|guests)\b|\b\d+(?= ways\b)")
_HEAD = re.compile(r".*\b(?:until|till|til|since|before|ago was|falls on|what (?:date|day|weekday) is)\b ")
_LEADING_PLACE = re.compile(r"\A(?:over |down )?(?:in|at) (?=[a-z])", re.IGNORECASE)
_PREPOSITIONS = frozenset("in to into from until at for".split())


def pointed(text: str, done: Mapping[str, Any]) -> str | None:
    """The text with the last number or day in the place of what points at it; None where nothing does."""
    number, day = done.get("number"), done.get("day")
    return (with_result(text, number) if number else None) or (with_day(text, day) if day else None)


def with_result(text: str, result: str) -> str | None:
    """The text with the last result, a number, in the place of what points at it; None where nothing does."""
    form = plain(text)
    if alone := _ALONE.match(form):
        return _ONE_HAND[alone["verb"]].format(result)
    operates = _OPERATES.match(form)
    if operates and len(_NUMBER.findall(form)) == 1:
        verb = operates["operator"] or _VERBS.get(
            operates["verb"], "times" if "mul" in operates["verb"] else "divided by"
        )
        return f"{result} {verb} {_ENDING.sub('', form[operates.end() :])}"
    replaced, count = _OPERAND.subn(result, form, count=1)
    return (
        replaced if (count and any(letter.isdigit() for letter in form)) or (count and _unary(form)) else None
    )


def with_day(text: str, day: str) -> str | None:
    """The text with the last day, ISO 8601, in the place of what points at it; None where nothing does."""
    form = plain(text)
    if asks := _DAYS_AWAY.match(form):
        return f"how many {asks['unit'] or 'days'} {'since' if asks['past'] else 'until'} {day}"
    return f"what weekday is {day}" if _ITS_WEEKDAY.match(form) else None


def states(text: str) -> bool:
    """Whether it is a statement: `it is tulip43`."""
    return _STATES.match(plain(text)) is not None


def reworded(old: str, text: str) -> str | None:
    """A statement with another end: `it is B` after `X is A`, or the same beginning said anew."""
    a_value = len(text.split()) <= _FEW and facts.read(old) is not None
    return facts.corrected(old, text) if states(text) or a_value else _said_anew(old, text)


def changed(tool: Tool, before: Mapping[str, Any], text: str, *, corrects: bool) -> dict[str, Any]:
    """The arguments that `text` changes in those of the last call; empty where it says nothing of them."""
    form = plain(text).removeprefix("for ") if corrects else plain(text)
    known = properties(tool.parameters)
    whole = tool.understand(text) if tool.understand else None
    if whole is not None and len(whole) > 1 and not (known.keys() & {"duration", "time"}):
        return dict(whole)
    found: dict[str, Any] = {}
    for name, prop in known.items():
        old = before.get(name)
        counts = prop.get("x-kind") in ("arithmetic", "duration")
        if not isinstance(old, str) or not (values.is_free(prop) or counts):
            continue
        required = name in tool.parameters.get("required", [])
        measures = (required or values.DURATION.fullmatch(plain(old))) and (
            _NUMBER.search(plain(old)) or _MEASURE.search(form)
        )
        new = _patched(plain(old), form) if counts or measures else None
        if new is None and values.is_free(prop):
            new = _other_end(tool, plain(old), form)
        if new is None and values.is_free(prop) and corrects:
            new = reworded(old, text)
        if new is not None and new != old:
            found[name] = new
    return found or dict(whole or {}) or _filled(tool, before, text, corrects=corrects)


def _other_end(tool: Tool, old: str, form: str) -> str | None:
    """The old question with another end, if the tool reads it so: `how long until easter` for `christmas`."""
    head = _HEAD.match(old)
    if head is None or tool.understand is None or len(form.split()) > _FEW or _HEAD.match(f"{form} "):
        return None
    new = f"{head[0]}{form}"
    return new if tool.understand(new) is not None else None


def _filled(tool: Tool, before: Mapping[str, Any], text: str, *, corrects: bool) -> dict[str, Any]:
    free = slots.places(tool)
    required = [name for name in tool.parameters.get("required", []) if name in free]
    alone = required if len(required) == 1 else free
    whole = alone[0] if len(alone) == 1 and (not corrects or _brief(before.get(alone[0]))) else None
    found = slots.fill(tool, text)
    if not found and whole and not _typed_only(tool, text):
        found = slots.fill(tool, _LEADING_PLACE.sub("", text), asked=whole)
    needed = tool.parameters.get("required", [])
    if not found and corrects and needed:
        found = slots.fill(tool, text, asked=needed[0])
    return found


def _typed_only(tool: Tool, text: str) -> bool:
    """Whether the text is a bare number for a tool that counts, which is no free text."""
    props = properties(tool.parameters).values()
    return _NUMBER.fullmatch(plain(text)) is not None and any(p.get("type") in values.COUNTED for p in props)


def _brief(old: Any) -> bool:
    return not isinstance(old, str) or len(old.split()) <= _SHORT


def _patched(old: str, form: str) -> str | None:
    """The old text with the fragment in the place of what looks like it but for the numbers."""
    preposition = form.split(" ", maxsplit=1)[0]
    if preposition in _PREPOSITIONS and f" {preposition} " in old and not _NUMBER.search(form):
        return f"{old[: old.rindex(f' {preposition} ')]} {form}"
    if preposition in _INTO and not _NUMBER.search(form) and (measure := _MEASURE.search(old)):
        return f"{measure[0]} {form}"
    if not _NUMBER.search(form):
        return None
    if _NUMBER.fullmatch(form):
        places = list(_PERCENT.finditer(old)) or list(_NUMBER.finditer(old))
        return f"{old[: places[-1].start()]}{form}{old[places[-1].end() :]}" if places else None
    if _PEOPLE.fullmatch(form) and _PEOPLE.search(old):
        return _PEOPLE.sub(form, old, count=1)
    words = [re.escape(part) for part in _NUMBER.split(form)]
    shape = re.compile(r"(?<![\w.])" + _NUMBER.pattern.join(words) + r"(?![\w.])")
    return shape.sub(form, old, count=1) if shape.search(old) else _measured(old, form)


def _measured(old: str, form: str) -> str | None:
    """The old text with another amount of the same thing: `a pound` is `3 pounds`."""
    amount = _MEASURE.search(form)
    if amount is None or amount.end() != len(form):
        return None
    thing = amount[0].split()[-1].removesuffix("s")
    same = re.compile(rf"\b(?:an?|{_NUMBER.pattern}) {re.escape(thing)}s?\b")
    return same.sub(amount[0], old, count=1) if same.search(old) else None


def _said_anew(old: str, text: str) -> str | None:
    first, again = plain(old).split()[:2], plain(text).split()[:2]
    return (free_text.tidy(text) or None) if first == again and len(first) == 2 else None


def _unary(form: str) -> bool:
    return re.search(r"\b(?:half of|square root of|squared|cubed)\b", form) is not None
