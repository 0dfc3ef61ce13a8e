"""Free text out of what was said: what stands where a placeholder of an example phrase stands.

First the whole example is looked for, then only the words next to its placeholder (`weather in {place}`
out of `what is the weather in {place}`), the longest such anchor first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_PLACE = re.compile(r"(\{\w+\})")
_LONGEST_ANCHOR = 3
_LEADING = re.compile(
    r"^(?:(?:some|a bit of|a little|the word|the words|the name of|number|called|named|us|me)\s+)+(?=\S)"
)
_POLITE = re.compile(r"[\s,]+(?:please|for me|right now|at the moment|thanks|thank you)$")
_WHEN = re.compile(r"\s+(?:now|today|tonight|tomorrow)$")
_SENTENCE = re.compile(r"^(?:i|my|we|our|the|that|he|she|they|it)\b")
_EDGE = re.compile(r"^[\s,.;:]+|[\s.?!,;:]+$")
_NO_ANCHOR = frozenset(
    {"the", "a", "an", "is", "it", "my", "me", "to", "and", "do", "you", "i", "please", "that"}
)
_POINTS = re.compile(
    r"(?:(?:that|this|it|them|so)|(?:the|that|this) (?:result|answer|sum|number|thing|one|last one))\Z",
    re.IGNORECASE,
)
"""What only points at something said before: no text of its own."""


def whole(example: str, text: str) -> dict[str, str] | None:
    """The text at each placeholder if the end of `text` reads like the whole example, else None."""
    match = _whole_pattern(example.lower()).search(text)
    found = {name: tidy(value) for name, value in match.groupdict().items()} if match else {}
    return found if all(found.values()) and found else None


def anchored(example: str, name: str, text: str) -> tuple[int, str] | None:
    """The text behind the words before placeholder `name`, and how many such words were found."""
    for words, pattern in _anchors(example.lower(), name):
        match = pattern.search(text)
        if match and (value := tidy(match[1])):
            return words, value
    return None


def tidy(value: str) -> str:
    """The value without fillers in front and politeness behind; a short one without `today` too."""
    value = _EDGE.sub("", value)
    value = _POLITE.sub("", _LEADING.sub("", value))
    if len(value.split()) <= 3 and not _SENTENCE.match(value):
        value = _WHEN.sub("", value)
    value = _EDGE.sub("", value)
    return "" if _POINTS.match(value) else value


@lru_cache(maxsize=2048)
def _whole_pattern(example: str) -> re.Pattern[str]:
    parts = [part for part in _PLACE.split(example) if part.strip()]
    pieces = [
        f"(?P<{part[1:-1]}>.+{'?' if index < len(parts) - 1 else ''})"
        if part.startswith("{")
        else _fixed(part.split())
        for index, part in enumerate(parts)
    ]
    return re.compile(r"(?:^|.*?\b)" + r"\s+".join(pieces) + r"\W*$")


@lru_cache(maxsize=2048)
def _anchors(example: str, name: str) -> tuple[tuple[int, re.Pattern[str]], ...]:
    return tuple(_anchor_patterns(example, name))


def _anchor_patterns(example: str, name: str) -> Iterator[tuple[int, re.Pattern[str]]]:
    before, _, after = example.partition(f"{{{name}}}")
    left = _PLACE.split(before)[-1].split()
    right = _PLACE.split(after)[0].split()
    last_fixed = not _PLACE.search(after)
    ends = [rf"(.+?)\s+{_fixed(right)}\b"] if right else []
    if last_fixed:
        ends.append(r"(.+)$")
    for words in range(min(_LONGEST_ANCHOR, len(left)), 0, -1):
        anchor = left[-words:]
        if words > 1 or anchor[0] not in _NO_ANCHOR:
            for end in ends:
                yield words, re.compile(rf"\b{_fixed(anchor)}\s+{end}")
    if not left and len(right) > 1:
        yield len(right), re.compile(rf"^(.+?)\s+{_fixed(right)}\b")


def _fixed(words: list[str]) -> str:
    return r"\s+".join(re.escape(word.strip(",")) + ",?" for word in words)
