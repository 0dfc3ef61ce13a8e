"""The user's own words, said to the user: "my dog" is "your dog"."""

from __future__ import annotations

import re

_TURNED = (
    (r"my", "your"),
    (r"mine", "yours"),
    (r"myself", "yourself"),
    (r"i am|i['\u2019]m", "you are"),
    (r"i was", "you were"),
    (r"i['\u2019](ve|d|ll)", r"you'\1"),
    (r"i", "you"),
    (r"our", "your"),
    (r"ours", "yours"),
    (r"we['\u2019](re|ve|d|ll)", r"you'\1"),
    (r"we", "you"),
    (r"me", "you"),
)
_OF_A_NAME = r"[\w@/_-]"
"""What makes a word the part of an address, a code or a path: `me@example.org`, `B-MY 123`."""
_WORDS = [
    (
        re.compile(rf"(?<!{_OF_A_NAME})(?<!\w\.)\b(?:{words})\b(?!{_OF_A_NAME}|\.\w)", re.IGNORECASE),
        turned,
    )
    for words, turned in _TURNED
]
_AS_IT_IS = re.compile(
    r"(\"[^\"]*\"|\u201c[^\u201d]*\u201d|(?<=[a-z] )(?:My|I|We|Our|Me)(?: [A-Z][\w'\u2019]*)+"
    r"|\b[A-Z][a-z]+ I(?=[.,;]|\Z))"
)
"""What is quoted, and a title in the middle of a sentence: `I like My Fair Lady`, `Henry I`."""


def to_you(text: str) -> str:
    """The text with its first person turned, without the stop at its end."""
    parts = _AS_IT_IS.split(text)
    parts[::2] = [_turned(part) for part in parts[::2]]
    return "".join(parts).rstrip(". ")


def _turned(text: str) -> str:
    for words, turned in _WORDS:
        text = words.sub(turned, text)
    return text
