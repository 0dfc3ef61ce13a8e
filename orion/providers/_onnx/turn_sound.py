"""The sound of a turn, in the parts that the VAD makes of it: those of one turn are heard together. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

BYTES_PER_SEC = 16000 * 2
_BEFORE_BYTES = BYTES_PER_SEC // 2
"""Half a second before the VAD's start belongs to the utterance: the VAD needs 0.2 s to be sure."""
_LONGEST_BYTES = 20 * BYTES_PER_SEC
"""Longer utterances are heard in parts: Whisper hears 30 s at once, Moonshine was made for less."""
_TOGETHER_BYTES = 12 * BYTES_PER_SEC
_PAUSE_BYTES = BYTES_PER_SEC * 3 // 2
"""After a longer pause what is said is another turn, or at least another sentence."""


@dataclass(eq=False)
class Part:
    """What was said between two pauses.

    Attributes:
        pcm: Its sound, 16-bit mono at 16 kHz, with the pause before it.
        ends: Somebody has paused behind it; else it was only too long.
        before: The parts that are heard together with it.
        told: Its words, once they are known.
    """

    pcm: bytes
    ends: bool
    before: list[Part] = field(default_factory=list)
    told: str = ""

    @property
    def together(self) -> bytes:
        """All that is heard together."""
        return b"".join([*(part.pcm for part in self.before), self.pcm])

    @property
    def told_before(self) -> str:
        """The words of the parts before."""
        return " ".join(part.told for part in self.before if part.told)


class TurnSound:
    """Collects audio, and cuts it where the VAD does.

    Args:
        together: Whether the parts of a turn are heard together.

    Attributes:
        speaking: Somebody speaks.
        so_far: The sound of the part under way.
    """

    def __init__(self, *, together: bool) -> None:
        self.speaking = False
        self.so_far = bytearray()
        self._together = together
        self._before: deque[bytes] = deque()
        self._pause = bytearray()
        self._parts: list[Part] = []

    def add(self, audio: bytes) -> Part | None:
        """Take 20 ms or so; a part where the one under way has become too long."""
        self._before.append(audio)
        while sum(map(len, self._before)) > _BEFORE_BYTES:
            self._before.popleft()
        if self.speaking:
            self.so_far += audio
            return self._cut(ends=False) if len(self.so_far) >= _LONGEST_BYTES else None
        if self._parts:
            self._pause += audio
            if len(self._pause) > _PAUSE_BYTES:
                self._parts.clear()
        return None

    def answered(self) -> None:
        """What was said has an answer: what is said from now on is heard by itself."""
        self._parts.clear()
        self._pause.clear()

    def start(self) -> None:
        """The VAD hears speech."""
        self.speaking = True
        self.so_far[:] = self._pause if self._parts else b"".join(self._before)

    def stop(self) -> Part:
        """The VAD hears none any more."""
        self.speaking = False
        self._before.clear()  # it is part of this utterance, not of the next
        return self._cut(ends=True)

    def _cut(self, *, ends: bool) -> Part:
        part = Part(bytes(self.so_far), ends)
        room = _TOGETHER_BYTES - len(part.pcm)
        for earlier in reversed(self._parts):
            room -= len(earlier.pcm)
            if room < 0:
                break
            part.before.insert(0, earlier)
        self._parts = [*part.before, part] if self._together else []
        self._pause.clear()
        self.so_far.clear()
        return part
