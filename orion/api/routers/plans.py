"""Plans of a session: what was planned, how far it is, and what waits for the user's yes."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field, StringConstraints

from orion.agents.planner import MOST_GOAL_CHARS
from orion.api.access import CallerDep, OwnSessionDep, PartsDep, StoreDep, needs, read_session
from orion.api.fields import (
    EXAMPLE_ID,
    EXAMPLE_LATER,
    EXAMPLE_TIME,
    Cursor,
    Limit,
    Timestamp,
    example,
)
from orion.api.idempotency import KeyedRoute
from orion.api.openapi import fails
from orion.domain import wire
from orion.domain.audit import AuditAction
from orion.domain.draft import Missing
from orion.domain.identity import Scope
from orion.domain.plan import MOST_STEPS, PlanStatus, StepStatus
from orion.domain.session import Session, SessionStatus
from orion.errors import BudgetExhausted, Conflict, FieldProblem, Invalid, SessionEnded
from orion.pipelines.planning import budget_of, draft

router = APIRouter(
    prefix="/api/v1/agent/sessions/{session_id}",
    tags=["plans"],
    route_class=KeyedRoute,
    dependencies=[Depends(needs(Scope.SESSIONS))],
)

_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_STEP = {
    "index": 0,
    "tool": "calculator",
    "arguments": {"expression": "12 * 9"},
    "description": "Multiply 12 by 9",
    "after": [],
    "status": "done",
    "attempts": 1,
    "result": {"result": "108"},
    "error": None,
    "approval": None,
    "started_at": EXAMPLE_TIME,
    "ended_at": EXAMPLE_LATER,
}
EXAMPLE_PLAN = {
    "id": EXAMPLE_ID,
    "goal": "Work out 12 times 9, then remember it",
    "status": "waiting_approval",
    "error": None,
    "budget": {"steps": 20, "secs": 3600, "tokens": 50_000},
    "tokens": 812,
    "steps": [
        _STEP,
        {
            **_STEP,
            "index": 1,
            "tool": "order",
            "arguments": {"pieces": "108"},
            "description": "Order 108 pieces",
            "after": [0],
            "status": "waiting_approval",
            "attempts": 0,
            "result": None,
            "approval": {
                "digest": _DIGEST,
                "approved": None,
                "decided_by": None,
                "decided_at": None,
                "expires_at": EXAMPLE_LATER,
            },
            "started_at": None,
            "ended_at": None,
        },
    ],
    "created_at": EXAMPLE_TIME,
    "started_at": EXAMPLE_TIME,
    "ended_at": None,
}

PlanId = UUID
Most = Annotated[int, Field(ge=1, le=10**9)] | None
StepIndex = Annotated[int, Path(ge=0, lt=MOST_STEPS)]


async def _open(session: OwnSessionDep) -> Session:
    if session.status is SessionStatus.ENDED:
        raise SessionEnded
    return session


OpenSessionDep = Annotated[Session, Depends(_open)]
"""The caller's own session, where things may still begin."""
ReadSessionDep = Annotated[Session, Depends(read_session(AuditAction.READ_PLANS))]


class ApprovalBody(BaseModel):
    """What the user is or was asked about a step: whether it may run with these arguments, once.

    `approved` is null until the answer. A question that expires is a no, by nobody.
    """

    digest: str | None
    """Names the question in the answer; null once nothing is asked."""
    approved: bool | None
    decided_by: UUID | None
    decided_at: Timestamp | None
    expires_at: Timestamp


class StepBody(BaseModel):
    """One tool call of a plan; once its references are known, `arguments` are those that the tool gets.

    `unknown`: it was interrupted, and nobody knows whether it has happened; a yes repeats it.
    """

    index: int
    tool: str
    arguments: dict[str, Any]
    description: str
    after: list[int]
    """The steps that must be done before it."""
    status: StepStatus
    attempts: int
    """How often it was begun."""
    result: Any
    error: str | None
    approval: ApprovalBody | None
    started_at: Timestamp | None
    ended_at: Timestamp | None


class PlanBudgetBody(BaseModel):
    """What a plan may take: steps, seconds from beginning to end, and tokens of the models that make it."""

    steps: int
    secs: float
    tokens: int


class PlanBody(BaseModel):
    """A plan: a goal as steps."""

    model_config = example(EXAMPLE_PLAN)

    id: UUID
    goal: str
    status: PlanStatus
    error: str | None
    budget: PlanBudgetBody
    tokens: int
    """What models have read and written to make it."""
    steps: list[StepBody]
    created_at: Timestamp
    started_at: Timestamp | None
    ended_at: Timestamp | None


class PlanPage(BaseModel):
    """One page of a session's plans, newest first; `next_cursor` is null on the last."""

    model_config = example({"items": [EXAMPLE_PLAN], "next_cursor": None})

    items: list[PlanBody]
    next_cursor: str | None


