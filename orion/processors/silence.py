"""An answer without words is no answer: somebody is told of it."""

from __future__ import annotations

from collections.abc import Callable

from pipecat.frames.frames import (
    Frame,
    FunctionCallsStartedFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMTextFrame,
    UserStartedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor


class Silence(FrameProcessor):
    """Stands behind the language model.

    Frames: a response that ends without words and without a tool call is told to `on_silent`, if nothing
    has been said since the user's words: over a tool's result a model may have nothing to add. All frames
    go on.
    """

    def __init__(self, on_silent: Callable[[], None]) -> None:
        super().__init__()
        self._orion_on_silent = on_silent
        self._orion_said = False
        self._orion_called = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass the frame on, and take note of words."""
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        match frame:
            case InterruptionFrame() | UserStartedSpeakingFrame():
                self._orion_said = False
            case LLMTextFrame() if frame.text.strip():
                self._orion_said = True
            case FunctionCallsStartedFrame():
                self._orion_called = True
            case LLMFullResponseEndFrame():
                # Not reset at the response's start, which a system frame overtakes.
                silent, self._orion_called = not (self._orion_said or self._orion_called), False
                if silent:
                    self._orion_on_silent()
            case _:
                pass
