"""Who somebody is: users, roles, the principal that every transaction runs as, and ids."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

_lock = threading.Lock()
_stamps = [0]


def new_id() -> UUID:
    """A UUIDv7: 48 bits of milliseconds, a 12-bit counter, 62 random bits (RFC 9562, 5.7).

    Ids made by one process are strictly increasing (6.2, method 3: the clock is nudged forward), so
    they order rows and events without another column.
    """
    with _lock:
        stamp = max((time.time_ns() << 12) // 1_000_000, _stamps[0] + 1)
        _stamps[0] = stamp
    milliseconds, counter = stamp >> 12, stamp & 0xFFF
    tail = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | tail)


class Role(StrEnum):
    """What a user may do in its workspace."""

    ADMIN = "admin"
    USER = "user"


class Scope(StrEnum):
    """What an API key may be used for."""

    SESSIONS = "sessions"
    """Open conversations, take part in them, read them."""
    CONNECT = "connect"
    """Join only: `POST /connect`, as far as the key allows agents and origins."""
    AGENTS = "agents"
    TOOLS = "tools"
    MEMORY = "memory"
    TELEPHONY = "telephony"
    ADMIN = "admin"
    """What its user may do as an admin; without it the key of an admin acts as a user."""


@dataclass(frozen=True, slots=True)
class User:
    """A person with an account. `email` is stored lower-cased and unique on the server.

    Attributes:
        has_password: False for an account made by a sign-in link, until its owner sets one.
    """

    id: UUID
    workspace_id: UUID
    email: str
    name: str
    role: Role
    disabled: bool
    created_at: datetime
    has_password: bool = True


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that acts as its user, as far as its scopes reach. Its secret is known to its holder alone.

    Attributes:
        public_id: The part of the key that is no secret: lists and logs may show it.
        agents: The agents that `POST /connect` may begin with; None for all.
        origins: The exact origins of pages that may connect; None for all, and for programs.
        max_sessions: How many live sessions begun by this key there may be; None for any number.
    """

    id: UUID
    workspace_id: UUID
    user_id: UUID
    public_id: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    agents: tuple[str, ...] | None = None
    origins: tuple[str, ...] | None = None
    max_sessions: int | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None

    @property
    def prefix(self) -> str:
        """How the key begins."""
        return f"orion_{self.public_id}"


@dataclass(frozen=True, slots=True)
class Principal:
    """On whose behalf a transaction runs; row-level security binds it to what it may see.

    Attributes:
        workspace_id: Its workspace; None for the system before anyone is known.
        user_id: The user; None for the system.
        role: The user's role in the workspace.
        purpose: Why the system itself acts (`log-in`, `recorder`, `sweeper`); empty for users.
        scopes: What the API key allows with which the user came; None for a signed-in person: all.
        key_id: That key.
        sign_in_id: The sign-in (family of refresh tokens) that the access token came from.
        claimed: The role is what a token says, minutes old: a transaction takes that of the database.
            Without it, a transaction acts in the given role at most.
    """

    workspace_id: UUID | None
    user_id: UUID | None
    role: Role = Role.USER
    purpose: str = ""
    scopes: frozenset[Scope] | None = None
    key_id: UUID | None = None
    sign_in_id: UUID | None = None
    claimed: bool = False

    @classmethod
    def system(cls, purpose: str) -> Principal:
        """The server itself, before anyone is known or beyond any one user."""
        return cls(None, None, Role.USER, purpose)

    @classmethod
    def of(cls, user: User) -> Principal:
        """The principal of a signed-in user."""
        return cls(user.workspace_id, user.id, user.role)

    @classmethod
    def by_key(cls, key: ApiKey, role: Role) -> Principal:
        """The principal of a key whose user has `role`: an admin only where the key has that scope."""
        role = role if Scope.ADMIN in key.scopes else Role.USER
        return cls(key.workspace_id, key.user_id, role, scopes=key.scopes, key_id=key.id)

    @property
    def is_admin(self) -> bool:
        """Whether this principal is an admin of its workspace."""
        return self.role is Role.ADMIN

    def may(self, *scopes: Scope) -> bool:
        """Whether this principal came without an API key, or with one that has any of the scopes."""
        return self.scopes is None or not self.scopes.isdisjoint(scopes)
