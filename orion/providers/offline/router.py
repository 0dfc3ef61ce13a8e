"""Which tool does the user mean, if any: by words that are weighed by rarity.

First the words that the text shares with each tool's examples are weighed. Then the slots of the few best
are filled, and what neither the tool's words nor a filled slot explains counts against it: a text whose
words are mostly unexplained is meant for no tool. No model, no language knowledge beyond stop words and a
light stemmer. A `Similarity` may add what texts mean.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from rapidfuzz import fuzz

from orion.domain.text.said import Said, normal, plain
from orion.domain.tool import Tool
from orion.providers.offline import free_text, slots, spelling, values
from orion.providers.offline.schema import properties
from orion.providers.offline.wording import GENERIC, LEAD, LIGHT, STOP

ACCEPT = 0.6
"""From this score on the tool is taken."""
ASK = 0.42
"""From this score on, and below ACCEPT, the user is asked."""
MARGIN = 0.04
"""Two tools whose scores are closer than this are both offered."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SIMILAR = 82
_BETA = 4.0
"""Recall of an example's words counts more than precision: what fills a slot is in no example."""
_NUMBER_WEIGHT = 0.2
"""Numbers stand in what is said to any tool: they tell little."""
_FREE_WEIGHT = 0.35
"""How much a word that no tool knows counts at first against a tool that takes free text."""
_LIGHT_WEIGHT = 0.2
"""How much a word counts that no tool knows, and that tells little."""
_EVIDENCE = 0.2
"""What it adds that all arguments with a form of their own were found."""
_VERBATIM = 0.1
"""What it adds that the text reads like an example from its first word on: words in their order tell more."""
_CALCULATES = (0.9, 0.6)
"""What a calculation is worth, alone and with one more telling word beside it."""
_EXAMPLE_SHARE = 0.75
"""How much the best example counts against the share of the query that the tool knows at all."""
_CANDIDATE = 0.2
"""From this first score on a tool's slots are looked at."""
_MOST_CANDIDATES = 5
_EXPLAINED = 0.65
"""So much of the telling words must be explained for the full score; below, it falls with the share."""
_NOTHING_TO_CALCULATE = 0.8
_WITHOUT_OBJECT = 0.65
"""What it takes that the last telling word is not explained, nor anything filled: `turn off the tv`."""
_VERBATIM_ENOUGH = 0.9
_MOST = 0.95
_AMOUNT = frozenset("# second minute minut hour day week".split())
"""A sentence of nothing but these is a value, and asks for nothing."""
_LACKS = 0.15
"""So much behind is a tool whose slot is not filled, when another one lacks nothing."""
_TOLD = 0.08
"""So much before others is a tool whose own reading of the sentence gives it arguments."""
_UNDERSTOOD = 0.82
"""What a tool's own reading is worth: less than an example of another tool, word for word."""
_ALL_GENERIC = (3, 0.6)
"""An example of so many words that all tell little is worth this much, if the whole text reads like it."""


class Similarity(Protocol):
    """What knows how alike texts are in meaning."""

    def __call__(self, text: str, examples: Sequence[str]) -> Sequence[float]:
        """The cosine of the text with each example, -1 to 1."""


_MEANING = (0.8, 0.35)
"""What a like meaning adds: this times the cosine above that."""


