"""A text that comes in pieces, of servers that send what is new, or all of it anew."""

from __future__ import annotations

_CHANCE = 4
"""So many characters do not begin two pieces by chance, where there is no third."""


class Growing:
    """Gives what each piece adds.

    Pieces of which each begins with all before it are the whole text anew. Two may be so by chance ("co",
    "co coconut"), three are not: the second one waits for the third.
    """

    def __init__(self) -> None:
        self._said = ""
        self._waits = ""
        self._last = ""
        self._anew: bool | None = None
        self._messages = False

    def add(self, piece: str) -> str:
        """The words of a delta."""
        if not piece:
            return ""
        grows = bool(self._last) and len(piece) > len(self._last) and piece.startswith(self._last)
        before, self._last = self._last, piece
        if self._anew:
            return self._say(piece[len(before) :] if piece.startswith(before) else "")
        if self._anew is False or not before:
            return self._say(piece)
        if self._waits:
            self._anew, waited, self._waits = grows, self._waits, ""
            return self._say(piece[len(self._said) :] if grows else waited + piece)
        if grows:
            self._waits = piece
            return ""
        self._anew = False
        return self._say(piece)

    def whole(self, text: str) -> str:
        """The words of a message: of one that holds all that came before, what is new."""
        waited = self.rest() if text else ""
        if not text or (self._said and not self._messages and not text.startswith(self._said)):
            return waited
        new = text.removeprefix(self._said)
        self._messages = self._messages or not self._said
        return waited + self._say(new)

    def rest(self) -> str:
        """The words that waited, at the end."""
        waited, self._waits = self._waits, ""
        if len(self._said) >= _CHANCE:
            waited = waited.removeprefix(self._said)
        return self._say(waited)

    def _say(self, text: str) -> str:
        self._said += text
        return text
