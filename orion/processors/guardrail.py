"""The guardrail processor: no text passes it unchecked.

One stands on each side of the agent. On the input side it checks final transcripts and typed
messages; on the output side the agent's text, a sentence at a time, which is what the TTS waits for
anyway. A check that raises drops the frame and is seen upstream as an ErrorFrame: it fails closed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from pipecat.frames.frames import (
    EagerTranscriptionFrame,
    Frame,
    FunctionCallsStartedFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMMessagesAppendFrame,
    LLMMessagesUpdateFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from orion.domain.guardrail import Action, Channel, Utterance, Verdict
from orion.domain.markup import Spoken, spoken
from orion.domain.sentence import split_sentences

Evaluate = Callable[[Utterance], Verdict]
OnVerdict = Callable[[Utterance, Verdict], Awaitable[None]]
OnMessage = Callable[[str], None]

GOES_ON = "orion_goes_on"
"""In the metadata of a response's end: it called a tool, so another one, over the result, will follow."""


class InputGuardrail(FrameProcessor):
    """Checks what the user says or types before the agent sees it.

    Frames: TranscriptionFrame and LLMMessagesAppendFrame (messages of the role `user`) go on with the
    verdict's text, or not at all; a blocked one is answered with the verdict's reply. A predicted
    transcript (EagerTranscriptionFrame) goes on only if nothing is found in it. Frames that
    would rewrite the context from outside (LLMMessagesUpdateFrame) are dropped. `on_message` is told
    each typed message as it goes on, `on_nothing` that of those that came at once nothing can be read.
    """

    def __init__(
        self,
        evaluate: Evaluate,
        on_verdict: OnVerdict,
        on_message: OnMessage,
        on_nothing: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._orion_evaluate = evaluate
        self._orion_on_verdict = on_verdict
        self._orion_on_message = on_message
        self._orion_on_nothing = on_nothing

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Check what carries the user's text; pass everything else on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame):
            text = await self._checked(frame.text)
            if text:
                await self.push_frame(_with_text(frame, text), direction)
        elif isinstance(frame, EagerTranscriptionFrame):
            if not self._orion_evaluate(Utterance(frame.text, Channel.INPUT)).findings:
                await self.push_frame(frame, direction)
        elif isinstance(frame, LLMMessagesAppendFrame):
            await self._append(frame, direction)
        elif not isinstance(frame, LLMMessagesUpdateFrame):
            await self.push_frame(frame, direction)

    async def _append(self, frame: LLMMessagesAppendFrame, direction: FrameDirection) -> None:
        checked: list[Any] = []
        answered = False
        for message in frame.messages:
            text = await self._checked(_content(message))
            answered = answered or text is None
            if text:
                self._orion_on_message(text)
                checked.append({"role": "user", "content": text})
        if checked:
            await self.push_frame(LLMMessagesAppendFrame(checked, run_llm=frame.run_llm), direction)
        elif not answered:
            self._orion_on_nothing()

    async def _checked(self, text: str) -> str | None:
        """The text as it may go on, empty if nothing is left; None if it was blocked, and answered."""
        utterance = Utterance(text, Channel.INPUT)
        verdict = self._orion_evaluate(utterance)
        if verdict.findings:
            await self._orion_on_verdict(utterance, verdict)
        if verdict.action is Action.BLOCK:
            for frame in (
                LLMFullResponseStartFrame(),
                LLMTextFrame(verdict.reply),
                LLMFullResponseEndFrame(),
            ):
                await self.push_frame(frame)
            return None
        return verdict.text


class OutputGuardrail(FrameProcessor):
    """Checks what the agent says, a sentence at a time, before it is spoken or shown.

    Frames: LLMTextFrame is held back to the end of its sentence; TTSSpeakFrame is checked whole.
    What is spoken loses its markup first. A blocked sentence is left out, and the verdict's reply said in
    its place. Barge-in drops what is held back. The end of a response is marked where it called a tool:
    nobody further down can tell, for the frames of calls overtake words that wait to be spoken.

    Args:
        speaks: What the agent says is spoken, not written.
    """

    def __init__(self, evaluate: Evaluate, on_verdict: OnVerdict, *, speaks: bool = False) -> None:
        super().__init__()
        self._orion_speaks = speaks
        self._orion_spoken = Spoken()
        self._orion_evaluate = evaluate
        self._orion_on_verdict = on_verdict
        self._orion_held = ""
        self._orion_called = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Check what carries the agent's text; pass everything else on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMTextFrame):
            held = self._orion_held
            ready, self._orion_held = split_sentences(held + frame.text, len(held))
            if ready:
                await self._release(ready, direction)
            return
        if isinstance(frame, TTSSpeakFrame):
            text = await self._checked(spoken(frame.text) if self._orion_speaks else frame.text)
            if text:
                await self.push_frame(
                    TTSSpeakFrame(text, append_to_context=frame.append_to_context), direction
                )
            return
        if isinstance(frame, InterruptionFrame | LLMFullResponseStartFrame):
            self._orion_held, self._orion_spoken = "", Spoken()
            # A call may overtake the start of its response, but not a barge-in.
            self._orion_called = self._orion_called and not isinstance(frame, InterruptionFrame)
        elif isinstance(frame, FunctionCallsStartedFrame):
            self._orion_called = True
        elif isinstance(frame, LLMFullResponseEndFrame):
            held, self._orion_held = self._orion_held, ""
            frame.metadata[GOES_ON], self._orion_called = self._orion_called, False
            if held:
                await self._release(held, direction)
            if self._orion_speaks and not frame.metadata[GOES_ON] and (rest := self._orion_spoken.rest()):
                await self.push_frame(LLMTextFrame(rest), direction)
        await self.push_frame(frame, direction)

    async def _release(self, text: str, direction: FrameDirection) -> None:
        checked = await self._checked(self._orion_spoken.take(text) if self._orion_speaks else text)
        if checked:
            await self.push_frame(LLMTextFrame(checked), direction)

    async def _checked(self, text: str) -> str:
        if not text:
            return ""
        utterance = Utterance(text, Channel.OUTPUT)
        verdict = self._orion_evaluate(utterance)
        if verdict.findings:
            await self._orion_on_verdict(utterance, verdict)
        return verdict.reply if verdict.action is Action.BLOCK else verdict.text


def _content(message: Any) -> str:
    content = message.get("content") if isinstance(message, dict) else None
    return content if isinstance(content, str) else ""


def _with_text(frame: TranscriptionFrame, text: str) -> TranscriptionFrame:
    if text == frame.text:
        return frame
    return replace(frame, text=text)
