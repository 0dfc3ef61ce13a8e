"""How soon a provider answers: its latest times, and their percentiles. Pure and clock-free."""

from __future__ import annotations

import math
from collections import deque

_KEPT = 100
_FEWEST = 20
"""With fewer times a percentile says nothing."""


class Pace:
    """The seconds from questions to first words, of the latest hundred answers."""

    def __init__(self) -> None:
        self._secs: deque[float] = deque(maxlen=_KEPT)

    def add(self, secs: float) -> None:
        """One more answer; one that was not waited for counts with the time for which it was."""
        self._secs.append(secs)

    def percentile(self, percent: float) -> float | None:
        """The seconds within which `percent` of the answers came (nearest rank); None of too few."""
        if len(self._secs) < _FEWEST:
            return None
        rank = max(1, math.ceil(percent / 100 * len(self._secs)))
        return sorted(self._secs)[min(rank, len(self._secs)) - 1]
