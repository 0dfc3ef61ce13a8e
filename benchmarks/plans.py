"""What a step of a durable plan costs beside its tool: with DBOS, and with the ledger alone.

The ledger alone is what a journal of ORION's own would be: the same executor, walked without DBOS, which
then would only need the sweeper to start it again.

    python benchmarks/plans.py [--plans 20] [--steps 10] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from _server import head, percentile, table

from orion.agents.durable import DurablePlans, Outcome, walk
from orion.agents.executor import Executor
from orion.agents.ledger import PLANS, Ledger
from orion.agents.recollection import Recollection
from orion.domain.identity import Principal, new_id
from orion.domain.node import Node
from orion.domain.plan import Plan, PlanStatus, Step
from orion.domain.session import Session, SessionStatus
from orion.domain.tool import Tool
from orion.store.database import Database
from orion.store.embedded import EmbeddedPostgres
from orion.store.schema import migrate
from orion.tools import RunnableTool


async def nothing(_arguments: dict[str, Any], _call: Any) -> dict[str, Any]:
    """A tool that costs nothing."""
    return {"ok": True}


async def tools_of(_owner: Principal, _agent: str) -> dict[str, RunnableTool]:
    schema = {"type": "object", "properties": {}}
    return {"nothing": RunnableTool(Tool("nothing", "Does nothing.", schema), nothing)}


async def announce(_session_id: Any, _secs: float, _text: str) -> None:
    """Nobody is there."""


class Bench:
    """A session with a user, a node, and plans of steps one after another."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.ledger = Ledger(database)
        self.executor = Executor(self.ledger, Recollection(database), tools_of, announce)
        self.node = Node(new_id(), 1)

    async def open(self) -> None:
        async with self.database.transaction(Principal.system("log-in")) as store:
            user = await store.users.create(email="a@b.c", name="A", password_hash="-", role=None)
        async with self.database.transaction(Principal.of(user)) as store:
            now = datetime.now(UTC)
            self.session = Session(
                new_id(), user.workspace_id, user.id, "concierge", SessionStatus.CREATED, now
            )
            await store.sessions.create(self.session)
        async with self.database.transaction(PLANS) as store:
            await store.nodes.join(self.node, 3600)

    async def begun(self, steps: int) -> Plan:
        listed = tuple(Step(at, "nothing", after=(at - 1,) if at else ()) for at in range(steps))
        now = datetime.now(UTC)
        plan = Plan(new_id(), self.session.id, "concierge", "measure", PlanStatus.DRAFT, listed, now)
        async with self.database.transaction(PLANS) as store:
            await store.plans.add(plan)
        return await self.ledger.begin(plan.id, self.session.id, self.node)

    async def alone(self, plan: Plan) -> None:
        """Run a plan by the ledger alone."""
        claimed = await self.executor.claim(plan.id, self.node)
        assert claimed

        async def perform(index: int) -> Outcome:
            ended = await self.executor.perform(plan.id, index)
            return {"index": index, "status": ended[1].value if ended else None}

        await walk(claimed, perform, lambda: self.executor.left(plan.id))
        self.executor.let_go(plan.id)

    async def durably(self, durable: DurablePlans, plan: Plan) -> None:
        """Run a plan by DBOS."""
        await durable.start(plan.id)
        while plan.id in self.executor.running or not (await self.read(plan)).status.over:  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    async def read(self, plan: Plan) -> Plan:
        async with self.database.transaction(PLANS) as store:
            return await store.plans.get(plan.id)


async def measured(
    bench: Bench, run: Callable[[Plan], Awaitable[None]], plans: int, steps: int
) -> dict[str, float]:
    """CPU and wall time per step, in milliseconds, of this process with all its threads."""
    await run(await bench.begun(steps))  # what is made on first use
    begun = [await bench.begun(steps) for _ in range(plans)]
    process = psutil.Process()
    cpu, walls = process.cpu_times(), []
    for plan in begun:
        started = time.perf_counter()
        await run(plan)
        walls.append((time.perf_counter() - started) * 1000 / steps)
    spent = process.cpu_times()
    total = spent.user + spent.system - cpu.user - cpu.system
    for plan in begun:
        assert (await bench.read(plan)).status is PlanStatus.DONE
    return {
        "cpu_ms": round(total * 1000 / (plans * steps), 2),
        "wall_ms_p50": round(percentile(walls, 50), 2),
        "wall_ms_p95": round(percentile(walls, 95), 2),
    }


async def idle(secs: float = 5.0) -> float:
    """CPU per second while nothing is run, in milliseconds."""
    process = psutil.Process()
    cpu = process.cpu_times()
    await asyncio.sleep(secs)
    spent = process.cpu_times()
    return round((spent.user + spent.system - cpu.user - cpu.system) * 1000 / secs, 2)


async def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--plans", type=int, default=20)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--json", type=Path, help="write the figures there")
    arguments = parser.parse_args()
    print(head())
    with tempfile.TemporaryDirectory(prefix="orion-bench-") as folder:
        Path(folder).chmod(0o711)  # noqa: ASYNC240 - nothing else runs yet
        embedded = EmbeddedPostgres(Path(folder) / "data")
        url = await embedded.start()
        await migrate(url)
        bench = Bench(Database(url, embedded))
        await bench.open()
        figures: dict[str, Any] = {
            "ledger alone": await measured(bench, bench.alone, arguments.plans, arguments.steps)
        }
        figures["idle"] = {"without DBOS": await idle()}
        durable = DurablePlans(url, bench.executor, lambda: bench.node)
        started = time.perf_counter()
        await durable.prepare()
        figures["launch"] = {"first_secs": round(time.perf_counter() - started, 2)}
        figures["DBOS"] = await measured(
            bench, lambda plan: bench.durably(durable, plan), arguments.plans, arguments.steps
        )
        figures["idle"]["with DBOS"] = await idle()
        await durable.close()
        await bench.database.close()
    rows = [("", "CPU ms per step", "wall ms p50", "p95")]
    for name in ("ledger alone", "DBOS"):
        rows.append((name, *map(str, figures[name].values())))
    table("A step beside its tool", rows)
    print(f"  launch of DBOS, import and first tables: {figures['launch']['first_secs']} s")
    print(f"  CPU ms per idle second: {figures['idle']}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
