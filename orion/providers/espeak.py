"""Text to speech by espeak-ng, in its own process: every language, robotic, where it was installed.

Licence: GPL-3.0-or-later; see docs/decisions/0005-espeak-in-its-own-process.md.
"""

from __future__ import annotations

from pipecat.services.tts_service import TTSService

from orion.domain.agent import Agent
from orion.providers._espeak import missing
from orion.providers._speech import SpeechWorker, WorkerTTSService
from orion.settings import Settings

RANK = 11
_WORKER = SpeechWorker("espeak")


def available(_settings: Settings, _kind: str) -> str | None:
    """None where the library is there, else how to get it. It is not loaded here."""
    return missing()


async def start(_settings: Settings) -> None:
    """Start the worker, so that no call waits for it."""
    await _WORKER.start()


async def stop() -> None:
    """End the worker."""
    await _WORKER.stop()


def tts(_settings: Settings, agent: Agent) -> TTSService:
    """A service for one call; `agent.voice` is an espeak voice, e.g. `en-gb` or `en-us+f3`."""
    return WorkerTTSService(_WORKER, agent.voice or "", agent.language)
