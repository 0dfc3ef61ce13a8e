"""Language models in an order: the turn that one fails is answered by the next, and nothing is said twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    ErrorFrame,
    Frame,
    FunctionCallsStartedFrame,
    LLMContextFrame,
    LLMContextSummaryRequestFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSSpeakFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.llm_service import LLMService
from pipecat.utils.errors import ErrorCategory

from orion.domain.answer import Answer
from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.processors.hedged_order import HedgedOrder
from orion.processors.llm_attempt import NO_WORDS, SHARED, SIGNS, TOO_LATE, Attempt, Patience, of_a_tool
from orion.processors.llm_question import NOTICE, may_be_silent, question, told_before
from orion.processors.speculation import Speculation
from orion.processors.switched import Fault, fault
from orion.providers import Candidate

FIRST_WORD = "orion_first_word"
"""In a text frame's metadata: when the first token of its answer came, in seconds of the pipeline's clock."""
WORDLESS = "orion_wordless"
"""In the metadata of a response's end: nobody cut it off or failed, and it has neither words nor a call."""
BROKEN = "orion_broken"
"""In the same place: the answer has words, and then every model failed."""
FILLER = "One moment."
_FILL_AGAIN_SECS = 5.0


class LLMOrder(HedgedOrder):
    """Asks one model after the other until one has answered.

    Frames: an LLMContextFrame is answered by one response (start, whole sentences, end), whoever wrote
    it. A model fails by an ErrorFrame of any category, by a first or next token that does not come in
    time, by a sentence that does not end, and by an answer without words. It loses its unfinished
    sentence; the next one is given what was released as the beginning of its answer. A tool call that it
    made stays: the answer goes on over its result, and what was said before it broke off is not said anew.
    Barge-in stops the attempt, and no other one begins. So does the withdrawal of a context that came
    before the end of its turn; its deadlines begin when the turn has ended. How an answer ended stands
    with its end (`WORDLESS`): its frames do not tell.

    Args:
        speaks: Say that it takes a moment, where it does.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate[LLMService[Any]]],
        breakers: Breakers,
        deadlines: Deadlines,
        *,
        speaks: bool,
    ) -> None:
        super().__init__(candidates, breakers, deadlines)
        self._orion_speaks = speaks
        self._orion_speculation = Speculation()
        self._orion_told: bool | None = None
        self._orion_filled = self._orion_called = self._orion_broken = False
        self._orion_first_word = 0.0
        self._orion_heard = ""

    async def orion_enters(self, frame: Frame, direction: FrameDirection) -> None:
        """Answer a context; share what all models must know; pass everything by."""
        if isinstance(frame, LLMContextFrame):
            if direction is FrameDirection.DOWNSTREAM:  # the other way a tool's result comes back
                self._orion_filled, self._orion_heard = False, ""
            await self._orion_answer(frame)
        elif isinstance(frame, SHARED):
            await self.orion_share(frame, direction)
            self._orion_heed(frame)
        elif isinstance(frame, LLMContextSummaryRequestFrame):
            await self.orion_give(self.orion_active, frame, direction)
        else:
            await self.push_frame(frame, direction)

    async def orion_leaves(self, index: int, frame: Frame, direction: FrameDirection) -> None:
        """As all; a model withdraws its answer itself where it would call a tool before the turn's end."""
        await super().orion_leaves(index, frame, direction)
        if isinstance(frame, EagerEndOfTurnCancelFrame):
            self._orion_heed(frame)

    def _orion_heed(self, frame: Frame) -> None:
        """What the user's turn means to the answer under way."""
        if isinstance(frame, UserStartedSpeakingFrame):
            self._orion_speculation.turn_began()
        elif isinstance(frame, EagerEndOfTurnCancelFrame):
            self._orion_speculation.withdraw()
        elif isinstance(frame, UserStoppedSpeakingFrame):
            if self._orion_speculation.pending:
                self.orion_confirmed()
            self._orion_speculation.turn_ended()

    async def _orion_answer(self, frame: LLMContextFrame) -> None:
        await self.push_frame(LLMFullResponseStartFrame())
        end = LLMFullResponseEndFrame()
        try:
            async with self._orion_speculation.answering(speculative=frame.speculation):
                end.metadata[WORDLESS] = await self._orion_go_through(frame)
        except TimeoutError:  # withdrawn: what the branch holds of it is nobody's
            await self.orion_halt(self.orion_active)
        finally:
            end.metadata[BROKEN], self._orion_broken = self._orion_broken, False
            await self.push_frame(end)

    async def _orion_go_through(self, frame: LLMContextFrame) -> bool:
        """Ask one model after the other; whether nothing came of it, though nothing else failed."""
        answer, found = Answer(self._orion_heard), None
        failed: set[int] = set()
        with self._orion_patience(answer):
            for index in self.orion_candidates():
                if index in failed:  # it was asked as the rival of another one
                    continue
                if found is not None:
                    await self.orion_switched(found, index)
                found = await self._orion_ask(index, frame, answer)
                if found is None:
                    return not (answer.released or self._orion_called)
                failed.add(found.index)
        if found is not None:
            await self.orion_switched(found, None)
            if found.reason == NO_WORDS and not answer.released:
                return True
        self._orion_broken = bool(answer.released)
        await self.push_error("no language model answers", category=ErrorCategory.UNKNOWN)
        return False

    async def _orion_ask(self, index: int, frame: LLMContextFrame, answer: Answer) -> Fault | None:
        """One attempt, or a race of two; None where one answered, else what was wrong with the last."""
        self._orion_first_word = 0.0
        self._orion_called = False
        answer.begin()
        await self.orion_take(index)
        await self._orion_own_words(index, frame, answer)
        try:
            asked = partial(self._orion_asked, frame, answer)
            attempt = await self.orion_ask(index, asked, hedged=not frame.speculation)
            found = await self._orion_follow(attempt, answer, frame)
        except asyncio.CancelledError:
            self.orion_interrupted()
            raise
        finally:
            self.orion_over()
        while not attempt.leaving.empty():
            await self.orion_leaves(attempt.index, *attempt.leaving.get_nowait())
        if found is not None or attempt.broken or self._orion_heard:  # a piece: who goes on may repeat it
            self._orion_heard = answer.heard
        if found is None and not attempt.broken:
            self.orion_breaker(attempt.index).succeeded()
            self._orion_told = self._orion_told and self.orion_offline(attempt.index)
        return found

    async def _orion_follow(self, attempt: Attempt, answer: Answer, asked: LLMContextFrame) -> Fault | None:
        """Pass an attempt's frames on until it has ended, well or not."""
        index, before = attempt.index, answer.released
        begun = None if self._orion_speculation.pending else attempt.begun
        patience = Patience(self.orion_deadlines, begun)
        found, called = None, False
        while (left := await attempt.next(patience.secs(self.orion_now()))) is not None:
            frame, direction = left
            if isinstance(frame, LLMFullResponseEndFrame):
                break
            if isinstance(frame, ErrorFrame) and not of_a_tool(frame):
                found = found or fault(index, frame)
                patience.closes(self.orion_now())
            elif isinstance(frame, LLMTextFrame) and found is None:
                ready = answer.take(frame.text)
                patience.token(self.orion_now(), whole=bool(ready))
                await self._orion_say(ready)
            elif isinstance(frame, SIGNS):
                patience.sign(frame, self.orion_now())
            elif not isinstance(frame, LLMFullResponseStartFrame | LLMTextFrame):
                called = called or isinstance(frame, FunctionCallsStartedFrame)
                await self.push_frame(frame, direction)
        if left is None:
            await self.orion_halt(index)
            found = found or Fault(index, TOO_LATE)
        self._orion_called = called
        if found is None:
            await self._orion_say(answer.rest())
            silent = answer.released == before and not (called or self.orion_offline(index))
            return Fault(index, NO_WORDS) if silent and not may_be_silent(asked) else None
        if called:  # the answer goes on over the tool's result, by whoever is asked then
            attempt.broken = True
            await self.orion_switched(found, index)
        return None if called else found

    async def _orion_say(self, text: str) -> None:
        self._orion_first_word = self._orion_first_word or self.get_clock().get_time() / 1e9
        if text:
            frame = LLMTextFrame(text)
            frame.metadata[FIRST_WORD] = self._orion_first_word
            await self.push_frame(frame)

    async def _orion_own_words(self, index: int, frame: LLMContextFrame, answer: Answer) -> None:
        """Say once that no model can be reached; again only if one could in between."""
        if self._orion_told is None:
            self._orion_told = told_before(frame.context)
        if index > 0 and self.orion_offline(index) and not self._orion_told:
            self._orion_told = True
            await self._orion_speculation.confirmed.wait()
            await self._orion_say(answer.take(NOTICE))

    def _orion_asked(self, frame: LLMContextFrame, answer: Answer, index: int) -> LLMContextFrame:
        """The offline agent answers anew: it goes by the user's words alone."""
        return question(frame, "" if self.orion_offline(index) else answer.released)

    @contextmanager
    def _orion_patience(self, answer: Answer) -> Iterator[None]:
        """Say that it takes a moment, and again, while nothing has been said."""
        waiting = self.create_task(self._orion_fill(answer)) if self._orion_speaks else None
        try:
            yield
        finally:
            if waiting is not None:
                waiting.cancel()

    async def _orion_fill(self, answer: Answer) -> None:
        await self._orion_speculation.confirmed.wait()
        await asyncio.sleep(_FILL_AGAIN_SECS if self._orion_filled else self.orion_deadlines.filler_secs)
        while not answer.released:
            self._orion_filled = True
            await self.push_frame(TTSSpeakFrame(FILLER, append_to_context=False))
            await asyncio.sleep(_FILL_AGAIN_SECS)
