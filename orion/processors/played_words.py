"""Tells which of the agent's words have been played, as they are."""

from __future__ import annotations

from collections.abc import Callable

from pipecat.frames.frames import (
    Frame,
    LLMAssistantPushAggregationFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSTextFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from orion.processors.guardrail import GOES_ON
from orion.processors.llm_order import BROKEN


class PlayedWords(FrameProcessor):
    """Stands behind the transport's output, where words arrive together with their sound.

    Frames: TTSTextFrame (a word or a sentence, as the TTS marks them) and, in a pipeline without
    TTS, LLMTextFrame are told to `on_words`, those of a filler, which is no part of the answer, to
    `on_filler`; all frames go on.

    Attributes:
        goes_on: The last response called a tool: another one, over its result, belongs to the same turn.
        broken: In its middle all models failed.
    """

    def __init__(
        self, on_words: Callable[[str], None], on_filler: Callable[[str], None] = lambda _: None
    ) -> None:
        super().__init__()
        self._orion_on_filler = on_filler
        self.goes_on = self.broken = False
        self._orion_on_words = on_words

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Tell the words, and pass the frame on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSTextFrame | LLMTextFrame) and frame.text.strip():
            told = self._orion_on_words if frame.append_to_context else self._orion_on_filler
            told(frame.text.strip())
        elif isinstance(frame, LLMFullResponseEndFrame):
            self.goes_on = bool(frame.metadata.get(GOES_ON))
            self.broken = bool(frame.metadata.get(BROKEN))
        elif isinstance(frame, LLMFullResponseStartFrame):
            self.broken = False
        elif isinstance(frame, LLMAssistantPushAggregationFrame):
            self.goes_on = False  # what is said by request stands alone
        await self.push_frame(frame, direction)
