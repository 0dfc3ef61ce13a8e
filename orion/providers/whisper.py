"""Speech to text by Whisper, pulled: sixty languages, detected where the agent's is `auto`.

`orion models pull whisper-base` (or `-tiny`, `-small`); `ORION_STT=whisper/whisper-small` names one of
several. It runs in a process of its own on sherpa-onnx (Apache-2.0); the models are MIT. Each utterance
costs as much as ten seconds of sound more, so words come when the utterance has ended and not before.
Reference: https://arxiv.org/abs/2212.04356
"""

from __future__ import annotations

from pipecat.services.stt_service import STTService

from orion.domain.agent import Agent
from orion.providers import _onnx
from orion.providers._models import catalogue
from orion.providers._models.catalogue import Model, subtag
from orion.providers._onnx.hearing import Hearing
from orion.providers._onnx.recogniser import Recogniser
from orion.settings import Settings

RANK = 24
_LATENCY_SECS = 2.0


def _recogniser(settings: Settings, model: Model) -> Recogniser:
    return Recogniser("whisper", catalogue.places(settings, model))


_PROCESSES = _onnx.Processes(_recogniser)


def available(settings: Settings, _kind: str) -> str | None:
    """None where a model is pulled and the runtime is there, else how to get them."""
    return _onnx.lack(settings, "whisper")


def languages(settings: Settings, _kind: str) -> frozenset[str]:
    """What the pulled models hear."""
    return _onnx.languages(settings, "whisper")


async def start(settings: Settings) -> None:
    """Load the first model, so that no call waits for it; a call that needs another loads that."""
    await _onnx.start(settings, "whisper", _PROCESSES.of(settings, _onnx.first(settings, "whisper")))


async def stop() -> None:
    """End the processes."""
    await _PROCESSES.stop()


def stt(settings: Settings, agent: Agent) -> STTService:
    """A service for one call, in the agent's language."""
    model = _onnx.model(settings, "stt", "whisper", agent)
    language = subtag(agent.language) if model.speaks_to(agent.language) else "auto"
    recogniser = _PROCESSES.of(settings, model)
    return Hearing(recogniser, model.name, language, latency_secs=_LATENCY_SECS, partial=False)


async def models(settings: Settings, _kind: str) -> list[str]:
    """The pulled models."""
    return [model.name for model in catalogue.pulled(settings, "whisper")]
