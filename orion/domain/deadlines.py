"""How long an engine may keep a call waiting before the next one of its order takes over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Limits, in seconds but for the percentile; an agent's `fail_over` overrides them by name."""

    first_token_secs: float = 4.0
    """From the question to the language model's first word or tool call."""
    next_token_secs: float = 4.0
    """Between two words of its answer."""
    filler_secs: float = 1.5
    """After so long without an answer the agent says "One moment.", and that again every 5 seconds."""
    transcript_secs: float = 2.0
    """From the end of the user's speech to its transcript."""
    first_audio_secs: float = 1.5
    """From a sentence to its first sound, and between two pieces of it."""

    hedge_percentile: float = 0.0
    """Where the first word is later than so many percent of the model's latest ones (95: the slowest
    twentieth), the next model is asked, too, at its price, and the quicker one answers; 0: never."""

    sentence_secs: float = 20.0
    """From the question, or the sentence before, to a whole sentence: one may drip for ever."""

    @classmethod
    def of(cls, overrides: Mapping[str, float]) -> Deadlines:
        """The defaults with an agent's own."""
        return cls(**overrides)

    def alone(self) -> Deadlines:
        """Those of an engine behind which stands no other: it is better late than given up.

        What an agent has set stays.
        """
        default = Deadlines()
        longer = {
            name: secs for name, secs in _ALONE.items() if getattr(self, name) == getattr(default, name)
        }
        return replace(self, **longer)


_ALONE = {"first_token_secs": 10.0, "transcript_secs": 4.0, "first_audio_secs": 5.0}
