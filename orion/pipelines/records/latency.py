"""Where the time of a turn went: a clock-free stopwatch and the observer that feeds it.

Stages are milliseconds after the end of the user's speech, the last voiced audio as the VAD saw it
(its stop event less the silence that it waits for). For typed text it is the message's arrival.
"""

from __future__ import annotations

from dataclasses import replace

from pipecat.frames.frames import (
    AggregatedTextFrame,
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    InterruptionFrame,
    LLMMessagesAppendFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
    TTSTextFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.observers.base_observer import BaseObserver, FramePushed

from orion.domain.turn import Latency
from orion.processors.llm_order import FIRST_WORD


class Stopwatch:
    """Collects the stages of one turn. Times are seconds of any one clock."""

    def __init__(self) -> None:
        self._speech_end: float | None = None
        self._latency = Latency()

    def speech_ended(self, at_secs: float) -> None:
        """The user's last voiced audio; a later one of the same turn replaces it."""
        self._speech_end = at_secs
        self._latency = Latency()

    def mark(self, stage: str, at_secs: float) -> None:
        """Reach a stage; only the first time counts, and only after an end of speech."""
        if self._speech_end is None or getattr(self._latency, stage) is not None:
            return
        elapsed_ms = round((at_secs - self._speech_end) * 1000, 1)
        self._latency = replace(self._latency, **{stage: elapsed_ms})

    def take(self) -> Latency:
        """The stages so far; the stopwatch is empty afterwards."""
        latency, self._latency, self._speech_end = self._latency, Latency(), None
        return latency


class Filler:
    """Tells what belongs to a filler, which is no part of the answer whose latency is measured.

    Attributes:
        sounding: The agent was heard to begin with a filler, and has not stopped since.
    """

    def __init__(self) -> None:
        self.sounding = False
        self._text: str | None = None
        self._context: str | None = None

    def covers(self, frame: Frame) -> bool:
        """Whether the frame belongs to a filler."""
        match frame:
            case TTSSpeakFrame(append_to_context=False, text=text):
                self._text = text
            case TTSTextFrame():
                return not frame.append_to_context
            case AggregatedTextFrame(text=text) if self._text and self._text.endswith(text):
                pass  # all of it, or what another voice has to say of it
            case TTSStartedFrame(append_to_context=False):
                self._context = frame.context_id
            case TTSStartedFrame(context_id=context) | TTSAudioRawFrame(context_id=context):
                # Pieces of it that the output has cut anew have no context.
                if self._context is None or context not in {None, self._context}:
                    # What sounds now is the answer: it may begin while the filler is heard.
                    self._text = self._context = None
                    return False
            case BotStartedSpeakingFrame() if self._context is not None:
                self.sounding = True
            case BotStoppedSpeakingFrame():
                self.sounding = False
                return False
            case _:
                return False
        return True


class LatencyObserver(BaseObserver):
    """Feeds a stopwatch from the frames of a pipeline, beside the frame path."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        super().__init__(observe_every_push=False)
        self._stopwatch = stopwatch
        self._filler = Filler()

    async def on_push_frame(self, data: FramePushed) -> None:
        """Mark the stage that the frame stands for; the pipeline's clock counts nanoseconds."""
        now = data.timestamp / 1e9
        watch = self._stopwatch
        if self._filler.covers(data.frame):
            return
        match data.frame:
            case UserStartedSpeakingFrame() | InterruptionFrame():
                watch.take()
            case VADUserStoppedSpeakingFrame(stop_secs=stop_secs):
                watch.speech_ended(now - stop_secs)
            case LLMMessagesAppendFrame():
                watch.speech_ended(now)
            case TranscriptionFrame():
                watch.mark("stt_final_ms", now)
            case UserStoppedSpeakingFrame():
                watch.mark("end_of_turn_ms", now)
            case frame:
                self._mark(frame, now)

    def _mark(self, frame: Frame, now: float) -> None:
        """Reach the stage of an answer that the frame stands for."""
        watch = self._stopwatch
        match frame:
            case LLMTextFrame(metadata=metadata):
                watch.mark("llm_first_token_ms", metadata.get(FIRST_WORD, now))
            case TTSStartedFrame() | AggregatedTextFrame():
                watch.mark("first_sentence_ms", now)
            case TTSAudioRawFrame():
                watch.mark("tts_first_byte_ms", now)
                if self._filler.sounding:
                    watch.mark("first_audio_ms", now)
            case BotStartedSpeakingFrame():
                watch.mark("first_audio_ms", now)
            case _:
                pass
