"""The sound that leaves a call: what is told of it is told in its order, and after a barge-in there is none.

Pipecat sends words and the ends of answers at the time for which their sound was meant. Where sound is
late, because the machine is busy or a peer stalls, they would overtake the beginning of their own answer,
which waits behind the sound of the one before; then the answer never ends.

At a barge-in Pipecat drops what is queued, but not the chunk that its task has just taken: that one counts
as the agent's speech again, whose end nobody tells for 3 s. In these a tool's result waits, and "okay" is
no answer.
"""

from __future__ import annotations

from collections import deque

from pipecat.frames.frames import (
    Frame,
    InterruptionFrame,
    LLMAssistantPushAggregationFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    OutputAudioRawFrame,
    StartFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.smallwebrtc.transport import SmallWebRTCOutputTransport, SmallWebRTCTransport

_SPEECH = (
    LLMAssistantPushAggregationFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
)
"""What is heard and told of an answer."""
_OPENING = (LLMFullResponseStartFrame, TTSStartedFrame)
"""What stands before the sound of an answer, or of a part of it, in the queue of sound."""


class Sender(BaseOutputTransport.MediaSender):
    """Pipecat's, with those two mended.

    The agent begins to speak only with sound that has come since the last barge-in. A frame with a time waits
    until the sound to which it belongs begins, and is as late as that.
    """

    _orion_fed = False
    _orion_opened = _orion_begun = 0
    _orion_late_ns = 0
    orion_waiting: deque[tuple[int, Frame]]

    @classmethod
    def orion_instead_of(cls, sender: BaseOutputTransport.MediaSender) -> None:
        """Make a sender one of this class: Pipecat names their class itself."""
        sender.__class__ = cls
        assert isinstance(sender, Sender)
        sender.orion_waiting = deque()

    async def handle_audio_frame(self, frame: OutputAudioRawFrame) -> None:
        """Queue a piece of sound."""
        self._orion_fed = True
        await super().handle_audio_frame(frame)

    async def handle_sync_frame(self, frame: Frame) -> None:
        """Queue what keeps its place among the sound."""
        self._orion_opened += isinstance(frame, _OPENING)
        await super().handle_sync_frame(frame)

    async def handle_timed_frame(self, frame: Frame) -> None:
        """Queue what has a time, once the sound that it belongs to has begun."""
        if self._orion_begun < self._orion_opened:
            self.orion_waiting.append((self._orion_opened, frame))
        else:
            await self._orion_queue(frame)

    async def handle_interruptions(self, frame: InterruptionFrame) -> None:
        """Drop what is queued."""
        self._orion_fed = False
        kept = [waiting for _, waiting in self.orion_waiting if not waiting.interruptible]
        self.orion_waiting.clear()
        await super().handle_interruptions(frame)
        self._orion_begun, self._orion_late_ns = self._orion_opened, 0
        for waiting in kept:
            await self._orion_queue(waiting)

    async def _handle_frame(self, frame: Frame) -> None:
        """Pipecat pushes the frame right after this, before any other task runs."""
        await super()._handle_frame(frame)
        if isinstance(frame, _OPENING):
            await self._orion_begin()

    async def _orion_begin(self) -> None:
        """The sound behind an opening begins: what waited for it is due, as late as its first frame is."""
        self._orion_begun = min(self._orion_begun + 1, self._orion_opened)
        due = []
        while self.orion_waiting and self.orion_waiting[0][0] <= self._orion_begun:
            due.append(self.orion_waiting.popleft()[1])
        first_ns = (due[0].pts or 0) if due else None
        now_ns = self._transport.get_clock().get_time()
        self._orion_late_ns = 0 if first_ns is None else max(0, now_ns - first_ns)
        for frame in due:
            await self._orion_queue(frame)

    async def _orion_queue(self, frame: Frame) -> None:
        frame.pts = (frame.pts or 0) + self._orion_late_ns
        await super().handle_timed_frame(frame)

    async def _bot_started_speaking(self) -> None:
        if self._orion_fed:
            await super()._bot_started_speaking()


class Output(BaseOutputTransport):
    """Goes before Pipecat's output of a transport among the bases.

    Of an answer that was cut off nothing more is heard or told: neither what the barge-in has overtaken, nor
    what was made of it meanwhile, for sound and words without a beginning belong to none that comes after it.
    """

    _orion_interrupted_by = 0
    _orion_between = False

    async def set_transport_ready(self, frame: StartFrame) -> None:
        """Begin to send."""
        await super().set_transport_ready(frame)
        for sender in self._media_senders.values():
            Sender.orion_instead_of(sender)

    async def _handle_frame(self, frame: Frame) -> None:
        if isinstance(frame, InterruptionFrame):
            self._orion_interrupted_by, self._orion_between = frame.id, True
        if not (frame.interruptible and self._orion_is_left_over(frame)):
            await super()._handle_frame(frame)

    def _orion_is_left_over(self, frame: Frame) -> bool:
        if isinstance(frame, _SPEECH) and frame.id < self._orion_interrupted_by:
            return True  # they count up as frames are made
        if isinstance(frame, _OPENING):
            self._orion_between = False
        return self._orion_between and isinstance(frame, (TTSAudioRawFrame, TTSTextFrame))


class _WebRTCOutput(Output, SmallWebRTCOutputTransport):
    """The same for WebRTC."""


class WebRTCTransport(SmallWebRTCTransport):
    """Pipecat's transport with that output."""

    def output(self) -> SmallWebRTCOutputTransport:
        """The output, made once."""
        if not self._output:
            self._output = _WebRTCOutput(self._client, self._params, name=self._output_name)
        return self._output
