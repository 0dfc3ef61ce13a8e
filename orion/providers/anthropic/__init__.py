"""Anthropic's Claude models, with prompt caching: what stays the same from turn to turn is read once.

`ANTHROPIC_BASE_URL` names another server of the protocol.
Reference: https://docs.anthropic.com/en/api/messages
"""

from __future__ import annotations

from typing import Any

from pipecat.services.llm_service import LLMService

from orion.domain.agent import Agent
from orion.providers import model_for
from orion.providers._vendor import imported, told_names
from orion.settings import Settings

RANK = 45
ENTERED = ("key", "base_url")
_MODEL = "claude-sonnet-4-6"


def available(settings: Settings, _kind: str) -> str | None:
    """None where a key is set, else which."""
    return None if settings.provider("anthropic").key else "set ANTHROPIC_API_KEY"


async def start(_settings: Settings) -> None:
    """Import the SDK (a second of CPU), so that no call waits for it."""
    await imported("orion.providers.anthropic.messages")


async def stop() -> None:
    """Close the connections."""
    from orion.providers.anthropic.messages import close  # noqa: PLC0415 - it imports the SDK

    await close()


def llm(settings: Settings, agent: Agent) -> LLMService[Any]:
    """Messages by the agent's model, as `anthropic/claude-haiku-4-5`, or claude-sonnet-4-6."""
    from orion.providers.anthropic.messages import Messages, client  # noqa: PLC0415

    model = model_for(settings, agent, "llm", "anthropic") or _MODEL
    return Messages(client(*_account(settings)), model)


async def models(settings: Settings, _kind: str) -> list[str]:
    """The models that the account may use."""
    from orion.providers.anthropic.messages import client  # noqa: PLC0415

    listed = client(*_account(settings)).models.list(limit=100)
    return await told_names("anthropic", listed, lambda page: [model.id for model in page.data])


def _account(settings: Settings) -> tuple[str | None, str | None, tuple[str, ...] | None]:
    configured = settings.provider("anthropic")
    return configured.key, configured.base_url, configured.allowed_hosts
