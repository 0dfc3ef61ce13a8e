"""This process as a node that runs plans: it lives by a lease, takes over what dead nodes left, and listens.

A node that cannot renew its lease is taken for dead, and its plans are run by others. Should it live
after all, the ledger's fence keeps it from writing, and it comes back in a new epoch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from loguru import logger

from orion.agents.durable import DurablePlans
from orion.agents.executor import Executor
from orion.agents.ledger import PLANS, Ledger, answered, cancelled
from orion.domain.identity import Principal, new_id
from orion.domain.node import Node
from orion.domain.plan import Plan
from orion.errors import DatabaseUnavailable, NotFound
from orion.pipelines.calls import Calls
from orion.pipelines.records.feed import Feed
from orion.pipelines.tasks import Tasks
from orion.store.database import Database
from orion.store.notices import listen
from orion.store.plans import CHANNEL, OUTSIDE
from orion.tools import RunnableTool

LEASE_SECS = 2.5
BEAT_SECS = 0.5
_CHECK_SECS = 30.0
_FORGET_EVERY = timedelta(hours=1)
_KEPT = timedelta(days=1)
_AT_ONCE = 25
"""So many plans at most are taken over with each beat."""
_STARTING_SECS = 5.0
"""So long after it was started or resumed, a plan that does not run yet is no orphan."""


Beat = Callable[[], Awaitable[None]]


class PlanNode:
    """Runs plans that are executed here, and those that others left.

    Args:
        ledger: Of the same database.
        feed: Told of what happens to plans, wherever they are run.
        beats: What else the node does with each beat, each beside the others.
    """

    def __init__(
        self, database: Database, ledger: Ledger, executor: Executor, feed: Feed, *beats: Beat
    ) -> None:
        self._beats = beats
        self._database = database
        self._ledger = ledger
        self._executor = executor
        self._feed = feed
        self.node = Node(new_id(), 1)
        self._durable = DurablePlans(database.direct_url, executor, lambda: self.node)
        self._starting: dict[UUID, float] = {}
        self._tasks = Tasks()
        self._closing = False

    @classmethod
    def of(cls, calls: Calls, *beats: Beat) -> PlanNode:
        """The node of a process that has those calls: its plans have the same tools and memories."""
        shared = calls.shared
        database = shared.database

        async def tools_of(owner: Principal, agent: str) -> Mapping[str, RunnableTool]:
            assert owner.workspace_id is not None
            async with database.transaction(owner) as store:  # refuses a user who may nothing any more
                offer = await calls.shared.catalogue.within(store, owner.workspace_id)
            names = offer.roster.get(agent).tools
            return {name: tool for name, tool in offer.tools.items() if names is None or name in names}

        ledger = Ledger(database)
        executor = Executor(ledger, shared.recollection, tools_of, calls.announce)
        return cls(database, ledger, executor, shared.feed, *beats)

    async def start(self) -> None:
        """Become a node, and take over what was left."""
        async with self._database.transaction(PLANS) as store:
            await store.nodes.join(self.node, LEASE_SECS)
        self._tasks.spawn(self._repeated(self._renew), "lease of the node")
        self._tasks.spawn(self._repeated(self._take_over), "plans that nobody runs")
        for beat in self._beats:
            self._tasks.spawn(self._repeated(beat), "beat of the node")
        told = listen(self._database.direct_url, CHANNEL, self._told, check_secs=_CHECK_SECS)
        self._tasks.spawn(told, "news of plans")
        self._tasks.spawn(self._forget(), "ended plans")

    async def close(self) -> None:
        """Leave all plans to others, at once; what runs may end under the lease."""
        self._closing = True
        await self._executor.close()
        await self._tasks.close()
        try:
            async with self._database.transaction(PLANS) as store:
                await store.nodes.leave(self.node.id)
        except DatabaseUnavailable:
            logger.warning("the database is away: others wait for the end of this node's lease")
        await self._durable.close()

    async def execute(self, plan_id: UUID, session_id: UUID) -> Plan:
        """Run a draft of a session, here unless this process ends; then it is left to others.

        Raises:
            NotFound: There is no such plan.
            Conflict: It is no draft any more.
        """
        self._starting[plan_id] = _now()
        try:
            plan = await self._ledger.begin(plan_id, session_id, self.node)
        except BaseException:
            self._starting.pop(plan_id, None)
            raise
        if not self._leaving():
            self._spawn(self._durable.start(plan_id))
        return plan

    async def cancel(self, plan_id: UUID, session_id: UUID) -> Plan:
        """Let nothing more of a plan begin. Raises NotFound, and Conflict where it is over."""
        return await self._ledger.amend(plan_id, session_id, cancelled)

    async def answer(
        self,
        plan_id: UUID,
        session_id: UUID,
        index: int,
        *,
        approved: bool,
        by: UUID,
        digest: str | None = None,
    ) -> Plan:
        """Say yes or no to what is asked about a step.

        Args:
            digest: Of the question that is answered, see `answered`.

        Raises:
            NotFound: There is no such plan or step.
            Conflict: Nothing is asked about it, or not any more, or something else.
        """

        def decide(plan: Plan) -> Plan:
            if index >= len(plan.steps):
                raise NotFound("no such step")
            return answered(plan, index, approved=approved, by=by, digest=digest)

        return await self._ledger.amend(plan_id, session_id, decide)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self._tasks.spawn(work, "plan")

    async def _outcome(self, work: Coroutine[Any, Any, None]) -> None:
        """Wait for work whose failure must not end what waits for it; it is logged."""
        await asyncio.wait([self._spawn(work)])

    async def _repeated(self, beat: Beat) -> None:
        while True:
            try:
                await beat()
            except DatabaseUnavailable:
                logger.warning("the node waits for the database")
            await asyncio.sleep(BEAT_SECS)

    async def _renew(self) -> None:
        """Renew the lease, on which nothing else may wait, and take those for dead who did not."""
        async with self._database.transaction(PLANS) as store:
            if not await store.nodes.renew(self.node, LEASE_SECS):
                self.node = replace(self.node, epoch=self.node.epoch + 1)
                await store.nodes.join(self.node, LEASE_SECS)
                logger.warning("this node was taken for dead; it is back in epoch {}", self.node.epoch)
            for node_id in await store.nodes.expire(LEASE_SECS):
                logger.warning("node {} is dead", node_id)

    async def _take_over(self) -> None:
        """Take over what nobody runs, a few plans at a time: the lock is for others, too."""
        if self._leaving():
            return
        async with self._database.transaction(PLANS) as store:
            if not await store.plans.any_begun():
                return
            if not self._durable.ready:
                self._spawn(self._durable.prepare())
                return
            if not await store.nodes.sweeps():
                return
            self._forget_started()
            busy = self._starting.keys() | self._executor.running
            # Inside the lock: a list that is older could bring a plan back that runs elsewhere by now.
            for plan_id, fence in await store.plans.orphans(self.node, busy, _AT_ONCE):
                if self._leaving():
                    return
                if plan_id not in self._starting and plan_id not in self._executor.running:
                    logger.info("a plan is taken over")
                    self._starting[plan_id] = _now()
                    await self._outcome(self._durable.start(plan_id, fence))

    def _leaving(self) -> bool:
        return self._closing

    async def _forget(self) -> None:
        """Once an hour, let DBOS forget what ended a day ago."""
        while True:
            await asyncio.sleep(_FORGET_EVERY.total_seconds())
            await self._outcome(self._durable.forget_ended(datetime.now(UTC) - _KEPT))

    def _forget_started(self) -> None:
        before = _now() - _STARTING_SECS
        self._starting = {plan_id: at for plan_id, at in self._starting.items() if at > before}

    async def _told(self, payload: str | None) -> None:
        """Hear of a change; None: of something that may have been missed."""
        try:
            if payload is None:
                for plan_id in self._executor.running:
                    self._spawn(self._executor.refresh(plan_id))
                return
            changed, session_id, source, *events = payload.split()
            if source == OUTSIDE:
                self._spawn(self._executor.refresh(UUID(changed)))
            if events and self._feed.watched(UUID(session_id)):
                async with self._database.transaction(PLANS) as store:
                    for event in await store.events.these(map(UUID, events)):
                        self._feed.deliver(event)
        except DatabaseUnavailable:
            logger.warning("news of a plan came while the database went")


def _now() -> float:
    return asyncio.get_running_loop().time()
