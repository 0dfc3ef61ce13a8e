"""What the providers of pulled models share: which model serves an agent, and one process per model."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from loguru import logger

from orion.domain.agent import Agent
from orion.errors import OrionError, StartError
from orion.providers import model_for
from orion.providers._models import catalogue
from orion.providers._models.catalogue import Model
from orion.settings import Settings


class _Process(Protocol):
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


_Shared = TypeVar("_Shared", bound=_Process)


def lack(settings: Settings, provider: str) -> str | None:
    """What is missing to serve by a pulled model of the provider, and how to get it."""
    if not catalogue.pulled(settings, provider):
        names = [model.name for model in catalogue.catalogue(settings).values() if model.provider == provider]
        return (
            f"orion models pull {names[0]} (or another of `orion models`)" if names else "no model is pulled"
        )
    if importlib.util.find_spec("sherpa_onnx") is None:
        return "the runtime is missing: pip install 'orion-voice[local]'"
    return None


def languages(settings: Settings, provider: str) -> frozenset[str]:
    """What the provider's pulled models hear or speak."""
    return frozenset(known for model in catalogue.pulled(settings, provider) for known in model.languages)


def model(settings: Settings, kind: str, provider: str, agent: Agent) -> Model:
    """The model for an agent: the one that is named (`whisper/whisper-small`), else the largest that fits.

    Raises:
        StartError: It is not pulled, or none speaks the agent's language.
    """
    there = catalogue.pulled(settings, provider)
    named = model_for(settings, agent, "stt" if kind == "stt" else "tts", provider)
    if named is not None and named not in [model.name for model in there]:
        raise StartError(f"the model {named!r} of {provider} is not there: orion models pull {named}")
    fitting = [
        model
        for model in there
        if named in {None, model.name}
        and (named or agent.language == "auto" or model.speaks_to(agent.language))
    ]
    if agent.language == "auto":
        fitting.sort(key=lambda model: ("auto" not in model.languages, not model.speaks_to("en")))
    spoken = [model for model in fitting if agent.voice and agent.voice in {model.name, *model.voices}]
    if not fitting:
        raise StartError(f"no pulled model of {provider} speaks {agent.language!r}")
    return (spoken or fitting)[0]


def first(settings: Settings, provider: str) -> Model:
    """The pulled model that most calls need: an English one, else the largest."""
    there = catalogue.pulled(settings, provider)
    return min(there, key=lambda model: not model.speaks_to("en"))


async def start(settings: Settings, provider: str, process: _Process) -> bool:
    """Load a model; whether it is. One that cannot be loaded stops no server: others take over."""
    try:
        await process.start()
    except (OrionError, OSError) as error:
        again = f"orion models pull {first(settings, provider).name}"
        logger.error("{}: {}; try it again: {}", provider, str(error) or type(error).__name__, again)
        return False
    return True


class Processes(Generic[_Shared]):
    """The processes of a provider's models, by model; each serves all calls."""

    def __init__(self, make: Callable[[Settings, Model], _Shared]) -> None:
        self._make = make
        self._running: dict[tuple[str, str], _Shared] = {}

    def of(self, settings: Settings, model: Model) -> _Shared:
        """The process of a model; one that was pulled anew has a process of its own."""
        key = str(catalogue.folder(settings) / model.name), model.sha256
        if key not in self._running:
            self._running[key] = self._make(settings, model)
        return self._running[key]

    async def stop(self) -> None:
        """End them all."""
        running, self._running = list(self._running.values()), {}
        await asyncio.gather(*(process.stop() for process in running))
