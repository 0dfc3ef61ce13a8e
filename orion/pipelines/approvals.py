"""The tool calls that wait for a yes, by session, and what decides in a conversation which ones do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from orion.domain.approval import WRITTEN_SECS, Approvals, Wanted, question
from orion.domain.taint import Taint
from orion.domain.tool import Risk, Tool, ToolCall, ToolCallStatus
from orion.processors.approval_gate import ApprovalGate

_NOBODY = "that needs the approval of the user, who is not here"
_NOT_NOW = "that cannot be approved by word now: too much waits already, or it is too long to be read out"
_NOT_ASKED = "that needs the user's yes, for which only the agent that talks with the user can ask"
_NOTE = (
    "Not done yet: the server itself is asking the user for a yes. Do not ask, do not say that it is done, "
    "and do not call it again. You will be told what came of it."
)


class WaitingCalls:
    """The approvals of each session of this process; a restart forgets them, which is no."""

    def __init__(self) -> None:
        self._sessions: dict[UUID, tuple[float, Approvals]] = {}

    def of(self, session_id: UUID) -> Approvals:
        """Those of one session, for a call that begins; old ones of others are forgotten."""
        now = time.monotonic()
        _, found = self._sessions.pop(session_id, (now, Approvals()))
        self._sessions[session_id] = (now, found)
        for other, (begun, _) in list(self._sessions.items()):  # the oldest stand first
            if now - begun < WRITTEN_SECS:
                break
            del self._sessions[other]
        return found


class Consulted:
    """Decides what an agent that is asked by another may do (`processors.tool_call.Hold`).

    Nobody hears it, so what would wait for a yes is refused. It shares the mark of the conversation: whoever
    reads the answer has read what it read.
    """

    def __init__(self, taint: Taint) -> None:
        self._taint = taint

    def held(self, tool: Tool, call: ToolCall, *, by_rule: bool) -> ToolCall | None:
        """Refuse what is dangerous, and what changes something after a text that others wrote."""
        tainted = tool.risk is Risk.WRITE and self._taint.marked and not by_rule
        if tool.risk is not Risk.DANGER and not tainted:
            return None
        return replace(call, status=ToolCallStatus.REFUSED, error=_NOT_ASKED)

    def waits(self, call_id: str) -> bool:  # noqa: ARG002 - as Hold has it
        """Nothing waits."""
        return False

    async def ask(self) -> None:
        """Nobody is asked."""

    def ran(self, tool: Tool) -> None:
        """Mark the turn where others wrote the result."""
        if tool.untrusted:
            self._taint.mark()


class ApprovalPolicy:
    """Decides in one conversation which calls wait (`processors.tool_call.Hold`).

    What is dangerous does, whoever calls it; what changes something does where the model has read, in this
    turn, what others than the user wrote. With a guest in the call nobody can say yes.

    Args:
        gate: Gives the conversation's gate.
        on_asked: Told of each call that waits.
    """

    def __init__(
        self,
        approvals: Approvals,
        taint: Taint,
        gate: Callable[[], ApprovalGate],
        on_asked: Callable[[Wanted], None],
        *,
        guest: bool,
    ) -> None:
        self._approvals = approvals
        self._taint = taint
        self._gate = gate
        self._on_asked = on_asked
        self._guest = guest

    def held(self, tool: Tool, call: ToolCall, *, by_rule: bool) -> ToolCall | None:
        """The call as it waits or is refused; None where it may run."""
        tainted = tool.risk is Risk.WRITE and self._taint.marked and not by_rule
        if tool.risk is not Risk.DANGER and not tainted:
            return None
        if self._guest:
            return replace(call, status=ToolCallStatus.REFUSED, error=_NOBODY)
        wanted = Wanted(call.id, tool.name, call.arguments, question(tool.name, call.arguments))
        if not self.want(wanted):
            return replace(call, status=ToolCallStatus.REFUSED, error=_NOT_NOW)
        return replace(call, status=ToolCallStatus.WAITING_APPROVAL, result={"note": _NOTE})

    def want(self, wanted: Wanted) -> bool:
        """Let the user be asked; False where nobody can be, or not for this."""
        if self._guest or not self._approvals.add(wanted, time.monotonic()):
            return False
        self._on_asked(wanted)
        return True

    def waits(self, call_id: str) -> bool:
        """Whether the user has to be asked about that call."""
        return self._approvals.waits(call_id)

    async def ask(self) -> None:
        """Read the question out."""
        await self._gate().orion_ask()

    def ran(self, tool: Tool) -> None:
        """Mark the turn where others wrote the result."""
        if tool.untrusted:
            self._taint.mark()
