"""The process that speaks by a pulled model."""

from __future__ import annotations

import json
import os
from ctypes.util import find_library
from typing import Any

from orion.providers._models import catalogue
from orion.providers._models.catalogue import Model
from orion.providers._onnx import lack
from orion.providers._speech import SpeechWorker
from orion.providers._speech.espeak_voice import library
from orion.settings import Settings


def speech_lack(settings: Settings, provider: str) -> str | None:
    """What is missing to speak: a model, the runtime, or espeak-ng, which makes the phonemes."""
    missing = lack(settings, provider)
    if missing is None and library()[1] is None and not find_library("espeak-ng"):
        return "espeak-ng is missing (pip install 'orion-voice[local]', or Debian: apt install espeak-ng)"
    return missing


def worker(settings: Settings, model: Model, most_threads: int) -> SpeechWorker:
    """A process for the model; it uses at most so many cores at once."""
    return SpeechWorker("neural", json.dumps(options(settings, model, most_threads)))


def options(settings: Settings, model: Model, most_threads: int) -> dict[str, Any]:
    """What the process is told; see `orion/providers/_speech/neural_voice.py`."""
    path, data = library()
    return {
        "family": model.provider,
        "files": catalogue.places(settings, model),
        "speaks": dict(model.speaks),
        "voices": model.voices,
        "threads": min(most_threads, os.cpu_count() or 1),
        "espeak": [path, str(data) if data else None],
    }
