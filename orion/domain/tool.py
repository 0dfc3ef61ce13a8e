"""Tools: what an agent can do, how a call of one is recorded, and what a running tool may reach."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from orion.domain.memory import Memory, MemoryType
from orion.domain.schemas.shown import Shown
from orion.domain.timer import Timer, TimerKind

MAY_HAVE_HAPPENED = "It may have happened all the same."
"""Told of each call that changes something and of which nobody knows the end."""


class Risk(StrEnum):
    """How much harm a wrong call can do."""

    READ = "read"
    WRITE = "write"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Tool:
    """What a model is told about a tool, and how it is run.

    Attributes:
        name: What the model calls it: lower case, digits and underscores.
        description: What the model reads.
        parameters: JSON Schema (2020-12) of the arguments, an object.
        examples: Phrases with which people ask for it; the offline agent routes by them.
        said: What people say in the places of the examples, by name; the recogniser listens for it.
        say: Template of the spoken answer over the result's keys (`{time}`); empty: a generic one.
        confirm: Whether the agent asks before it calls.
        side_effects: Whether the call changes something; barge-in does not cancel such a call.
        risk: How much harm a wrong call can do.
        idempotent: Whether a call that is repeated with its id (its idempotency key) counts once. Of a
            plan's step whose end nobody knows, only such a tool and one that reads are called again.
        timeout_secs: After that the call is given up.
        untrusted: Others than the user wrote what it returns: a model that has read it may follow them.
        shown: The parameters as models get them, if that is not as they are.
        understand: Gives the arguments if a whole sentence surely asks for this tool, else None: the tool's
            own reading, for an agent without a model.
    """

    name: str
    description: str
    parameters: dict[str, Any]
    examples: tuple[str, ...] = ()
    said: Mapping[str, Sequence[str]] = field(default_factory=dict)
    say: str = ""
    confirm: bool = False
    side_effects: bool = False
    risk: Risk = Risk.READ
    idempotent: bool = False
    timeout_secs: float = 10.0
    untrusted: bool = False
    shown: Shown | None = None
    understand: Callable[[str], Mapping[str, Any] | None] | None = None

    @property
    def changes(self) -> bool:
        """Whether a call may change something, so that one of which nobody knows the end says so."""
        return self.side_effects or self.risk is not Risk.READ

    @property
    def repeatable(self) -> bool:
        """Whether a call of which nobody knows the end may be made again."""
        return self.idempotent or self.risk is Risk.READ


class ToolKind(StrEnum):
    """What runs when a tool is called."""

    BUILTIN = "builtin"
    """A file of the server or of its project."""
    HTTP = "http"
    """A request to a web service."""
    MCP = "mcp"
    """A call of a tool that a Model Context Protocol server offers."""


@dataclass(frozen=True, slots=True)
class ToolRow:
    """A tool as data, which an admin of a workspace has made.

    Attributes:
        config: Of `http` `{method, url, select?}`; of `mcp` `{transport, command | url, allow}`.
        sealed_headers: Headers that are sent along, by name, their values sealed for `place`.
        offered: Of `mcp`: what the server offered when an admin last looked, a list of
            `{name, description, parameters}`. Models see this, not what the server says since.
        say: Template of the spoken answer, as in Tool.
    """

    id: UUID
    workspace_id: UUID
    name: str
    description: str
    kind: ToolKind
    config: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    parameters: dict[str, Any] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    say: str = ""
    risk: Risk = Risk.READ
    timeout_secs: float = 10.0
    enabled: bool = True
    sealed_headers: dict[str, str] = field(default_factory=dict, repr=False)
    offered: list[dict[str, Any]] = field(default_factory=list)

    def place(self, header: str) -> str:
        """What the value of a header is sealed for."""
        return f"{self.workspace_id}/tools/{self.id}/{header.lower()}"


class ToolCallStatus(StrEnum):
    """Where a tool call stands."""

    RUNNING = "running"
    WAITING_APPROVAL = "waiting_approval"
    """Nothing ran yet: the user is asked."""
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    """Unknown tool or arguments against the schema; nothing ran."""
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a tool, as recorded.

    Attributes:
        id: The server's own; models number theirs anew whenever they like.
        duration_ms: The time it ran, in milliseconds.
    """

    id: str
    tool: str
    arguments: dict[str, Any]
    status: ToolCallStatus
    result: Any = None
    error: str | None = None
    duration_ms: float | None = None
    started_at: datetime | None = None

    @property
    def unclear(self) -> bool:
        """Whether it may have changed something, and nobody knows whether it has."""
        return bool(self.error) and str(self.error).endswith(MAY_HAVE_HAPPENED)


