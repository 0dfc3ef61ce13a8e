"""The user's own words, said to the user: "my dog" is "your dog"."""

from __future__ import annotations

import re

_TURNED = (
    (r"\bmy\b", "your"),
    (r"\bmine\b", "yours"),
    (r"\bmyself\b", "yourself"),
    (r"\bi am\b|\bi['’]m\b", "you are"),
    (r"\bi was\b", "you were"),
    (r"\bi['’](ve|d|ll)\b", r"you'\1"),
    (r"\bi\b", "you"),
    (r"\bour\b", "your"),
    (r"\bours\b", "yours"),
    (r"\bwe['’](re|ve|d|ll)\b", r"you'\1"),
    (r"\bwe\b", "you"),
    (r"\bme\b", "you"),
)


def to_you(text: str) -> str:
    """The text with its first person turned, without the stop at its end."""
    for pattern, word in _TURNED:
        text = re.sub(pattern, word, text, flags=re.IGNORECASE)
    return text.rstrip(". ")
