"""What was heard and is not transcribed yet: kept, so that another recogniser can hear it again. Pure.

Positions are seconds of audio since the call began.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

_KEPT_SECS = 2.0
_LONGEST_SECS = 30.0
_BEFORE_SECS = 1.0
"""Speech begins before a VAD says so, and a transcript may come so long after its last word."""

_Frame = TypeVar("_Frame")


class Hearing(Generic[_Frame]):
    """The audio that may have to be sent again, with the marks of the VAD in it, and the words that are out.

    Attributes:
        speaking: The VAD hears speech.
        owed: Speech was heard since the last transcript.
    """

    def __init__(self) -> None:
        self.speaking = False
        self.owed = False
        self._frames: deque[tuple[float, bool, _Frame]] = deque()
        self._now = 0.0
        self._done = 0.0
        self._begun = 0.0
        self._ended = 0.0
        self._out: list[str] = []
        self._overlaps = False

    def audio(self, frame: _Frame, secs: float) -> None:
        """A piece of audio; what nobody will ask for any more is dropped."""
        self._now += secs
        self._frames.append((self._now, False, frame))
        oldest = self._now - _KEPT_SECS
        if self.owed:
            oldest = max(min(oldest, self._begun - _BEFORE_SECS), self._now - _LONGEST_SECS)
        while self._frames and self._frames[0][0] <= oldest:
            self._frames.popleft()

    def started(self, mark: _Frame) -> None:
        """The VAD hears speech."""
        if not self.owed:
            self._out.clear()
            self._begun = self._now
        self.speaking = self.owed = True
        self._frames.append((self._now, True, mark))

    def stopped(self, mark: _Frame) -> None:
        """The VAD hears none any more."""
        self.speaking, self._ended = False, self._now
        self._frames.append((self._now, True, mark))

    def transcript(self, text: str, *, more: bool = False, again: bool = False) -> str:
        """The words of a transcript that are not out already, empty for none.

        Args:
            more: More of them may be owed.
            again: It is of the same speech as what is out: only what goes beyond that is told.
        """
        words = text.split()
        if again:
            words = words[_overlap(self._out, words) or len(words) :]
        elif self._overlaps:
            words = words[_overlap(self._out, words) :]
            self._overlaps = False
        self._out += words
        # In the middle of speech it is not known how much of the audio it covers.
        if self.speaking:
            self._done, self.owed = self._now - _BEFORE_SECS, True
        elif not more:
            self._done, self.owed = self._ended, False
        return " ".join(words)

    def over(self) -> bool:
        """The recogniser has given all words of what was said; whether there were any."""
        if self.speaking or not self._out:
            return False
        self._done, self.owed = self._ended, False
        return True

    def silence(self) -> None:
        """Nobody heard a word in it: it was no speech."""
        self.owed, self._done = self.speaking, self._ended

    def again(self) -> list[_Frame]:
        """What has to be heard again, in order, with the VAD's marks; from now on words may overlap."""
        self._overlaps = bool(self._out)
        return [frame for at, _, frame in self._frames if at > self._done]

    def mark_missing(self, frames: list[_Frame], starts: type[_Frame]) -> bool:
        """Whether speech goes on at the beginning of these frames, so that its mark is not among them."""
        return self.owed and not any(isinstance(frame, starts) for frame in frames)


def _overlap(before: list[str], after: list[str]) -> int:
    """How many words at the beginning of `after` are those at the end of `before`."""
    ended, begun = [_plain(word) for word in before], [_plain(word) for word in after]
    return next((n for n in range(min(len(ended), len(begun)), 0, -1) if ended[-n:] == begun[:n]), 0)


def _plain(word: str) -> str:
    return "".join(filter(str.isalnum, word.casefold())) or word
