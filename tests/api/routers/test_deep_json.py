"""What was kept before there was a bound on its depth can be read, cut."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from orion.agents.ledger import PLANS
from orion.domain.approval import Wanted
from orion.domain.identity import Principal, new_id
from orion.domain.memory import Memory, MemoryType
from orion.domain.plan import Plan, PlanStatus, Step, StepStatus
from orion.domain.storable import is_nested
from orion.domain.tool import ToolCall, ToolCallStatus
from orion.domain.turn import Speaker, Turn
from orion.domain.waiting_call import WaitingCall
from orion.pipelines.waiting_calls import APPROVALS
from tests.api.running import running

V1 = "/api/v1"


def nested(levels: int = 256) -> dict[str, Any]:
    value: dict[str, Any] = {"a": "deep"}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


async def keep(database, session_id: UUID, owner: Principal) -> None:
    """Rows as they were written before."""
    now = datetime.now(UTC)
    call = ToolCall("c1", "look", nested(), ToolCallStatus.DONE, result=nested(), started_at=now)
    turn = Turn(new_id(), session_id, Speaker.AGENT, "concierge", "Done.", now, now, tool_calls=(call,))
    step = Step(0, "look", nested(), "Look", status=StepStatus.DONE, result=[nested()])
    later = replace(step, index=1, resolved=nested(), status=StepStatus.PENDING)
    plan = Plan(new_id(), session_id, "concierge", "look", PlanStatus.DRAFT, (step, later), now)
    wanted = Wanted("c2", "pay", nested(), "Shall I?")
    waits = WaitingCall(new_id(), session_id, "concierge", wanted, now, now + timedelta(minutes=10))
    assert owner.user_id is not None
    memory = Memory(new_id(), owner.user_id, session_id, MemoryType.FACT, "tea", now, metadata=nested())
    async with database.transaction(owner) as store:
        await store.turns.save(turn)
        await store.memories.add(memory)
    async with database.transaction(PLANS) as store:
        await store.plans.add(plan)
    async with database.transaction(APPROVALS) as store:
        assert await store.approvals.add(waits)


@pytest.mark.parametrize(
    "path",
    ["sessions/{id}/turns", "agent/sessions/{id}/plans", "sessions/{id}/approvals", "sessions/{id}/memory"],
)
async def test_rows_of_any_depth_can_be_read(database_url, tmp_path, path):
    async with running(database_url, tmp_path) as server:
        token = (await server.register("ada"))["access_token"]
        async with server.client(token) as http:
            session = (await http.post(f"{V1}/sessions", json={})).json()
            found = await server.parts.calls._current(session["id"])
            await keep(server.parts.database, found.id, Principal(found.workspace_id, found.user_id))
            answer = await http.get(f"{V1}/{path.format(id=session['id'])}")
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["items"]) == 1
    assert not is_nested(answer.json(), 80)
