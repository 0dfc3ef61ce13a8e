"""A node: one process, from its start to its end, that runs what outlives a process."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Node:
    """A process, as long as its lease is kept.

    Attributes:
        id: Made at each start, so that no process is taken for the one before it.
        epoch: Raised when the process comes back after it was taken for dead.
    """

    id: UUID
    epoch: int
