"""Text to speech by hibari, out of its wheel: a natural voice, English only, without a key or a download.

Licence: Apache-2.0, the model too; see docs/decisions/0025-hibari-speaks.md. The wheel holds one voice,
`heart`. The names of others are never given to hibari, which would download them.
"""

from __future__ import annotations

from loguru import logger
from pipecat.services.tts_service import TTSService

from orion.domain.agent import Agent
from orion.errors import ProviderError
from orion.providers import Voice
from orion.providers._speech import SpeechWorker, WorkerTTSService
from orion.providers._speech.hibari_reader import package
from orion.settings import Settings

RANK = 14
_VOICE = "heart"
_WORKER = SpeechWorker("hibari")


def available(_settings: Settings, _kind: str) -> str | None:
    """None if the wheel is installed and its voice was not refused by this machine."""
    if package() is None:
        return "hibari is missing (pip install hibari-tts==0.2.1)"
    return _WORKER.failure


def languages(_settings: Settings, _kind: str) -> frozenset[str]:
    """English alone."""
    return frozenset({"en"})


async def start(_settings: Settings) -> None:
    """Load the voice, so that no call waits for it. If it cannot be loaded, another voice takes over."""
    try:
        await _WORKER.start()
    except ProviderError as error:
        logger.error("{}; another voice speaks until the server is started again", error)


async def stop() -> None:
    """End the worker."""
    await _WORKER.stop()


async def voices(_settings: Settings) -> list[Voice]:
    """The one that the wheel holds."""
    return [Voice(_VOICE, "Heart", "en")]


def tts(_settings: Settings, agent: Agent) -> TTSService:
    """A service for one call."""
    return WorkerTTSService(_WORKER, _VOICE, agent.language)
