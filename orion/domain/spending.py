"""What a workspace spent, and its budget for a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent in a group of a report.

    Attributes:
        group: A day (`2026-01-31`), an agent or a provider.
        amounts: Tokens, characters and seconds of audio by the names of `Usage`.
        cost_micros: The known cost.
        complete: Nothing in it has an unknown cost.
    """

    group: str
    amounts: dict[str, float]
    cost_micros: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A workspace's budget, and what it spent of it in this month (UTC); `budget_micros` None: no budget."""

    begins: date
    budget_micros: int | None
    spent_micros: int

    @property
    def used_up(self) -> bool:
        """Whether nothing of the budget is left."""
        return self.budget_micros is not None and self.spent_micros >= self.budget_micros
