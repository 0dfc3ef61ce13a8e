"""Free text out of what was said: what stands where a placeholder of an example phrase stands.

First the whole example is looked for, then only the words next to its placeholder (`weather in {place}`
out of `what is the weather in {place}`), the longest such anchor first. Examples are read in the plain form;
the values are the user's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from orion.domain.text.said import Said, plain

PLACE = re.compile(r"(\{\w+\})")
_LONGEST_ANCHOR = 3
_LEADING = re.compile(
    r"^(?:(?:some|a bit of|a little|the word|the words|the name of|number|called|named|us|me)\s+)+(?=\S)",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"[\s,]+(?:please|pls|plz|for me|right now|at the moment|thanks|thank you|thx)[\s.!]*$", re.IGNORECASE
)
_ARTICLE = re.compile(r"\ban?\b")
_PLURAL = re.compile(r"\b(\w{2,}[^\Wsiu])s\b")
_ONLY_POLITE = re.compile(r"(?:(?:please|can|could|would|will|you|hey|okay|ok)\W*)+\Z", re.IGNORECASE)
_WHEN = re.compile(r"\s+(?:now|today|tonight|tomorrow)$", re.IGNORECASE)
_TIMED = re.compile(r"\d|\b(?:noon|midnight|morning|evening)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"^(?:i|my|we|our|the|that|he|she|they|it)\b", re.IGNORECASE)
_EDGE = re.compile(r"^[\s,.;:]+|[\s.?!,;:]+$")
_NO_ANCHOR = frozenset(
    "the a an is it my me to and do you i please that not am are who what where when which how".split()
)
_POINTS = re.compile(
    r"(?:(?:that|this|it|them|so)|(?:the|that|this) (?:result|answer|sum|number|thing|one|last one))\Z",
    re.IGNORECASE,
)
"""What only points at something said before: no text of its own."""


def points(text: str) -> bool:
    """Whether it only points at something said before: `that`, `the result`."""
    return _POINTS.match(_EDGE.sub("", text)) is not None


@lru_cache(maxsize=4096)
def template(example: str) -> tuple[str, ...]:
    """An example as its parts in the plain form, `{place}` as it is."""
    parts = [part if part.startswith("{") else plain(part) for part in PLACE.split(example)]
    return tuple(part for part in parts if part)


def whole(example: str, said: Said) -> dict[str, tuple[int, int]] | None:
    """Where each placeholder's text stands if the end of the text reads like the whole example, else None."""
    match = _whole_pattern(template(example)).search(said.text)
    found = {name: match.span(name) for name in match.groupdict()} if match else {}
    return found if found and all(tidy(said.original(*span)) for span in found.values()) else None


def anchored(example: str, name: str, said: Said) -> tuple[int, str] | None:
    """The text behind the words before placeholder `name`, and how many such words were found."""
    for words, pattern in _anchors(template(example), name):
        match = pattern.search(said.text)
        if match and (value := tidy(said.original(*match.span(1)))):
            return words, value
    return None


def tidy(value: str) -> str:
    """The value without fillers in front and politeness behind; a short one without `today` too."""
    value = _EDGE.sub("", value)
    value = _POLITE.sub("", _LEADING.sub("", value))
    if len(value.split()) <= 3 and not _SENTENCE.match(value) and not _TIMED.search(value):
        value = _WHEN.sub("", value)
    value = _EDGE.sub("", value)
    return "" if points(value) or _ONLY_POLITE.match(value) else value


def fixed(words: str) -> str:
    """A pattern for the fixed words of an example; `a` and `an` are one word, `euros` may be one `euro`."""
    return _PLURAL.sub(r"\1s?", _ARTICLE.sub("an?", re.escape(words)))


@lru_cache(maxsize=2048)
def _whole_pattern(parts: tuple[str, ...]) -> re.Pattern[str]:
    pieces = [
        f"(?P<{part[1:-1]}>.+{'?' if index < len(parts) - 1 else ''})"
        if part.startswith("{")
        else fixed(part)
        for index, part in enumerate(parts)
    ]
    return re.compile(r"(?:^|.*?\b)" + r" ".join(pieces) + r"(?: please| thanks)*$")


@lru_cache(maxsize=2048)
def _anchors(parts: tuple[str, ...], name: str) -> tuple[tuple[int, re.Pattern[str]], ...]:
    return tuple(_anchor_patterns(parts, name))


def _anchor_patterns(parts: tuple[str, ...], name: str) -> Iterator[tuple[int, re.Pattern[str]]]:
    at = parts.index(f"{{{name}}}")
    left = parts[at - 1].split() if at and not parts[at - 1].startswith("{") else []
    after = parts[at + 1 :]
    right = after[0].split() if after and not after[0].startswith("{") else []
    last_fixed = not any(part.startswith("{") for part in after)
    ends = [rf"(.+?) {fixed(' '.join(right))}\b"] if right else [r"(.+)$"] if last_fixed else []
    if at > 2 and left and "{" not in parts[0]:  # behind another placeholder: by the beginning, too
        begins = fixed(" ".join(parts[0].split()[:2]))
        for end in ends:
            yield len(left) + 1, re.compile(rf"\b{begins}\b.*? {fixed(' '.join(left))} {end}")
    for words in range(min(_LONGEST_ANCHOR, len(left)), 0, -1):
        anchor = left[-words:]
        if words > 1 or anchor[0] not in _NO_ANCHOR:
            for end in ends:
                yield words, re.compile(rf"\b{fixed(' '.join(anchor))} {end}")
    if not left and len(right) > 1:
        yield len(right), re.compile(rf"^(.+?) {fixed(' '.join(right))}\b")
