"""A person's rights over what is kept: the receipt of an erasure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Erasure:
    """The receipt of an erased account: ids and numbers, nothing personal.

    Attributes:
        user_id: Who was erased.
        by: Who asked for it.
        rows: How many rows of each table were removed.
    """

    id: UUID
    workspace_id: UUID
    user_id: UUID
    by: UUID
    rows: dict[str, int]
    created_at: datetime
