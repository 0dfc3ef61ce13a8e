"""What the engines of this process share over all calls (worker processes, models, SDKs), started once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from types import ModuleType

from loguru import logger

from orion import providers
from orion.domain.agent import Agent
from orion.errors import OrionError, StartError
from orion.providers._models import catalogue
from orion.settings import Settings

_Part = tuple[str, tuple[str, ...]]
"""A provider and its pulled models: one that is pulled later is loaded before the next call, too."""


class Started:
    """The providers that have been started; those that come later do not hold up the calls that there are."""

    def __init__(self) -> None:
        self._modules: dict[str, ModuleType] = {}
        self._parts: set[_Part] = set()
        self._starting = asyncio.Lock()

    async def start(self, settings: Settings, names: Iterable[str]) -> None:
        """Start those that have not been; who comes meanwhile waits for them, too. Raises what they raise."""
        wanted = {_part(settings, name) for name in names}
        if wanted <= self._parts:
            return
        async with self._starting:
            missing = sorted(wanted - self._parts)
            begun = await asyncio.gather(
                *(self._begin(settings, part) for part in missing), return_exceptions=True
            )
        for error in begun:
            if error is not None:
                raise error

    async def _begin(self, settings: Settings, part: _Part) -> None:
        module = providers.module(settings, part[0])
        if hasattr(module, "start"):
            await module.start(settings)
        self._modules[part[0]] = module
        self._parts.add(part)

    async def start_late(self, settings: Settings, names: Iterable[str]) -> None:
        """The same before a call begins: in it, others take over from one that cannot be started."""
        for name in sorted(set(names)):
            try:
                await self.start(settings, [name])
            except (OrionError, OSError) as error:
                logger.error("{} cannot be started: {}", name, str(error) or type(error).__name__)

    async def close(self) -> None:
        """Stop them, the last one first."""
        self._parts.clear()
        while self._modules:
            _, module = self._modules.popitem()
            if hasattr(module, "stop"):
                await module.stop()


def serving(settings: Settings, agent: Agent, kinds: Sequence[providers.Kind]) -> set[str]:
    """The providers of an agent's orders; a kind that none serves has none."""
    found: set[str] = set()
    for kind in kinds:
        language = None if kind == "llm" else agent.language
        with suppress(StartError):  # who asks for the engine is told
            order = providers.order(settings, kind, getattr(agent, kind), language)
            found |= {str(choice.provider) for choice in order}
    return found


def _part(settings: Settings, name: str) -> _Part:
    return name, tuple(model.sha256 for model in catalogue.pulled(settings, name))
