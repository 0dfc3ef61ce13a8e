"""The process that speaks by a pulled model."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from pipecat.services.settings import TTSSettings

from orion.domain.agent import Agent
from orion.errors import StartError
from orion.providers import _espeak
from orion.providers._models import catalogue
from orion.providers._models.catalogue import Model
from orion.providers._onnx import lack, model
from orion.providers._speech import SpeechWorker, WorkerTTSService
from orion.settings import Settings

Of = Callable[[Settings, Model], SpeechWorker]
"""The process of a model."""


def speech_lack(settings: Settings, provider: str) -> str | None:
    """What is missing to speak: a model, the runtime, or espeak-ng, which makes the phonemes."""
    return lack(settings, provider) or _espeak.missing()


class Speaking(WorkerTTSService):
    """One call's voice; a language that is detected brings the model that speaks it, where it is pulled."""

    def __init__(self, settings: Settings, agent: Agent, provider: str, of: Of) -> None:
        self._orion_model_for = lambda voice, language: of(
            settings, model(settings, "tts", provider, replace(agent, language=language, voice=voice))
        )
        first = of(settings, model(settings, "tts", provider, agent))
        super().__init__(first, agent.voice or "", agent.language)

    async def _update_settings(self, delta: Any) -> dict[str, Any]:
        if isinstance(delta, TTSSettings):
            voice = delta.voice if isinstance(delta.voice, str) else None
            language = str(delta.language) if isinstance(delta.language, str) else None
            if voice is not None or language is not None:
                with suppress(StartError):  # none speaks it: the voice stays
                    self._orion_worker = self._orion_model_for(voice, language or self._orion_language)
        return await super()._update_settings(delta)


def worker(settings: Settings, pulled: Model, most_threads: int) -> SpeechWorker:
    """A process for the model; it uses at most so many cores at once."""
    return SpeechWorker("neural", json.dumps(options(settings, pulled, most_threads)))


def options(settings: Settings, pulled: Model, most_threads: int) -> dict[str, Any]:
    """What the process is told; see `orion/providers/_speech/neural_voice.py`."""
    path, data = _espeak.library()
    return {
        "family": pulled.provider,
        "files": catalogue.places(settings, pulled),
        "speaks": dict(pulled.speaks),
        "voices": pulled.voices,
        "threads": min(most_threads, os.cpu_count() or 1),
        "espeak": [path, str(data) if data else None],
    }
