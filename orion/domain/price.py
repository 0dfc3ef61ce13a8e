"""What an engine's usage costs: a price list, and the arithmetic, in decimals and whole micro-dollars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from orion.domain.usage import MICROS, Engine, Usage, summed


@dataclass(frozen=True, slots=True)
class Price:
    """What one model costs, in US dollars. A part that is None is not billed.

    Attributes:
        input, output: Per million tokens.
        cached_input: Per million tokens read from the vendor's cache; None: as `input`.
        cache_write: Per million tokens written to it; None: as `input`.
        characters: Per million characters.
        audio_minute: Per minute of audio.
        source: The page that says so.
        seen: The day on which it said so.
    """

    input: Decimal | None = None
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None
    output: Decimal | None = None
    characters: Decimal | None = None
    audio_minute: Decimal | None = None
    source: str = ""
    seen: date | None = None

    def cost_micros(self, usage: Usage) -> int:
        """The cost in micro-dollars, rounded half to even: dollars per million are micro-dollars each."""
        fresh = usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens
        plain = self.input or Decimal(0)
        cached = plain if self.cached_input is None else self.cached_input
        written = plain if self.cache_write is None else self.cache_write
        cost = (
            max(0, fresh) * plain
            + usage.cached_tokens * cached
            + usage.cache_write_tokens * written
            + usage.output_tokens * (self.output or Decimal(0))
            + usage.characters * (self.characters or Decimal(0))
            + Decimal(str(usage.audio_secs)) / 60 * (self.audio_minute or Decimal(0)) * MICROS
        )
        return int(cost.to_integral_value(ROUND_HALF_EVEN))


FREE = Price()


class PriceList:
    """The prices by engine.

    A dated name of a model (`gpt-4.1-2025-04-14`, `claude-haiku-4-5-20251001`) costs what the model does.

    Args:
        prices: By kind, provider and model; the model `*` stands for all of the provider.
    """

    def __init__(self, prices: Mapping[Engine, Price]) -> None:
        self._prices = dict(prices)

    def of(self, engine: Engine) -> Price | None:
        """The price of an engine; None where it is not known."""
        kind, provider, model = engine
        for name in (model, undated(model), "*"):
            if (found := self._prices.get((kind, provider, name))) is not None:
                return found
        return None

    def priced(self, usages: Iterable[Usage]) -> tuple[Usage, ...]:
        """One usage per engine, with its cost."""
        found = []
        for usage in summed(usages):
            price = self.of(usage.engine)
            found.append(replace(usage, cost_micros=None if price is None else price.cost_micros(usage)))
        return tuple(found)

    def __len__(self) -> int:
        return len(self._prices)


def undated(model: str) -> str:
    """The name of a model without the date of its snapshot: `-2025-04-14`, `-20251001`."""
    for length in (11, 9):
        head, tail = model[:-length], model[-length:]
        digits = tail.replace("-", "")
        if head and tail.startswith("-") and digits.isdigit() and len(digits) == 8:
            return head
    return model
