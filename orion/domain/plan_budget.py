"""What a plan may take: steps, seconds and a model's tokens, within what the server allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class PlanBudget:
    """What one plan may take.

    Attributes:
        steps: How many there may be.
        secs: From its beginning to its end, questions included.
        tokens: What models may read and write to make it.
    """

    steps: int = 20
    secs: float = 3600.0
    tokens: int = 50_000

    def within(self, wished: Mapping[str, float]) -> PlanBudget:
        """The lesser of each."""
        return PlanBudget(**{name: min(most, wished.get(name, most)) for name, most in asdict(self).items()})

    def exceeded_by(self, wished: Mapping[str, float]) -> dict[str, float]:
        """What is wished for beyond it, with what it allows."""
        return {name: most for name, most in asdict(self).items() if wished.get(name, most) > most}
