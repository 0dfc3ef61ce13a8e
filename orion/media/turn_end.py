"""The end of the user's turn: smart-turn on the process's one session, fused with the transcript."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from typing import Any

from pipecat.audio.turn.base_turn_analyzer import EndOfTurnState
from pipecat.audio.turn.smart_turn.base_smart_turn import BaseSmartTurn, SmartTurnParams
from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import LocalSmartTurnAnalyzerV3
from pipecat.frames.frames import (
    Frame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
)
from pipecat.metrics.metrics import MetricsData, TurnMetricsData
from pipecat.turns.types import ProcessFrameResult
from pipecat.turns.user_stop import BaseUserTurnStopStrategy, TurnAnalyzerUserTurnStopStrategy

from orion.media import models
from orion.media.turn_policy import TurnPolicy

_POOL = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) - 1), thread_name_prefix="smart-turn")
"""All calls share it: an inference takes 80 ms of a core, and more at once only slow each other."""


class _FusedAnalyzer(LocalSmartTurnAnalyzerV3):
    """Smart-turn v3 on the shared session; the policy decides how long an unfinished turn is waited for."""

    def __init__(self, policy: TurnPolicy) -> None:
        BaseSmartTurn.__init__(self, params=SmartTurnParams(stop_secs=policy.unfinished_secs))
        self._log_data = False
        self._session = models.session(models.SMART_TURN)
        self._orion_policy = policy
        self._orion_probability = 0.0
        self._orion_taken: tuple[list[Any], Any] = [], 0.0
        self.orion_transcript = ""

    @property
    def _model_executor(self) -> ThreadPoolExecutor:
        return _POOL

    async def cleanup(self) -> None:
        """Leave the shared pool alone."""

    async def analyze_end_of_turn(self) -> tuple[EndOfTurnState, MetricsData | None]:
        """Ask the model, then the policy."""
        audio, began = self._audio_buffer, self._speech_start_time
        _, metrics = await super().analyze_end_of_turn()
        if not isinstance(metrics, TurnMetricsData):
            return self.orion_decide(), metrics
        self._orion_probability = metrics.probability
        decision = self.orion_decide()
        if decision is EndOfTurnState.COMPLETE:
            self._orion_taken = audio, began
            self._clear(decision)
        elif not self._speech_triggered:
            # The model took the turn for complete and has forgotten it; the words say that it goes on.
            self._audio_buffer, self._speech_start_time, self._speech_triggered = audio, began, True
        return decision, metrics

    def orion_reopen(self) -> bool:
        """Take the end of the turn back where the words that came behind it are unfinished; whether it is."""
        if self.orion_decide() is EndOfTurnState.COMPLETE:
            return False
        (audio, began), self._orion_taken = self._orion_taken, ([], 0.0)
        self._audio_buffer, self._speech_triggered = [*audio, *self._audio_buffer], True
        self._speech_start_time = began or self._speech_start_time
        return True

    def orion_decide(self) -> EndOfTurnState:
        """Apply the policy to what is known now; an unfinished turn ends after its patience."""
        patience_secs = self._orion_policy.patience_secs(self._orion_probability, self.orion_transcript)
        self._stop_ms = patience_secs * 1000
        return EndOfTurnState.INCOMPLETE if patience_secs else EndOfTurnState.COMPLETE


class _FusedStop(TurnAnalyzerUserTurnStopStrategy):
    """Pipecat's strategy, which also lets the policy read the transcript as it grows."""

    def __init__(self, analyzer: _FusedAnalyzer, *, transcripts: bool) -> None:
        super().__init__(turn_analyzer=analyzer, wait_for_transcript=transcripts)
        self._orion_analyzer = analyzer
        self._orion_finals: list[str] = []

    async def process_frame(self, frame: Frame) -> ProcessFrameResult:
        """Take note of the words before the strategy decides; where they are unfinished the turn goes on."""
        if isinstance(frame, TranscriptionFrame):
            self._orion_finals.append(frame.text)
            self._orion_note("")
            if self._turn_complete and self._orion_analyzer.orion_reopen():
                self._turn_complete = False
        elif isinstance(frame, InterimTranscriptionFrame):
            self._orion_note(frame.text)
            if not frame.text.strip():  # what was told is taken back: the turn may be one without words
                await self._maybe_trigger_user_turn_stopped()
        elif isinstance(frame, VADUserStartedSpeakingFrame):
            self._orion_analyzer.orion_decide()
        return await super().process_frame(frame)

    async def handle_user_turn_started(self) -> None:
        """Forget words that took no turn, like "mhm" while the agent spoke."""
        self._orion_finals.clear()
        self._orion_analyzer.orion_transcript = ""
        await super().handle_user_turn_started()

    async def handle_user_turn_stopped(self) -> None:
        """Forget the words of the turn that is over."""
        self._orion_finals.clear()
        self._orion_analyzer.orion_transcript = ""
        await super().handle_user_turn_stopped()

    async def _maybe_trigger_user_turn_stopped(self) -> None:
        """A turn without words (a cough, noise) ends when they are overdue; Pipecat would wait for 5 s."""
        wordless = not self._text and not self._orion_analyzer.orion_transcript
        if self._turn_complete and self._timeout_expired and wordless:
            await self.trigger_user_turn_stopped()
        else:
            await super()._maybe_trigger_user_turn_stopped()

    def _orion_note(self, interim: str) -> None:
        self._orion_analyzer.orion_transcript = " ".join([*self._orion_finals, interim]).strip()
        if not self._vad_user_speaking and not self._turn_complete:
            self._orion_analyzer.orion_decide()  # the words that came say how long to wait


def stop_strategy(turn_taking: Mapping[str, Any], *, transcripts: bool = True) -> BaseUserTurnStopStrategy:
    """The strategy for an agent; `turn_taking` overrides fields of TurnPolicy by name.

    Without `transcripts` a turn ends by its sound alone: who answers has heard it.
    """
    known = {field.name for field in fields(TurnPolicy)}
    policy = TurnPolicy(**{name: float(value) for name, value in turn_taking.items() if name in known})
    return _FusedStop(_FusedAnalyzer(policy), transcripts=transcripts)
