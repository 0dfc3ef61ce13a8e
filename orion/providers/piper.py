"""Text to speech by Piper, pulled: a voice per language, quick on any machine.

`orion models pull piper-de-thorsten`; an agent's `voice` names one of several by its model; with the language
`auto` the voice changes with the language that is heard. It runs on
sherpa-onnx (Apache-2.0) with phonemes of espeak-ng (GPL-3.0-or-later) in a process of their own; the models
listed may be used freely. Word times are spread over the real duration of each clause.
Reference: https://github.com/rhasspy/piper
"""

from __future__ import annotations

from pipecat.services.tts_service import TTSService

from orion.domain.agent import Agent
from orion.providers import Voice, _onnx
from orion.providers._models import catalogue
from orion.providers._models.catalogue import Model
from orion.providers._onnx.speaking import Speaking, speech_lack, worker
from orion.providers._speech import SpeechWorker
from orion.settings import Settings

RANK = 26
_THREADS = 1


def _worker(settings: Settings, model: Model) -> SpeechWorker:
    return worker(settings, model, _THREADS)


_PROCESSES = _onnx.Processes(_worker)


def available(settings: Settings, _kind: str) -> str | None:
    """None where a model is pulled and can run, else how to get what is missing."""
    return speech_lack(settings, "piper")


def languages(settings: Settings, _kind: str) -> frozenset[str]:
    """What the pulled models speak."""
    return _onnx.languages(settings, "piper")


async def start(settings: Settings) -> None:
    """Load the first model, so that no call waits for it; a call that needs another loads that."""
    await _onnx.start(settings, "piper", _PROCESSES.of(settings, _onnx.first(settings, "piper")))


async def stop() -> None:
    """End the processes."""
    await _PROCESSES.stop()


def tts(settings: Settings, agent: Agent) -> TTSService:
    """A service for one call."""
    return Speaking(settings, agent, "piper", _PROCESSES.of)


async def voices(settings: Settings) -> list[Voice]:
    """The pulled models: each is a voice."""
    there = catalogue.pulled(settings, "piper")
    return [Voice(model.name, model.name, model.languages[0]) for model in there]


async def models(settings: Settings, _kind: str) -> list[str]:
    """The pulled models."""
    return [model.name for model in catalogue.pulled(settings, "piper")]
