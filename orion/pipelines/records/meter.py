"""What this process has done since it started, counted for `/metrics`: no text, no name, no address."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable

from orion.domain.session import EndReason
from orion.domain.turn import Speaker, Turn
from orion.domain.usage import AMOUNTS, Usage

_STAGE_SECS = (0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
_LAG_SECS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0)
_LAG_EVERY_SECS = 0.25


class Histogram:
    """Values sorted into buckets, each of which holds those up to its upper bound.

    Attributes:
        bounds: The upper bounds, ascending; one bucket more holds what is above.
        counts: Values per bucket, one more than there are bounds.
        total: The sum of all values.
    """

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """Sort a value in."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Meter:
    """Counts calls, turns and latencies.

    Attributes:
        calls: Ended calls by kind (`voice`, `text`) and end reason.
        turns: Ended turns by role.
        interrupted: Turns of the agent that the user cut off.
        latency: Seconds after the end of speech by way (`voice`, `typed`) and stage without its unit.
        switches: Failures that made another engine take over, by kind and by the provider that failed.
        consumed: Tokens, characters and seconds of audio by amount, kind and provider.
        cost_micros: The known cost by kind and provider, in micro-dollars.
        unpriced: Usages whose cost is not known, by kind and provider.
        loop_lag: Seconds by which the event loop came late to a timer.
    """

    def __init__(self) -> None:
        self.calls = Counter({(kind, reason.value): 0 for kind in ("voice", "text") for reason in EndReason})
        self.turns = Counter({speaker.value: 0 for speaker in Speaker})
        self.interrupted = 0
        self.latency: dict[tuple[str, str], Histogram] = defaultdict(lambda: Histogram(_STAGE_SECS))
        self.switches: Counter[tuple[str, str]] = Counter()
        self.consumed: Counter[tuple[str, str, str]] = Counter()
        self.cost_micros: Counter[tuple[str, str]] = Counter()
        self.unpriced: Counter[tuple[str, str]] = Counter()
        self.loop_lag = Histogram(_LAG_SECS)

    def call_ended(self, kind: str, reason: EndReason) -> None:
        """Count a call."""
        self.calls[kind, reason.value] += 1

    def turn_ended(self, turn: Turn) -> None:
        """Count a turn and its latencies."""
        self.turns[turn.speaker.value] += 1
        self.interrupted += turn.interrupted
        way = "typed" if turn.latency.stt_final_ms is None else "voice"
        for stage, ms in turn.latency.as_dict().items():
            if ms is not None:
                self.latency[way, stage.removesuffix("_ms")].add(ms / 1000)

    def switched(self, kind: str, provider: str) -> None:
        """Count a failure of a provider."""
        self.switches[kind, provider] += 1

    def used(self, usages: Iterable[Usage]) -> None:
        """Count what was consumed, with its cost."""
        for usage in usages:
            for name in AMOUNTS:
                if amount := getattr(usage, name):
                    self.consumed[name, usage.kind, usage.provider] += amount
            if usage.cost_micros is None:
                self.unpriced[usage.kind, usage.provider] += 1
            else:
                self.cost_micros[usage.kind, usage.provider] += usage.cost_micros

    async def watch_loop(self) -> None:
        """Measure how late the event loop is, four times a second."""
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + _LAG_EVERY_SECS
            await asyncio.sleep(_LAG_EVERY_SECS)
            self.loop_lag.add(max(0.0, clock() - due))
