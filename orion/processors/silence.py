"""An answer without words is no answer: somebody is told of it."""

from __future__ import annotations

from collections.abc import Callable

from pipecat.frames.frames import (
    Frame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMTextFrame,
    UserStartedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from orion.processors.llm_order import WORDLESS


class Silence(FrameProcessor):
    """Stands behind the language models.

    Frames: a response that ended without words and without a tool call (`WORDLESS`) is told to `on_silent`,
    if nothing has been said since the user's words: over a tool's result a model may have nothing to add.
    One that was cut off or withdrawn is nobody's silence. All frames go on.
    """

    def __init__(self, on_silent: Callable[[], None]) -> None:
        super().__init__()
        self._orion_on_silent = on_silent
        self._orion_said = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass the frame on, and take note of words."""
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        match frame:
            case InterruptionFrame() | UserStartedSpeakingFrame():
                self._orion_said = False
            case LLMTextFrame() if frame.text.strip():
                self._orion_said = True
            case LLMFullResponseEndFrame() if frame.metadata.get(WORDLESS) and not self._orion_said:
                self._orion_on_silent()
            case _:
                pass
