"""When synthesized speech is heard: the offsets of a turn's sentences. Pure: times are given in seconds.

Speech is synthesized faster than it is played, so a sentence usually begins where the one before it ends.
Where its text came late there was a gap, and it begins when it is there.
"""

from __future__ import annotations


class Timeline:
    """What is still to be played by one call's TTS, and where each context (a turn) begins in it."""

    def __init__(self) -> None:
        self._ends_at = 0.0
        self._begins_at: dict[str, float] = {}

    def offset_secs(self, context_id: str, now: float) -> float:
        """Seconds from the beginning of the context's sound to what is synthesized next."""
        next_at = max(self._ends_at, now)
        return next_at - self._begins_at.setdefault(context_id, next_at)

    def add(self, secs: float, now: float) -> None:
        """Note `secs` seconds of sound, which are played after all others."""
        self._ends_at = max(self._ends_at, now) + secs

    def completed(self, context_id: str) -> None:
        """Forget a context; its sound is still played."""
        self._begins_at.pop(context_id, None)

    def cut(self) -> None:
        """A barge-in: nothing is left to be played."""
        self._ends_at = 0.0
        self._begins_at.clear()