class Planning(Protocol):
    """The plans of a conversation; each answer has `spoken`, what can be said."""

    async def make(self, call_id: str, goal: str) -> dict[str, Any]:
        """Make a plan, and have it read back; it begins with the user's yes."""

    async def status(self) -> dict[str, Any]:
        """How far the newest plan is."""

    async def cancel(self) -> dict[str, Any]:
        """Let nothing more of the newest plan begin."""


class Consulting(Protocol):
    """The other agents of a conversation, to be asked while the one that has the word goes on."""

    async def ask(self, agent: str, question: str) -> dict[str, Any]:
        """The `answer` of the agent of that name, and the `tool_calls` that it took.

        Raises:
            ToolFailure: There is no answer.
        """


class Timers(Protocol):
    """The timers of the user, whatever conversation they were set in; of a guest, those set in this one."""

    @property
    def zone(self) -> str | None:
        """IANA name of the user's time zone; None for the server's."""

    @property
    def guest(self) -> bool:
        """Whether they are a guest's, which end with the session."""

    def now(self) -> datetime:
        """The time now, in UTC."""

    async def set(self, kind: TimerKind, name: str, due_at: datetime, secs: float | None) -> Timer:
        """Set a timer. Raises ToolFailure if too many are set."""

    async def all(self) -> list[Timer]:
        """The timers that are set, the next one first."""

    async def change(self, timer: Timer) -> None:
        """Give a timer its new time or name. Raises ToolFailure if it is not set any more."""

    async def cancel(self, ids: Iterable[UUID]) -> None:
        """Cancel timers; those that are not set any more are left out."""


class ToolContext(Protocol):
    """What a running tool may reach: its conversation, and nothing else of the server."""

    @property
    def call_id(self) -> str:
        """The server's own id of this call, never a model's; an idempotency key for the outside world."""

    @property
    def session_id(self) -> UUID:
        """The conversation in which the tool runs."""

    @property
    def agents(self) -> tuple[str, ...]:
        """Names of the agents to which the current one may hand over."""

    @property
    def planning(self) -> Planning | None:
        """The conversation's plans; None outside one."""

    @property
    def consulting(self) -> Consulting | None:
        """Whom the current agent may ask; None outside a conversation, and for one who is asked."""

    @property
    def timers(self) -> Timers:
        """The user's timers, which are kept and outlive the conversation."""

    async def remember(
        self, content: str, kind: MemoryType = MemoryType.FACT, *, replaces: Collection[UUID] = ()
    ) -> Memory:
        """Keep `content` for this user, in the place of the memories with these ids."""

    async def recall(self, query: str, limit: int = 5) -> list[Memory]:
        """What was kept for this user, best match first; all of it, newest first, if empty."""

    async def forget(self, memories: Collection[UUID]) -> None:
        """Erase the memories of this user with these ids; of those that are gone already nothing is told."""

    async def forget_everything(self) -> int:
        """Erase all memories of this user, notes of conversations too; how many there were."""

    def announce_after(self, secs: float, text: str) -> None:
        """Say `text` in this conversation after `secs` seconds. Raises ToolFailure where too much waits."""

    def hand_over(self, agent: str, task: str = "") -> None:
        """Let another agent go on after this turn, at once with `task` if there is one.

        Raises:
            NotFound: The current agent may not hand over to one of that name.
            ToolFailure: The word has passed often enough without the user having said anything.
        """

    def end_call(self) -> None:
        """End the session after what is being said."""


@dataclass(eq=False)
class ToolFailure(Exception):
    """A tool's own refusal, with a sentence that the agent may say.

    Attributes:
        retryable: Another attempt may help.
        unclear: What was asked for may have happened all the same, as when an answer was lost. A tool that
            is not known to count twice for once is then not called again before somebody was asked.
    """

    message: str
    retryable: bool = field(default=False)
    unclear: bool = field(default=False)

    def __str__(self) -> str:
        return self.message
