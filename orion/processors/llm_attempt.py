"""One model's attempt at an answer: what comes out of its branch, read with patience."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    ErrorFrame,
    Frame,
    FunctionCallsStartedFrame,
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

from orion.domain.deadlines import Deadlines
from orion.processors.switched import Fault, fault
from orion.providers._model import WritesCallFrame

SHARED = (
    EagerEndOfTurnCancelFrame,
    InterruptionFrame,
    LLMConfigureOutputFrame,
    LLMUpdateSettingsFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
"""What all models of an order must know."""


@dataclass
class Confirmed(Frame):
    """The turn has ended that an attempt answers ahead of its end; it stays within the order."""


RESPONSE = (
    LLMFullResponseStartFrame,
    LLMFullResponseEndFrame,
    LLMTextFrame,
    ErrorFrame,
    Confirmed,
    WritesCallFrame,
)
"""What only the attempt that counts lets out."""
SIGNS = (Confirmed, WritesCallFrame)
"""What tells only that an attempt is to be waited for."""
TOO_LATE = "no token in time"
NO_WORDS = "no words"
_CLOSING_SECS = 0.1


class Patience:
    """How long an attempt's next frame is waited for, by the event loop's seconds.

    Args:
        begun: When the deadlines begin; None: not before `begins`, for the turn has not ended.
    """

    def __init__(self, deadlines: Deadlines, begun: float | None) -> None:
        self._deadlines = deadlines
        self._due: float | None = None
        self._sentence_due: float | None = None
        if begun is not None:
            self.begins(begun)

    def begins(self, now: float) -> None:
        """The deadlines count from now, unless a token has come before."""
        if self._due is None:
            self._due = now + self._deadlines.first_token_secs
        self._sentence_due = now + self._deadlines.sentence_secs

    def token(self, now: float, *, whole: bool) -> None:
        """A token came; `whole`: it completed a sentence."""
        self._due = now + self._deadlines.next_token_secs
        if whole or self._sentence_due is None:
            self._sentence_due = now + self._deadlines.sentence_secs

    def sign(self, frame: Frame, now: float) -> None:
        """The turn has ended (Confirmed), or a tool call is being written, which nobody hears."""
        if isinstance(frame, Confirmed):
            self.begins(now)
        elif self._due is not None:
            self._due = max(self._due, now + self._deadlines.next_token_secs)

    def closes(self, now: float) -> None:
        """It has failed: only its end is owed."""
        self._due = now + _CLOSING_SECS

    def secs(self, now: float) -> float | None:
        """Seconds that are left; None for no end."""
        due = [at for at in (self._due, self._sentence_due) if at is not None]
        return max(0.0, min(due) - now) if due else None


class Start:
    """The start of one answer, or of a race of two: who acts first has won."""

    def __init__(self) -> None:
        self.first: Attempt | None = None
        self.news = asyncio.Event()


class Attempt:
    """What a model's branch lets out while it answers.

    Args:
        start: That of a rival, an attempt at the same answer; only one of the two will have acted first.

    Attributes:
        index: The model's place in its order.
        begun, acted: When it was asked, and when it said or called the first, in the event loop's seconds.
        leaving: The frames, with their directions, in order.
        fault: What was wrong before its first word.
        broken: It failed after a tool call that it made, so that it counts as answered but not as well.
        held: Its first word waits for the end of the turn, and tells nothing of the model's pace.
    """

    def __init__(self, index: int, begun: float, *, start: Start | None = None) -> None:
        self.index = index
        self.begun = self.acted = begun
        self.leaving: asyncio.Queue[tuple[Frame, FrameDirection]] = asyncio.Queue()
        self.fault: Fault | None = None
        self.broken = self.held = False
        self._calls: set[str] = set()
        self.start = start or Start()

    @property
    def answers(self) -> bool:
        """Whether it has said a word or called a tool, before its rival did."""
        return self.start.first is self

    def acts(self, now: float) -> bool:
        """It is about to say or do something; whether that counts."""
        if self.start.first is None and self.fault is None:
            self.start.first, self.acted = self, now
            self.start.news.set()
        return self.answers

    def put(self, frame: Frame, direction: FrameDirection) -> None:
        """A frame has left the branch."""
        self.leaving.put_nowait((frame, direction))
        if isinstance(frame, LLMTextFrame | FunctionCallsStartedFrame):
            self.acts(asyncio.get_running_loop().time())
        elif not self.answers and isinstance(frame, ErrorFrame) and not of_a_tool(frame):
            self._fails(fault(self.index, frame))
        elif not self.answers and isinstance(frame, LLMFullResponseEndFrame):
            self._fails(Fault(self.index, NO_WORDS))

    def made(self, frame: Frame) -> bool:
        """Whether a frame is about a tool call of this attempt."""
        if isinstance(frame, FunctionCallsStartedFrame):
            self._calls.update(call.tool_call_id for call in frame.function_calls)
            return True
        return getattr(frame, "tool_call_id", None) in self._calls

    async def next(self, patience_secs: float | None) -> tuple[Frame, FrameDirection] | None:
        """The next frame; None if it does not come in time."""
        try:
            async with asyncio.timeout(patience_secs):
                return await self.leaving.get()
        except TimeoutError:
            return None

    async def starts(self, until: float) -> bool:
        """Wait until it or its rival acts, or it fails, or the event loop's time is `until`.

        Returns:
            Whether there is nothing more to wait for.
        """
        try:
            async with asyncio.timeout_at(until):
                while self.start.first is None and self.fault is None:
                    self.start.news.clear()
                    await self.start.news.wait()
        except TimeoutError:
            return False
        return True

    def _fails(self, found: Fault) -> None:
        self.fault = self.fault or found
        self.start.news.set()


def of_a_tool(frame: Frame) -> bool:
    """Whether an error says nothing of the model: what it called has failed."""
    return isinstance(frame, ErrorFrame) and frame.category is ErrorCategory.APPLICATION
