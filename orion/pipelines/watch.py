"""The observer that tells the recorder what the frames mean, beside the frame path."""

from __future__ import annotations

from typing import Protocol

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    InterimTranscriptionFrame,
    LLMMessagesAppendFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.observers.base_observer import BaseObserver, FramePushed

from orion.domain.turn import Speaker
from orion.pipelines.records.recorder import Recorder
from orion.processors.switched import SwitchedFrame, UnheardFrame


class Unheard(Protocol):
    """Is told of words that nobody could be asked for."""

    def __call__(self, *, lasting: bool) -> None:
        """It will be so for a while, or only now."""


class Watch(BaseObserver):
    """Translates frames into partial transcripts and the agent's state.

    Args:
        on_unheard: Told that the user spoke, and that nobody could be asked for the words.
    """

    def __init__(self, recorder: Recorder, on_unheard: Unheard) -> None:
        super().__init__(observe_every_push=False)
        self._on_unheard = on_unheard
        self._recorder = recorder
        self._finals: list[str] = []
        self._speaking = self._turn = False

    async def on_push_frame(self, data: FramePushed) -> None:
        """See a frame the first time that it is pushed."""
        match data.frame:
            case InterimTranscriptionFrame(text=text):
                self._partial(text)
            case TranscriptionFrame(text=text):
                self._partial(text)
                self._finals.append(text)
            case UserStartedSpeakingFrame():
                self._turn = True
                self._finals.clear()
                self._recorder.state("listening")
            case UserStoppedSpeakingFrame() | LLMMessagesAppendFrame():
                self._turn = False
                self._finals.clear()
                if not self._speaking:
                    self._recorder.state("thinking")
            case BotStartedSpeakingFrame():
                self._speaking = True
                self._recorder.state("speaking")
            case BotStoppedSpeakingFrame():
                self._speaking = False
                self._recorder.state("listening")
            case SwitchedFrame(kind=kind, failed=failed, reason=reason, taken=taken):
                self._recorder.switched(kind, failed, reason, taken)
            case UnheardFrame(lasting=lasting) if self._takes_turn:
                self._on_unheard(lasting=lasting)
            case _:
                pass

    def _partial(self, text: str) -> None:
        words = " ".join([*self._finals, text]).strip()
        if words and self._takes_turn:
            self._recorder.partial(Speaker.USER, words)

    @property
    def _takes_turn(self) -> bool:
        """Whether speech is a turn of the user; while the agent speaks it may be a sign of listening."""
        return self._turn or not self._speaking
