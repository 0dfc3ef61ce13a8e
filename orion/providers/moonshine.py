"""Speech to text by Moonshine, pulled: English, accurate, and quick enough to tell words while one speaks.

`orion models pull moonshine-base-en` (or `-tiny-en`); `ORION_STT=moonshine/moonshine-tiny-en` names one of
several. It runs in a process of its own on sherpa-onnx (Apache-2.0); the models are MIT.
Reference: https://arxiv.org/abs/2410.15608
"""

from __future__ import annotations

from pipecat.services.stt_service import STTService

from orion.domain.agent import Agent
from orion.providers import _onnx
from orion.providers._models import catalogue
from orion.providers._models.catalogue import Model
from orion.providers._onnx.hearing import Hearing
from orion.providers._onnx.recogniser import Recogniser
from orion.settings import Settings

RANK = 26
_LATENCY_SECS = 0.6


def _recogniser(settings: Settings, model: Model) -> Recogniser:
    return Recogniser("moonshine", catalogue.places(settings, model))


_PROCESSES = _onnx.Processes(_recogniser)


def available(settings: Settings, _kind: str) -> str | None:
    """None where a model is pulled and the runtime is there, else how to get them."""
    return _onnx.lack(settings, "moonshine")


def languages(settings: Settings, _kind: str) -> frozenset[str]:
    """What the pulled models hear."""
    return _onnx.languages(settings, "moonshine")


async def start(settings: Settings) -> None:
    """Load the first model, so that no call waits for it; a call that needs another loads that."""
    await _onnx.start(settings, "moonshine", _PROCESSES.of(settings, _onnx.first(settings, "moonshine")))


async def stop() -> None:
    """End the processes."""
    await _PROCESSES.stop()


def stt(settings: Settings, agent: Agent) -> STTService:
    """A service for one call."""
    model = _onnx.model(settings, "stt", "moonshine", agent)
    recogniser = _PROCESSES.of(settings, model)
    return Hearing(recogniser, model.name, agent.language, latency_secs=_LATENCY_SECS, partial=True)


async def models(settings: Settings, _kind: str) -> list[str]:
    """The pulled models."""
    return [model.name for model in catalogue.pulled(settings, "moonshine")]
