"""What embeds memories, so that they are found by meaning."""

from __future__ import annotations

from typing import cast

from orion import registry
from orion.errors import StartError
from orion.providers import PULLED, Embedder, module
from orion.settings import Settings


def embedder(settings: Settings) -> Embedder | None:
    """What embeds memories; None where they are found by words alone. Raises StartError."""
    name = embeds(settings)
    if name is None:
        return None
    loaded = module(settings, name)
    if not hasattr(loaded, "embed"):
        raise StartError(f"ORION_EMBEDDINGS: {name} has no embeddings")
    return cast("Embedder", loaded.embed(settings))


def embeds(settings: Settings) -> str | None:
    """The provider that embeds memories: the one that is named, by `auto` an embedded one that is there."""
    if settings.embeddings != "auto":
        return None if settings.embeddings == "off" else settings.embeddings
    for name in registry.names("providers", settings.project):
        loaded = module(settings, name)
        embedded = hasattr(loaded, "embed") and getattr(loaded, "RANK", PULLED) < PULLED
        if embedded and loaded.available(settings, "embed") is None:
            return name
    return None
