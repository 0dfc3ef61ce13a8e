"""Guardrails around a model that hears and speaks by itself: they see its transcripts, not its sound.

What the user says has been heard by the model when it is checked, but is answered only afterwards, or once
no transcript has come in time. What the model says is checked a sentence at a time, while its sound is on
its way to the speaker: of a sentence that is blocked nothing more is played from then on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from pipecat.frames.frames import (
    Frame,
    InterruptionFrame,
    LLMFullResponseStartFrame,
    OutputAudioRawFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.utils.text.base_text_aggregator import TextType

from orion.domain.guardrail import Action, Channel, Utterance, Verdict
from orion.domain.sentence import split_sentences
from orion.processors.guardrail import Evaluate, OnVerdict


class OnChecked(Protocol):
    """Told of each transcript that was checked."""

    async def __call__(self, heard: TranscriptionFrame, *, allowed: bool) -> None:
        """Whether it may be answered."""


Serves = Callable[[], bool]

_CHARACTERS_PER_SEC = 15.0
"""How fast voices speak: the protocol tells no times of words."""
_BEFORE_END_SECS = 0.1
"""The last words come before the end of the answer, which closes the record of it."""


class HeardGuardrail(FrameProcessor):
    """Stands before the speech model, and checks the transcripts of what it heard on their way up.

    Frames: TranscriptionFrame, upstream, goes on with the verdict's text, or not at all; `on_checked` is
    told whether it may be answered. The reply to a blocked one goes to the model, to be said. A transcript
    that a check fails on is not answered; where none comes within `transcript_secs`, the answer is released
    unchecked.
    """

    def __init__(self, evaluate: Evaluate, on_verdict: OnVerdict, on_checked: OnChecked) -> None:
        super().__init__()
        self._orion_evaluate = evaluate
        self._orion_on_verdict = on_verdict
        self._orion_on_checked = on_checked

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Check transcripts; pass everything else on."""
        await super().process_frame(frame, direction)
        if not isinstance(frame, TranscriptionFrame) or direction is FrameDirection.DOWNSTREAM:
            await self.push_frame(frame, direction)
            return
        try:
            verdict = await self._orion_checked(frame.text)
        except Exception:
            await self._orion_on_checked(frame, allowed=False)
            raise
        blocked = verdict.action is Action.BLOCK
        if not blocked and verdict.text:
            frame.text = verdict.text
            await self.push_frame(frame, direction)
        await self._orion_on_checked(frame, allowed=not blocked)
        if blocked:
            await self.push_frame(TTSSpeakFrame(verdict.reply, append_to_context=True))

    async def _orion_checked(self, text: str) -> Verdict:
        utterance = Utterance(text, Channel.INPUT)
        verdict = self._orion_evaluate(utterance)
        if verdict.findings:
            await self._orion_on_verdict(utterance, verdict)
        return verdict


class SaidGuardrail(FrameProcessor):
    """Stands behind the speech model: checks what it says, and lets each word go with its sound.

    Frames, while `serves` is true: TTSTextFrame is held to the end of its sentence; the words of a checked
    sentence go on one by one, each for the moment at which it is played by the speed of speech (`pts`), so
    that a barge-in leaves those that were not played. Audio is not held: it comes faster than it is played,
    and its words come before it. A blocked sentence interrupts the model, and its reply
    is said instead. What is masked is masked in the transcript: the sound says it.
    """

    def __init__(self, evaluate: Evaluate, on_verdict: OnVerdict, serves: Serves) -> None:
        super().__init__()
        self._orion_evaluate = evaluate
        self._orion_on_verdict = on_verdict
        self._orion_serves = serves
        self._orion_held = ""
        self._orion_words: deque[tuple[float, str]] = deque()
        self._orion_text_secs = 0.0
        self._orion_audio_secs = 0.0
        self._orion_begun_secs = 0.0
        self._orion_free_secs = 0.0
        self._orion_blocked = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Check and time the model's words; pass everything else on."""
        await super().process_frame(frame, direction)
        if direction is FrameDirection.UPSTREAM:
            await self.push_frame(frame, direction)
            return
        match frame:
            case InterruptionFrame():
                self._orion_forget()
                await self.push_frame(frame)
            case LLMFullResponseStartFrame() | TTSStartedFrame():
                self._orion_blocked = self._orion_blocked and isinstance(frame, TTSStartedFrame)
                await self.push_frame(frame)
            case TTSTextFrame() if self._orion_serves():
                if not self._orion_blocked:
                    await self._orion_said(frame.text)
            case OutputAudioRawFrame() | TTSAudioRawFrame():
                await self._orion_sounded(frame)
            case TTSStoppedFrame():
                await self._orion_over()
                await self.push_frame(frame)
            case _:
                await self.push_frame(frame)

    async def _orion_said(self, text: str) -> None:
        ready, self._orion_held = split_sentences(self._orion_held + text)
        if ready:
            await self._orion_check(ready)

    async def _orion_sounded(self, frame: OutputAudioRawFrame) -> None:
        if self._orion_blocked:
            return
        await self.push_frame(frame)
        if not self._orion_audio_secs:
            self._orion_begun_secs = max(self.get_clock().get_time() / 1e9, self._orion_free_secs)
        self._orion_audio_secs += frame.num_frames / frame.sample_rate
        self._orion_free_secs = self._orion_begun_secs + self._orion_audio_secs
        await self._orion_tell(self._orion_audio_secs)

    async def _orion_over(self) -> None:
        """The answer has ended: all its words belong to the sound that went by."""
        held, self._orion_held = self._orion_held, ""
        if held.strip() and not self._orion_blocked:
            await self._orion_check(held)
        await self._orion_tell(self._orion_text_secs)
        self._orion_text_secs = self._orion_audio_secs = 0.0

    async def _orion_check(self, text: str) -> None:
        utterance = Utterance(text, Channel.OUTPUT)
        try:
            verdict = self._orion_evaluate(utterance)
        except Exception:
            await self._orion_block("")
            raise
        if verdict.findings:
            await self._orion_on_verdict(utterance, verdict)
        if verdict.action is Action.BLOCK:
            await self._orion_block(verdict.reply)
            return
        for word in verdict.text.split():
            self._orion_words.append((self._orion_text_secs, word))
            self._orion_text_secs += (len(word) + 1) / _CHARACTERS_PER_SEC
        await self._orion_tell(self._orion_audio_secs)

    async def _orion_block(self, reply: str) -> None:
        self._orion_forget()
        self._orion_blocked = True
        await self.push_frame(InterruptionFrame())
        await self.push_frame(InterruptionFrame(), FrameDirection.UPSTREAM)
        if reply:
            await self.push_frame(TTSSpeakFrame(reply, append_to_context=True), FrameDirection.UPSTREAM)

    async def _orion_tell(self, until_secs: float) -> None:
        """Let the words go that are said by then, none later than the sound that there is."""
        while self._orion_words and self._orion_words[0][0] <= until_secs:
            secs, word = self._orion_words.popleft()
            frame = TTSTextFrame(word, text_type=TextType.WORD)
            last_secs = max(0.0, self._orion_audio_secs - _BEFORE_END_SECS)
            frame.pts = round((self._orion_begun_secs + min(secs, last_secs)) * 1e9)
            await self.push_frame(frame)

    def _orion_forget(self) -> None:
        self._orion_held = ""
        self._orion_words.clear()
        self._orion_text_secs = self._orion_audio_secs = self._orion_free_secs = 0.0
