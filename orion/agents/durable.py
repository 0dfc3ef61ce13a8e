"""Durable plans: DBOS keeps which steps of a plan have ended, and brings a plan back that its process left.

A plan is a workflow with the plan's id, and each of its tool calls is a step. DBOS keeps ids and
statuses alone: what tools take and give, and who said yes, is in ORION's own tables, the ledger, which
alone decides whether a tool runs. A recorded step that DBOS plays back therefore need not be the one
that is asked for, where steps went beside each other: it says itself which one it is.

DBOS is imported and launched with the first plan, in a thread, for both take their time.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from loguru import logger

from orion.agents.executor import Executor
from orion.domain.node import Node
from orion.domain.plan import Plan, Step, StepStatus
from orion.store.workflow_engine import SCHEMA, workflow_engine

VERSION = "orion-plans-1"
"""Of how plans are run: DBOS leaves workflows of other versions alone, so it only changes with that."""
_NAMELESS = "postgresql://database/elsewhere"
"""DBOS prints it, and connects by the engine that it is given."""
_END_SECS = 2
_PAGE = 500
_ENDED = {"SUCCESS", "ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "CANCELLED"}

Outcome = dict[str, Any]
_T = TypeVar("_T")
Perform = Callable[[int], Coroutine[Any, Any, Outcome]]


@dataclass(frozen=True, slots=True)
class _Launched:
    """DBOS as it was launched, and the workflow that was registered with it."""

    dbos: Any
    instance: Any
    workflow: Any
    engine: Any

    def forget_ended(self, before: datetime) -> None:
        """Remove workflows that had ended by then, in pages."""
        while True:
            ended = self.dbos.DBOS.list_workflows(
                status=["SUCCESS", "ERROR"],
                completed_before=before.isoformat(),
                limit=_PAGE,
                load_input=False,
                load_output=False,
            )
            if not ended:
                return
            self.dbos.DBOS.delete_workflows([workflow.workflow_id for workflow in ended])

    def close(self) -> None:
        """End its threads and its connections."""
        # DBOS asks a database that is away again without an end: such a thread would outlive the server.
        self.instance._sys_db._retry_connection_errors = False  # noqa: SLF001 - it is only told when it is made
        self.dbos.DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=_END_SECS)
        self.engine.dispose()


class DurablePlans:
    """The plans of this process as workflows.

    Args:
        url: Of the database, as asyncpg takes it.
        node: Gives this process as a node.
    """

    def __init__(self, url: str, executor: Executor, node: Callable[[], Node]) -> None:
        self._url = url
        self._executor = executor
        self._node = node
        self._launched: _Launched | None = None
        self._launching = asyncio.Lock()

    async def start(self, plan_id: UUID, fence: int = 0) -> None:
        """Run a plan in the background, or go on with it where it was left.

        Args:
            fence: Of its last claim; it makes the id of the next workflow where the last one has ended
                before the plan was over.
        """
        launched = await self._launch()
        await asyncio.to_thread(self._start, launched, str(plan_id), fence)

    @property
    def ready(self) -> bool:
        """Whether DBOS is launched, so that `start` takes no time."""
        return self._launched is not None

    async def prepare(self) -> None:
        """Launch DBOS, if it is neither launched nor being launched."""
        if not self._launching.locked():
            await self._launch()

    async def forget_ended(self, before: datetime) -> None:
        """Remove what DBOS keeps of workflows that had ended by then, if it is launched; the plans stay."""
        if self._launched is not None:
            await asyncio.to_thread(self._launched.forget_ended, before)

    async def close(self) -> None:
        """Leave all plans to others."""
        async with self._launching:
            if self._launched is not None:
                await asyncio.to_thread(self._launched.close)
            self._launched = None

    async def _launch(self) -> _Launched:
        async with self._launching:
            if self._launched is None:
                loop = asyncio.get_running_loop()
                self._launched = await asyncio.to_thread(self._launch_in_thread, loop)
            return self._launched

    def _launch_in_thread(self, loop: asyncio.AbstractEventLoop) -> _Launched:
        dbos = importlib.import_module("dbos")
        engine = workflow_engine(self._url)
        instance = dbos.DBOS(
            config={
                "name": "orion",
                "system_database_url": _NAMELESS,
                "system_database_engine": engine,
                "dbos_system_schema": SCHEMA,
                "application_version": VERSION,
                "executor_id": str(self._node().id),
                # The default is pickle: whoever could write a row would run code here.
                "serializer": dbos.DBOSPortableJSONSerializer(),
                "use_listen_notify": False,
                "log_level": "ERROR",
            }
        )
        workflow = dbos.DBOS.workflow(name="plan")(self._workflow(dbos, loop))
        dbos.DBOS.launch()
        logger.info("plans are kept by DBOS")
        return _Launched(dbos, instance, workflow, engine)

    def _workflow(self, dbos: Any, loop: asyncio.AbstractEventLoop) -> Callable[[str], Awaitable[None]]:
        """The workflow of a plan: it runs in a loop of DBOS, the executor in that of the server."""

        def here(work: Coroutine[Any, Any, _T]) -> Awaitable[_T]:
            return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, loop))

        async def performed(plan_id: str, index: int) -> Outcome:
            ended = await here(self._executor.perform(UUID(plan_id), index))
            return {"index": index, "status": None} if ended is None else _outcome(*ended)

        async def workflow(plan_id: str) -> None:
            plan = await here(self._executor.claim(UUID(plan_id), self._node()))
            if plan is None:
                return

            async def perform(index: int) -> Outcome:
                options = {"name": "step"}
                outcome: Outcome = await dbos.DBOS.run_step_async(options, performed, plan_id, index)
                return outcome

            try:
                await walk(plan, perform, lambda: self._executor.left(plan.id))
            finally:
                await here(self._let_go(plan.id))

        return workflow

    async def _let_go(self, plan_id: UUID) -> None:
        self._executor.let_go(plan_id)

    def _start(self, launched: _Launched, plan_id: str, fence: int) -> None:
        """Begin a workflow, or resume the one that a dead process left."""
        dbos = launched.dbos
        workflow_id, ended = plan_id, 0
        while (status := dbos.DBOS.get_workflow_status(workflow_id)) and status.status in _ENDED:
            # It ended without its plan, as when it could not write any more, or its node was closing.
            workflow_id = f"{plan_id}:{fence}:{ended}"
            ended += 1
        if status is None:
            with dbos.SetWorkflowID(workflow_id):
                dbos.DBOS.start_workflow(launched.workflow, plan_id)
        elif status.status == "PENDING":
            dbos.DBOS.resume_workflows([workflow_id])


async def walk(plan: Plan, perform: Perform, left: Callable[[], bool]) -> None:
    """Perform all steps of a plan, each as soon as those are done that it needs.

    Args:
        plan: Only its steps and their order count, so that a recorded walk can be played back.
        perform: Brings a step to its end; its outcome may be that of another one, see above.
        left: Whether this process shall begin nothing more of it.
    """
    plan = replace(plan, steps=tuple(_untouched(step) for step in plan.steps))
    running: dict[asyncio.Task[Outcome], int] = {}
    async with asyncio.TaskGroup() as group:
        while not left():
            for index in plan.ready():
                if index not in running.values():
                    running[group.create_task(perform(index))] = index
            if not running:
                return
            ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(ended, key=running.__getitem__):
                del running[task]
                plan = _after(plan, task.result())


def _untouched(step: Step) -> Step:
    return Step(step.index, step.tool, after=step.after)


def _after(plan: Plan, outcome: Outcome) -> Plan:
    if outcome["status"] is None:
        return plan
    step = plan.steps[outcome["index"]]
    return plan.with_step(replace(step, status=StepStatus(outcome["status"])))


def _outcome(index: int, status: StepStatus) -> Outcome:
    return {"index": index, "status": status.value}
