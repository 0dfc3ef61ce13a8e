"""Values by their neighbours in the example phrases: `write apples into the ledger` shows where pears stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from orion.domain.text.said import Said, plain
from orion.domain.tool import Tool
from orion.providers.offline import free_text, values

_LEAST_FIXED = 2
"""So many words of an example stand around a value that has no placeholder."""
_LIGHT = frozenset("a an the of is are and to for with on in at".split())


def text(examples: Iterable[str], said: Said) -> str | None:
    """The user's words that stand where an example without placeholders has others of its own."""
    words = said.text.split()
    best: tuple[int, str] | None = None
    for example in examples:
        found = _other(plain(example).split(), words)
        if found is None:
            continue
        fixed, first, last = found
        if best is None or fixed > best[0]:
            start = said.starts[first]
            value = free_text.tidy(said.original(start, said.starts[last] + len(said.words[last].text)))
            best = (fixed, value) if value else best
    return best[1] if best else None


def _other(example: list[str], words: list[str]) -> tuple[int, int, int] | None:
    """How many words are the same around the one run that is not, and where that is in `words`."""
    for lead in range(min(4, len(words))):
        begin = _same(example, words[lead:])
        if not begin:
            continue
        end = _same(example[begin:][::-1], words[lead + begin :][::-1])
        rest = len(example) - begin - end
        first, last = lead + begin, len(words) - end - 1
        telling = [word for word in (*example[:begin], *example[len(example) - end :]) if word not in _LIGHT]
        if rest > 0 and first <= last and len(telling) >= _LEAST_FIXED:
            return begin + end, first, last
    return None


def _same(first: list[str], second: list[str]) -> int:
    """How many words at the beginning of both are the same."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count


def numbers(tool: Tool, text: str, wanted: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The numbers of the text, each to the property in whose place the examples have like neighbours."""
    if not wanted:
        return {}
    left = list(values.NUMBER.finditer(text))
    found: dict[str, Any] = {}
    ranked = sorted(
        (
            (-_likeness(name, tool, text, match), index, order, name)
            for order, name in enumerate(wanted)
            for index, match in enumerate(left)
        ),
    )
    taken: set[int] = set()
    for _, index, _, name in ranked:
        if name in found or index in taken:
            continue
        value = values.number(wanted[name], left[index][0])
        if value is not None:
            found[name] = value
            taken.add(index)
    return found


def _likeness(name: str, tool: Tool, text: str, match: re.Match[str]) -> int:
    """How many of the words beside a number stand beside the property's place in an example, too."""
    before, behind = _beside(text, match)
    known_before, known_behind = _sides(tool.examples, name)
    own = {word for word in re.split(r"[_\W]+", name.lower()) if word}
    named = any(word in own or word.removesuffix("s") in own for word in (before, behind))
    return 2 * (behind in known_behind) + (before in known_before) + 2 * named


def _beside(text: str, match: re.Match[str]) -> tuple[str, str]:
    before = [word for word in text[: match.start()].split() if word not in ("a", "the", "an")]
    behind = text[match.end() :].split()
    return before[-1] if before else "", behind[0] if behind else ""


@lru_cache(maxsize=1024)
def _sides(examples: tuple[str, ...], name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words before and behind a placeholder in the examples."""
    before, behind = set(), set()
    for example in examples:
        parts = free_text.template(example)
        for at, part in enumerate(parts):
            if part == f"{{{name}}}":
                before |= {parts[at - 1].split()[-1]} if at and "{" not in parts[at - 1] else set()
                after = parts[at + 1] if at + 1 < len(parts) else "{"
                behind |= {after.split()[0]} if "{" not in after else set()
    return frozenset(before), frozenset(behind)
