"""Plans and approvals of the simulated server: what a page can ask of them, and what tests let happen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from fastapi import FastAPI
from fastapi.responses import JSONResponse

ADA = "11111111-1111-4111-8111-111111111111"
Emit = Callable[..., None]


class SimulatedPlans:
    """The plans and waiting calls of all sessions.

    Attributes:
        waiting: The single calls that wait; None where the server does not list them.
        sent: What pages have sent: path and body.
        refuses: Answers come too late: 409.
    """

    def __init__(self, emit: Emit) -> None:
        self.of_session: dict[str, list[dict[str, Any]]] = {}
        self.waiting: list[dict[str, Any]] | None = None
        self.sent: list[tuple[str, Any]] = []
        self.refuses = False
        self._emit = emit

    def add(self, session_id: str, plan: dict[str, Any]) -> dict[str, Any]:
        """A new plan, which those who follow the session are told of."""
        self.of_session.setdefault(session_id, []).insert(0, plan)
        self.update(session_id, plan)
        return plan

    def update(self, session_id: str, plan: dict[str, Any], **more: Any) -> None:
        """Change a plan, and tell of it."""
        plan |= more
        self._emit(session_id, "plan.updated", {"plan": {**plan, "steps": [*plan["steps"]]}})

    def step(self, session_id: str, plan: dict[str, Any], index: int, **more: Any) -> None:
        """Change a step, and tell of it."""
        plan["steps"][index] = {**plan["steps"][index], **more}
        self._emit(session_id, "plan.step", {"plan_id": plan["id"], "step": plan["steps"][index]}, moment(0))

    def ask(self, session_id: str, **more: Any) -> dict[str, Any]:
        """A single call waits for a yes."""
        call = {"call_id": "call-7", "tool": "pay", "arguments": {"amount": "5"}, "digest": "d" * 64} | more
        if self.waiting is not None:
            now = {"asked_at": moment(0), "expires_at": moment(60), "state": "waiting", "by": None}
            listed = {"question": "Shall I run pay?", **now} | call
            self.waiting.append(listed)
        self.told(session_id, call, "asked", None)
        return call

    def told(self, session_id: str, call: dict[str, Any], state: str, by: str | None) -> None:
        """What became of a call is told."""
        body = {name: call[name] for name in ("call_id", "tool", "arguments", "digest")}
        self._emit(session_id, "tool.approval", {**body, "state": state, "by": by}, moment(0))

    def routes(self, app: FastAPI) -> None:
        """Serve them."""
        self._plan_routes(app)
        self._approval_routes(app)

    def _plan_routes(self, app: FastAPI) -> None:
        root = "/api/v1/agent/sessions/{session_id}"

        @app.get(f"{root}/plans")
        def listed(session_id: str) -> Any:
            return {"items": self.of_session.get(session_id, []), "next_cursor": None}

        @app.post(f"{root}/execute", status_code=202)
        def execute(session_id: str, body: dict[str, str]) -> Any:
            self.sent.append(("execute", body["plan_id"]))
            plan = self._plan(session_id, body["plan_id"])
            self.update(session_id, plan, status="running", started_at=moment(0))
            return plan

        @app.post(f"{root}/plans/{{plan_id}}/cancel")
        def cancel(session_id: str, plan_id: str) -> Any:
            self.sent.append(("cancel", plan_id))
            plan = self._plan(session_id, plan_id)
            for index, one in enumerate(plan["steps"]):
                if one["status"] in {"pending", "waiting_approval"}:
                    self.step(session_id, plan, index, status="skipped")
            self.update(session_id, plan, status="cancelled", ended_at=moment(0))
            return plan

        @app.post(f"{root}/plans/{{plan_id}}/steps/{{index}}/{{verb}}")
        def answer(session_id: str, plan_id: str, index: int, verb: str) -> Any:
            self.sent.append((verb, index))
            if self.refuses:
                return _problem(409, "conflict", "the question has expired")
            plan = self._plan(session_id, plan_id)
            asked = plan["steps"][index]["approval"]
            decided = {"approved": verb == "approve", "decided_by": ADA, "decided_at": moment(0)}
            status = "pending" if verb == "approve" else "rejected"
            self.step(session_id, plan, index, status=status, approval={**asked, **decided})
            return plan

    def _approval_routes(self, app: FastAPI) -> None:
        @app.get("/api/v1/sessions/{session_id}/approvals")
        def waiting(session_id: str) -> Any:
            if self.waiting is None:
                return _problem(404, "not-found", "there is nothing here")
            return {"items": self.waiting, "next_cursor": None}

        @app.post("/api/v1/sessions/{session_id}/approvals/{call_id}")
        def decide(session_id: str, call_id: str, body: dict[str, Any]) -> Any:
            self.sent.append((call_id, body))
            call = next((one for one in self.waiting or [] if one["call_id"] == call_id), None)
            if call is None:
                return _problem(404, "not-found", "no such call waits")
            if call["digest"] != body["digest"]:
                return _problem(409, "conflict", "the call is another one now")
            self.waiting = [one for one in self.waiting or [] if one is not call]
            state = "approved" if body["approve"] else "rejected"
            self.told(session_id, call, state, "rest")
            return {"state": state}

    def _plan(self, session_id: str, plan_id: str) -> dict[str, Any]:
        return next(one for one in self.of_session[session_id] if one["id"] == plan_id)


def moment(secs: float) -> str:
    """The time in so many seconds, as the server writes it."""
    at = datetime.now(UTC) + timedelta(seconds=secs)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plan(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A plan as the server sends it."""
    numbered = [{**one, "index": index} for index, one in enumerate(steps)]
    begun = more.get("status", "draft") != "draft"
    return {
        "id": str(uuid4()),
        "goal": "set a timer, then order coffee",
        "status": "draft",
        "error": None,
        "steps": numbered,
        "created_at": "2026-02-01T10:00:02.000Z",
        "started_at": moment(-20) if begun else None,
        "ended_at": None,
    } | more


def step(tool: str, *after: int, **more: Any) -> dict[str, Any]:
    """A step as the server sends it."""
    return {
        "index": 0,
        "tool": tool,
        "arguments": {},
        "description": tool.replace("_", " "),
        "after": list(after),
        "status": "pending",
        "attempts": 0,
        "result": None,
        "error": None,
        "approval": None,
        "started_at": None,
        "ended_at": None,
    } | more


def asked(secs: float = 300, **more: Any) -> dict[str, Any]:
    """A question about a step that expires in so many seconds."""
    return {"approved": None, "decided_by": None, "decided_at": None, "expires_at": moment(secs)} | more


def _problem(status: int, slug: str, detail: str) -> JSONResponse:
    body = {"type": f"/problems/{slug}", "title": slug, "status": status, "detail": detail}
    return JSONResponse(body, status, media_type="application/problem+json")
