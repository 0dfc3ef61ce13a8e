"""The voice follows the language in which the user speaks, where the agent's is `auto`."""

from __future__ import annotations

from pipecat.frames.frames import Frame, TranscriptionFrame, TTSUpdateSettingsFrame
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.settings import TTSSettings


class SpokenLanguage(FrameProcessor):
    """Stands behind the recogniser: a language that it has detected goes ahead of the words to the voice.

    A voice that does not speak the language goes on as it is. Interim words change nothing: their
    language is a guess.
    """

    def __init__(self) -> None:
        super().__init__()
        self._orion_spoken: str | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        """Pass the frame on, behind a change of the language that comes with it."""
        await super().process_frame(frame, direction)
        if isinstance(frame, TranscriptionFrame) and frame.language:
            spoken = str(frame.language)
            if spoken != self._orion_spoken:
                self._orion_spoken = spoken
                await self.push_frame(TTSUpdateSettingsFrame(delta=TTSSettings(language=spoken)))
        await self.push_frame(frame, direction)
