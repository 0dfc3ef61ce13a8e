"""What one call consumes and costs: what belongs to the turns under way, and all of its session."""

from __future__ import annotations

from collections.abc import Callable

from loguru import logger

from orion.domain.price import PriceList
from orion.domain.turn import Speaker
from orion.domain.usage import Engine, Usage, known_micros, summed


class Bill:
    """Sums up one call.

    Attributes:
        on_used: Told, in the frame path, each time that something was consumed.
        settled_micros: The cost of what this call has given to turns, or to the session, as far as known.
    """

    def __init__(self, prices: PriceList) -> None:
        self.on_used: Callable[[], None] = lambda: None
        self.settled_micros = 0
        self._prices = prices
        self._open: dict[Speaker, tuple[Usage, ...]] = dict.fromkeys(Speaker, ())
        self._unpriced: set[Engine] = set()

    def used(self, usage: Usage) -> None:
        """An engine consumed something: what hears belongs to the user's turn, all else to the agent's."""
        speaker = Speaker.USER if usage.kind == "stt" else Speaker.AGENT
        self._open[speaker] = summed((*self._open[speaker], usage))
        if self._prices.of(usage.engine) is None and usage.engine not in self._unpriced:
            self._unpriced.add(usage.engine)
            logger.warning("the cost of {} by {} is not known: no price for {}", *_words(usage))
        self.on_used()

    def take(self, *speakers: Speaker) -> tuple[Usage, ...]:
        """What was consumed for turns of these speakers since it was taken last, with its cost."""
        taken = self._priced(*speakers)
        for speaker in speakers:
            self._open[speaker] = ()
        self.settled_micros += known_micros(taken)
        return taken

    @property
    def micros(self) -> int:
        """The known cost of the call so far."""
        return self.settled_micros + known_micros(self._priced(*Speaker))

    def _priced(self, *speakers: Speaker) -> tuple[Usage, ...]:
        return self._prices.priced(one for speaker in speakers for one in self._open[speaker])


def _words(usage: Usage) -> tuple[str, str, str]:
    return usage.kind, usage.provider, usage.model or "it"
