"""A pause: the agent hears nothing and says nothing, while the call stays connected."""

from __future__ import annotations

from pipecat.frames.frames import Frame, InputAudioRawFrame, LLMContextFrame, LLMTextFrame, TTSSpeakFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor


class Pause:
    """Whether one call is paused, and its gates; `gate` makes one for a place in the pipeline.

    Attributes:
        on: The call is paused.
    """

    def __init__(self) -> None:
        self.on = False
        self._gates: list[PauseGate] = []

    def gate(self) -> PauseGate:
        """A gate: one stands before the VAD, and one on each side of the agent."""
        self._gates.append(PauseGate(self))
        return self._gates[-1]

    async def end(self) -> None:
        """Let frames pass again, those that were held first."""
        self.on = False
        for gate in self._gates:
            await gate.orion_release()


class PauseGate(FrameProcessor):
    """Lets everything pass but in a pause.

    Frames, in a pause: input audio becomes silence, so that what was being said ends by itself as one
    turn; a context that the user's turn sends to the agent is dropped, and so is text of the agent:
    what was under way is not answered. What the agent is to say by request (TTSSpeakFrame), and a
    context that comes back with the result of a tool, is held until the pause ends.
    """

    def __init__(self, pause: Pause) -> None:
        super().__init__()
        self._orion_pause = pause
        self._orion_held: list[tuple[Frame, FrameDirection]] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass the frame on, silence it, hold it or drop it."""
        await super().process_frame(frame, direction)
        if not self._orion_pause.on:
            await self.push_frame(frame, direction)
        elif isinstance(frame, InputAudioRawFrame):
            frame.audio = bytes(len(frame.audio))
            await self.push_frame(frame, direction)
        elif isinstance(frame, TTSSpeakFrame) or _comes_back(frame, direction):
            self._orion_held.append((frame, direction))
        elif not isinstance(frame, LLMContextFrame | LLMTextFrame):
            await self.push_frame(frame, direction)

    async def orion_release(self) -> None:
        """Pass on what was held; of several contexts the last one, for it holds the others."""
        held, self._orion_held = self._orion_held, []
        contexts = [index for index, (frame, _) in enumerate(held) if isinstance(frame, LLMContextFrame)]
        for index, (frame, direction) in enumerate(held):
            if index not in contexts[:-1]:
                await self.push_frame(frame, direction)


def _comes_back(frame: Frame, direction: FrameDirection) -> bool:
    return isinstance(frame, LLMContextFrame) and direction is FrameDirection.UPSTREAM
