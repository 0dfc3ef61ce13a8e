"""What ORION keeps about a user beyond one conversation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

USER_TURNS = "user_turns"
"""In the metadata of a conversation's notes: how many of the user's turns they stand for."""


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

    @property
    def user_turns(self) -> int:
        """How many of the user's turns the notes stand for; 0 where that is no number."""
        turns = self.metadata.get(USER_TURNS)
        return turns if isinstance(turns, int) and turns > 0 else 0


_CHARS_PER_TOKEN = 4
"""A token of English text, on average, for the common tokenizers."""
_RANK_OFFSET = 60
"""The constant k of reciprocal-rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009)."""


def fuse(*rankings: Sequence[Memory]) -> list[Memory]:
    """One ranking out of several by reciprocal-rank fusion: the sum of 1 / (60 + rank), best first."""
    scores: dict[UUID, float] = {}
    found: dict[UUID, Memory] = {}
    for ranking in rankings:
        for rank, memory in enumerate(ranking, 1):
            scores[memory.id] = scores.get(memory.id, 0.0) + 1 / (_RANK_OFFSET + rank)
            found[memory.id] = memory
    return sorted(found.values(), key=lambda memory: -scores[memory.id])


def within_budget(memories: Iterable[Memory], tokens: int) -> list[Memory]:
    """As many of the memories as fit into the budget, in order; one that is too long is left out.

    A token is taken for four characters, and each memory for one token more (its line).
    """
    kept: list[Memory] = []
    for memory in memories:
        cost = len(memory.content) // _CHARS_PER_TOKEN + 2
        if cost <= tokens:
            kept.append(memory)
            tokens -= cost
    return kept
