"""How long a simulated vendor takes: nothing, or times of a log-normal distribution, as measured ones are."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field
from random import Random

_P95 = 1.6449
"""The 95th percentile of the standard normal distribution."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds at the median and at the 95th percentile."""

    p50_ms: float = 0.0
    p95_ms: float = 0.0

    def secs(self, chance: Random) -> float:
        """One time by chance."""
        if self.p50_ms <= 0:
            return 0.0
        spread = math.log(max(1.0, self.p95_ms / self.p50_ms)) / _P95
        return chance.lognormvariate(math.log(self.p50_ms), spread) / 1000


@dataclass
class Pace:
    """A vendor's pace: before the first piece of an answer, and between two; by the seed always the same."""

    first: Latency = Latency()
    next: Latency = Latency()
    seed: int = 1
    _chance: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)

    async def wait(self, index: int) -> None:
        """Take the time that comes before the piece `index` of an answer, counted from 0."""
        secs = (self.next if index else self.first).secs(self._chance)
        if secs:
            await asyncio.sleep(secs)
