"""The gate before the agent: it asks for a waiting tool call, and takes the user's yes or no.

It stands where the user's words have become a turn, spoken or written, and no model has seen them yet.
What it asks is the server's own text (`domain/approval.py`); what counts as an answer is told there.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from pipecat.audio.dtmf.types import KeypadEntry
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InputDTMFFrame,
    InterruptionFrame,
    LLMContextFrame,
    TTSSpeakFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators import async_tool_messages
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from orion.domain.approval import Approvals, Outcome, Wanted
from orion.domain.assents import Assent, Reply, assent
from orion.domain.taint import Taint
from orion.processors.joined_context import JoinedContext

Decide = Callable[[Wanted, bool, str | None], Awaitable[dict[str, Any]]]
OnDropped = Callable[[Wanted, str, str], None]

_NO = False
_KNOWN = 1000
"""Calls whose ids in the context are kept in mind."""
_KEYS = {KeypadEntry.ONE: Reply.YES, KeypadEntry.TWO: Reply.NO}


class ApprovalGate(FrameProcessor):
    """Frames: a user's turn (LLMContextFrame) or a key that answers the open question is taken out.

    The call that got its yes runs beside the frames; its result goes into the context, which is then
    sent to the agent, or goes with the user's turn that is under way. A question that was cut off, or that
    was not the last thing that the agent said, is asked again. While one is open, nothing is predicted.

    Args:
        approvals: The session's calls that wait; they outlive this call.
        decide: Keeps the answer, yes or no, and by what it came (`voice`, `text`, `key`; None where it is
            kept already); does what it means, and gives what the model is told of it.
        on_dropped: Told of a question that is not open any more, without an answer to it: why, and by what.
        language: Gives yes and no in the language of who has asked; of the conversation, where nobody has.
        patience_secs: How long a question that was heard stays open.
        clock: Seconds that only grow, the same for all calls of the session.
    """

    def __init__(
        self,
        approvals: Approvals,
        taint: Taint,
        context: JoinedContext,
        decide: Decide,
        on_dropped: OnDropped,
        *,
        language: Callable[[Wanted | None], Assent] = lambda _wanted: assent("en"),
        patience_secs: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._orion_approvals = approvals
        self._orion_taint = taint
        self._orion_context = context
        self._orion_decide = decide
        self._orion_on_dropped = on_dropped
        self._orion_language = language
        self._orion_patience_secs = patience_secs
        self._orion_clock = clock
        self._orion_began: float | None = None
        self._orion_user_speaks = False
        self._orion_asking = False
        self._orion_running: set[asyncio.Task[None]] = set()
        self._orion_known_as: dict[str, str] = {}

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Take what answers a question; pass everything else on."""
        await super().process_frame(frame, direction)
        match frame:
            case InterruptionFrame():
                self._orion_approvals.cut()
                self._orion_taint.turn_began()
            case UserStartedSpeakingFrame():
                self._orion_began, self._orion_user_speaks = self._orion_clock(), True
                self._orion_taint.turn_began()
            case UserStoppedSpeakingFrame():
                self._orion_user_speaks = False
            case EndFrame() | CancelFrame():
                await self._orion_stop()
            case InputDTMFFrame() if frame.button in _KEYS and self._orion_approvals.heard:
                await self._orion_answered(_KEYS[frame.button], 1, self._orion_clock(), "key", None)
                return
            case LLMContextFrame() if direction is FrameDirection.DOWNSTREAM:
                await self._orion_turn(frame)
                return
        await self.push_frame(frame, direction)

    async def cleanup(self) -> None:
        """Nothing outlives the pipeline."""
        await self._orion_stop()
        await super().cleanup()

    async def orion_ask(self) -> None:
        """Read out the question whose turn it is, unless it is under way or was heard.

        One that was answered elsewhere while it was read out is not read to its end.
        """
        await self._orion_hush()
        wanted = self._orion_approvals.to_ask()
        if wanted is not None and not self._orion_user_speaks:
            self._orion_approvals.asked(self._orion_clock())
            self._orion_asking = True
            await self.push_frame(TTSSpeakFrame(wanted.question, append_to_context=True))

    def _orion_expired_words(self, wanted: Wanted) -> str:
        return self._orion_language(wanted).words["expired"]

    @property
    def orion_waits(self) -> bool:
        """Whether a call waits for the user's yes: the agent's turn is over, whatever it has called.

        It is, too, where the question was answered elsewhere while it was being asked.
        """
        return self._orion_asking or len(self._orion_approvals) > 0

    @property
    def orion_owes(self) -> bool:
        """Whether a question has still to be heard."""
        return self._orion_approvals.owed

    def orion_answered(self, wanted: Wanted, *, approved: bool) -> None:
        """The call was answered elsewhere, which is kept: do what the answer means, and tell of it."""
        self._orion_approvals.take(wanted.call_id)
        self._orion_spawn(self._orion_do(wanted, approved=approved, by=None))

    def orion_expired(self, wanted: Wanted) -> None:
        """Nobody has answered in time, which is kept: tell of it."""
        self._orion_approvals.take(wanted.call_id)
        self._orion_approvals.closed = True
        self._orion_spawn(
            self._orion_tell(wanted, {"error": self._orion_expired_words(wanted), "status": "rejected"})
        )

    def orion_said(self, text: str) -> None:
        """The agent was heard to say this: a question is open from its end on, if it was that."""
        self._orion_asking = False
        before = self._orion_approvals.heard
        self._orion_approvals.said(text, self._orion_clock())
        if self._orion_approvals.heard and not before:
            self._orion_spawn(self._orion_expire(self._orion_approvals.first))
        elif self._orion_approvals.to_ask() is not None:
            self._orion_spawn(self.orion_ask())

    def orion_known_as(self, call_id: str, context_id: str) -> None:
        """The call of that id stands in the context under another one, the model's own."""
        self._orion_known_as[call_id] = context_id
        if len(self._orion_known_as) > _KNOWN:
            del self._orion_known_as[next(iter(self._orion_known_as))]

    def _orion_context_id(self, wanted: Wanted) -> str:
        """Under which the context knows a call; a context that was rebuilt has its own id."""
        return self._orion_known_as.get(wanted.call_id, wanted.call_id)

    async def _orion_turn(self, frame: LLMContextFrame) -> None:
        """The user has said something, or a model is asked again: what it is to the open question."""
        messages: list[Any] = list(frame.context.get_messages())
        if frame.speculation and len(self._orion_approvals):
            return
        if frame.speculation or not messages or messages[-1].get("role") != "user":
            await self.push_frame(frame)
            return
        self._orion_taint.turn_ended()
        began, self._orion_began = self._orion_began, None
        if self._orion_approvals.expired(self._orion_clock(), self._orion_patience_secs):
            self._orion_drop("expired", "time")
        said = str(messages[-1].get("content") or "")
        first = self._orion_approvals.first
        reply = self._orion_language(first).reply(said, first.question if first else "")
        by = "voice" if began is not None else "text"
        if reply is Reply.OTHER and self._orion_goes_on(by):
            await self._orion_hush()
            await self.push_frame(frame)
            return
        await self._orion_answered(reply, len(said.split()), began or self._orion_clock(), by, frame)

    async def _orion_answered(
        self, reply: Reply, words: int, began: float, by: str, frame: LLMContextFrame | None
    ) -> None:
        closed, self._orion_approvals.closed = self._orion_approvals.closed, False
        match self._orion_approvals.answer(reply, words, began, written=by == "text"):
            case Outcome.APPROVED | Outcome.REJECTED as outcome:
                self._orion_approvals.closed = outcome is Outcome.REJECTED
                wanted = self._orion_approvals.settle()
                self._orion_spawn(self._orion_do(wanted, approved=outcome is Outcome.APPROVED, by=by))
            case Outcome.ASK:
                await self.orion_ask()
            case Outcome.NONE if closed and reply is Reply.YES and not self._orion_was_asked():
                nothing = self._orion_language(None).words["nothing"]
                await self.push_frame(TTSSpeakFrame(nothing, append_to_context=True))
            case Outcome.DROPPED | Outcome.NONE as outcome:
                if outcome is Outcome.DROPPED:
                    self._orion_drop("rejected", by)
                if frame is not None:
                    await self.push_frame(frame)

    def _orion_goes_on(self, by: str) -> bool:
        """Take back what nobody has heard the question of, where the user goes on: the whole asks anew."""
        waiting = self._orion_approvals.unheard()
        if not self._orion_context.rejoin({self._orion_context_id(wanted) for wanted in waiting}):
            return False
        for wanted in waiting:
            self._orion_approvals.take(wanted.call_id)
            self._orion_spawn(self._orion_decide(wanted, _NO, by))
        return True

    def _orion_was_asked(self) -> bool:
        """Whether the agent itself has asked something last: a yes is its model's to take."""
        messages: list[Any] = list(self._orion_context.get_messages())
        said = (one for one in reversed(messages) if isinstance(one, dict) and one.get("role") == "assistant")
        last = next((str(one["content"]) for one in said if one.get("content")), "")
        return last.rstrip().endswith(("?", "\uff1f", "\u061f"))

    async def _orion_hush(self) -> None:
        """Stop saying a question that was answered elsewhere."""
        if self._orion_approvals.withdrawn:
            self._orion_approvals.withdrawn = False
            await self.push_frame(InterruptionFrame())

    async def _orion_do(self, wanted: Wanted, *, approved: bool, by: str | None) -> None:
        await self._orion_hush()
        told = await self._orion_decide(wanted, approved, by)
        if wanted.step is None:
            await self._orion_tell(wanted, told)
        else:  # no model has asked for a plan's step
            await self.push_frame(TTSSpeakFrame(str(told["spoken"]), append_to_context=True))
        await self.orion_ask()

    async def _orion_tell(self, wanted: Wanted, result: dict[str, Any]) -> None:
        """Give the model what came of a call; at once, or with what the user is saying."""
        told = json.dumps(result, ensure_ascii=False)
        message = async_tool_messages.build_final_result_message(self._orion_context_id(wanted), told)
        self._orion_context.add_message(message)
        if not self._orion_user_speaks:
            await self.push_frame(LLMContextFrame(self._orion_context))

    def _orion_drop(self, outcome: str, by: str) -> None:
        """No call waits any more; what the model reads of them says so."""
        self._orion_approvals.closed = True
        dropped = {self._orion_context_id(one): one for one in self._orion_approvals.clear()}
        messages: list[Any] = list(self._orion_context.get_messages())
        for message in messages:
            wanted = dropped.get(str(message.get("tool_call_id"))) if isinstance(message, dict) else None
            if wanted is not None:
                refusal = {"error": self._orion_expired_words(wanted), "status": "rejected"}
                message["content"] = json.dumps(refusal)
        for wanted in dropped.values():
            self._orion_on_dropped(wanted, outcome, by)

    async def _orion_expire(self, wanted: Wanted | None) -> None:
        """Say no where the user says nothing."""
        await asyncio.sleep(self._orion_patience_secs)
        approvals = self._orion_approvals
        if wanted is None or approvals.first is not wanted:
            return
        if approvals.expired(self._orion_clock(), self._orion_patience_secs):
            self._orion_drop("expired", "time")
            await self.push_frame(TTSSpeakFrame(self._orion_expired_words(wanted), append_to_context=True))

    def _orion_spawn(self, work: Any) -> None:
        task = self.create_task(work)
        self._orion_running.add(task)
        task.add_done_callback(self._orion_running.discard)

    async def _orion_stop(self) -> None:
        for task in list(self._orion_running):
            await self.cancel_task(task)
