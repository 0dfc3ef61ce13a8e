"""Keeps a call's context within its model's window, so that no request is refused for its length."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from pipecat.frames.frames import Frame, InterruptionFrame, LLMContextFrame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from orion.domain import window

_ANSWER = 0.1
"""Of the window, what is left for the answer."""
_FILLING = 0.6
_TRIMMED = 0.75
_KEPT = 0.25
"""Of the room: from where on notes are taken, what is left where turns must go, and what notes leave."""


class Window:
    """The window of a call, over which the gates on either side of the model watch.

    Attributes:
        noted: Turns of the user for which notes stand.
        on_filling: Told before a request that the window fills: there is time to take notes.
    """

    def __init__(self, context_tokens: int, noted: int = 0) -> None:
        self.noted = noted
        self.on_filling: Callable[[], None] = lambda: None
        self._room = round(context_tokens * (1 - _ANSWER))
        self._dropped: list[Any] = []

    def gate(self) -> WindowGate:
        """A processor that keeps to this window."""
        return WindowGate(self)

    def room(self, context: LLMContext) -> int:
        """Tokens that the messages of the context may have, beside its tools."""
        tools: Any = getattr(context.tools, "standard_tools", None) or ()
        shown = json.dumps([tool.to_default_dict() for tool in tools], default=str)
        return max(self._room - window.text_tokens(shown), self._room // 4)

    def fit(self, context: LLMContext) -> None:
        """Leave out the oldest whole turns, and of the last one what is longest, where it must be."""
        messages, room = list(context.get_messages()), self.room(context)
        weight = window.tokens(messages)
        if weight > room * _FILLING:
            self.on_filling()
        if weight <= room:
            return
        first = window.head(messages)
        begin = window.cut(messages, round(room * _TRIMMED) - window.tokens(messages[:first]))
        # A context that is asked early, for a turn that may go on, is a copy: its turns leave twice.
        self._dropped += window.without(messages[first:begin], self._dropped)
        kept: list[Any] = [*messages[:first], *messages[begin:]]
        context.set_messages(window.shortened(kept, room))

    def pass_on(self, context: LLMContext, context_tokens: int) -> None:
        """Another agent goes on, with a window of its own; what is long is noted beside its first answer."""
        self._room = round(context_tokens * (1 - _ANSWER))
        if window.tokens(list(context.get_messages())) > self.room(context) * _KEPT:
            self.on_filling()

    def to_note(self, context: LLMContext) -> list[Any]:
        """The oldest messages without notes: those that had to go, then all but the last turns."""
        room = self.room(context)
        if not self._dropped:
            messages: list[Any] = list(context.get_messages())
            return messages[window.head(messages) : window.cut(messages, round(room * _KEPT))]
        weights = accumulate(map(window.message_tokens, self._dropped))
        return self._dropped[: max(1, sum(weight <= room * _FILLING for weight in weights))]

    def forget(self, context: LLMContext, noted: Sequence[Any]) -> None:
        """Leave out messages for which notes stand now."""
        self.noted += window.user_turns(noted)
        self._dropped = window.without(self._dropped, noted)
        context.set_messages(window.without(list(context.get_messages()), noted))


class WindowGate(FrameProcessor):
    """Fits each context that passes, from the user's side or, with a tool's result, from the other.

    One that was made before the last barge-in goes no further: what the user has said since would be answered
    twice. Pipecat drops it only where the barge-in does not overtake it between two processors.
    """

    def __init__(self, kept: Window) -> None:
        super().__init__()
        self._orion_window = kept
        self._orion_interrupted_by = 0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Fit a context, or drop it; pass everything else on."""
        await super().process_frame(frame, direction)
        if isinstance(frame, InterruptionFrame):
            self._orion_interrupted_by = max(self._orion_interrupted_by, frame.id)
        if isinstance(frame, LLMContextFrame):
            if frame.id < self._orion_interrupted_by:  # they count up as frames are made
                return
            self._orion_window.fit(frame.context)
        await self.push_frame(frame, direction)
