"""Text to speech by flite, where the system has it: clear, permissive, English only, in its own process.

Licence: CMU's, BSD-like. Debian: `libflite1`.
"""

from __future__ import annotations

import ctypes
from functools import cache

from pipecat.services.tts_service import TTSService

from orion.domain.agent import Agent
from orion.providers import Voice
from orion.providers._speech import SpeechWorker, WorkerTTSService
from orion.providers._speech.flite_voice import VOICES
from orion.settings import Settings

RANK = 12
_WORKER = SpeechWorker("flite")
_LIBRARIES = ("libflite.so.1", "libflite_cmulex.so.1", "libflite_usenglish.so.1", "libflite_cmu_us_slt.so.1")


def available(_settings: Settings, _kind: str) -> str | None:
    """None where the libraries load, else how to get them."""
    return None if _loads() else "libflite is not on this system (Debian: apt install libflite1)"


@cache
def _loads() -> bool:
    try:
        for name in _LIBRARIES:
            ctypes.CDLL(name, ctypes.RTLD_GLOBAL)
    except OSError:
        return False
    return True


def languages(_settings: Settings, _kind: str) -> frozenset[str]:
    """English alone."""
    return frozenset({"en"})


async def start(_settings: Settings) -> None:
    """Start the worker, so that no call waits for it."""
    await _WORKER.start()


async def stop() -> None:
    """End the worker."""
    await _WORKER.stop()


async def voices(_settings: Settings) -> list[Voice]:
    """Those of Debian's libflite that speak English well."""
    return [Voice(name, name, "en") for name in VOICES]


def tts(_settings: Settings, agent: Agent) -> TTSService:
    """A service for one call; `agent.voice` is one of slt, rms, awb, kal16."""
    return WorkerTTSService(_WORKER, agent.voice if agent.voice in VOICES else VOICES[0], agent.language)
