"""What the engines of this process share over all calls (worker processes, models, SDKs), started once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from types import ModuleType

from orion import providers
from orion.settings import Settings


class Started:
    """The providers that have been started; those that come later do not hold up the calls that there are."""

    def __init__(self) -> None:
        self._modules: dict[str, ModuleType] = {}
        self._starting = asyncio.Lock()

    async def start(self, settings: Settings, names: Iterable[str]) -> None:
        """Start those that have not been; who comes meanwhile waits for them, too. Raises what they raise."""
        wanted = set(names)
        if wanted <= self._modules.keys():
            return
        async with self._starting:
            for name in sorted(wanted - self._modules.keys()):
                module = providers.module(settings, name)
                if hasattr(module, "start"):
                    await module.start(settings)
                self._modules[name] = module

    async def close(self) -> None:
        """Stop them, the last one first."""
        while self._modules:
            _, module = self._modules.popitem()
            if hasattr(module, "stop"):
                await module.stop()
