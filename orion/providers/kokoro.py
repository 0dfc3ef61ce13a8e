"""Text to speech by Kokoro, pulled: the most natural voices, for machines with some cores to spare.

`orion models pull kokoro`; an agent's `voice` is one of Kokoro's, e.g. `af_heart` or `bm_george`. It runs on
sherpa-onnx (Apache-2.0) with phonemes of espeak-ng (GPL-3.0-or-later) in a process of their own; the model is
Apache-2.0. Word times are spread over the real duration of each clause.
Reference: https://huggingface.co/hexgrad/Kokoro-82M
"""

from __future__ import annotations

import time

from loguru import logger
from pipecat.services.tts_service import TTSService

from orion.domain.agent import Agent
from orion.providers import Voice, _onnx
from orion.providers._models import catalogue
from orion.providers._models.catalogue import Model
from orion.providers._onnx.speaking import Speaking, speech_lack, worker
from orion.providers._speech import SpeechWorker
from orion.settings import Settings

RANK = 24
_THREADS = 4


def _worker(settings: Settings, model: Model) -> SpeechWorker:
    return worker(settings, model, _THREADS)


_PROCESSES = _onnx.Processes(_worker)


def available(settings: Settings, _kind: str) -> str | None:
    """None where a model is pulled and can run, else how to get what is missing."""
    return speech_lack(settings, "kokoro")


def languages(settings: Settings, _kind: str) -> frozenset[str]:
    """What the pulled models speak."""
    return _onnx.languages(settings, "kokoro")


async def start(settings: Settings) -> None:
    """Load the first model, so that no call waits for it, and warn where it is slower than speech."""
    process = _PROCESSES.of(settings, _onnx.first(settings, "kokoro"))
    if await _onnx.start(settings, "kokoro", process) and (pace := await _pace(process)) > 1:
        logger.warning("kokoro takes {:.1f} times as long as its speech here; Piper is quicker", pace)


async def _pace(process: SpeechWorker) -> float:
    """Seconds that it needs for a second of speech, once it is warm."""
    samples, begun = 0, 0.0
    for text in ("Yes.", "This is how fast I am."):
        samples, begun = 0, time.monotonic()
        async for kind, content in process.speak(text, "", "en"):
            samples += len(content) // 2 if kind == b"A" else 0
    return (time.monotonic() - begun) * process.rate_hz / max(samples, 1)


async def stop() -> None:
    """End the processes."""
    await _PROCESSES.stop()


def tts(settings: Settings, agent: Agent) -> TTSService:
    """A service for one call."""
    return Speaking(settings, agent, "kokoro", _PROCESSES.of)


async def voices(settings: Settings) -> list[Voice]:
    """The speakers of the pulled models whose language they speak."""
    there = catalogue.pulled(settings, "kokoro")
    return [Voice(name, name) for model in there for name in model.voices if name[:1] not in {"j", "z"}]


async def models(settings: Settings, _kind: str) -> list[str]:
    """The pulled models."""
    return [model.name for model in catalogue.pulled(settings, "kokoro")]
