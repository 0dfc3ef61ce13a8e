"""Voices in an order: where one fails, the sentence goes on in the next from the words not yet played."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from pipecat.frames.frames import (
    AudioRawFrame,
    EndFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    LLMAssistantPushAggregationFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    StartFrame,
    SystemFrame,
    TextFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
    TTSTextFrame,
    TTSUpdateSettingsFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.services.tts_service import TTSService
from pipecat.utils.errors import ErrorCategory
from pipecat.utils.text.base_text_aggregator import TextType

from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.domain.speech import Heard, Part, Script
from orion.processors.switched import Fault, fault
from orion.processors.tts_parts import part_of, with_words
from orion.processors.watched_order import WatchedOrder
from orion.providers import Candidate

_LAST_WORDS_SECS = 15.0
_CLOSING_SECS = 3.0
"""Pipecat's own limit for a voice that does not tell that it has said all."""


class TTSOrder(WatchedOrder):
    """Speaks with the first voice that does.

    Frames: all go through the voice that has the word, so that each keeps its place. Words are told once
    their sound has gone on to the output. A voice fails by an ErrorFrame, by a sentence without sound
    in time, and by a sentence whose sound breaks off; the next one is given what is left of it and all
    that follows, to the end of the turn. Barge-in drops what is not played, as everywhere.
    """

    def __init__(
        self, candidates: Sequence[Candidate[TTSService]], breakers: Breakers, deadlines: Deadlines
    ) -> None:
        super().__init__("tts", candidates, breakers)
        self._orion_wait_secs = deadlines.first_audio_secs
        self._orion_script: Script[Frame] = Script()
        self._orion_heard: Heard[TTSTextFrame] = Heard()
        self._orion_sounding: str | None = None
        self._orion_delay_secs: float | None = 0.0
        self._orion_in_turn = False
        self._orion_tried: set[int] = set()
        self._orion_turnover = asyncio.Lock()
        for index, service in enumerate(self.orion_services):
            service.add_event_handler("on_tts_request", self._orion_requested(index))

    async def orion_enters(self, frame: Frame, direction: FrameDirection) -> None:
        """Give everything to the voice that has the word; note what it has to bring out."""
        everybody = range(len(self.orion_services))
        if isinstance(frame, InterruptionFrame):
            self._orion_forget()
            self._orion_heard.cut()
            for index in everybody:
                if index != self.orion_active:
                    await self.orion_give(index, frame, direction)
            await self.orion_pass(self.orion_active, frame, direction)
        elif isinstance(frame, TTSUpdateSettingsFrame):
            for index in everybody:
                await self.orion_give(index, frame, direction)
        elif direction is FrameDirection.UPSTREAM or isinstance(frame, SystemFrame):
            if not isinstance(frame, AudioRawFrame):
                await self.orion_give(self.orion_active, frame, direction)
            await self.push_frame(frame, direction)
        else:
            async with self._orion_turnover:
                await self._orion_speak(frame)

    async def orion_leaves(self, index: int, frame: Frame, direction: FrameDirection) -> None:
        """Pass on what the voice that has the word says; what others say was given up."""
        if index != self.orion_active or (self.orion_at_fault and not isinstance(frame, InterruptionFrame)):
            return
        match frame:
            case ErrorFrame() if frame.category is not ErrorCategory.APPLICATION:
                self.orion_fail(fault(index, frame))
            case TTSAudioRawFrame():
                await self.push_frame(frame, direction)
                await self._orion_sounded(frame)
            case TTSTextFrame():
                self._orion_delay(frame)
                self._orion_heard.word(None if frame.pts is None else frame.pts / 1e9, frame.text, frame)
                await self._orion_tell(self._orion_heard.played())
            case TTSStoppedFrame() | LLMAssistantPushAggregationFrame():
                await self._orion_over(index, frame)
            case _:
                if isinstance(frame, LLMFullResponseEndFrame):
                    self._orion_in_turn = False
                self._orion_script.out(frame.id)
                self._orion_delay(frame)
                await self.push_frame(frame, direction)
                self._orion_settle()

    async def orion_ends(self, frame: Frame) -> None:
        """A call that ends in good order ends with its last words, in whichever voice."""
        if isinstance(frame, EndFrame):
            await self.orion_settled(_LAST_WORDS_SECS)
        if not isinstance(frame, StartFrame):
            self._orion_forget()

    async def orion_turn_over(self, found: Fault, taken: int | None) -> None:
        """Let the next voice say what is left."""
        async with self._orion_turnover:
            await self.orion_halt(found.index)
            await self.orion_switched(found, taken)
            await self._orion_guess()
            rest, in_turn = self._orion_script.rest(), self._orion_in_turn
            self._orion_forget()
            if taken is None:
                for part, frame, _ in rest:
                    if part not in {Part.TEXT, Part.SPEAK}:
                        await self.push_frame(frame)
                return
            await self.orion_take(taken)
            self._orion_in_turn, self._orion_delay_secs = in_turn, None
            if in_turn and Part.BEGIN not in [part for part, _, _ in rest]:
                await self.orion_give(taken, LLMFullResponseStartFrame(), FrameDirection.DOWNSTREAM)
            for part, frame, text in rest:
                await self._orion_hand(part, with_words(part, frame, text), text)

    def orion_tried(self) -> set[int]:
        """The voices that failed since the last time that nothing was left to say."""
        return self._orion_tried

    async def _orion_speak(self, frame: Frame) -> None:
        if not self._orion_script and not self._orion_in_turn:
            self._orion_tried.clear()
            self._orion_delay_secs = 0.0
            await self.orion_take(next(self.orion_candidates(), self.orion_active))
        part = part_of(frame)
        if part is Part.BEGIN:
            self._orion_in_turn = True
        text = frame.text if isinstance(frame, TextFrame | TTSSpeakFrame) else ""
        await self._orion_hand(part, frame, text)

    async def _orion_hand(self, part: Part | None, frame: Frame, text: str) -> None:
        if part is not None:
            self._orion_script.give(part, frame.id, frame, text)
        if not self.orion_expecting:
            self._orion_settle()
        await self.orion_pass(self.orion_active, frame, FrameDirection.DOWNSTREAM)

    def _orion_requested(self, index: int) -> Callable[[object, str, str], Awaitable[None]]:
        async def requested(_service: object, _context_id: str, text: str) -> None:
            if index == self.orion_active:
                self._orion_script.asked(text)
                if self._orion_script.owes:
                    self.orion_expect(self._orion_wait_secs, at_latest=True)

        return requested

    async def _orion_sounded(self, frame: TTSAudioRawFrame) -> None:
        self._orion_sounding = frame.context_id
        self._orion_delay(frame)
        self._orion_heard.sound(frame.num_frames / frame.sample_rate, self.get_clock().get_time() / 1e9)
        if self._orion_script.owes:
            self.orion_expect(self._orion_wait_secs)
        await self._orion_tell(self._orion_heard.played())

    async def _orion_tell(self, frames: Sequence[TTSTextFrame]) -> None:
        for frame in frames:
            self._orion_script.said(frame.context_id or "", frame.text)
            await self.push_frame(frame)
        self._orion_settle()

    async def _orion_over(
        self, index: int, frame: TTSStoppedFrame | LLMAssistantPushAggregationFrame
    ) -> None:
        """A context has ended: well, if it sounded."""
        self._orion_delay(frame)
        if self._orion_script.unsaid and (self._orion_sounding is None or self._orion_heard.silent):
            self.orion_fail(Fault(index, "no audio"))
            return
        await self._orion_tell(self._orion_heard.all())
        if isinstance(frame, TTSStoppedFrame):
            self.orion_breaker(index).succeeded()
            self._orion_sounding = None
            self._orion_script.completed(frame.context_id or "")
            self._orion_settle()
        await self.push_frame(frame)

    def _orion_delay(self, frame: Frame) -> None:
        """Let words keep to their sound, which waits until what the voice before left is played."""
        begins = isinstance(frame, TTSAudioRawFrame | TTSTextFrame)
        if self._orion_delay_secs is None and begins:
            self._orion_delay_secs = self._orion_heard.left_secs(self.get_clock().get_time() / 1e9)
        if frame.pts and self._orion_delay_secs:
            frame.pts += round(self._orion_delay_secs * 1e9)

    async def _orion_guess(self) -> None:
        """Of a voice that does not time its words: tell those that fit into what was heard."""
        words = self._orion_script.skip(self._orion_heard.untold_secs)
        if words:
            frame = TTSTextFrame(words, text_type=TextType.SENTENCE)
            frame.context_id = self._orion_sounding
            await self.push_frame(frame)

    def _orion_settle(self) -> None:
        """After words that were said, only the end is owed, for which an engine may wait a while."""
        if self._orion_script.open and not self._orion_script.owes:
            self.orion_expect(self._orion_wait_secs + _CLOSING_SECS)
        elif not self._orion_script.owes:
            self.orion_relax()

    def _orion_forget(self) -> None:
        self._orion_script.clear()
        self._orion_heard.clear()
        self._orion_sounding, self._orion_in_turn = None, False
        self.orion_relax()
