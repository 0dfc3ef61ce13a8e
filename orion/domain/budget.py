"""A budget of money: how much of it is used, and what is to be told of that, once each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from orion.domain import wire

NEAR = 0.9
"""The share of a budget from which on it is nearly used up."""

State = Literal["open", "near", "used up"]


@dataclass(slots=True)
class Budget:
    """One budget, in micro-dollars.

    Attributes:
        of: Whose it is: `session` or `workspace`.
        limit_micros: How much there is; None: no end.
        spent_micros: How much is spent.
        told: It was told that it is nearly used up.
    """

    of: Literal["session", "workspace"]
    limit_micros: int | None = None
    spent_micros: int = 0
    told: bool = False

    @property
    def state(self) -> State:
        """How much of it is left."""
        if self.limit_micros is None:
            return "open"
        if self.spent_micros >= self.limit_micros:
            return "used up"
        return "near" if self.spent_micros >= self.limit_micros * NEAR else "open"

    def news(self) -> bool:
        """Whether it is nearly used up, or all, and that was not told yet."""
        if self.told or self.state == "open":
            return False
        self.told = True
        return True

    def event(self) -> dict[str, Any]:
        """The body of `session.budget`; what a workspace has, and spends, is for its admins alone."""
        if self.of == "workspace":
            return {"of": self.of}
        dollars = {
            "budget_usd": wire.dollars(self.limit_micros),
            "spent_usd": wire.dollars(self.spent_micros),
        }
        return {"of": self.of, **dollars}
