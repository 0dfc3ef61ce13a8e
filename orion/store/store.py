"""The repositories of one transaction."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.identity import Principal
from orion.store.agents import Agents
from orion.store.events import Events
from orion.store.memories import Memories
from orion.store.sessions import Sessions
from orion.store.tokens import Tokens
from orion.store.tools import Tools
from orion.store.turns import Turns
from orion.store.users import Users


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
        """Refresh and sign-in tokens, hashed."""
        return Tokens(self.connection)

    @cached_property
    def sessions(self) -> Sessions:
        """Conversations."""
        return Sessions(self.connection)

    @cached_property
    def turns(self) -> Turns:
        """Turns and their tool calls."""
        return Turns(self.connection)

    @cached_property
    def memories(self) -> Memories:
        """What is kept about a user."""
        return Memories(self.connection, self.principal)

    @cached_property
    def events(self) -> Events:
        """What happened in a session."""
        return Events(self.connection)

    @cached_property
    def tools(self) -> Tools:
        """Tools as data."""
        return Tools(self.connection)

    @cached_property
    def agents(self) -> Agents:
        """Agents as data."""
        return Agents(self.connection, self.principal)
