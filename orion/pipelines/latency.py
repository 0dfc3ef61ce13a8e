"""Where the time of a turn went: a clock-free stopwatch and the observer that feeds it.

Stages are milliseconds after the end of the user's speech, the last voiced audio as the VAD saw it
(its stop event less the silence that it waits for). For typed text it is the message's arrival.
"""

from __future__ import annotations

from dataclasses import replace

from pipecat.frames.frames import (
    AggregatedTextFrame,
    BotStartedSpeakingFrame,
    InterruptionFrame,
    LLMMessagesAppendFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.observers.base_observer import BaseObserver, FramePushed

from orion.domain.turn import Latency


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


class LatencyObserver(BaseObserver):
    """Feeds a stopwatch from the frames of a pipeline, beside the frame path."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        super().__init__(observe_every_push=False)
        self._stopwatch = stopwatch

    async def on_push_frame(self, data: FramePushed) -> None:
        """Mark the stage that the frame stands for; the pipeline's clock counts nanoseconds."""
        now = data.timestamp / 1e9
        watch = self._stopwatch
        match data.frame:
            case VADUserStoppedSpeakingFrame(stop_secs=stop_secs):
                watch.speech_ended(now - stop_secs)
            case LLMMessagesAppendFrame():
                watch.speech_ended(now)
            case TranscriptionFrame():
                watch.mark("stt_final_ms", now)
            case UserStoppedSpeakingFrame():
                watch.mark("end_of_turn_ms", now)
            case LLMTextFrame():
                watch.mark("llm_first_token_ms", now)
            case TTSStartedFrame() | AggregatedTextFrame():
                watch.mark("first_sentence_ms", now)
            case TTSAudioRawFrame():
                watch.mark("tts_first_byte_ms", now)
            case BotStartedSpeakingFrame():
                watch.mark("first_audio_ms", now)
            case UserStartedSpeakingFrame() | InterruptionFrame():
                watch.take()
            case _:
                pass
