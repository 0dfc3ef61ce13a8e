"""Which tool does the user mean: IDF-weighted, soft token overlap with the tools' example phrases.

No model, no language knowledge beyond stop words and a light stemmer; half a millisecond per turn.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from orion.domain.tool import Tool
from orion.providers.offline import slots
from orion.providers.offline.schema import properties

ACCEPT = 0.6
"""From this score on the tool is taken."""
ASK = 0.42
"""From this score on, and below ACCEPT, the user is asked."""
MARGIN = 0.04
"""Two tools whose scores are closer than this are both offered."""

_WORD = re.compile(r"[a-z0-9']+")
_PLACEHOLDER = re.compile(r"\{\w+\}")
_STOP = frozenset(
    "a an the please could would can you i me to of for on is are it its that this and do does will "
    "just now hey ok okay orion want like so um uh well need know let us we give get if some any been".split()
)
_GENERIC = frozenset("what whats how much who where which when tell in at my have has".split())
_LEAD = (
    r"\W*(?:(?:please|okay|ok|hey|hello|hi|orion|and|so|um|uh|well|now|can you|could you|would you|can i"
    r"|could i|i want to|i want you to|i would like to|i'd like to|i need to)\W+)*"
)
_SIMILAR = 82
_BETA = 4.0
"""Recall of an example's words counts more than precision: what fills a slot is in no example."""
_NUMBER_WEIGHT = 0.2
"""Numbers stand in what is said to any tool: they tell little."""
_FREE_WEIGHT = 0.35
"""How much a word that no tool knows counts against a tool that takes free text."""
_EVIDENCE = 0.2
"""What it adds that all arguments with a form of their own were found."""
_VERBATIM = 0.1
"""What it adds that the text reads like an example from its first word on: words in their order tell more."""
_CALCULATES = (0.9, 0.6)
"""What a calculation is worth, alone and with one more telling word beside it."""
_EXAMPLE_SHARE = 0.75
"""How much the best example counts against the share of the query that the tool knows at all."""


@dataclass(frozen=True, slots=True)
class Match:
    """A tool and how well the words fit it, 0 to 1; `example` is the phrase that fits best."""

    tool: Tool
    score: float
    example: str


class Router:
    """Routes over a fixed set of tools."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools = list(tools)
        self._phrases = {
            tool.name: [(e, tokens(_PLACEHOLDER.sub(" ", e))) for e in _phrases(tool)] for tool in self._tools
        }
        self._free = {tool.name for tool in self._tools if slots.places(tool)}
        self._patterns = {tool.name: list(_templates(tool)) for tool in self._tools}
        counts: dict[str, int] = {}
        for phrases in self._phrases.values():
            for word in {word for _, words in phrases for word in words}:
                counts[word] = counts.get(word, 0) + 1
        total = max(1, len(self._tools))
        self._weights = {word: math.log(1 + total / count) for word, count in counts.items()}
        self._unknown = sum(self._weights.values()) / max(1, len(self._weights))

    def rank(self, text: str) -> list[Match]:
        """All tools that fit at all, best first."""
        query = tokens(text)
        found = [match for tool in self._tools if (match := self._match(tool, text, query)).score > 0]
        return sorted(found, key=lambda match: -match.score)

    def _match(self, tool: Tool, text: str, query: list[str]) -> Match:
        phrases = self._phrases[tool.name]
        known = {word for _, words in phrases for word in words}
        share = self._covered(query, known)
        floor = max((b for pattern, b in self._patterns[tool.name] if pattern.match(text)), default=0.0)
        free = _FREE_WEIGHT if tool.name in self._free else 1.0
        best = max(
            ((self._overlap(query, words, free), example) for example, words in phrases), default=(0.0, "")
        )
        score = _EXAMPLE_SHARE * best[0] + (1 - _EXAMPLE_SHARE) * share
        if floor:
            score = max(score, floor) + _VERBATIM
        if score >= _EVIDENCE:
            score += _EVIDENCE * slots.evidence(tool, text)
        return Match(tool, min(0.95, max(score, _calculates(tool, text))), best[1])

    def _overlap(self, query: list[str], words: list[str], free: float) -> float:
        """F-measure of both coverages; the free text of a placeholder counts little against the query."""
        if not words:
            return 0.0
        precision, recall = self._covered(query, words, free), self._covered(words, query)
        if not precision or not recall:
            return 0.0
        return (1 + _BETA) * precision * recall / (_BETA * precision + recall)

    def _covered(self, words: Iterable[str], by: Iterable[str], free: float = 1.0) -> float:
        """The share of the weight of `words` that has a like in `by`; unknown words count `free` times."""
        listed, others = list(words), list(by)
        whole = sum(self._weight(word, free) for word in listed)
        if not whole:
            return 0.0
        return sum(self._weight(word, free) for word in listed if _has(others, word)) / whole

    def _weight(self, word: str, free: float) -> float:
        if word == "#":
            return _NUMBER_WEIGHT * self._unknown
        return self._weights.get(word, free * self._unknown)


def tokens(text: str) -> list[str]:
    """The words that say something, stemmed; every number is `#`."""
    words = _WORD.findall(slots.digits(text))
    return ["#" if word[0].isdigit() else _stem(word) for word in words if word not in _STOP]


def _calculates(tool: Tool, text: str) -> float:
    """What a calculation in the text is worth to a tool that takes one."""
    if not any(prop.get("x-kind") == "arithmetic" for prop in properties(tool.parameters).values()):
        return 0.0
    calculation = slots.arithmetic(text)
    if calculation is None:
        return 0.0
    within = set(tokens(calculation))
    beside = [word for word in tokens(text) if word not in within and word not in _GENERIC and word != "#"]
    return _CALCULATES[len(beside)] if len(beside) < len(_CALCULATES) else 0.0


def _templates(tool: Tool) -> Iterator[tuple[re.Pattern[str], float]]:
    """A pattern per example with a place for free text, and the score that a match is worth at least.

    The more telling words stand in it, the more: `what is {x}` alone tells nothing.
    """
    for example in tool.examples:
        telling = [word for word in tokens(_PLACEHOLDER.sub(" ", example)) if word not in _GENERIC]
        if telling and "{" in example:
            words = [
                r".+" if part.startswith("{") else r"\s+".join(map(re.escape, part.split()))
                for part in re.split(r"(\{\w+\})", example.lower())
                if part.strip()
            ]
            pattern = re.compile(_LEAD + r"\s+".join(words) + r"\W*\Z", re.IGNORECASE)
            yield pattern, min(0.95, 0.55 + 0.15 * len(telling))


def _phrases(tool: Tool) -> list[str]:
    """The examples that tell something; `what is {x}` only helps to find the slot."""
    phrases = [*tool.examples, tool.name.replace("_", " ")]
    return [phrase for phrase in phrases if set(tokens(_PLACEHOLDER.sub(" ", phrase))) - _GENERIC]


def _has(words: list[str], word: str) -> bool:
    return word in words or (
        len(word) > 4
        and any(
            len(other) > 4 and other[0] == word[0] and fuzz.ratio(word, other) >= _SIMILAR for other in words
        )
    )


def _stem(word: str) -> str:
    word = word.removesuffix("'s").replace("'", "")
    for ending in ("ings", "ing", "ies", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
