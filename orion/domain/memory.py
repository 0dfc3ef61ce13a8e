"""What ORION keeps about a user beyond one conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class MemoryType(StrEnum):
    """What sort of thing is remembered."""

    FACT = "fact"
    PREFERENCE = "preference"
    EPISODE = "episode"
    SUMMARY = "summary"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Memory:
    """One remembered thing. `session_id` is where it came from, None once that is deleted."""

    id: UUID
    user_id: UUID
    session_id: UUID | None
    type: MemoryType
    content: str
    created_at: datetime
    metadata: dict[str, Any] = field(default_factory=dict)
