"""What a text-to-speech engine was given, what was played of it, and what is left to say. Pure.

Texts are counted in words. An engine tells words as it times them, or whole sentences behind their
sound; where its words differ from the text's ("12" and "twelve"), the count catches up at the next
word that both have; one that says more words than there are may be taken to have said a few too many.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

_AHEAD = 5
"""So many words of a text may be missing from what an engine tells, before it is taken for another word."""
_LAST_WORD_SECS = 0.02
_SECS_PER_CHAR = 0.03
_USUAL_SECS_PER_CHAR = 0.07
"""About 14 characters a second: the pace of read English."""

_Frame = TypeVar("_Frame")


class Part(StrEnum):
    """What a text-to-speech engine is given."""

    BEGIN = "begin"
    """A turn begins."""
    TEXT = "text"
    """Words of the turn."""
    END = "end"
    SPEAK = "speak"
    """A text that stands alone."""
    OTHER = "other"
    """What only keeps its place between them."""


@dataclass(slots=True)
class Given(Generic[_Frame]):
    """One frame that was given: its part, its id, its words."""

    part: Part
    id: int
    frame: _Frame
    words: list[str]


class Script(Generic[_Frame]):
    """What was given and has not come out yet, in order."""

    def __init__(self) -> None:
        self._given: list[Given[_Frame]] = []
        self._said: dict[str, Given[_Frame]] = {}
        self._asked: deque[int] = deque()
        self._ahead = 0

    def __bool__(self) -> bool:
        return bool(self._given)

    @property
    def owes(self) -> bool:
        """Whether there are words that the engine began to speak, and that were not said."""
        return bool(self._asked) and self.unsaid

    @property
    def unsaid(self) -> bool:
        """Whether there are words that were not said."""
        return any(given.words for given in self._given)

    @property
    def open(self) -> bool:
        """Whether the end of something was given, and has not come out."""
        return any(given.part in {Part.END, Part.SPEAK} for given in self._given)

    def give(self, part: Part, frame_id: int, frame: _Frame, text: str = "") -> None:
        """Note what the engine is given."""
        self._given.append(Given(part, frame_id, frame, text.split()))

    def asked(self, text: str) -> None:
        """The engine begins to speak so much of it; that may be told after the words themselves."""
        words, said = len(text.split()), self._ahead
        self._ahead = max(0, said - words)
        if words > said:
            self._asked.append(words - said)

    def out(self, frame_id: int) -> bool:
        """A frame came out; True the first time. With its end all words of a turn were said."""
        index = next((index for index, given in enumerate(self._given) if given.id == frame_id), None)
        if index is None:
            return False
        if self._given.pop(index).part is Part.END:
            before = [given for given in self._given[:index] if given.part is Part.SPEAK]
            self._given[:index] = before
        if not self._given:
            self.clear()
        return True

    def said(self, context: str, text: str) -> None:
        """Words were played; `context` tells apart what stands alone."""
        for word in text.split():
            self._word(context, word)

    def completed(self, context: str) -> None:
        """All of a context was played; what stands alone is over with it."""
        given = self._said.pop(context, None)
        if given is not None and given.part is Part.SPEAK and given in self._given:
            self._given.remove(given)
            self._answered(len(given.words))
        if not self._given:
            self.clear()

    def rest(self) -> list[tuple[Part, _Frame, str]]:
        """What another engine has to be given: `(part, frame, words left)`, the words of a turn as one."""
        found: list[tuple[Part, _Frame, str]] = []
        for given in self._given:
            text = " ".join(given.words)
            if given.part is Part.TEXT and found and found[-1][0] is Part.TEXT:
                found[-1] = (Part.TEXT, found[-1][1], f"{found[-1][2]} {text}".strip())
            elif text or given.part not in {Part.TEXT, Part.SPEAK}:
                found.append((given.part, given.frame, text))
        return found

    def leave_out(self) -> str:
        """Drop the first sentence that the engine was asked for and has not said; these words."""
        left_out: list[str] = []
        most = self._asked[0] if self._asked else 1
        for given in self._given:
            while given.words and len(left_out) < most:
                left_out.append(given.words.pop(0))
        self._answered(most)
        return " ".join(left_out)

    def skip(self, secs: float) -> str:
        """Take so many seconds of sound for said, of an engine that does not time its words; these words."""
        said: list[str] = []
        chars = secs / _USUAL_SECS_PER_CHAR
        given = next((given for given in self._given if given.words), None)
        while given is not None and given.words and chars > len(given.words[0]):
            chars -= len(given.words[0]) + 1
            said.append(given.words.pop(0))
        return " ".join(said)

    def clear(self) -> None:
        """Nothing is left to say: a barge-in, or another engine begins."""
        self._given.clear()
        self._said.clear()
        self._asked.clear()
        self._ahead = 0

    def _word(self, context: str, word: str) -> None:
        wanted = _plain(word)
        given = self._said.get(context)
        if given is None or not given.words:
            given = self._owing(given, wanted)
        if given is None:
            return
        self._said[context] = given
        ahead = [_plain(known) for known in given.words[:_AHEAD]]
        count = ahead.index(wanted) + 1 if wanted in ahead else 1
        del given.words[:count]
        self._answered(count)

    def _answered(self, words: int) -> None:
        """So many of the words that the engine was asked for are said, or left out."""
        while words > 0 and self._asked:
            self._asked[0] -= words
            words = -self._asked[0]
            if self._asked[0] <= 0:
                self._asked.popleft()
        self._ahead += max(0, words)

    def _owing(self, before: Given[_Frame] | None, wanted: str) -> Given[_Frame] | None:
        """Who owes the word: the first whose next word it is, else the first that owes any."""
        part = before.part if before is not None else None
        owing = [given for given in self._given if given.words and part in {None, given.part}]
        return next((g for g in owing if _plain(g.words[0]) == wanted), owing[0] if owing else None)


class Heard(Generic[_Frame]):
    """Holds words back until their sound has gone on to be played. Times are seconds of one clock.

    Words with a time are played when the next one begins; those without come with so much sound as they
    need at least.
    """

    def __init__(self) -> None:
        self._words: deque[tuple[float | None, int, _Frame]] = deque()
        self._until = 0.0
        self._timed = False
        self._unclaimed_secs = 0.0

    @property
    def silent(self) -> bool:
        """Whether a sentence without times came with much less sound than it needs."""
        chars = sum(chars for at, chars, _ in self._words if at is None)
        return self._unclaimed_secs < chars * _SECS_PER_CHAR / 2

    @property
    def untold_secs(self) -> float:
        """Sound whose words the engine has not told; 0 where it times them."""
        return 0.0 if self._timed else self._unclaimed_secs

    def sound(self, secs: float, now: float) -> None:
        """So much sound has gone on, to be played behind what went before."""
        self._until = max(self._until, now) + secs
        self._unclaimed_secs += secs

    def left_secs(self, now: float) -> float:
        """Sound that has gone on and is not played yet."""
        return max(0.0, self._until - now)

    def cut(self) -> None:
        """A barge-in: what has gone on is not played any more."""
        self.clear()
        self._until = 0.0

    def word(self, at: float | None, text: str, frame: _Frame) -> None:
        """A word, or a sentence, came; `at` is when it begins to sound."""
        self._timed = self._timed or at is not None
        self._words.append((at, len(text), frame))

    def played(self) -> list[_Frame]:
        """Those whose sound has gone on, in order."""
        found: list[_Frame] = []
        while self._words and self._covered():
            at, _, frame = self._words.popleft()
            if at is None:
                # A sentence ends with its sound; what is left of it belongs to no other.
                self._unclaimed_secs = 0.0
            found.append(frame)
        return found

    def all(self) -> list[_Frame]:
        """All that are held: the engine says that they were said."""
        found = [frame for _, _, frame in self._words]
        self.clear()
        return found

    def clear(self) -> None:
        """Hold nothing."""
        self._words.clear()
        self._unclaimed_secs, self._timed = 0.0, False

    def _covered(self) -> bool:
        at, chars, _ = self._words[0]
        if at is None:
            return self._unclaimed_secs >= chars * _SECS_PER_CHAR
        following = self._words[1][0] if len(self._words) > 1 else None
        return self._until >= (following if following is not None else at + _LAST_WORD_SECS)


def _plain(word: str) -> str:
    return "".join(filter(str.isalnum, word.casefold())) or word
