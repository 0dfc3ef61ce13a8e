"""One model's attempt at an answer: what comes out of its branch, read with patience."""

from __future__ import annotations

import asyncio

from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    ErrorFrame,
    Frame,
    InterruptionFrame,
    LLMConfigureOutputFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    LLMUpdateSettingsFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.frame_processor import FrameDirection
from pipecat.utils.errors import ErrorCategory

SHARED = (
    EagerEndOfTurnCancelFrame,
    InterruptionFrame,
    LLMConfigureOutputFrame,
    LLMUpdateSettingsFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
"""What all models of an order must know."""
RESPONSE = (LLMFullResponseStartFrame, LLMFullResponseEndFrame, LLMTextFrame, ErrorFrame)
"""What only the attempt that counts lets out."""


class Attempt:
    """What a model's branch lets out while it answers.

    Attributes:
        index: The model's place in its order.
        leaving: The frames, with their directions, in order.
        broken: It failed after a tool call that it made, so that it counts as answered but not as well.
    """

    def __init__(self, index: int) -> None:
        self.index = index
        self.leaving: asyncio.Queue[tuple[Frame, FrameDirection]] = asyncio.Queue()
        self.broken = False

    async def next(self, patience_secs: float | None) -> tuple[Frame, FrameDirection] | None:
        """The next frame; None if it does not come in time."""
        try:
            async with asyncio.timeout(patience_secs):
                return await self.leaving.get()
        except TimeoutError:
            return None


def of_a_tool(frame: Frame) -> bool:
    """Whether an error says nothing of the model: what it called has failed."""
    return isinstance(frame, ErrorFrame) and frame.category is ErrorCategory.APPLICATION
