"""How long to wait in silence before a turn counts as over: a pure decision.

Three things are known when the user pauses: how complete smart-turn finds the sound of the sentence,
what the transcript ends with, and how long the silence already lasts.
"""

from __future__ import annotations

from dataclasses import dataclass

_OPEN_ENDS = frozenset(
    "a an and as at because but by for from if in is like minus my of on or plus so than that the then to um "
    "uh er with your what's i'm it's let's".split()
)
"""Words with which an English sentence seldom ends."""
_ASKS = ("?", "\uff1f", "\u061f")
"""A recogniser that ends what it heard with this took it for a whole question; a full stop says nothing."""


@dataclass(frozen=True, slots=True)
class TurnPolicy:
    """The waiting times, in seconds of silence after the VAD's stop.

    Attributes:
        complete_at: Probability from which smart-turn's word ends the turn at once; with the words of a whole
            question a fifth of it is enough.
        unsure_secs: The sound is unfinished, the words are not.
        unfinished_secs: Sound or words are clearly unfinished.
    """

    complete_at: float = 0.5
    unsure_secs: float = 0.5
    unfinished_secs: float = 1.2

    def patience_secs(self, probability: float, transcript: str) -> float:
        """Seconds of silence to wait: 0 ends the turn now.

        Args:
            probability: Smart-turn's probability that the turn is complete, 0 to 1.
            transcript: The words so far; empty where none are known yet.
        """
        words = transcript.lower().split()
        if words and words[-1].strip(".,!?") in _OPEN_ENDS:
            return self.unfinished_secs
        if words and words[-1].endswith((",", "-", "...")):  # as a recogniser writes what it hears go on
            return self.unsure_secs
        if probability >= self.complete_at:
            return 0.0
        asks = bool(words) and words[-1].endswith(_ASKS)
        if probability >= self.complete_at / 5 and words:
            return 0.0 if asks else self.unsure_secs
        return self.unsure_secs if asks else self.unfinished_secs
