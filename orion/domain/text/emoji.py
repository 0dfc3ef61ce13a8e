"""Emoji: signs that are looked at. Source: Unicode TR51, `emoji-data.txt` and its sequences."""

from __future__ import annotations

import re

_SIGN = (
    "[\U0001f000-\U0001faff\U0001fb00-\U0001fbff\u2600-\u2775\u2794-\u27bf\u2b00-\u2bff"
    "\u231a\u231b\u2328\u23cf\u23e9-\u23fa\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2934\u2935]"
    "|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u24c2\u3030\u303d\u3297\u3299]\ufe0f"
)
"""Those that are pictures by themselves, and signs of text that U+FE0F makes pictures. The circled digits
U+2776 to U+2793 are numbers."""
_JOIN = "[\u200d\u20e3\ufe0e\ufe0f\U000e0020-\U000e007f]"
EMOJI = re.compile(f"(?:{_SIGN})(?:{_JOIN}|{_SIGN})*|[#*]\ufe0f?\u20e3|[\ufe0e\ufe0f\u20e3]")
"""A picture with what belongs to it (skin, joined pictures, flags); of a keycap the digit stays."""
