"""What the engines consumed, in the units that their vendors bill: tokens, characters, seconds of audio."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Literal
from uuid import UUID

from orion.domain.identity import new_id

CURRENCY = "USD"
MICROS = 1_000_000
"""Micro-dollars of a dollar. Costs are whole micro-dollars."""

Kind = Literal["stt", "llm", "tts"]
Engine = tuple[Kind, str, str]
"""Kind (`stt`, `llm`, `tts`), provider and model."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one engine consumed.

    Attributes:
        kind: `stt`, `llm` or `tts`.
        provider: The provider's name.
        model: The model that was asked for; empty where the engine has none.
        input_tokens: All tokens of the prompts, those read from a cache and written to it included.
        cached_tokens: Those of them that were read from the vendor's cache.
        cache_write_tokens: Those of them that were written to it.
        output_tokens: All tokens of the answers, reasoning included.
        reasoning_tokens: Those of them that were spent on reasoning.
        characters: Characters given to a voice.
        audio_secs: Seconds of audio that were given to a recogniser, or came from a voice.
        estimated: A part of the tokens was estimated: the vendor bills an answer that is cut off, and
            does not tell its tokens.
        cost_micros: The cost in micro-dollars; None where it is not known, never 0 then.
    """

    kind: Kind
    provider: str
    model: str = ""
    input_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    characters: int = 0
    audio_secs: float = 0.0
    estimated: bool = False
    cost_micros: int | None = None
    id: UUID = field(default_factory=new_id, compare=False)

    @property
    def engine(self) -> Engine:
        """Who consumed it."""
        return self.kind, self.provider, self.model

    def __add__(self, other: Usage) -> Usage:
        """Both together, of one engine; the cost is known only where both are."""
        if self.engine != other.engine:
            raise ValueError("usages of different engines have no sum")
        sums = {name: getattr(self, name) + getattr(other, name) for name in AMOUNTS}
        mine, theirs = self.cost_micros, other.cost_micros
        cost_micros = None if mine is None or theirs is None else mine + theirs
        return replace(self, **sums, estimated=self.estimated or other.estimated, cost_micros=cost_micros)


AMOUNTS = tuple(f.name for f in fields(Usage) if f.name.endswith(("_tokens", "characters", "_secs")))
"""The fields that are counted."""


def summed(usages: Iterable[Usage]) -> tuple[Usage, ...]:
    """One usage per engine, in the order in which the engines first occur."""
    found: dict[Engine, Usage] = {}
    for usage in usages:
        known = found.get(usage.engine)
        found[usage.engine] = usage if known is None else known + usage
    return tuple(found.values())


def cost_micros(usages: Iterable[Usage]) -> int | None:
    """The cost of all; None as soon as one is not known."""
    total = 0
    for usage in usages:
        if usage.cost_micros is None:
            return None
        total += usage.cost_micros
    return total


def known_micros(usages: Iterable[Usage]) -> int:
    """The cost of those whose cost is known: what counts against a budget."""
    return sum(usage.cost_micros or 0 for usage in usages)
