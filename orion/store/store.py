"""The repositories of one transaction."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.identity import Principal
from orion.store.agents import Agents
from orion.store.api_keys import ApiKeys
from orion.store.approvals import Approvals
from orion.store.audit import Audit
from orion.store.budgets import Budgets
from orion.store.events import Events
from orion.store.idempotency import IdempotencyKeys
from orion.store.log_in_failures import LogInFailures
from orion.store.memories import Memories
from orion.store.nodes import Nodes
from orion.store.people import People
from orion.store.plans import Plans
from orion.store.provider_keys import ProviderKeys
from orion.store.rooms import Rooms
from orion.store.sessions import Sessions
from orion.store.spending import Spending
from orion.store.timers import Timers
from orion.store.tokens import Tokens
from orion.store.tools import Tools
from orion.store.turns import Turns
from orion.store.usage import Usages
from orion.store.users import Users
from orion.store.webhooks import Webhooks


class Store:
    """What one transaction may read and write; each repository returns domain objects."""

    def __init__(self, connection: AsyncConnection, principal: Principal) -> None:
        self.connection = connection
        self.principal = principal

    @cached_property
    def users(self) -> Users:
        """Accounts and workspaces."""
        return Users(self.connection)

    @cached_property
    def tokens(self) -> Tokens:
        """Refresh and sign-in tokens, invitations, hashed."""
        return Tokens(self.connection)

    @cached_property
    def api_keys(self) -> ApiKeys:
        """API keys, hashed."""
        return ApiKeys(self.connection)

    @cached_property
    def log_in_failures(self) -> LogInFailures:
        """Failed log-ins, per address."""
        return LogInFailures(self.connection)

    @cached_property
    def sessions(self) -> Sessions:
        """Conversations."""
        return Sessions(self.connection)

    @cached_property
    def turns(self) -> Turns:
        """Turns and their tool calls."""
        return Turns(self.connection)

    @cached_property
    def usages(self) -> Usages:
        """What the engines consumed in a session."""
        return Usages(self.connection)

    @cached_property
    def spending(self) -> Spending:
        """What workspaces spent, and their budgets."""
        return Spending(self.connection)

    @cached_property
    def memories(self) -> Memories:
        """What is kept about a user."""
        return Memories(self.connection, self.principal)

    @cached_property
    def events(self) -> Events:
        """What happened in a session."""
        return Events(self.connection)

    @cached_property
    def rooms(self) -> Rooms:
        """Room tokens that were spent."""
        return Rooms(self.connection)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Webhooks and their deliveries."""
        return Webhooks(self.connection)

    @cached_property
    def people(self) -> People:
        """All rows of one person, to be written out or erased."""
        return People(self.connection)

    @cached_property
    def budgets(self) -> Budgets:
        """What callers have left of their budgets of requests."""
        return Budgets(self.connection)

    @cached_property
    def idempotency_keys(self) -> IdempotencyKeys:
        """The answers kept for writes that may come again."""
        return IdempotencyKeys(self.connection, self.principal)

    @cached_property
    def tools(self) -> Tools:
        """Tools as data."""
        return Tools(self.connection)

    @cached_property
    def agents(self) -> Agents:
        """Agents as data."""
        return Agents(self.connection, self.principal)

    @cached_property
    def provider_keys(self) -> ProviderKeys:
        """Keys of providers, sealed."""
        return ProviderKeys(self.connection)

    @cached_property
    def plans(self) -> Plans:
        """Plans and their steps."""
        return Plans(self.connection)

    @cached_property
    def approvals(self) -> Approvals:
        """Tool calls that wait for a yes."""
        return Approvals(self.connection)

    @cached_property
    def timers(self) -> Timers:
        """Timers, alarms and reminders."""
        return Timers(self.connection, self.principal)

    @cached_property
    def audit(self) -> Audit:
        """What admins did with other people's sessions."""
        return Audit(self.connection, self.principal)

    @cached_property
    def nodes(self) -> Nodes:
        """The processes that run plans."""
        return Nodes(self.connection)
