"""Plans over tools that count, in a real ledger, walked without DBOS."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from orion.agents.durable import walk
from orion.agents.executor import Budget, Executor
from orion.agents.ledger import PLANS, Ledger, answered
from orion.agents.recollection import Recollection
from orion.domain.identity import new_id
from orion.domain.node import Node
from orion.domain.plan import Plan, PlanStatus, Step
from orion.domain.plan_budget import PlanBudget
from orion.domain.tool import Tool
from orion.tools import RunnableTool, load_all
from tests.store.test_repositories import a_session

OPEN = {"type": "object", "properties": {}}


def a_tool(name, run, **options):
    return RunnableTool(Tool(name, "Does something.", OPEN, **options), run)


@dataclass
class Process:
    """One process, as the ledger sees it."""

    executor: Executor
    node: Node
    said: list[tuple[UUID, float, str]] = field(default_factory=list)


class Stage:
    """A session of a user, with tools, in a database."""

    def __init__(self, database, owner):
        self.database = database
        self.owner = owner
        self.ledger = Ledger(database)
        self.tools = dict(load_all())
        self.calls = []
        self.processes = []

    async def open(self):
        async with self.database.transaction(self.owner) as store:
            self.session = await store.sessions.create(a_session(self.owner))
        return self

    def offer(self, name="note", result=None, error=None, **options):
        """A tool that counts its calls by their keys."""

        async def run(arguments, call):
            self.calls.append((call.call_id, arguments))
            if error is not None:
                raise error
            return arguments if result is None else result

        self.tools[name] = a_tool(name, run, **options)

    async def process(self, lease_secs=60.0, retry_secs=(0.0, 0.0), **budget):
        """A process that can run plans."""
        node = Node(new_id(), 1)
        async with self.database.transaction(PLANS) as store:
            await store.nodes.join(node, lease_secs)
        said = []

        async def tools_of(owner, _agent):
            async with self.database.transaction(owner):  # refuses a user who may nothing any more
                return dict(self.tools)

        async def announce(session_id, secs, text):
            said.append((session_id, secs, text))

        bounds = Budget(retry_secs=retry_secs, **budget)
        executor = Executor(self.ledger, Recollection(self.database), tools_of, announce, bounds)
        self.processes.append(Process(executor, node, said))
        return self.processes[-1]

    async def draft(self, *steps, bounds=PlanBudget()):  # noqa: B008
        """A plan of `(tool, arguments, after ...)`."""
        steps = tuple(
            Step(at, tool, arguments, after=tuple(after))
            for at, (tool, arguments, *after) in enumerate(steps)
        )
        plan = Plan(
            new_id(),
            self.session.id,
            "concierge",
            "a goal",
            PlanStatus.DRAFT,
            steps,
            datetime.now(UTC),
            budget=bounds,
        )
        async with self.database.transaction(self.owner) as store:
            return await store.plans.add(plan)

    async def begun(self, process, *steps, **more):
        """A plan that is begun on a process."""
        plan = await self.draft(*steps, **more)
        return await self.ledger.begin(plan.id, self.session.id, process.node)

    async def walk(self, process, plan):
        """Run a plan in a process as far as it goes; how it stands then."""
        claimed = await process.executor.claim(plan.id, process.node)
        if claimed is not None:

            async def perform(index):
                ended = await process.executor.perform(plan.id, index)
                return {"index": index, "status": ended and ended[1].value}

            await walk(claimed, perform, lambda: process.executor.left(plan.id))
            process.executor.let_go(plan.id)
        return await self.read(plan)

    async def answer(self, plan, index=0, *, approved=True, digest=None):
        """Answer for the user what is asked about a step, and let its process hear of it."""
        by = self.owner.user_id

        def decide(now):
            return answered(now, index, approved=approved, by=by, digest=digest)

        await self.ledger.amend(plan.id, self.session.id, decide)
        for process in self.processes:
            await process.executor.refresh(plan.id)

    async def answer_soon(self, plan, index, *, approved):
        """Let the user answer as soon as a step of a plan asks."""

        async def answer():
            asked = await self.until(plan, lambda now: now.steps[index].asks)
            await self.answer(plan, index, approved=approved, digest=asked.steps[index].question)

        self.answering = asyncio.get_running_loop().create_task(answer())

    async def run(self, *steps, bounds=PlanBudget(), **budget):  # noqa: B008
        """Run a plan in a process of its own; how it ended."""
        process = await self.process(**budget)
        return await self.walk(process, await self.begun(process, *steps, bounds=bounds))

    async def read(self, plan):
        async with self.database.transaction(self.owner) as store:
            return await store.plans.get(plan.id)

    async def until(self, plan, holds):
        """The plan when something holds of it."""
        async with asyncio.timeout(10):
            while not holds(found := await self.read(plan)):
                await asyncio.sleep(0.01)
        return found

    async def die(self, process):
        """Let a process be dead for all others."""
        async with self.database.transaction(PLANS) as store:
            await store.nodes.leave(process.node.id)

    async def told(self):
        async with self.database.transaction(self.owner) as store:
            return await store.events.after(self.session.id, None)