@dataclass(frozen=True, slots=True)
class Match:
    """A tool and how well the words fit it, 0 to 1; `arguments` are what the text gives."""

    tool: Tool
    score: float
    example: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is prepared of a tool: its phrases with their words, all its words, and its patterns."""

    tool: Tool
    phrases: tuple[tuple[str, frozenset[str]], ...]
    words: frozenset[str]
    explains: frozenset[str]
    patterns: tuple[tuple[re.Pattern[str], float], ...]
    properties: Mapping[str, dict[str, Any]]
    free: bool
    calculates: bool
    generic: bool


class Router:
    """Routes over a fixed set of tools."""

    def __init__(self, tools: Iterable[Tool], similarity: Similarity | None = None) -> None:
        self._tools = [_prepared(tool) for tool in tools]
        self._similarity = similarity
        counts: dict[str, int] = {}
        for known in self._tools:
            for word in known.words:
                counts[word] = counts.get(word, 0) + 1
        total = max(1, len(self._tools))
        self._weights = {word: math.log(1 + total / count) for word, count in counts.items()}
        self._unknown = sum(self._weights.values()) / max(1, len(self._weights))
        self._vocabulary = spelling.vocabulary(
            word for known in self._tools for example in known.tool.examples for word in _spoken(example)
        )
        self._alike: dict[str, frozenset[str]] = {}
        self._ranked: dict[str, list[Match]] = {}

    def heard(self, text: str) -> Said:
        """The plain form of the text, typing errors mended."""
        return spelling.mended(normal(text), self._vocabulary)

    def new_turn(self) -> None:
        """Forget what was ranked: another turn may be another day."""
        self._ranked.clear()

    def rank(self, text: str) -> list[Match]:
        """The tools that may be meant, best first."""
        if text not in self._ranked:
            self._ranked[text] = self._rank(text)
        return self._ranked[text]

    def _rank(self, text: str) -> list[Match]:
        said = self.heard(text)
        query = tokens(said.text)
        alike = {word: self._like(word) for word in query}
        reached = frozenset[str]().union(*alike.values())
        first = [
            (self._first(known, said, query, alike), known)
            for known in self._tools
            if known.calculates or known.generic or reached & known.words
        ]
        first.sort(key=lambda pair: -pair[0][0])
        fits = {known.tool.name: score for (score, _), known in first}
        found = list(self._understood(text, said, fits))
        if set(query) <= _AMOUNT:
            return found
        sure = {match.tool.name for match in found}
        found += [
            self._judged(known, said, query, Match(known.tool, score, example))
            for (score, example), known in first[:_MOST_CANDIDATES]
            if score >= _CANDIDATE and known.tool.name not in sure
        ]
        fitting = [match for match in self._by_meaning(text, found) if match.score > 0]
        return sorted(fitting, key=_order)

    def _understood(self, text: str, said: Said, fits: Mapping[str, float]) -> Iterator[Match]:
        """The tools whose own reading of the sentence is sure of it."""
        for known in self._tools:
            read = known.tool.understand
            arguments = read(text) if read else None
            if read and arguments is None and said.text != normal(text).text:  # with its slips mended
                arguments = read(said.text)
            if arguments is not None:
                score = max(_UNDERSTOOD, min(_MOST, fits.get(known.tool.name, 0.0)))
                yield Match(known.tool, score, "", dict(arguments))

    def _first(
        self, known: _Known, said: Said, query: list[str], alike: Mapping[str, frozenset[str]]
    ) -> tuple[float, str]:
        """How well the words fit, before the slots are looked at, and the example that fits best."""
        free = _FREE_WEIGHT if known.free else 1.0
        weight = [self._weight(word, free) for word in query]
        whole = sum(weight)
        full = [self._weight(word, 1.0) for word in query]
        best, phrase, reached = 0.0, "", set[str]()
        for word in query:
            reached |= alike[word]
        for example, words in known.phrases:
            common = words & reached
            if not common - GENERIC:
                continue
            precision = sum(w for w, word in zip(weight, query, strict=True) if alike[word] & words) / whole
            recall = sum(self._weights[word] for word in common) / sum(self._weights[word] for word in words)
            fit = (1 + _BETA) * precision * recall / (_BETA * precision + recall) if precision else 0.0
            if fit > best:
                best, phrase = fit, example
        share = sum(w for w, word in zip(full, query, strict=True) if alike[word] & known.words)
        score = _EXAMPLE_SHARE * best + (1 - _EXAMPLE_SHARE) * (share / sum(full) if query else 0.0)
        if best or known.generic:
            floor = max((b for pattern, b in known.patterns if pattern.match(said.text)), default=0.0)
            if floor:
                score = max(score, floor) + _VERBATIM
        return max(score, _calculation(known, said.text)), phrase

    def _judged(self, known: _Known, said: Said, query: list[str], match: Match) -> Match:
        """The match with its slots: what they do not explain counts against it."""
        arguments = slots.fill(known.tool, said, known=known.properties)
        filled = {
            token
            for name, value in arguments.items()
            for token in tokens(values.explains(known.properties[name], value))
        }
        telling = [word for word in query if word != "#" and word not in GENERIC and word not in LIGHT]
        own = filled | known.explains
        explained = [word for word in telling if word in own or self._like(word) & known.words]
        share = len(explained) / len(telling) if telling else 1.0
        score = match.score + _EVIDENCE * slots.evidence(known.tool, arguments)
        if known.calculates and not arguments:
            score *= _NOTHING_TO_CALCULATE
        if share < _EXPLAINED:
            score *= share / _EXPLAINED
        last = query[-1:] == telling[-1:] and not set(query[-1:]) & set(explained)
        if last and telling and self._lost(known, arguments, query):
            score *= _WITHOUT_OBJECT
        return Match(known.tool, min(_MOST, score), match.example, arguments)

    def _lost(self, known: _Known, arguments: Mapping[str, Any], query: list[str]) -> bool:
        """Whether a last word that nothing explains is no value that the tool waits for."""
        name = slots.missing(known.tool, arguments)
        awaited = name is not None and values.is_free(known.properties.get(name, {"enum": ()}))
        return not arguments and not awaited and not self._like(query[-1])

    def _by_meaning(self, text: str, found: list[Match]) -> list[Match]:
        """The matches with what their examples mean, where something knows it."""
        if self._similarity is None or any(match.score >= _VERBATIM_ENOUGH for match in found):
            return found
        scores = {match.tool.name: match for match in found}
        factor, least = _MEANING
        added: list[Match] = []
        for known in self._tools:
            meant = max(self._similarity(text, [phrase for phrase, _ in known.phrases]), default=0.0)
            match = scores.get(known.tool.name) or Match(known.tool, 0.0, "", slots.fill(known.tool, text))
            score = match.score + factor * (meant - least)
            added.append(Match(known.tool, max(0.0, min(_MOST, score)), match.example, match.arguments))
        return added

    def _weight(self, word: str, free: float) -> float:
        if word == "#":
            return _NUMBER_WEIGHT * self._unknown
        return self._weights.get(word, (_LIGHT_WEIGHT if word in LIGHT else free) * self._unknown)

    def _like(self, word: str) -> frozenset[str]:
        """The tools' words that are the same, or nearly."""
        found = self._alike.get(word)
        if found is None:
            found = frozenset(other for other in self._weights if _alike(word, other))
            if len(self._alike) < 4096:
                self._alike[word] = found
        return found


