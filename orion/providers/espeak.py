"""Text to speech by espeak-ng, in its own process: every language, robotic, from the wheel or the system.

Licence: GPL-3.0-or-later; see docs/decisions/0005-espeak-in-its-own-process.md.
"""

from __future__ import annotations

from ctypes.util import find_library

from pipecat.services.tts_service import TTSService

from orion.domain.agent import Agent
from orion.providers._speech import SpeechWorker, WorkerTTSService
from orion.providers._speech.espeak_voice import library
from orion.settings import Settings

RANK = 11
_WORKER = SpeechWorker("espeak")


def available(_settings: Settings, _kind: str) -> str | None:
    """None where the library is there, else how to get it. It is not loaded here."""
    if library()[1] is not None or find_library("espeak-ng"):
        return None
    return "espeak-ng is missing (pip install 'orion-voice[espeak]', or Debian: apt install espeak-ng)"


async def start(_settings: Settings) -> None:
    """Start the worker, so that no call waits for it."""
    await _WORKER.start()


async def stop() -> None:
    """End the worker."""
    await _WORKER.stop()


def tts(_settings: Settings, agent: Agent) -> TTSService:
    """A service for one call; `agent.voice` is an espeak voice, e.g. `en-gb` or `en-us+f3`."""
    return WorkerTTSService(_WORKER, agent.voice or "", agent.language)
