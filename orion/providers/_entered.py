"""The settings of a workspace: the server's, with the keys of providers that its admins have entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loguru import logger

from orion import providers, registry
from orion.domain.provider_key import ProviderKey
from orion.errors import Unavailable
from orion.settings import ProviderSettings, Settings
from orion.store.secrets import SecretKeys


def enterable(settings: Settings) -> dict[str, tuple[str, ...]]:
    """The providers for which an admin may enter something, and what: `key`, `base_url`."""
    found = {
        name: tuple(getattr(providers.module(settings, name), "ENTERED", ()))
        for name in registry.names("providers", settings.project)
    }
    return {name: entered for name, entered in found.items() if entered}


def of_workspace(settings: Settings, keys: Sequence[ProviderKey], secrets: SecretKeys) -> Settings:
    """The settings with the workspace's keys.

    A key that was entered goes to the address that was entered with it, else to the server's own address
    of the provider, or the vendor's. The server's key never goes to an address that was entered. A workspace
    with an access to OpenAI of its own leaves the server that `ORION_LLM_BASE_URL` puts in OpenAI's place.
    """
    if not keys:
        return settings
    entered = {key.provider.upper(): _entered(settings, key, secrets) for key in keys}
    changed = replace(settings, providers={**settings.providers, **entered})
    if "OPENAI" in entered and settings.llm_base_url:
        return replace(changed, llm_base_url=None, llm_api_key=None, llm_model=None)
    return changed


def _entered(settings: Settings, key: ProviderKey, secrets: SecretKeys) -> ProviderSettings:
    try:
        opened = secrets.open(key.sealed_key, key.place) if key.sealed_key is not None else None
    except Unavailable:
        # Not the server's key in its place: somebody else would pay, unasked.
        logger.warning("the key of {} that was entered for a workspace cannot be opened", key.provider)
        return ProviderSettings()
    if key.base_url is None:
        return ProviderSettings(opened, settings.provider(key.provider).base_url)
    return ProviderSettings(opened, key.base_url, settings.tool_allowed_hosts)
