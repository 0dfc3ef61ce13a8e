"""What decides in a conversation which tool calls wait for a yes, and what an answer does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from orion.domain.agent import Agent
from orion.domain.approval import Approvals, Wanted, question
from orion.domain.assents import Assent
from orion.domain.session import Session
from orion.domain.taint import Taint
from orion.domain.tool import Risk, Tool, ToolCall, ToolCallStatus
from orion.domain.waiting_call import ApprovalState
from orion.errors import DatabaseUnavailable
from orion.pipelines.waiting_calls import WaitingCalls
from orion.processors.approval_gate import ApprovalGate
from orion.processors.tool_call import ToolCaller, answer
from orion.providers.offline import speech
from orion.tools import RunnableTool

if TYPE_CHECKING:
    from orion.pipelines.catalogue import Offer

_NOBODY = "that needs the approval of the user, who is not here"
_NOT_NOW = "that cannot be approved by word now: too much waits already, or it is too long to be read out"
_NOT_ASKED = "that needs the user's yes, for which only the agent that talks with the user can ask"
_NOTE = (
    "Not done yet: the server itself is asking the user for a yes. Do not ask, do not say that it is done, "
    "and do not call it again. You will be told what came of it."
)
_TOO_LATE = "That is not open any more, so I have not done it now."
_NOT_KEPT = "I could not keep your answer, so I have not done it."

DecidePlan = Callable[[Wanted, bool], Awaitable[dict[str, Any]]]


class Consulted:
    """Decides what an agent that is asked by another may do (`processors.tool_call.Hold`).

    Nobody hears it, so what would wait for a yes is refused. Its mark lasts to its end, whatever the user
    says meanwhile: it begins with that of the conversation whose model asks.
    """

    def __init__(self, asking: Taint, approvals: Approvals | None = None) -> None:
        self._asking = asking
        self._approvals = Approvals() if approvals is None else approvals
        self._taint = Taint(marked=asking.marked)

    async def held(self, tool: Tool, call: ToolCall, *, by_rule: bool) -> ToolCall | None:  # noqa: ARG002
        """Refuse what is dangerous or confirmed, and what changes something after a text that others wrote.

        The same call once more is refused, too, of which nobody knows whether it has happened.
        Rules count for nothing here: what they read are the words of the agent that asks.
        """
        tainted = tool.risk is Risk.WRITE and self._taint.marked
        unclear = self._approvals.may_have_happened(tool.name, call.arguments)
        if tool.risk is not Risk.DANGER and not tool.confirm and not tainted and not unclear:
            return None
        return replace(call, status=ToolCallStatus.REFUSED, error=_NOT_ASKED)

    def waits(self, call_id: str) -> bool:  # noqa: ARG002 - as Hold has it
        """Nothing waits."""
        return False

    async def ask(self) -> None:
        """Nobody is asked."""

    def known_as(self, call_id: str, context_id: str) -> None:
        """Nobody is told of it later."""

    def ended(self, call: ToolCall) -> None:
        """Keep in mind for the conversation of which calls nobody knows whether they have happened."""
        self._approvals.ended(call)

    def ran(self, tool: Tool) -> None:
        """Mark the question where others wrote the result."""
        if tool.untrusted:
            self._taint.mark()

    def delivered(self) -> None:
        """The conversation gets the answer: its model is about to read what was made of all that."""
        if self._taint.marked:
            self._asking.mark()


class ApprovalPolicy:
    """Decides in one conversation which calls wait (`processors.tool_call.Hold`).

    What is dangerous does, whoever calls it. So does what a model calls of the tools that ask first (rules
    have asked already), and what changes something where the model has read, in this turn, what others than
    the user wrote. So does, whoever calls it, the same call once more of which nobody knows whether it has
    happened: the question says so. With a guest in the call nobody can say yes.

    Args:
        gate: Gives the conversation's gate.
        keep: Keeps a single call that waits; False where it cannot.
        on_asked: Told of each plan, or step of one, that waits.
        agent: Gives the agent that has the word: it asks.
    """

    def __init__(
        self,
        approvals: Approvals,
        taint: Taint,
        gate: Callable[[], ApprovalGate],
        keep: Callable[[Wanted], Awaitable[bool]],
        on_asked: Callable[[Wanted], None],
        *,
        agent: Callable[[], Agent],
        guest: bool,
    ) -> None:
        self._approvals = approvals
        self._taint = taint
        self._gate = gate
        self._keep = keep
        self._on_asked = on_asked
        self._agent = agent
        self._guest = guest

    async def held(self, tool: Tool, call: ToolCall, *, by_rule: bool) -> ToolCall | None:
        """The call as it waits or is refused; None where it may run."""
        tainted = tool.risk is Risk.WRITE and self._taint.marked
        unclear = self._approvals.may_have_happened(tool.name, call.arguments)
        asks_first = tool.risk is Risk.DANGER or ((tool.confirm or tainted) and not by_rule)
        if not asks_first and not unclear:
            return None
        if self._guest:
            return replace(call, status=ToolCallStatus.REFUSED, error=_NOBODY)
        agent = self._agent()
        asked = question(tool.name, call.arguments, agent.language, unclear=unclear)
        wanted = Wanted(call.id, tool.name, call.arguments, asked, agent=agent.name)
        if not self._approvals.add(wanted, time.monotonic()) or not await self._kept(wanted):
            if self._approvals.withdrawn:  # it was read out already, behind what was said before
                await self.ask()
            return replace(call, status=ToolCallStatus.REFUSED, error=_NOT_NOW)
        return replace(call, status=ToolCallStatus.WAITING_APPROVAL, result={"note": _NOTE})

    async def _kept(self, wanted: Wanted) -> bool:
        """Keep a call that waits; whatever happens, what is not kept is not asked for."""
        kept = False
        try:
            kept = await self._keep(wanted)
        finally:
            if not kept:
                self._approvals.take(wanted.call_id)
        return kept

    def want(self, wanted: Wanted) -> bool:
        """Let the user be asked for a plan or its step; False where nobody can be, or not for this."""
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

    def known_as(self, call_id: str, context_id: str) -> None:
        """Let the gate tell the model of the call under the id that stands in its context."""
        self._gate().orion_known_as(call_id, context_id)

    def ran(self, tool: Tool) -> None:
        """Mark the turn where others wrote the result."""
        if tool.untrusted:
            self._taint.mark()

    def ended(self, call: ToolCall) -> None:
        """Keep in mind of which calls nobody knows whether they have happened."""
        self._approvals.ended(call)


class Answers:
    """Does in one conversation what the user's answers mean.

    A yes to a single call is kept before the call runs, and counts only for whoever kept it: on whatever
    node, and by whatever way, the same call was answered. The call then outlives the conversation.

    Args:
        offer: Gives what the workspace has now: a call runs with the tools of the agent that has asked.
        assent: Gives yes and no in the language of who has asked.
        caller: Gives what runs them.
        plan: Does what the answer about a plan, or a step of one, means.
        publish: Tells of those, and keeps it for the audit; of single calls their rows tell.
        on_late: Told what came of a call whose conversation is over, and whether others wrote it.
    """

    def __init__(
        self,
        waiting: WaitingCalls,
        session: Session,
        *,
        offer: Callable[[], Offer],
        assent: Callable[[Wanted], Assent],
        caller: Callable[[], ToolCaller],
        plan: DecidePlan,
        publish: Callable[[str, dict[str, Any]], None],
        on_late: Callable[[str, bool], None],
    ) -> None:
        self._waiting = waiting
        self._session = session
        self._offer = offer
        self._assent = assent
        self._caller = caller
        self._plan = plan
        self._publish = publish
        self._on_late = on_late

    async def decide(self, wanted: Wanted, approved: bool, by: str | None) -> dict[str, Any]:
        """Keep an answer, unless it is kept already (`by` None), and do what it means."""
        if wanted.plan_id is not None:
            self.of_plan(wanted, "approved" if approved else "rejected", by)
            return await self._plan(wanted, approved)
        if by is not None and (refusal := await self._kept(wanted, approved, by)):
            return refusal
        if not approved:
            return {"error": self._assent(wanted).words["rejected"], "status": "rejected"}
        offer = self._offer()
        asker = offer.asker(wanted)
        runnable = allowed(offer.tools, asker, wanted.tool) if asker else None
        if runnable is None:
            gone = f"there is no tool {wanted.tool} any more"
            await self._waiting.not_run(self._session.id, wanted, gone)
            return {"error": gone, "status": "refused"}
        work = self._caller().run(runnable, wanted.call_id, wanted.arguments, approved=True)
        running = self._waiting.run(work, self._session.id, wanted.call_id)
        try:
            return answer(await asyncio.shield(running))
        except asyncio.CancelledError:
            running.add_done_callback(lambda task: self._late(runnable.tool, task))
            raise

    def drop(self, wanted: Wanted, outcome: str, by: str) -> None:
        """Nobody has answered: that is no."""
        if wanted.plan_id is not None:
            self.of_plan(wanted, outcome, by)
            return
        user_id = self._session.user_id if by != "time" else None
        self._waiting.drop(self._session.id, wanted, ApprovalState(outcome), by, user_id)

    def of_plan(self, wanted: Wanted, state: str, by: str | None) -> None:
        """A plan, or a step of one, was asked for or answered."""
        body = {"call_id": wanted.call_id, "tool": wanted.tool, "arguments": wanted.arguments}
        told = {"digest": wanted.digest, "question": wanted.question, "state": state, "by": by}
        self._publish("tool.approval", {**body, **told})

    async def _kept(self, wanted: Wanted, approved: bool, by: str) -> dict[str, Any] | None:
        """Keep the answer; what is told where it could not be."""
        kept = ApprovalState.APPROVED if approved else ApprovalState.REJECTED
        try:
            call = await self._waiting.answer(
                self._session.id, wanted, kept, by=by, decided_by=self._session.user_id
            )
        except DatabaseUnavailable:
            return {"error": _NOT_KEPT, "status": "refused"}
        return {"error": _TOO_LATE, "status": "refused"} if call is None else None

    def _late(self, tool: Tool, task: asyncio.Task[ToolCall]) -> None:
        if not task.cancelled() and task.exception() is None:
            self._on_late(outcome(tool, task.result()), tool.untrusted)


def allowed(tools: Mapping[str, RunnableTool], agent: Agent, name: str) -> RunnableTool | None:
    """The tool of that name, if the agent has it."""
    return tools.get(name) if agent.tools is None or name in agent.tools else None


def outcome(tool: Tool, call: ToolCall) -> str:
    """What came of a call, in words."""
    if call.status is ToolCallStatus.DONE:
        return speech.answer(tool, answer(call))
    return f"That did not work: {(call.error or '').removesuffix('.')}."
