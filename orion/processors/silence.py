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

from orion.domain.text.emoji import EMOJI
from orion.domain.text.words import has_words
from orion.processors.llm_order import WORDLESS


class Silence(FrameProcessor):
    """Stands behind the language models.

    Frames: a response that ended without words and without a tool call (`WORDLESS`) is told to `on_silent`,
    if nothing has been said since the user's words: over a tool's result a model may have nothing to add.
    Where the answer is spoken, mere marks ("...") are no words; a picture is said by its name.
    One that was cut off or withdrawn is nobody's silence. All frames go on.
    """

    def __init__(self, on_silent: Callable[[], None], *, speaks: bool = False) -> None:
        super().__init__()
        self._orion_on_silent = on_silent
        self._orion_speaks = speaks
        self._orion_said = self._orion_marked = self._orion_called = False

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass the frame on, and take note of words."""
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)
        match frame:
            case InterruptionFrame() | UserStartedSpeakingFrame():
                self._orion_said = self._orion_marked = False
            case LLMTextFrame() if self._orion_sayable(frame.text):
                self._orion_said = True
            case LLMTextFrame():
                self._orion_marked = True
            case FunctionCallsStartedFrame():
                self._orion_called = True
            case LLMFullResponseEndFrame():
                wordless = frame.metadata.get(WORDLESS)  # None: it was cut off
                mute = wordless is not None and self._orion_marked and not self._orion_called
                self._orion_marked = self._orion_called = False
                if (wordless or mute) and not self._orion_said:
                    self._orion_on_silent()
            case _:
                pass

    def _orion_sayable(self, text: str) -> bool:
        if not self._orion_speaks:
            return bool(text.strip())
        return has_words(text) or EMOJI.search(text) is not None
