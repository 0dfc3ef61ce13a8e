"""No tool call is left in progress in the context after an interruption (Pipecat #5779)."""

from __future__ import annotations

from collections import deque

from pipecat.frames.frames import (
    Frame,
    FunctionCallCancelFrame,
    FunctionCallInProgressFrame,
    FunctionCallResultFrame,
    FunctionCallResultProperties,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

_KEPT = 100


class SettledCalls(FrameProcessor):
    """Stands before the assistant aggregator.

    Frames: a FunctionCallInProgressFrame waits its turn behind the audio of what was said before the call;
    the FunctionCallCancelFrame of an interruption overtakes it and finds nothing to cancel. So a result
    follows the late one, `CANCELLED` as Pipecat has it, over which no model is run. All frames go on.
    """

    def __init__(self) -> None:
        super().__init__()
        self._orion_cancelled: deque[str] = deque(maxlen=_KEPT)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass the frame on, and behind it what settles a call that was cancelled before."""
        await super().process_frame(frame, direction)
        if direction is FrameDirection.DOWNSTREAM and isinstance(frame, FunctionCallCancelFrame):
            self._orion_cancelled.append(frame.tool_call_id)
        await self.push_frame(frame, direction)
        if isinstance(frame, FunctionCallInProgressFrame) and frame.tool_call_id in self._orion_cancelled:
            self._orion_cancelled.remove(frame.tool_call_id)
            await self.push_frame(
                FunctionCallResultFrame(
                    frame.function_name,
                    frame.tool_call_id,
                    frame.arguments,
                    "CANCELLED",
                    run_llm=False,
                    properties=FunctionCallResultProperties(run_llm=False),
                ),
                direction,
            )
