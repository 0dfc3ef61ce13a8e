"""The folder of engines, and its one doorway: one file is one vendor.

A provider's module has any of `stt(settings, agent)`, `llm(settings, agent)`, `tts(settings, agent)`;
each returns a Pipecat service that serves one call. It may also have

- `available(settings, kind) -> str | None`: None if it can serve `kind`, else what is missing and
  how to get it;
- `async start(settings)` and `async stop()`: for what all calls of the process share (worker
  processes, loaded models); the server calls each once, `start` only for engines that serve;
- `async expect(settings, phrases)`: a recogniser is told what the tools' users may say;
- `embed(settings) -> Embedder`: vectors for the search of memories by meaning, where ORION_EMBEDDINGS
  names it;
- `async models(settings, kind) -> list[str]` and `async voices(settings) -> list[Voice]`: what its account
  may use, by which `orion doctor` checks the key, too; they raise ProviderError, ProviderTimeout;
- `RANK: int`: its place in `auto`: the available one with the highest rank serves. Embedded engines
  rank below 20, pulled ones from 20, keyed ones from 40; without a rank `auto` leaves it out.

A provider's name may be followed by a model, `openai/gpt-4.1-mini`, in the settings and in an agent's `stt`,
`llm` and `tts`; `model_for` finds it. Vendor SDKs are imported inside those functions, never at the top of
the file. A permanent lack is told by `available` alone: it is asked often, and must answer at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, Protocol, cast, runtime_checkable

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.services.llm_service import FunctionCallHandler, LLMService
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from orion import registry
from orion.domain.agent import Agent
from orion.domain.tool import Tool
from orion.errors import StartError
from orion.settings import Settings

Kind = Literal["stt", "llm", "tts"]
KINDS: tuple[Kind, ...] = ("stt", "llm", "tts")


class ToolSchema(FunctionSchema):
    """A tool as Pipecat's context carries it: the whole JSON Schema, and ORION's description of it.

    The offline agent reads `tool` for the phrases and templates that the schema cannot hold.
    """

    def __init__(self, tool: Tool, handler: FunctionCallHandler | None = None) -> None:
        super().__init__(
            tool.name,
            tool.description,
            tool.parameters.get("properties", {}),
            list(tool.parameters.get("required", [])),
            handler,
        )
        self.tool = tool

    def to_default_dict(self) -> dict[str, Any]:
        """The form in which models get it, `$defs` included."""
        shown = {"name": self.name, "description": self.description}
        return {**shown, "parameters": {"type": "object", "properties": {}, **self.tool.parameters}}


@runtime_checkable
class Stateful(Protocol):
    """An LLM service that keeps a JSON object between turns and calls; the session stores it."""

    state: dict[str, Any]
    agent: Agent


@runtime_checkable
class TakesTurns(Protocol):
    """An STT service that tells where the user's turns begin and end."""

    def orion_turns(self) -> UserTurnStrategies:
        """The strategies that follow it."""


class Embedder(Protocol):
    """Turns texts into vectors; `model` names what vectors can be compared with."""

    model: str

    async def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector per text, all equally long. Raises ProviderError, ProviderTimeout."""

    async def close(self) -> None:
        """Close the connections."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that agents may have: `id` is what stands in an agent's `voice`."""

    id: str
    name: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Which provider serves a kind of engine, and why; `provider` is None where none can."""

    kind: Kind
    provider: str | None
    reason: str


def choose(settings: Settings, kind: Kind) -> Choice:
    """The provider that serves `kind`: the first of the order in the settings that is available."""
    missing: list[str] = []
    for entry in getattr(settings, kind):
        name = entry.partition("/")[0]
        candidates = _ranked(settings, kind) if name == "auto" else [name]
        for candidate in candidates:
            missed = lack(settings, kind, candidate)
            if missed is None:
                return Choice(kind, candidate, "named by the settings" if name != "auto" else _why(candidate))
            missing.append(f"{candidate}: {missed}")
    return Choice(kind, None, "; ".join(missing) or "nothing is configured")


def module(settings: Settings, name: str) -> ModuleType:
    """The module of the provider `name`, from the user's project or built in."""
    return registry.load("providers", name, settings.project)


def model_for(settings: Settings, agent: Agent, kind: Kind, name: str) -> str | None:
    """The model that the agent, or else the settings, name for the provider `name`: `name/model`."""
    entries: list[str] = [*(getattr(agent, kind) or "").split(","), *getattr(settings, kind)]
    for entry in entries:
        provider, _, model = entry.strip().partition("/")
        if provider == name and model:
            return model
    return None


def stt(settings: Settings, agent: Agent) -> STTService:
    """A speech-to-text service for one call. Raises StartError where none can serve."""
    return cast(STTService, _make(settings, "stt", agent, agent.stt))


def llm(settings: Settings, agent: Agent) -> LLMService[Any]:
    """A language model (or the offline agent) for one call. Raises StartError where none can serve."""
    return cast("LLMService[Any]", _make(settings, "llm", agent, agent.llm))


def tts(settings: Settings, agent: Agent) -> TTSService:
    """A text-to-speech service for one call. Raises StartError where none can serve."""
    return cast(TTSService, _make(settings, "tts", agent, agent.tts))


def embedder(settings: Settings) -> Embedder | None:
    """What embeds memories; None where ORION_EMBEDDINGS is not set. Raises StartError."""
    if settings.embeddings is None:
        return None
    loaded = module(settings, settings.embeddings)
    if not hasattr(loaded, "embed"):
        raise StartError(f"ORION_EMBEDDINGS: {settings.embeddings} has no embeddings")
    return cast("Embedder", loaded.embed(settings))


def _make(settings: Settings, kind: Kind, agent: Agent, own: str | None) -> object:
    choice = choose(settings if own is None else settings.changed(**{kind: (own,)}), kind)
    if choice.provider is None:
        raise StartError(f"no {kind} can serve: {choice.reason}")
    return getattr(module(settings, choice.provider), kind)(settings, agent)


def _ranked(settings: Settings, kind: Kind) -> list[str]:
    ranks = {
        name: loaded.RANK
        for name in registry.names("providers", settings.project)
        if hasattr(loaded := module(settings, name), kind) and hasattr(loaded, "RANK")
    }
    return sorted(ranks, key=lambda name: -ranks[name])


def lack(settings: Settings, kind: Kind, name: str) -> str | None:
    """What the provider `name` misses to serve `kind`, in words; None where it can."""
    loaded = module(settings, name)
    if not hasattr(loaded, kind):
        return f"has no {kind}"
    if not hasattr(loaded, "available"):
        return None
    return cast("str | None", loaded.available(settings, kind))


def _why(name: str) -> str:
    return f"the best that is available ({name})"
