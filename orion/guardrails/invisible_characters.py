"""Removes characters that people cannot see but models read.

Hidden text is a known way to smuggle instructions: Unicode tag characters, zero-width characters,
bidirectional controls, variation selectors in bulk and private-use characters (Unicode TR 36, 3.2;
TR 39, 5.4). Joiners inside a word (emoji sequences, Persian, Hindi) are left alone.
"""

from __future__ import annotations

import re
from typing import Any

from orion.domain.guardrail import Action, Finding, Utterance

_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls but tab and line breaks
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\uffff"
    "\ud800-\udfff\ue000-\uf8ff"  # lone surrogates, private use
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff"  # tags, private planes
    "]+"
    "|(?<!\\w)[\u200c\u200d]+(?!\\w)(?![\U0001f000-\U0001faff\u2600-\u27bf])"  # joiners that join nothing
    "|[\ufe00-\ufe0f]{2,}"  # runs of variation selectors carry bytes
)


def check(utterance: Utterance, _state: dict[str, Any]) -> list[Finding]:
    """A masking finding per run of invisible characters; the mask is the empty text."""
    return [
        Finding("invisible_characters", "invisible_characters", match.start(), match.end(), Action.MASK)
        for match in _INVISIBLE.finditer(utterance.text)
    ]
