"""The JSON shapes of sessions, turns, tool calls and plans: the same in REST, events and webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from orion.domain.plan import Approval, Plan, Step
from orion.domain.session import Session
from orion.domain.storable import MOST_DEPTH, storable
from orion.domain.timer import Timer
from orion.domain.tool import ToolCall
from orion.domain.turn import Turn
from orion.domain.usage import AMOUNTS, CURRENCY, MICROS, Usage, cost_micros
from orion.domain.waiting_call import ApprovalState, WaitingCall


def foreign(value: Any) -> Any:
    """JSON from outside as clients can read it, however deep it was when it was kept."""
    return storable(value, MOST_DEPTH)


def timestamp(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with milliseconds, e.g. `2026-01-31T09:30:00.000Z`."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def tool_call(call: ToolCall) -> dict[str, Any]:
    """A tool call as clients see it."""
    return {
        "id": call.id,
        "tool": call.tool,
        "arguments": foreign(call.arguments),
        "status": call.status.value,
        "result": foreign(call.result),
        "error": call.error,
        "duration_ms": call.duration_ms,
        "started_at": timestamp(call.started_at),
    }


def timer(timer: Timer) -> dict[str, Any]:
    """A timer as clients see it."""
    return {
        "id": str(timer.id),
        "session_id": str(timer.session_id) if timer.session_id else None,
        "agent": timer.agent,
        "kind": timer.kind.value,
        "name": timer.name,
        "due_at": timestamp(timer.due_at),
        "secs": timer.secs,
        "zone": timer.zone,
        "state": timer.state.value,
        "created_at": timestamp(timer.created_at),
    }


def dollars(micros: int | None) -> float | None:
    """Micro-dollars as dollars; None stays None: a cost that is not known is no cost of nothing."""
    return None if micros is None else micros / MICROS


def usage(used: Sequence[Usage]) -> dict[str, Any]:
    """What was consumed, as clients see it; the cost is null as soon as that of one engine is not known."""
    return {
        "cost_usd": dollars(cost_micros(used)),
        "currency": CURRENCY,
        "engines": [
            {
                "kind": one.kind,
                "provider": one.provider,
                "model": one.model,
                "cost_usd": dollars(one.cost_micros),
                **{name: getattr(one, name) for name in AMOUNTS if name != "audio_secs"},
                "audio_secs": round(one.audio_secs, 3),
                "estimated": one.estimated,
            }
            for one in used
        ],
    }


def turn(turn: Turn) -> dict[str, Any]:
    """A turn as clients see it."""
    return {
        "id": str(turn.id),
        "role": turn.speaker.value,
        "agent": turn.agent,
        "text": turn.text,
        "interrupted": turn.interrupted,
        "tool_calls": [tool_call(call) for call in turn.tool_calls],
        "latency": turn.latency.as_dict(),
        "usage": usage(turn.usage),
        "started_at": timestamp(turn.started_at),
        "ended_at": timestamp(turn.ended_at),
    }


def session(session: Session, *, live: bool, participants: list[str] | None = None) -> dict[str, Any]:
    """A session as clients see it; `live` tells whether somebody is connected."""
    return {
        "id": str(session.id),
        "agent": session.agent,
        "status": session.status.value,
        "live": live,
        "title": session.title,
        "metadata": foreign(session.metadata),
        "participants": participants or [],
        "created_at": timestamp(session.created_at),
        "started_at": timestamp(session.started_at),
        "ended_at": timestamp(session.ended_at),
        "end_reason": session.end_reason.value if session.end_reason else None,
        "usage": usage(session.usage),
    }


def plan(plan: Plan) -> dict[str, Any]:
    """A plan as clients see it."""
    return {
        "id": str(plan.id),
        "goal": plan.goal,
        "status": plan.status.value,
        "error": plan.error,
        "budget": asdict(plan.budget),
        "tokens": plan.tokens,
        "steps": [step(one) for one in plan.steps],
        "created_at": timestamp(plan.created_at),
        "started_at": timestamp(plan.started_at),
        "ended_at": timestamp(plan.ended_at),
    }


def step(step: Step) -> dict[str, Any]:
    """A step as clients see it; its arguments with results in place of references, once they are known."""
    return {
        "index": step.index,
        "tool": step.tool,
        "arguments": foreign(step.arguments if step.resolved is None else step.resolved),
        "description": step.description,
        "after": list(step.after),
        "status": step.status.value,
        "attempts": step.attempts,
        "result": foreign(step.result),
        "error": step.error,
        "approval": approval(step.approval, step.question),
        "started_at": timestamp(step.started_at),
        "ended_at": timestamp(step.ended_at),
    }


def waiting_call(call: WaitingCall) -> dict[str, Any]:
    """A tool call that waits, or waited, for the user's yes, as clients see it."""
    wanted = call.wanted
    return {
        "call_id": wanted.call_id,
        "tool": wanted.tool,
        "arguments": foreign(wanted.arguments),
        "digest": wanted.digest,
        "question": wanted.question,
        "state": call.state.value,
        "by": call.by,
        "asked_at": timestamp(call.asked_at),
        "expires_at": timestamp(call.expires_at),
        "decided_at": timestamp(call.decided_at),
    }


def approval_event(call: WaitingCall) -> dict[str, Any]:
    """What `tool.approval` tells: a call was `asked` about, or answered, and by what."""
    told = waiting_call(call)
    return {**told, "state": "asked"} if call.state is ApprovalState.WAITING else told


def approval(asked: Approval | None, digest: str | None) -> dict[str, Any] | None:
    """What the user is or was asked about a step: `approved` is null until the answer, `digest` from then."""
    if asked is None:
        return None
    return {
        "digest": digest,
        "approved": asked.approved,
        "decided_by": str(asked.decided_by) if asked.decided_by else None,
        "decided_at": timestamp(asked.decided_at),
        "expires_at": timestamp(asked.expires_at),
    }
