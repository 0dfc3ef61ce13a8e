"""What the engines offer: models and voices as the vendors tell them, asked every ten minutes at most."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any

from orion import providers, registry
from orion.errors import OrionError
from orion.settings import ProviderSettings, Settings

_KEPT_SECS = 600.0
_KEPT = 300
"""Answers for so many engines and keys are kept; the oldest goes."""


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine of one provider.

    Attributes:
        missing: What it lacks to serve, in words; None where it can.
        problem: Why the vendor did not tell its models, e.g. that it refuses the key; None where it did.
    """

    kind: providers.Part
    provider: str
    missing: str | None
    models: tuple[str, ...] = ()
    voices: tuple[providers.Voice, ...] = ()
    problem: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As `GET /providers` shows it."""
        return asdict(self)


_asked: dict[str, ModuleType] = {}
_kept: dict[tuple[str, str, ProviderSettings, str | None], tuple[float, Engine]] = {}


async def engines(settings: Settings) -> list[Engine]:
    """All engines that there are; the vendors are asked at the same time, for a few seconds at most."""
    asked = [
        _engine(settings, kind, name)
        for kind in providers.PARTS
        for name in registry.names("providers", settings.project)
        if providers.offers(providers.module(settings, name), kind)
    ]
    return list(await asyncio.gather(*asked))


async def voices(settings: Settings, name: str) -> tuple[providers.Voice, ...]:
    """The voices of a provider, as far as it tells them; empty for one that does not, or does not serve."""
    if not providers.offers(providers.module(settings, name), "tts"):
        return ()
    return (await _engine(settings, "tts", name)).voices


async def problem(settings: Settings, name: str) -> str | None:
    """Why the provider does not work, e.g. that it refuses the key; None where it does."""
    loaded = providers.module(settings, name)
    for kind in providers.KINDS:
        if hasattr(loaded, kind):
            missing = await asyncio.to_thread(providers.lack, settings, kind, name)
            return missing or (await _told(settings, kind, name)).problem
    return None


async def close() -> None:
    """Close the connections to the vendors that were asked: no call of theirs may be under way."""
    while _asked:
        _, loaded = _asked.popitem()
        if hasattr(loaded, "stop"):
            await loaded.stop()


async def _engine(settings: Settings, kind: providers.Part, name: str) -> Engine:
    missing = await asyncio.to_thread(providers.lack, settings, kind, name)  # Ollama is probed
    if missing is not None:
        return Engine(kind, name, missing)
    key = (kind, name, settings.provider(name), settings.llm_base_url)
    until, engine = _kept.get(key, (0.0, None))
    if engine is None or until < time.monotonic():
        engine = await _told(settings, kind, name)
        if engine.problem is None:
            _kept.pop(key, None)
            _kept[key] = time.monotonic() + _KEPT_SECS, engine
            _forget_old()
        while len(_kept) > _KEPT:
            _kept.pop(next(iter(_kept)))
    return engine


def _forget_old() -> None:
    now = time.monotonic()
    for key in [key for key, (until, _) in _kept.items() if until < now]:
        del _kept[key]


async def _told(settings: Settings, kind: providers.Part, name: str) -> Engine:
    loaded = _asked[name] = providers.module(settings, name)
    try:
        models = await loaded.models(settings, kind) if hasattr(loaded, "models") else []
        voices = await loaded.voices(settings) if kind == "tts" and hasattr(loaded, "voices") else []
    except OrionError as error:
        return Engine(kind, name, None, problem=error.detail)
    return Engine(kind, name, None, tuple(models), tuple(voices))
