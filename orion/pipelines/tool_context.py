"""What a running tool reaches of its conversation."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from orion.agents.recollection import Recollection
from orion.agents.timer_book import TimerBook
from orion.domain.agent import Agent
from orion.domain.hand_off import MOST, HandOver
from orion.domain.identity import Principal, new_id
from orion.domain.memory import Memory, MemoryType
from orion.domain.tool import Consulting, Planning, ToolContext, ToolFailure
from orion.errors import NotFound

MAX_ANNOUNCE_SECS = 24 * 3600.0
_OFTEN = "You have been handed on already, so I stay with you. What exactly do you need?"

_LOSES_ONE = (
    "I was to tell you something later, and it is lost with our call. Say goodbye again to end it anyway."
)
_LOSES = (
    "I was to tell you {losses} things later, and they are lost with our call. "
    "Say goodbye again to end it anyway."
)


class Announce(Protocol):
    """Says a text in a session later."""

    def __call__(self, secs: float, words: str, *, untrusted: bool = False) -> None:
        """Say it after some seconds; `untrusted` where others than the user wrote it."""


@dataclass(slots=True)
class Requests:
    """What tools asked for that happens when the agent's turn is over."""

    hand_over: HandOver | None = None
    end_call: bool = False
    hand_offs: int = 0
    """How often the word has passed since the user has said something."""


class SessionTools:
    """Makes the contexts of one conversation's tool calls; `agents` are the hand-over targets.

    With a guest in the call, the memory of the user whose session it is stays closed.
    """

    def __init__(
        self,
        recollection: Recollection,
        principal: Principal,
        session_id: UUID,
        requests: Requests,
        announce: Callable[[float, str], None],
        *,
        timers: TimerBook,
        guest: bool = False,
        losses: Callable[[], int] = lambda: 0,
    ) -> None:
        self.timers = timers
        self.losses = losses
        self.agents: tuple[str, ...] = ()
        self.recollection = recollection
        self.principal = principal
        self.session_id = session_id
        self.requests = requests
        self.announce = announce
        self.guest = guest
        self.planning: Planning | None = None
        self.consulting: Consulting | None = None

    def serve(self, agent: Agent) -> None:
        """From now on the tools of this agent run: it hands over to others, and sets the timers."""
        self.agents = agent.hand_offs
        self.timers.agent = agent.name

    def for_call(self, call_id: str) -> ToolContext:
        """The context of the call with this id, the server's own."""
        return _CallContext(self, f"{self.session_id}:{call_id}")


class _CallContext:
    """The ToolContext of one call."""

    def __init__(self, tools: SessionTools, call_id: str) -> None:
        self._tools = tools
        self.call_id = call_id

    @property
    def session_id(self) -> UUID:
        return self._tools.session_id

    @property
    def agents(self) -> tuple[str, ...]:
        return self._tools.agents

    @property
    def timers(self) -> TimerBook:
        return self._tools.timers

    @property
    def planning(self) -> Planning | None:
        return self._tools.planning

    @property
    def consulting(self) -> Consulting | None:
        return self._tools.consulting

    async def remember(
        self, content: str, kind: MemoryType = MemoryType.FACT, *, replaces: Collection[UUID] = ()
    ) -> Memory:
        self._refuse_guests()
        user_id = self._tools.principal.user_id
        assert user_id is not None
        memory = Memory(new_id(), user_id, self.session_id, kind, content, datetime.now(UTC))
        return await self._tools.recollection.keep(self._tools.principal, memory, replaces=replaces)

    async def recall(self, query: str, limit: int = 5) -> list[Memory]:
        self._refuse_guests()
        return await self._tools.recollection.for_models(self._tools.principal, query, limit=limit)

    async def forget(self, memories: Collection[UUID]) -> None:
        self._refuse_guests()
        await self._tools.recollection.forget(self._tools.principal, memories)

    async def forget_everything(self) -> int:
        self._refuse_guests()
        return await self._tools.recollection.forget_everything(self._tools.principal)

    def announce_after(self, secs: float, text: str) -> None:
        if not 0 <= secs <= MAX_ANNOUNCE_SECS:
            raise ValueError(f"between 0 and {MAX_ANNOUNCE_SECS:g} seconds, not {secs:g}")
        self._tools.announce(secs, text)

    def hand_over(self, agent: str, task: str = "") -> None:
        if agent not in self.agents:
            raise NotFound(f"no agent {agent!r} to hand over to; there are: {', '.join(self.agents)}")
        if self._tools.requests.hand_offs >= MOST:
            raise ToolFailure(_OFTEN)
        self._tools.requests.hand_over = HandOver(agent, task)

    def end_call(self) -> None:
        if losses := self._tools.losses():
            raise ToolFailure(_LOSES_ONE if losses == 1 else _LOSES.format(losses=losses))
        self._tools.requests.end_call = True

    def _refuse_guests(self) -> None:
        if self._tools.guest:
            raise ToolFailure("I keep no notes about guests.")
