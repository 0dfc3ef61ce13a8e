"""The sound that leaves a call: after a barge-in the agent counts as silent.

Pipecat drops what is queued, but not the chunk that its task has just taken: that one counts as the agent's
speech again, whose end nobody tells for 3 s. In these a tool's result waits, and "okay" is no answer.
"""

from __future__ import annotations

from pipecat.frames.frames import InterruptionFrame, OutputAudioRawFrame, StartFrame
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.smallwebrtc.transport import SmallWebRTCOutputTransport, SmallWebRTCTransport


class Sender(BaseOutputTransport.MediaSender):
    """Pipecat's; the agent begins to speak only with sound that has come since the last barge-in."""

    _orion_fed = False

    async def handle_audio_frame(self, frame: OutputAudioRawFrame) -> None:
        """Queue a piece of sound."""
        self._orion_fed = True
        await super().handle_audio_frame(frame)

    async def handle_interruptions(self, frame: InterruptionFrame) -> None:
        """Drop what is queued."""
        self._orion_fed = False
        await super().handle_interruptions(frame)

    async def _bot_started_speaking(self) -> None:
        if self._orion_fed:
            await super()._bot_started_speaking()


class Output(BaseOutputTransport):
    """Goes before Pipecat's output of a transport among the bases."""

    async def set_transport_ready(self, frame: StartFrame) -> None:
        """Begin to send."""
        await super().set_transport_ready(frame)
        for sender in self._media_senders.values():
            sender.__class__ = Sender  # Pipecat names the class of its senders itself


class _WebRTCOutput(Output, SmallWebRTCOutputTransport):
    """The same for WebRTC."""


class WebRTCTransport(SmallWebRTCTransport):
    """Pipecat's transport with that output."""

    def output(self) -> SmallWebRTCOutputTransport:
        """The output, made once."""
        if not self._output:
            self._output = _WebRTCOutput(self._client, self._params, name=self._output_name)
        return self._output
