"""A plan: a goal as steps, each a tool call, that outlives the process which runs it.

Pure: what may run next, what a step's end means for the others, and when the plan is over follow from
the steps alone. Whoever runs it (`orion/agents/executor.py`) keeps each change before it acts on it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from orion.domain.plan_budget import PlanBudget

MOST_STEPS = 20


class PlanStatus(StrEnum):
    """`draft` -> `running` <-> `waiting_approval` -> `done`, `failed` or `cancelled`."""

    DRAFT = "draft"
    RUNNING = "running"
    WAITING_APPROVAL = "waiting_approval"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing of it will run any more."""
        return self in _OVER


_OVER = frozenset({PlanStatus.DONE, PlanStatus.FAILED, PlanStatus.CANCELLED})


class StepStatus(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING_APPROVAL = "waiting_approval"
    DONE = "done"
    FAILED = "failed"
    REJECTED = "rejected"
    """The user said no, or nothing in time."""
    SKIPPED = "skipped"
    """It needed a step that did not end well."""
    UNKNOWN = "unknown"
    """Its process died while it ran, and nobody can tell whether it has happened: the user decides."""


_OPEN = frozenset({StepStatus.PENDING, StepStatus.RUNNING, StepStatus.WAITING_APPROVAL})


@dataclass(frozen=True, slots=True)
class Approval:
    """What the user is asked about a step: once, until then, about these arguments and no others.

    Attributes:
        fingerprint: Of the tool and the arguments that are asked about, see `fingerprint`.
        approved: The answer; None while there is none. What expires is a no, by nobody.
        decided_by: The user who answered.
    """

    fingerprint: str
    expires_at: datetime
    approved: bool | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One tool call of a plan.

    Attributes:
        index: Its place, from 0.
        arguments: For the tool; `{{0.time}}` in a text stands for `time` of the result of step 0.
        description: What it does, in words that can be shown and said.
        after: The steps that must be done before it.
        attempts: How often it was begun.
        resolved: The arguments with all references in their place, as the tool gets them; None before.
        approval: What the user is asked, where the step needs a yes; an answer counts once.
        result: What the tool returned; JSON.
        error: Why it did not end well, in words that can be shown and said.
    """

    index: int
    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)
    description: str = ""
    after: tuple[int, ...] = ()
    status: StepStatus = StepStatus.PENDING
    attempts: int = 0
    resolved: dict[str, Any] | None = None
    approval: Approval | None = None
    result: Any = None
    error: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def asks(self) -> bool:
        """Whether the user is asked about it, and has not answered yet."""
        return (
            self.status in {StepStatus.WAITING_APPROVAL, StepStatus.UNKNOWN}
            and self.approval is not None
            and self.approval.approved is None
        )

    @property
    def question(self) -> str | None:
        """The digest of what is asked about it, which an answer names; None where nothing is asked.

        "May this run?" and "It was interrupted, again?" are two questions about the same call.
        """
        if not self.asks or self.approval is None:
            return None
        asked = f"{self.approval.fingerprint} {self.attempts} {self.status.value}"
        return hashlib.sha256(asked.encode()).hexdigest()

    @property
    def over(self) -> bool:
        """Whether it will not run any more."""
        return self.status not in _OPEN and not self.asks

    @property
    def wrong(self) -> bool:
        """Whether it is over, and not as it should be."""
        return self.over and self.status is not StepStatus.DONE


@dataclass(frozen=True, slots=True)
class Plan:
    """A goal of a session's user, and the steps to it.

    Attributes:
        agent: Name of the agent whose tools it may use.
        error: Why it did not end well.
        budget: What it may take.
        tokens: What models have read and written to make it.
    """

    id: UUID
    session_id: UUID
    agent: str
    goal: str
    status: PlanStatus
    steps: tuple[Step, ...]
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    error: str | None = None
    budget: PlanBudget = field(default_factory=PlanBudget)
    tokens: int = 0

    def key(self, index: int) -> str:
        """The idempotency key of a step, which its tool passes to the outside world."""
        return f"{self.id}:{index}"

    def ready(self) -> tuple[int, ...]:
        """The steps that may begin now: pending, and all that they need is done."""
        done = {step.index for step in self.steps if step.status is StepStatus.DONE}
        return tuple(
            step.index
            for step in self.steps
            if step.status is StepStatus.PENDING and done.issuperset(step.after)
        )

    def with_step(self, changed: Step) -> Plan:
        """The plan with one step changed; pending steps that need one which ended badly are skipped."""
        steps = list(self.steps)
        steps[changed.index] = changed
        for at, step in enumerate(steps):  # `after` names earlier steps only, so one pass reaches all
            if step.status is StepStatus.PENDING and any(steps[n].wrong for n in step.after):
                steps[at] = replace(step, status=StepStatus.SKIPPED)
        return replace(self, steps=tuple(steps))

    def decided(self, index: int, *, approved: bool, by: UUID | None, now: datetime) -> Plan:
        """The plan after the answer about a step that asks: with a yes, the step may begin.

        A no leaves a step `unknown` whose process died; any other is `rejected`.
        """
        step = self.steps[index]
        assert step.approval is not None
        answer = replace(step.approval, approved=approved, decided_by=by, decided_at=now)
        if approved:
            return self.with_step(replace(step, status=StepStatus.PENDING, approval=answer, error=None))
        unknown = step.status is StepStatus.UNKNOWN
        status = StepStatus.UNKNOWN if unknown else StepStatus.REJECTED
        error = step.error if unknown else "you said no" if by else "nobody said yes in time"
        return self.with_step(replace(step, status=status, approval=answer, error=error, ended_at=now))

    def stopped(self, status: PlanStatus, error: str | None, now: datetime) -> Plan:
        """The plan over before its end; what has not begun is skipped."""
        idle = {StepStatus.PENDING, StepStatus.WAITING_APPROVAL}
        steps = tuple(
            replace(step, status=StepStatus.SKIPPED) if step.status in idle else step for step in self.steps
        )
        return replace(self, steps=steps, status=status, error=error, ended_at=now)

    def settled(self, now: datetime) -> Plan:
        """The begun plan with the status that follows from its steps; one that is over stays as it is."""
        if self.status.over or (status := self.judged()) is self.status:
            return self
        return replace(self, status=status, ended_at=now if status.over else None)

    def judged(self) -> PlanStatus:
        """The status that follows from the steps of a plan that was begun."""
        if self.ready() or any(step.status is StepStatus.RUNNING for step in self.steps):
            return PlanStatus.RUNNING
        if any(not step.over for step in self.steps):
            return PlanStatus.WAITING_APPROVAL
        return PlanStatus.FAILED if any(step.wrong for step in self.steps) else PlanStatus.DONE


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a plan, until somebody else claims it.

    Attributes:
        fence: Raised by each claim; what is written under an older one is refused.
        revision: Raised whenever somebody else changes the plan: by an answer, or by cancelling it.
    """

    plan: Plan
    workspace_id: UUID
    user_id: UUID
    fence: int
    revision: int


def fingerprint(tool: str, arguments: dict[str, Any]) -> str:
    """What an approval is bound to: the SHA-256 of tool and arguments, in hexadecimal digits."""
    text = json.dumps([tool, arguments], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def in_order(steps: Iterable[Step]) -> str:
    """What is wrong with the order of steps; empty if nothing: each needs earlier ones only."""
    for at, step in enumerate(steps):
        if step.index != at:
            return f"step {at} is numbered {step.index}"
        if any(not 0 <= needed < at for needed in step.after):
            return f"step {at} needs a step that does not come before it"
    return ""
