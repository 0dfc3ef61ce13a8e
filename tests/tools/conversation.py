"""A conversation that tools can run in, kept in plain lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from orion.domain.memory import Memory, MemoryType
from orion.domain.tool import Consulting
from orion.errors import NotFound


@dataclass
class ListedConversation:
    """Keeps what tools ask for; `existing` are the agents that there really are."""

    agents: tuple[str, ...] = ("scheduler", "researcher")
    existing: tuple[str, ...] = ("scheduler", "researcher")
    call_id: str = "call_1"
    session_id: UUID = field(default_factory=uuid4)
    memories: list[Memory] = field(default_factory=list)
    announced: list[tuple[float, str]] = field(default_factory=list)
    handed_to: str | None = None
    ended: bool = False
    handed_task: str = ""
    planning: None = None
    consulting: Consulting | None = None

    async def remember(self, content: str, kind: MemoryType = MemoryType.FACT) -> Memory:
        memory = Memory(uuid4(), uuid4(), self.session_id, kind, content, datetime.now(UTC))
        self.memories.append(memory)
        return memory

    async def recall(self, query: str, limit: int = 5) -> list[Memory]:
        words = set(query.lower().split())
        found = [m for m in reversed(self.memories) if not words or words & set(m.content.lower().split())]
        return found[:limit]

    def announce_after(self, secs: float, text: str) -> None:
        self.announced.append((secs, text))

    def hand_over(self, agent: str, task: str = "") -> None:
        if agent not in self.existing:
            raise NotFound(f"no agent {agent!r}")
        self.handed_to, self.handed_task = agent, task

    def end_call(self) -> None:
        self.ended = True
