"""A plan as it is thought of: calls in order, unchecked, or the question that has to be answered first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from orion.domain.approval import called
from orion.domain.plan import Step
from orion.domain.references import steps_of
from orion.domain.tool import Tool

CONVERSATIONAL = frozenset({"hand_over", "ask_agent", "end_call", "make_plan", "plan_status", "cancel_plan"})
"""Tools that act on the conversation itself: no steps of a plan."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One call; texts in the arguments may refer to results of earlier ones, `{{0.time}}`."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Missing:
    """What the user must tell before there can be a plan."""

    question: str


def usable(tools: Iterable[Tool]) -> dict[str, Tool]:
    """The tools that a plan may use, by name."""
    return {tool.name: tool for tool in tools if tool.name not in CONVERSATIONAL}


def as_steps(drafts: Sequence[Draft], tools: Iterable[Tool]) -> tuple[Step, ...]:
    """The steps that checked drafts make.

    What changes something runs alone: after all that comes before it, and before all that comes after it.
    Steps in between that only read may run side by side, as far as none refers to another.
    """
    known = usable(tools)
    steps: list[Step] = []
    barrier: int | None = None
    since: list[int] = []
    for index, draft in enumerate(drafts):
        tool = known[draft.tool]
        after = steps_of(draft.arguments) | ({barrier} if barrier is not None else set())
        if tool.side_effects or tool.risk != "read":
            after |= set(since)
            barrier, since = index, []
        else:
            since.append(index)
        steps.append(
            Step(
                index,
                tool.name,
                draft.arguments,
                called(tool.name, draft.arguments, planned=True),
                tuple(sorted(after)),
            )
        )
    return tuple(steps)
