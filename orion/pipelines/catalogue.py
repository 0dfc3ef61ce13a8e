"""The agents, tools and engines of each workspace: built in, of the project, and its rows.

An offer is made once and kept until the workspace's rows change; whether they have is one small query,
asked beside the frames at the beginning of each user turn, so changes made by another process of the
same database count too.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from uuid import UUID

from orion.agents.roster import Roster
from orion.agents.tool_rows import Outside
from orion.domain.agent import Agent
from orion.domain.approval import Wanted
from orion.domain.breaker import Breakers
from orion.domain.identity import Principal
from orion.domain.price import PriceList
from orion.domain.provider_key import ProviderKey
from orion.domain.tool import Tool, ToolRow
from orion.providers import _prices
from orion.providers._entered import enterable, of_workspace
from orion.settings import Settings
from orion.store.database import Database
from orion.store.store import Store
from orion.tools import RunnableTool

_KEPT = 200
"""Offers of so many workspaces are kept; the one that was made first goes."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a workspace has; `fingerprint` changes with its rows.

    Attributes:
        settings: The server's, with the keys of providers that the workspace has of its own.
        breakers: Those of its engines; the failures of its own keys are nobody else's.
        prices: What they cost it; a vendor's prices do not hold at an address that was entered.
        budgeted: It has a budget for each month, so that what it has spent has to be asked.
    """

    fingerprint: str
    tools: Mapping[str, RunnableTool]
    roster: Roster
    settings: Settings = field(repr=False)
    breakers: Breakers
    prices: PriceList
    keys: tuple[ProviderKey, ...] = ()
    budgeted: bool = False

    def asker(self, wanted: Wanted) -> Agent | None:
        """The agent that has asked for the user's yes; None where there is none of that name any more."""
        return self.roster.get(wanted.agent) if wanted.agent in self.roster else None


class Catalogue:
    """Makes the offers.

    Attributes:
        enterable: The providers for which a workspace may have something of its own, and what.

    Args:
        roster: The agents of the files.
        tools: The tools of the files; their names are no row's.
        outside: What rows reach.
        settings: Which engines serve where a workspace has nothing of its own.
    """

    def __init__(
        self,
        database: Database,
        roster: Roster,
        tools: Mapping[str, RunnableTool],
        outside: Outside,
        settings: Settings,
    ) -> None:
        self.files = Offer("", tools, roster, settings, Breakers(), _prices.load(settings))
        self.outside = outside
        self.enterable = enterable(settings)
        self._database = database
        self._offers: dict[UUID, Offer] = {}

    def with_files(self, roster: Roster, tools: Mapping[str, RunnableTool]) -> Catalogue:
        """A catalogue like this one over other files; who has this one keeps what it offers."""
        other = copy(self)
        other.files = replace(self.files, roster=roster, tools=tools)
        other._offers = {}  # noqa: SLF001 - of its own class
        return other

    async def of(self, workspace_id: UUID) -> Offer:
        """What the workspace has now. Raises DatabaseUnavailable."""
        async with self._database.transaction(Principal(workspace_id, None)) as store:
            return await self.within(store, workspace_id)

    async def within(self, store: Store, workspace_id: UUID) -> Offer:
        """What the workspace has, as a transaction of its own sees it."""
        fingerprint = await store.tools.fingerprint()
        known = self._offers.get(workspace_id)
        if known is not None and known.fingerprint == fingerprint:
            return known
        rows, agents = await store.tools.all(), await store.agents.all()
        tools = {**self.files.tools, **self._runnables(rows)}
        keys = tuple(key for key in await store.provider_keys.all() if key.provider in self.enterable)
        roster = self.files.roster.covered(agents)
        budgeted = await store.spending.has_budget(workspace_id)
        offer = Offer(fingerprint, tools, roster, *self._engines(keys, known), keys, budgeted)
        self._offers[workspace_id] = offer
        while len(self._offers) > _KEPT:
            self._offers.pop(next(iter(self._offers)))
        return offer

    async def of_all(self) -> list[Tool]:
        """The tools of all workspaces: what the recogniser of this process may expect to hear."""
        async with self._database.transaction(Principal.system("recogniser")) as store:
            rows = await store.tools.all()
        found = [runnable.tool for runnable in self.files.tools.values()]
        return found + [
            runnable.tool for row in rows if row.enabled for runnable in self.outside.runnables(row)
        ]

    async def close(self) -> None:
        """Close the connections of the tools."""
        await self.outside.client.close()

    def _engines(
        self, keys: tuple[ProviderKey, ...], known: Offer | None
    ) -> tuple[Settings, Breakers, PriceList]:
        """The settings, breakers and prices of a workspace: as before, if its keys are."""
        if not keys:
            return self.files.settings, self.files.breakers, self.files.prices
        if known is not None and known.keys == keys:
            return known.settings, known.breakers, known.prices
        own = [key.provider for key in keys]
        settings = of_workspace(self.files.settings, keys, self.outside.keys)
        return settings, Breakers(self.files.breakers, own), _prices.load(settings)

    def _runnables(self, rows: list[ToolRow]) -> dict[str, RunnableTool]:
        return {
            runnable.tool.name: runnable
            for row in rows
            if row.enabled
            for runnable in self.outside.runnables(row)
            if runnable.tool.name not in self.files.tools
        }
