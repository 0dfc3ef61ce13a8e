"""A project whose tools have effects that can be counted, and plans over them on real servers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from orion.agents.ledger import PLANS
from orion.domain.identity import new_id
from orion.domain.plan import Plan, PlanStatus, Step, StepStatus
from orion.store.database import Database
from orion.store.plan_tables import plans

_TOOL = '''"""{about}"""

import asyncio
from pathlib import Path

from pydantic import BaseModel

RISK = "{risk}"
{more}
FOLDER = Path({folder!r})


class Args(BaseModel):
    """Nothing counts here."""

    secs: float = 0.05


async def run(args, call):
    await asyncio.sleep(args.secs / 2)
    {effect}
    await asyncio.sleep(args.secs / 2)
    return {{"key": call.call_id}}
'''
_APPEND = """with (FOLDER / "effects").open("a") as file:
        file.write(call.call_id + chr(10))"""
_ONCE = """(FOLDER / call.call_id.replace(":", "_")).touch()"""


def project(folder: Path) -> Path:
    """A project with `append` (each call has an effect), `once` (each key has), and `pay` (asks first)."""
    effects, tools = folder / "effects", folder / "project" / "tools"
    for made in (effects, tools):
        made.mkdir(parents=True)
    kinds = {
        "append": ("write", "", _APPEND),
        "once": ("write", "IDEMPOTENT = True", _ONCE),
        "pay": ("danger", "", _APPEND),
    }
    for name, (risk, more, effect) in kinds.items():
        text = _TOOL.format(about=f"Does {name}.", risk=risk, more=more, effect=effect, folder=str(effects))
        (tools / f"{name}.py").write_text(text)
    return folder / "project"


@dataclass
class Outside:
    """The world outside, as the tools have left it, and plans on a database."""

    folder: Path
    database: Database

    def effects(self) -> Counter[str]:
        """How often each idempotency key had an effect."""
        file = self.folder / "effects" / "effects"
        lines = file.read_text().split() if file.exists() else []
        once = [path.name.replace("_", ":") for path in file.parent.iterdir() if "_" in path.name]
        return Counter([*lines, *once])

    async def draft(self, session_id: str, *steps: tuple[Any, ...]) -> Plan:
        """A plan of `(tool, arguments, after ...)`, not begun."""
        listed = tuple(Step(at, step[0], step[1], after=tuple(step[2:])) for at, step in enumerate(steps))
        now = datetime.now(UTC)
        plan = Plan(new_id(), UUID(session_id), "concierge", "count", PlanStatus.DRAFT, listed, now)
        async with self.database.transaction(PLANS) as store:
            return await store.plans.add(plan)

    async def claims(self, plan: Plan) -> int:
        """How often the plan has been claimed."""
        async with self.database.transaction(PLANS) as store:
            found = await store.connection.execute(select(plans.c.fence).where(plans.c.id == plan.id))
            return int(found.scalar_one())

    async def read(self, plan: Plan) -> Plan:
        async with self.database.transaction(PLANS) as store:
            return await store.plans.get(plan.id)

    async def answer(self, http: httpx.AsyncClient, plan: Plan) -> None:
        """Answer what is asked as somebody who looks first: again only what has not happened."""
        happened = self.effects()
        for step in plan.steps:
            if step.asks and not plan.status.over:
                again = step.status is StepStatus.WAITING_APPROVAL or not happened[plan.key(step.index)]
                verb = "approve" if again else "reject"
                path = f"/api/v1/agent/sessions/{plan.session_id}/plans/{plan.id}/steps/{step.index}/{verb}"
                await http.post(path, json={"digest": step.question})

    def wrong(self, plan: Plan) -> list[str]:
        """What of an ended plan did not happen exactly once, though it should, or happened, though not."""
        happened = self.effects()
        expected = {StepStatus.DONE: 1, StepStatus.UNKNOWN: 1}
        return [
            f"{step.index} {step.tool} {step.status.value}: {happened[plan.key(step.index)]} effects"
            for step in plan.steps
            if step.tool != "remember" and happened[plan.key(step.index)] != expected.get(step.status, 0)
        ]
