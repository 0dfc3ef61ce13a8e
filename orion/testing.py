"""For the tests of a project's tools: run one as a call would, and see what it would be understood as.

The project is the current folder, or the one of `project=`. Nothing is served, and nothing is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema

from orion import tools
from orion.domain import facts
from orion.domain.agent import Agent
from orion.domain.identity import new_id
from orion.domain.memory import Memory, MemoryType
from orion.domain.timer import FULL, MOST_SET, Timer, TimerKind
from orion.domain.tool import Consulting, Planning, ToolContext, ToolFailure
from orion.errors import NotFound
from orion.providers.offline import speech
from orion.providers.offline.dialogue import Dialogue


@dataclass
class Timers:
    """The timers of a user, in memory.

    Attributes:
        running: Those that are set, the next one first; what is put here before can be listed.
        clock: What is taken for now, in UTC.
        zone: The user's time zone; None for this machine's.
    """

    running: list[Timer] = field(default_factory=list)
    clock: datetime = field(default_factory=lambda: datetime.now(UTC))
    zone: str | None = None
    guest: bool = False

    def now(self) -> datetime:
        """The time of `clock`."""
        return self.clock

    async def set(self, kind: TimerKind, name: str, due_at: datetime, secs: float | None) -> Timer:
        """Keep it in `running`. Raises ToolFailure if too many are set."""
        if len(self.running) >= MOST_SET:
            raise ToolFailure(FULL)
        timer = Timer(new_id(), new_id(), None, "tester", kind, name, due_at, self.clock, secs, self.zone)
        self.running = sorted([*self.running, timer], key=lambda one: one.due_at)
        return timer

    async def all(self) -> list[Timer]:
        """Those of `running`."""
        return list(self.running)

    async def change(self, timer: Timer) -> None:
        """Put it in the place of the one with its id."""
        others = [one for one in self.running if one.id != timer.id]
        self.running = sorted([*others, timer], key=lambda one: one.due_at)

    async def cancel(self, ids: Iterable[UUID]) -> None:
        """Take them out of `running`."""
        gone = set(ids)
        self.running = [one for one in self.running if one.id not in gone]


@dataclass
class Conversation:
    """A conversation that a tool can run in; it keeps what the tool asks for.

    Attributes:
        agents: To whom the tool may hand over.
        memories: What was to be remembered, oldest first; what is put here before can be recalled.
        timers: The user's timers.
        announced: Seconds and text of what is to be said later.
        handed_to: The agent that was to go on.
        handed_task: With what.
        ended: The call was to end.
        planning: Plans of the conversation; None: there are none.
        consulting: Other agents to be asked; None: there are none.
    """

    agents: tuple[str, ...] = ("scheduler", "researcher")
    call_id: str = "call_1"
    session_id: UUID = field(default_factory=new_id)
    memories: list[Memory] = field(default_factory=list)
    timers: Timers = field(default_factory=Timers)
    announced: list[tuple[float, str]] = field(default_factory=list)
    handed_to: str | None = None
    handed_task: str = ""
    ended: bool = False
    planning: Planning | None = None
    consulting: Consulting | None = None

    async def remember(
        self, content: str, kind: MemoryType = MemoryType.FACT, *, replaces: Collection[UUID] = ()
    ) -> Memory:
        """Keep it in `memories`, and drop those that it replaces."""
        await self.forget(replaces)
        memory = Memory(new_id(), new_id(), self.session_id, kind, content, datetime.now(UTC))
        self.memories.append(memory)
        return memory

    async def recall(self, query: str, limit: int = 5) -> list[Memory]:
        """Those of `memories` that share a telling word with the query, newest first; all without one."""
        words = facts.telling(query)
        newest = reversed(self.memories)
        found = [one for one in newest if not query.strip() or words & facts.telling(one.content)]
        return [one for one in found if not facts.only_generic(query, one.content)][:limit]

    async def forget(self, memories: Collection[UUID]) -> None:
        """Drop them from `memories`."""
        self.memories = [one for one in self.memories if one.id not in memories]

    async def forget_everything(self) -> int:
        """Empty `memories`."""
        count, self.memories = len(self.memories), []
        return count

    def announce_after(self, secs: float, text: str) -> None:
        """Keep it in `announced`."""
        self.announced.append((secs, text))

    def hand_over(self, agent: str, task: str = "") -> None:
        """Keep it as `handed_to`, `handed_task`. Raises NotFound for an agent that is not one of `agents`."""
        if agent not in self.agents:
            raise NotFound(f"no agent {agent!r} to hand over to; there are: {', '.join(self.agents)}")
        self.handed_to, self.handed_task = agent, task

    def end_call(self) -> None:
        """Keep it as `ended`."""
        self.ended = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool gave: `result` as a model gets it, `said` as the offline agent says it."""

    result: Any
    said: str


def run_tool(
    name: str, *, call: ToolContext | None = None, project: Path | None = None, **arguments: Any
) -> Answer:
    """Run a tool once, with arguments that are checked as in a call.

    Raises:
        NotFound: There is no such tool.
        FaultyFiles: Its file cannot be used; the text says where and why.
        jsonschema.ValidationError, pydantic.ValidationError: The arguments are not what the tool takes.
        ToolFailure: The tool's own refusal.
    """
    runnable = tools.load(name, project or Path.cwd())
    jsonschema.validate(arguments, runnable.tool.parameters, jsonschema.Draft202012Validator)
    result = asyncio.run(_run(runnable, arguments, call or Conversation()))
    return Answer(result, speech.answer(runnable.tool, result))


def understood(text: str, *, project: Path | None = None) -> tuple[str | None, dict[str, Any]]:
    """The tool and the arguments that the offline agent takes a first sentence for; None for no tool."""
    found = [runnable.tool for runnable in tools.load_all(project or Path.cwd()).values()]
    _, do = Dialogue(Agent("tester", ""), found).step({}, text)
    return do.tool, dict(do.arguments or {})


async def _run(runnable: tools.RunnableTool, arguments: dict[str, Any], call: ToolContext) -> Any:
    return await runnable.run(arguments, call)
