"""Deepgram's streaming recognisers: Nova, whose turns ORION ends, and Flux, which ends them itself.

`ORION_STT=deepgram` is Nova 3; `deepgram/flux-general-en` or `deepgram/flux-general-multi` is Flux. An agent
whose `turn_taking` has `eager: true` answers Flux's predicted end of turn, ahead of the real one.
`DEEPGRAM_BASE_URL` names another server, `wss://` or `https://`.
Reference: https://developers.deepgram.com/reference/speech-to-text/listen-streaming, .../listen-flux
"""

from __future__ import annotations

from typing import Any

from pipecat.services.stt_service import STTService

from orion.domain.agent import Agent
from orion.providers import model_for
from orion.providers._vendor import imported, told, told_names
from orion.settings import Settings

RANK = 45
ENTERED = ("key",)
_MODEL = "nova-3"


def available(settings: Settings, _kind: str) -> str | None:
    """None where a key is set, else which."""
    return None if settings.provider("deepgram").key else "set DEEPGRAM_API_KEY"


async def start(_settings: Settings) -> None:
    """Import the SDK, so that no call waits for it."""
    await imported("orion.providers.deepgram.listening")


async def stop() -> None:
    """Each call has a connection of its own."""


def stt(settings: Settings, agent: Agent) -> STTService:
    """A recogniser of the agent's language; English models of Flux hear nothing else."""
    from orion.providers.deepgram.listening import Flux, Nova  # noqa: PLC0415 - it imports the SDK

    configured = settings.provider("deepgram")
    model = model_for(settings, agent, "stt", "deepgram") or _MODEL
    if model.startswith("flux"):
        eager = bool(agent.turn_taking.get("eager"))
        return Flux(configured.key or "", configured.base_url, model, agent.language, eager=eager)
    return Nova(configured.key or "", configured.base_url, model, agent.language)


async def models(settings: Settings, _kind: str) -> list[str]:
    """The models that stream; the key is checked by it."""
    from orion.providers.deepgram.listening import account  # noqa: PLC0415

    configured = settings.provider("deepgram")
    async with account(configured.key or "", configured.base_url) as client:
        await told("deepgram", client.manage.v1.projects.list())  # the list of models is public
        return await told_names("deepgram", client.manage.v1.models.list(), _streaming)


def _streaming(found: Any) -> list[Any]:
    named = {model.canonical_name for model in found.stt or [] if model.streaming}
    return sorted(name for name in named if name)
