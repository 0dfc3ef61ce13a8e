"""ElevenLabs' streaming voices, with the time of every word.

`agent.voice` is the id of a voice; `elevenlabs/eleven_multilingual_v2` names another model than Flash v2.5.
`ELEVENLABS_BASE_URL` names another server.
Reference: https://elevenlabs.io/docs/api-reference/text-to-speech/v-1-text-to-speech-voice-id-multi-stream-input
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pipecat.services.tts_service import TTSService

from orion.domain.agent import Agent
from orion.providers import Voice, model_for
from orion.providers._vendor import imported, nameable, told, told_names
from orion.settings import Settings

RANK = 45
ENTERED = ("key",)
_MODEL = "eleven_flash_v2_5"


def available(settings: Settings, _kind: str) -> str | None:
    """None where a key is set, else which."""
    return None if settings.provider("elevenlabs").key else "set ELEVENLABS_API_KEY"


async def start(_settings: Settings) -> None:
    """Import the service, so that no call waits for it."""
    await imported("orion.providers.elevenlabs.speaking")


async def stop() -> None:
    """Each call has a connection of its own."""


def tts(settings: Settings, agent: Agent) -> TTSService:
    """A voice that speaks a sentence at a time over one connection per call."""
    from orion.providers.elevenlabs.speaking import Speaking  # noqa: PLC0415 - it is heavy

    configured = settings.provider("elevenlabs")
    model = model_for(settings, agent, "tts", "elevenlabs") or _MODEL
    return Speaking(configured.key or "", configured.base_url, model, agent.voice, agent.language)


async def voices(settings: Settings) -> list[Voice]:
    """The voices of the account, a hundred at most."""

    async def found() -> list[Voice]:
        async with _account(settings) as account:
            return [
                Voice(one.voice_id, one.name or one.voice_id, (one.labels or {}).get("language"))
                for one in (await account.voices.search(page_size=100)).voices
                if nameable(one.voice_id) and nameable(one.name or one.voice_id)
            ]

    return await told("elevenlabs", found())


async def models(settings: Settings, _kind: str) -> list[str]:
    """The models that speak."""
    async with _account(settings) as account:
        return await told_names(
            "elevenlabs",
            account.models.list(),
            lambda found: [model.model_id for model in found if model.can_do_text_to_speech],
        )


@asynccontextmanager
async def _account(settings: Settings) -> AsyncIterator[Any]:
    """The SDK's client; it would leave its connections open."""
    from elevenlabs.client import AsyncElevenLabs  # noqa: PLC0415 - it is heavy
    from httpx import AsyncClient  # noqa: PLC0415 - the SDK's, which no other part uses

    configured = settings.provider("elevenlabs")
    scheme, _, host = (configured.base_url or "https://api.elevenlabs.io").rpartition("://")
    http = "http" if scheme in {"http", "ws"} else "https"
    async with AsyncClient(follow_redirects=True) as connections:
        yield AsyncElevenLabs(
            api_key=configured.key or "", base_url=f"{http}://{host}", httpx_client=connections
        )
