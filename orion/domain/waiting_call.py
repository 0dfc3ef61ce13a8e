"""A tool call that waits for the user's yes, as it is kept: it outlives the process in which it came up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from orion.domain.approval import Wanted


class Answer(StrEnum):
    """`waiting` -> `approved`, `rejected` or `expired`, once and for good."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    """Nobody said yes in time: that is no."""


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """What the user is or was asked about one call.

    Attributes:
        agent: Name of the agent that called the tool: it runs only while that agent has it.
        expires_at: From then on the answer is no.
        by: How it was answered: `voice`, `text`, `key`, `rest`, or by `time`; None before.
        decided_by: The user who answered; None before, and where nobody did.
        ended_at: When the approved call had ended; of one without it, nobody knows whether it has happened.
    """

    id: UUID
    session_id: UUID
    agent: str
    wanted: Wanted
    asked_at: datetime
    expires_at: datetime
    state: Answer = Answer.WAITING
    by: str | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    ended_at: datetime | None = None
