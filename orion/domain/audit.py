"""What an admin did with a session of somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class AuditAction(StrEnum):
    """What was done, or asked for: a change that the state of the session did not allow is here, too."""

    READ_TURNS = "read_turns"
    READ_EVENTS = "read_events"
    READ_PLANS = "read_plans"
    READ_APPROVALS = "read_approvals"
    ACTIVATE = "activate"
    PAUSE = "pause"
    END = "end"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One action of one admin. The ids may be of people and sessions that are gone."""

    id: UUID
    workspace_id: UUID
    admin_id: UUID
    owner_id: UUID
    session_id: UUID
    action: AuditAction
    created_at: datetime
