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
- `plan(agent, tools, goal) -> list[Draft] | Missing`: an agent without a model plans by itself;
- `RANK: int`: its place in `auto`: the available one with the highest rank serves. Embedded engines
  rank below 20, pulled ones from 20, keyed ones from 40; without a rank `auto` leaves it out.

A provider's name may be followed by a model, `openai/gpt-4.1-mini`, in the settings and in an agent's `stt`,
`llm` and `tts`; `model_for` finds it. Where an order has more than one engine, they take over from each
other (`orion/processors/order.py`). What a service does for that: it tells a failure as an ErrorFrame with
Pipecat's ErrorCategory.

Vendor SDKs are imported inside those functions, never at the top of the file. A permanent lack is told by
`available` alone: it is asked often, and must answer at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Generic, Literal, Protocol, TypeVar, cast, runtime_checkable

from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.services.llm_service import FunctionCallHandler, LLMService
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from orion import registry
from orion.domain.agent import Agent
from orion.domain.draft import Draft, Missing
from orion.domain.tool import Tool
from orion.errors import StartError
from orion.settings import Settings

Kind = Literal["stt", "llm", "tts"]
KINDS: tuple[Kind, ...] = ("stt", "llm", "tts")
_PULLED = 20
"""From this rank on an engine was pulled or configured; those below are embedded."""

_Service_co = TypeVar("_Service_co", covariant=True)


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


class Plans(Protocol):
    """Plans without a model."""

    def __call__(self, agent: Agent, tools: list[Tool], goal: str) -> list[Draft] | Missing:
        """The calls that lead to the goal, or the question over what is missing."""


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
    found, missing = _order(settings, kind)
    return found[0] if found else Choice(kind, None, missing)


def order(settings: Settings, kind: Kind, own: str | None = None) -> list[Choice]:
    """All that are available for `kind`, in the order in which one takes over from the other.

    `auto` stands for the best one and, behind it, all others that were configured or pulled. Where
    more than one language model may be asked, the offline agent stands behind them all.

    Args:
        own: An agent's order, which wins over the settings: names, comma-separated.

    Raises:
        StartError: None is available; the detail says what is missing.
    """
    if own is not None:
        settings = settings.changed(**{kind: tuple(name.strip() for name in own.split(",") if name.strip())})
    found, missing = _order(settings, kind)
    if not found:
        raise StartError(f"no {kind} can serve: {missing}")
    if kind == "llm" and len(found) > 1 and "offline" not in [choice.provider for choice in found]:
        found.append(Choice(kind, "offline", "when no model can be reached"))
    return found


@dataclass(frozen=True, slots=True)
class Candidate(Generic[_Service_co]):
    """One engine of a call's order: its provider's name and its service."""

    provider: str
    service: _Service_co


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


def stts(settings: Settings, agent: Agent) -> list[Candidate[STTService]]:
    """Speech-to-text services for one call, in order. Raises StartError where none can serve."""
    return [Candidate(name, made) for name, made in _make(settings, "stt", agent, agent.stt)]


def llms(settings: Settings, agent: Agent) -> list[Candidate[LLMService[Any]]]:
    """Language models (or the offline agent) for one call, in order. Raises StartError."""
    return [Candidate(name, made) for name, made in _make(settings, "llm", agent, agent.llm)]


def ttss(settings: Settings, agent: Agent) -> list[Candidate[TTSService]]:
    """Text-to-speech services for one call, in order. Raises StartError."""
    return [Candidate(name, made) for name, made in _make(settings, "tts", agent, agent.tts)]


def stt(settings: Settings, agent: Agent) -> STTService:
    """The speech-to-text service that comes first. Raises StartError where none can serve."""
    return stts(settings, agent)[0].service


def llm(settings: Settings, agent: Agent) -> LLMService[Any]:
    """The language model (or the offline agent) that comes first. Raises StartError."""
    return llms(settings, agent)[0].service


def tts(settings: Settings, agent: Agent) -> TTSService:
    """The text-to-speech service that comes first. Raises StartError."""
    return ttss(settings, agent)[0].service


def planner(settings: Settings, name: str) -> Plans | None:
    """How the provider `name` plans without a model; None for language models."""
    return cast("Plans | None", getattr(module(settings, name), "plan", None))


def embedder(settings: Settings) -> Embedder | None:
    """What embeds memories; None where ORION_EMBEDDINGS is not set. Raises StartError."""
    if settings.embeddings is None:
        return None
    loaded = module(settings, settings.embeddings)
    if not hasattr(loaded, "embed"):
        raise StartError(f"ORION_EMBEDDINGS: {settings.embeddings} has no embeddings")
    return cast("Embedder", loaded.embed(settings))


def _make(settings: Settings, kind: Kind, agent: Agent, own: str | None) -> Iterator[tuple[str, Any]]:
    for choice in order(settings, kind, own):
        name = str(choice.provider)
        yield name, getattr(module(settings, name), kind)(settings, agent)


def _order(settings: Settings, kind: Kind) -> tuple[list[Choice], str]:
    """All that are available in order, and what the others lack."""
    found: dict[str, Choice] = {}
    missing: list[str] = []
    for entry in getattr(settings, kind):
        name = entry.partition("/")[0]
        automatic = name == "auto"
        embedded = False
        for candidate in _ranked(settings, kind) if automatic else [name]:
            missed = lack(settings, kind, candidate)
            if missed is not None:
                missing.append(f"{candidate}: {missed}")
            elif candidate not in found and not (automatic and embedded):
                reason = _why(candidate) if automatic else "named by the settings"
                found[candidate] = Choice(kind, candidate, reason)
            # One embedded engine is enough: none of them fails for others' reasons.
            embedded = embedded or (
                missed is None and getattr(module(settings, candidate), "RANK", 0) < _PULLED
            )
    return list(found.values()), "; ".join(missing) or "nothing is configured"


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
