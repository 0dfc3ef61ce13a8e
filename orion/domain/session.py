"""A session: the conversation as a record. It outlives its calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from orion.domain.usage import Usage


class SessionStatus(StrEnum):
    """`created` -> `active` <-> `paused` -> `ended`."""

    CREATED = "created"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"

    def may_become(self, other: SessionStatus) -> bool:
        """Whether this status may change to `other`; a status may not change to itself."""
        return other in _NEXT[self]


_NEXT: dict[SessionStatus, frozenset[SessionStatus]] = {
    SessionStatus.CREATED: frozenset({SessionStatus.ACTIVE, SessionStatus.ENDED}),
    SessionStatus.ACTIVE: frozenset({SessionStatus.PAUSED, SessionStatus.ENDED}),
    SessionStatus.PAUSED: frozenset({SessionStatus.ACTIVE, SessionStatus.ENDED}),
    SessionStatus.ENDED: frozenset(),
}


class EndReason(StrEnum):
    """Why a call or a session ended."""

    HUNG_UP = "hung_up"
    """The participant left, or ended the session by the API."""
    AGENT = "agent"
    """The agent ended it."""
    IDLE = "idle"
    """Nobody was in it for too long, or no media came."""
    LIMIT = "limit"
    """The longest allowed time was reached."""
    BUDGET = "budget"
    """The budget of the session, or of its workspace, was used up."""
    ERROR = "error"
    """Something failed; the log has the cause."""
    SHUTDOWN = "shutdown"
    """The server stopped."""


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation of one user with ORION's agents.

    Attributes:
        agent: Name of the agent that has the word now (a hand-over changes it).
        variables: Values for `{{name}}` in the agents' instructions and greetings.
        dialogue: What the offline agent keeps between turns; a JSON object.
        usage: What its engines have consumed, one of each engine.
    """

    id: UUID
    workspace_id: UUID
    user_id: UUID
    agent: str
    status: SessionStatus
    created_at: datetime
    title: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    dialogue: dict[str, Any] = field(default_factory=dict)
    started_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    usage: tuple[Usage, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a session, as pages, streams and webhooks see it.

    Attributes:
        id: A UUIDv7: later events have greater ids, so a stream can resume after one.
        name: `session.*`, `participant.*`, `turn.*`, `tool.*`, `hand_off`, `guardrail`, `error`...
        body: A JSON object.
    """

    id: UUID
    session_id: UUID
    name: str
    body: dict[str, Any]
    created_at: datetime
