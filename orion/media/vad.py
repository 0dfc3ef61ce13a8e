"""Voice activity detection: Silero on the process's one ONNX session."""

from __future__ import annotations

from pipecat.audio.vad.silero import SileroOnnxModel, SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADAnalyzer, VADParams

from orion.media import models

PARAMS = VADParams(confidence=0.7, start_secs=0.2, stop_secs=0.2, min_volume=0.0)
"""Pipecat's defaults but for the loudness gate, which delays the first word by 160 to 520 ms."""


class _SharedModel(SileroOnnxModel):
    """Silero's recurrent state of one call, on the shared session."""

    def __init__(self) -> None:
        self.session = models.session(models.SILERO)
        self.sample_rates = [8000, 16000]
        self.reset_states()


class _SharedSilero(SileroVADAnalyzer):
    """Pipecat's analyzer without a model of its own."""

    def __init__(self, sample_rate: int, params: VADParams) -> None:
        VADAnalyzer.__init__(self, sample_rate=sample_rate, params=params)
        self._model = _SharedModel()
        self._windows_since_reset = 0
        self._low_confidence_windows = 0


def vad_analyzer(sample_rate: int, params: VADParams = PARAMS) -> VADAnalyzer:
    """An analyzer for one call; `sample_rate` is 8000 or 16000 Hz."""
    return _SharedSilero(sample_rate, params)