def _order(match: Match) -> tuple[float, float]:
    """Best first; of two that are as good as each other, the one that lacks nothing."""
    told = 0.0 if match.example or not match.arguments else _TOLD
    return (_LACKS * _lacks(match) - match.score - told, -match.score)


def _lacks(match: Match) -> bool:
    """Whether a value with a form of its own is missing; a free text may stand in what was said before."""
    name = slots.missing(match.tool, match.arguments)
    return name is not None and not values.is_free(properties(match.tool.parameters).get(name, {}))


def rivals(ranked: Sequence[Match]) -> list[Match]:
    """The match that is as good as the first; none where it lacks what the first one has."""
    whole = not _lacks(ranked[0])
    return [
        match
        for match in ranked[1:2]
        if ranked[0].score - match.score < MARGIN
        and not (whole and _lacks(match))
        and not (not ranked[0].example and ranked[0].arguments and not match.arguments)
    ]


def tokens(text: str) -> list[str]:
    """The words of a plain text that say something, stemmed; every number is `#`."""
    words = _WORD.findall(plain(text))
    return ["#" if word[0].isdecimal() else _stem(word) for word in words if word not in STOP]


def _prepared(tool: Tool) -> _Known:
    phrases = tuple((e, frozenset(tokens(_fixed(e)))) for e in _phrases(tool))
    props = properties(tool.parameters)
    beside = [tool.description, tool.name.replace("_", " "), *(name.replace("_", " ") for name in props)]
    beside += [str(option) for prop in props.values() for option in prop.get("enum", ())]
    beside += [str(prop.get("description", "")) for prop in props.values()]
    return _Known(
        tool,
        phrases,
        frozenset(word for _, words in phrases for word in words),
        frozenset(word for text in beside for word in tokens(text)),
        tuple(_templates(tool)),
        props,
        any(values.is_free(prop) for prop in props.values()),
        any(prop.get("x-kind") == "arithmetic" for prop in props.values()),
        any("{" in example and not set(tokens(_fixed(example))) - GENERIC for example in tool.examples),
    )


def _spoken(example: str) -> list[str]:
    return _fixed(example).split()


def _fixed(example: str) -> str:
    """An example in the plain form, without its placeholders."""
    return " ".join(part for part in free_text.template(example) if not part.startswith("{"))


def _calculation(known: _Known, text: str) -> float:
    """What a calculation in the text is worth to a tool that takes one."""
    calculation = values.arithmetic(text) if known.calculates else None
    if calculation is None:
        return 0.0
    within = set(tokens(calculation))
    beside = [word for word in tokens(text) if word not in within and word not in GENERIC and word != "#"]
    return _CALCULATES[len(beside)] if len(beside) < len(_CALCULATES) else 0.0


def _templates(tool: Tool) -> Iterator[tuple[re.Pattern[str], float]]:
    """A pattern per example with a place for free text, and the score that a match is worth at least.

    The more telling words stand in it, the more: `what is {x}` alone tells nothing.
    """
    for example in tool.examples:
        telling = [word for word in tokens(_fixed(example)) if word not in GENERIC]
        fixed = len(_fixed(example).split())
        if "{" in example and (telling or fixed >= _ALL_GENERIC[0]):
            worth = min(_MOST, 0.55 + 0.15 * len(telling)) if telling else _ALL_GENERIC[1]
            parts = [
                r".+" if part.startswith("{") else free_text.fixed(part)
                for part in free_text.template(example)
            ]
            yield re.compile(LEAD + " ".join(parts) + r"\Z"), worth


def _phrases(tool: Tool) -> list[str]:
    """The examples that tell something; `what is {x}` only helps to find the slot."""
    phrases = [*tool.examples, tool.name.replace("_", " ")]
    return [phrase for phrase in phrases if set(tokens(_fixed(phrase))) - GENERIC]


def _alike(word: str, other: str) -> bool:
    return word == other or (
        len(word) > 4 and len(other) > 4 and other[0] == word[0] and fuzz.ratio(word, other) >= _SIMILAR
    )


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    word = word.removesuffix("'s").replace("'", "")
    for ending in ("ings", "ing", "ies", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