class Goal(BaseModel):
    """What shall be done, in the user's words, and what it may take, within what the agent's plans may."""

    model_config = example(
        {"goal": "Work out 12 times 9, then remember it", "max_steps": 5, "max_secs": 600}, "forbid"
    )

    goal: Annotated[str, StringConstraints(min_length=1, max_length=MOST_GOAL_CHARS)]
    max_steps: Most = None
    max_secs: Most = None
    max_tokens: Most = None

    def wished(self) -> dict[str, float]:
        """What is asked for, by its name in the budget."""
        given = {"steps": self.max_steps, "secs": self.max_secs, "tokens": self.max_tokens}
        return {name: most for name, most in given.items() if most is not None}


class StepAnswer(BaseModel):
    """Which question about a step is answered: a step that was interrupted is asked about anew.

    `digest` is that of the step's `approval`. It may be left out only where the step was never begun.
    """

    model_config = example({"digest": _DIGEST}, "forbid")

    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class Execution(BaseModel):
    """The plan that shall run."""

    model_config = example({"plan_id": EXAMPLE_ID}, "forbid")

    plan_id: PlanId


@router.post(
    "/plan", status_code=201, response_model=PlanBody, responses=fails(BudgetExhausted, SessionEnded)
)
async def plan(body: Goal, session: OpenSessionDep, parts: PartsDep) -> Any:
    """Make a plan for the agent that has the word: it can be read, and runs when it is executed.

    Where something is missing, it is asked for (422), never guessed. Models are asked within the
    workspace's budget for the month.
    """
    offer = await parts.calls.shared.catalogue.of(session.workspace_id)
    agent = offer.roster.get(session.agent)
    most, wished = budget_of(parts.settings, agent), body.wished()
    if beyond := most.exceeded_by(wished):
        problems = [FieldProblem(f"/max_{name}", f"at most {limit:g}") for name, limit in beyond.items()]
        raise Invalid("that is more than a plan of this agent may take", problems=problems)
    found = await draft(parts.calls.shared, session, agent, offer, body.goal, budget=most.within(wished))
    if isinstance(found, Missing):
        raise Invalid(found.question, problems=[FieldProblem("/goal", found.question)])
    return wire.plan(found)


@router.post("/execute", status_code=202, response_model=PlanBody, responses=fails(SessionEnded, Conflict))
async def execute(body: Execution, session: OpenSessionDep, parts: PartsDep) -> Any:
    """Run a draft in the background; it goes on when nobody is connected, and after a crash of the server.

    Events named `plan.*` tell how far it is.
    """
    return wire.plan(await parts.plans.execute(body.plan_id, session.id))


@router.get("/plans", response_model=PlanPage)
async def list_plans(
    session: ReadSessionDep, store: StoreDep, limit: Limit = 20, cursor: Cursor = None
) -> Any:
    """The plans of a session, newest first."""
    items, next_cursor = await store.plans.of_session(session.id, limit=limit, cursor=cursor)
    return {"items": [wire.plan(plan) for plan in items], "next_cursor": next_cursor}


@router.get("/plans/{plan_id}", response_model=PlanBody)
async def get(plan_id: PlanId, session: ReadSessionDep, store: StoreDep) -> Any:
    """A plan as it stands."""
    return wire.plan(await store.plans.get(plan_id, session_id=session.id))


@router.post("/plans/{plan_id}/cancel", response_model=PlanBody, responses=fails(Conflict))
async def cancel(plan_id: PlanId, session: OwnSessionDep, parts: PartsDep) -> Any:
    """Let nothing more of a plan begin; a tool that changes something and runs already is let end."""
    return wire.plan(await parts.plans.cancel(plan_id, session.id))


@router.post("/plans/{plan_id}/steps/{index}/approve", response_model=PlanBody, responses=fails(Conflict))
async def approve(
    plan_id: PlanId,
    index: StepIndex,
    session: OwnSessionDep,
    caller: CallerDep,
    parts: PartsDep,
    *,
    body: StepAnswer | None = None,
) -> Any:
    """Say yes: the step runs, once, with the arguments that it shows. Of an `unknown` step: run it again.

    An answer to another question than is asked by now, or to none, changes nothing (409).
    """
    assert caller.user_id is not None
    digest = body.digest if body else None
    answer = partial(parts.plans.answer, by=caller.user_id, digest=digest)
    plan = await answer(plan_id, session.id, index, approved=True)
    return wire.plan(plan)


@router.post("/plans/{plan_id}/steps/{index}/reject", response_model=PlanBody, responses=fails(Conflict))
async def reject(
    plan_id: PlanId,
    index: StepIndex,
    session: OwnSessionDep,
    caller: CallerDep,
    parts: PartsDep,
    *,
    body: StepAnswer | None = None,
) -> Any:
    """Say no: the step does not run, nor does what needs it."""
    assert caller.user_id is not None
    digest = body.digest if body else None
    answer = partial(parts.plans.answer, by=caller.user_id, digest=digest)
    plan = await answer(plan_id, session.id, index, approved=False)
    return wire.plan(plan)
