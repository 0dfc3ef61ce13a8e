"""What the agent is asked to say is written, where there is no TTS."""

from __future__ import annotations

from pipecat.frames.frames import (
    Frame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSSpeakFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor


class WrittenSpeech(FrameProcessor):
    """Turns a TTSSpeakFrame into a response of text; all other frames go on as they are."""

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Translate the frame, or pass it on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSSpeakFrame):
            for part in (LLMFullResponseStartFrame(), LLMTextFrame(frame.text), LLMFullResponseEndFrame()):
                await self.push_frame(part, direction)
        else:
            await self.push_frame(frame, direction)
