"""Where a text stands: in code, which Markdown fences or quotes, or at the beginning of a line."""

from __future__ import annotations

import re

_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_QUOTED = re.compile(r"(?:\A|[^\w`])`+[^`]*\Z")


class Code:
    """Follows a text.

    Attributes:
        fenced: It is within a block of code.
        last: Its last character; empty at its beginning.
    """

    def __init__(self) -> None:
        self.fenced = False
        self.last = ""
        self._line = ""

    @property
    def at_line_start(self) -> bool:
        """Whether nothing stands in this line yet."""
        return not self._line.strip()

    @property
    def open(self) -> bool:
        """Whether it is within code."""
        return self.fenced or bool(_FENCE.match(self._line)) or bool(_QUOTED.search(self._line))

    def add(self, text: str) -> None:
        """The text goes on."""
        *lines, rest = text.split("\n")
        for line in lines:
            if _FENCE.match(self._line + line):
                self.fenced = not self.fenced
            self._line = ""
        self._line += rest
        self.last = text[-1:] or self.last
