"""Voices in an order: where one fails, the sentence goes on in the next from the words not yet played."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from copy import copy
from dataclasses import replace

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

from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.domain.speech import Part
from orion.processors.spoken_order import SpokenOrder
from orion.processors.switched import Fault, fault
from orion.processors.tts_parts import part_of, with_words
from orion.providers import Candidate

_LAST_WORDS_SECS = 15.0
_MOST_LOST = 2
"""After so many sentences that failed by no fault of theirs the rest of the turn is given up."""


class TTSOrder(SpokenOrder):
    """Speaks with the first voice that does.

    Frames: all go through the voice that has the word, so that each keeps its place. Words are told once
    their sound has gone on to the output. A voice fails by an ErrorFrame, by a sentence without sound
    in time, and by a sentence whose sound breaks off; the next one is given what is left of it and all
    that follows, to the end of the turn. Where no other is left, the first says it once more, if that may
    help; a sentence that all have refused, or failed at twice, is left out, and what follows is said: a
    sentence tells nothing of the next. Barge-in drops what is not played, as everywhere.
    """

    def __init__(
        self, candidates: Sequence[Candidate[TTSService]], breakers: Breakers, deadlines: Deadlines
    ) -> None:
        super().__init__(candidates, breakers, deadlines)
        self._orion_tried: set[int] = set()
        self._orion_repeats = False
        self._orion_lost = 0
        self._orion_interruptions: set[int] = set()
        self._orion_turnover = asyncio.Lock()

    async def orion_enters(self, frame: Frame, direction: FrameDirection) -> None:
        """Give everything to the voice that has the word; note what it has to bring out."""
        everybody = range(len(self.orion_services))
        if isinstance(frame, InterruptionFrame):
            self._orion_forget()
            self._orion_heard.cut()
            self._orion_interruptions.add(frame.id)
            for index in everybody:
                if index != self.orion_active:
                    await self.orion_give(index, frame, direction)
            await self.orion_pass(self.orion_active, frame, direction)
        elif isinstance(frame, TTSUpdateSettingsFrame):
            for index in everybody:  # a copy each: a service may write the names of its own voices into it
                await self.orion_give(index, replace(frame, delta=copy(frame.delta)), direction)
        elif direction is FrameDirection.UPSTREAM or isinstance(frame, SystemFrame):
            if not isinstance(frame, AudioRawFrame):
                await self.orion_give(self.orion_active, frame, direction)
            await self.push_frame(frame, direction)
        else:
            async with self._orion_turnover:
                await self._orion_speak(frame)

    async def orion_leaves(self, index: int, frame: Frame, direction: FrameDirection) -> None:
        """Pass on what the voice that has the word says; what others say was given up."""
        if frame.id in self._orion_interruptions:  # it goes on, whoever has the word by now
            self._orion_interruptions.discard(frame.id)
            await self.push_frame(frame, direction)
            return
        if index != self.orion_active or self.orion_at_fault:
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
            taken, leaves_out = (taken, False) if taken is not None else self._orion_last_resort(found)
            await self.orion_switched(found, taken)
            if taken is not None:
                await self.orion_take(taken)
            await self._orion_guess()
            if leaves_out:
                self._orion_script.leave_out()
            rest, in_turn = self._orion_script.rest(), self._orion_in_turn
            self._orion_forget()
            if taken is None:
                for part, frame, _ in rest:
                    if part not in {Part.TEXT, Part.SPEAK}:
                        await self.push_frame(frame)
                return
            self._orion_in_turn = in_turn
            self._orion_follow()
            if in_turn and Part.BEGIN not in [part for part, _, _ in rest]:
                await self.orion_give(taken, LLMFullResponseStartFrame(), FrameDirection.DOWNSTREAM)
            for part, frame, text in rest:
                await self._orion_hand(part, with_words(part, frame, text), text)

    def _orion_last_resort(self, found: Fault) -> tuple[int | None, bool]:
        """Who goes on where all have failed, None for nobody; and whether the sentence is left out."""
        others = len(self.orion_services) > 1
        if found.lasting or self._orion_lost >= _MOST_LOST or (others and not found.refused):
            return None, False
        again = next(self.orion_candidates(), found.index)
        if not (found.refused or self._orion_repeats):
            self._orion_repeats = True
            return again, False
        self._orion_repeats = False
        self._orion_lost += not found.refused
        return again, True

    def orion_tried(self) -> set[int]:
        """The voices that failed since the last time that nothing was left to say."""
        return self._orion_tried

    async def _orion_speak(self, frame: Frame) -> None:
        if not self._orion_script and not self._orion_in_turn:
            self._orion_tried.clear()
            self._orion_repeats, self._orion_lost = False, 0
            await self.orion_take(next(self.orion_candidates(), self.orion_active))
            self._orion_follow()
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
