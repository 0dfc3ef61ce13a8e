"""The folder of engines, and its one doorway: one file is one vendor.

A provider's module has any of `stt(settings, agent)`, `llm(settings, agent)`, `tts(settings, agent)`;
each returns a Pipecat service that serves one call. It may also have

- `available(settings, kind) -> str | None`: None if it can serve `kind`, else what is missing and
  how to get it;
- `languages(settings, kind) -> frozenset[str] | None`: the primary subtags that it hears or speaks, `auto`
  among them where it detects the language; without it, or with None, it takes every agent's;
- `async start(settings)` and `async stop()`: for what all calls share (worker processes, loaded models);
  the server calls each once, `start` only for engines that serve;
- `speech(settings, agent)`: a model that hears, answers and speaks by itself, for agents that name it in
  `speech`; it returns a Pipecat LLMService that is a SpeechModel, too (docs/speech-to-speech.md);
- `async expect(settings, phrases)`: a recogniser is told what the tools' users may say;
- `embed(settings) -> Embedder`: vectors for the search of memories, where ORION_EMBEDDINGS names it, and by
  `auto` where it is embedded and available;
- `async models(settings, kind) -> list[str]` and `async voices(settings) -> list[Voice]`: what its account
  may use, by which `orion doctor` checks the key, too; they raise ProviderError, ProviderTimeout;
- `ENTERED: tuple[str, ...]`: what an admin may enter for a workspace: `key`, and `base_url` only where its
  connections obey `ProviderSettings.allowed_hosts`;
- `plan(agent, tools, goal) -> list[Draft] | Missing`: an agent without a model plans by itself;
- `RANK: int`: its place in `auto`: the available one with the highest rank serves. Embedded engines
  rank below 20, pulled ones from 20, keyed ones from 40; without a rank `auto` leaves it out.

A provider's name may be followed by a model, `openai/gpt-4.1-mini`, in the settings and in an agent's `stt`,
`llm` and `tts`; `model_for` finds it. Where an order has more than one engine, they take over from each
other (`orion/processors/order.py`). What a service does for that: it tells a failure as an ErrorFrame with
Pipecat's ErrorCategory.

Vendor SDKs are imported inside those functions, never at the top of the file. `available` tells a permanent
lack alone: it is asked often, and must answer at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, Generic, Literal, Protocol, TypeVar, cast, runtime_checkable

from loguru import logger
from pipecat.frames.frames import DataFrame, TranscriptionFrame
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.services.llm_service import LLMService
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from orion import registry
from orion.domain.agent import Agent, voice_with
from orion.domain.draft import Draft, Missing
from orion.domain.tool import Tool
from orion.errors import StartError
from orion.providers._models.catalogue import advice, subtag
from orion.providers._pronunciations import lexicon_of
from orion.providers._tool_schema import ToolSchema as ToolSchema
from orion.providers._unserved import NONE_SERVES, unserved
from orion.providers._words import WrittenWords
from orion.settings import Settings

Kind = Literal["stt", "llm", "tts"]
KINDS: tuple[Kind, ...] = ("stt", "llm", "tts")
Part = Kind | Literal["speech"]
"""What a provider may serve: the engines that every call has, and the model that does it all."""
PARTS: tuple[Part, ...] = (*KINDS, "speech")
PULLED = 20
"""From this rank on an engine was pulled or configured; those below are embedded."""

_Service_co = TypeVar("_Service_co", covariant=True)


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


@dataclass
class UtteranceOverFrame(DataFrame):
    """All words are given of what was said before its end: from an STT service that gives them in parts.

    Such a service has the attribute `orion_in_parts`; a TranscriptionFrame of it that is not `finalized`
    leaves words owed.
    """


@dataclass
class UnsureFrame(DataFrame):
    """Speech was heard, and not well enough to be answered: the agent asks to hear it again."""


@runtime_checkable
class SpeechModel(Protocol):
    """What ORION asks of a model that hears, answers and speaks, beyond Pipecat's LLMService.

    It pushes the user's words as TranscriptionFrame upstream, its own as TTSTextFrame before their sound,
    and says each TTSSpeakFrame. When it fails it pushes one ErrorFrame, and lets all frames pass from then
    on. `orion_serves`: it has not failed; `orion_owes`: it had an answer to give when it did.
    """

    orion_serves: bool
    orion_owes: bool

    def orion_begin(self, context: LLMContext, silent: Callable[[], bool]) -> None:
        """Take instructions, tools and history from the context; answer nothing while `silent` is true."""

    async def orion_renew(self) -> None:
        """The instructions or the tools of the context have changed."""

    async def orion_checked(self, heard: TranscriptionFrame, *, allowed: bool) -> None:
        """The guardrail has seen what was heard: only what is allowed is answered."""

    def orion_typed(self, text: str) -> None:
        """What the user wrote, before the context that holds it comes."""


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
    """Which provider serves a kind of engine, and why; `provider` is None where none can.

    `model`: that which its place in the order names; None: what the agent or the settings name elsewhere.
    """

    kind: Kind
    provider: str | None
    reason: str
    model: str | None = None


def choose(settings: Settings, kind: Kind) -> Choice:
    """The provider that serves `kind`: the first of the order in the settings that is available."""
    found, missing = _order(settings, kind, None)
    return found[0] if found else Choice(kind, None, missing)


def order(
    settings: Settings, kind: Kind, own: str | None = None, language: str | None = None
) -> list[Choice]:
    """All that are available for `kind`, in the order in which one takes over from the other.

    `auto` stands for the best one and, behind it, all others that were configured or pulled. Where
    more than one language model may be asked, the offline agent stands behind them all.

    Args:
        own: An agent's order, which wins over the settings: names, comma-separated, each of a provider or
            of one of its models, `openai/gpt-4.1-mini`.
        language: An agent's; those that do not hear or speak it are left out. With `auto` only recognisers
            that detect it serve, or where there are none, all; any voice does, it follows.

    Raises:
        StartError: None is available; the detail says what is missing, or what to pull for the language.
    """
    if own is not None:
        settings = settings.changed(**{kind: tuple(name.strip() for name in own.split(",") if name.strip())})
    wanted = None if kind == "tts" and language == "auto" else language
    found, missing = _order(settings, kind, wanted)
    if not found and language == "auto":
        found, missing = _order(settings, kind, None)
    if not found:
        raise StartError(f"{NONE_SERVES.format(kind)}{missing}{_advice(settings, kind, language)}")
    if kind == "llm" and len(found) > 1 and "offline" not in [choice.provider for choice in found]:
        found.append(Choice(kind, "offline", "when no model can be reached"))
    return found


@dataclass(frozen=True, slots=True)
class Candidate(Generic[_Service_co]):
    """One engine of a call's order: its provider's name and its service."""

    provider: str
    service: _Service_co

    @property
    def model(self) -> str:
        """The name of its model; empty where it has none."""
        settings: Any = getattr(self.service, "settings", None)
        found = getattr(settings, "model", None)
        return found if isinstance(found, str) else ""


def module(settings: Settings, name: str) -> ModuleType:
    """The module of the provider `name`, from the user's project or built in."""
    return registry.load("providers", name, settings.project)


def model_for(settings: Settings, agent: Agent, kind: Part, name: str) -> str | None:
    """The model that the agent, or else the settings, name for the provider `name`: `name/model`."""
    entries: list[str] = [*(getattr(agent, kind) or "").split(","), *getattr(settings, kind, ())]
    for entry in entries:
        provider, _, model = entry.strip().partition("/")
        if provider == name and model:
            return model
    return None


def stts(settings: Settings, agent: Agent) -> list[Candidate[STTService]]:
    """Speech-to-text services for one call, in order. Raises Unavailable if none can serve."""
    return [Candidate(name, made) for name, made in _make(settings, "stt", agent, agent.stt, agent.language)]


def llms(settings: Settings, agent: Agent) -> list[Candidate[LLMService[Any]]]:
    """Language models (or the offline agent) for one call, in order. Raises Unavailable."""
    return [Candidate(name, made) for name, made in _make(settings, "llm", agent, agent.llm)]


def ttss(settings: Settings, agent: Agent) -> list[Candidate[TTSService]]:
    """Text-to-speech services for one call, in order. Raises Unavailable."""
    found = [Candidate(name, made) for name, made in _make(settings, "tts", agent, agent.tts, agent.language)]
    for candidate in found:
        if isinstance(candidate.service, WrittenWords):
            candidate.service.orion_lexicon = lexicon_of(settings, agent)
    return found


def speech(settings: Settings, agent: Agent) -> Candidate[LLMService[Any]]:
    """The speech model of an agent that names one. Raises StartError where it cannot serve, NotFound."""
    name = (agent.speech or "").partition("/")[0].strip()
    missed = lack(settings, "speech", name)
    if missed is not None:
        raise StartError(f"no speech model can serve: {name}: {missed}")
    return Candidate(name, module(settings, name).speech(settings, _with_voice(agent, name)))


def stt(settings: Settings, agent: Agent) -> STTService:
    """The speech-to-text service that comes first. Raises Unavailable if none can serve."""
    return stts(settings, agent)[0].service


def llm(settings: Settings, agent: Agent) -> LLMService[Any]:
    """The language model (or the offline agent) that comes first. Raises Unavailable."""
    return llms(settings, agent)[0].service


def tts(settings: Settings, agent: Agent) -> TTSService:
    """The text-to-speech service that comes first. Raises Unavailable."""
    return ttss(settings, agent)[0].service


def planner(settings: Settings, name: str) -> Plans | None:
    """How the provider `name` plans without a model; None for language models."""
    return cast("Plans | None", getattr(module(settings, name), "plan", None))


def _make(
    settings: Settings, kind: Kind, agent: Agent, own: str | None, language: str | None = None
) -> Iterator[tuple[str, Any]]:
    """Those in order that can serve this agent. Raises Unavailable if none can."""
    refused: StartError | None = None
    serves = False
    try:
        found = order(settings, kind, own, language)
    except StartError as error:
        raise unserved(agent, kind, error) from error
    for choice in found:
        name = str(choice.provider)
        try:
            service = getattr(module(settings, name), kind)(settings, _for(choice, agent))
        except StartError as error:
            logger.warning("{} by {} is left out: it cannot serve this agent", kind, name)
            refused = error
        else:
            serves = True
            yield name, service
    if refused is not None and not serves:
        raise unserved(agent, kind, refused)


def _for(choice: Choice, agent: Agent) -> Agent:
    """The agent with the voice that it has with this provider, and the model that is meant here."""
    name = str(choice.provider)
    named: dict[str, Any] = {choice.kind: f"{name}/{choice.model}"} if choice.model else {}
    return replace(_with_voice(agent, name), **named)


def _with_voice(agent: Agent, provider: str) -> Agent:
    return replace(agent, voice=voice_with(agent.voice, provider))


def _order(settings: Settings, kind: Kind, language: str | None) -> tuple[list[Choice], str]:
    """All that are available in order, one provider perhaps by several models, and what the others lack."""
    found: list[Choice] = []
    missing: list[str] = []
    for entry in getattr(settings, kind):
        name, _, model = entry.partition("/")
        automatic = name == "auto"
        embedded = False
        for candidate in _ranked(settings, kind) if automatic else [name]:
            missed = lack(settings, kind, candidate) or _foreign(settings, kind, candidate, language)
            if missed is not None:
                missing.append(f"{candidate}: {missed}")
            elif not _stands(found, candidate, model) and not (automatic and embedded):
                reason = f"the best that is available ({candidate})" if automatic else "named by the settings"
                found.append(Choice(kind, candidate, reason, model or None))
            # One embedded engine is enough: none of them fails for others' reasons.
            embedded = embedded or (
                missed is None and getattr(module(settings, candidate), "RANK", 0) < PULLED
            )
    return found, "; ".join(missing) or "nothing is configured"


def _stands(found: list[Choice], name: str, model: str) -> bool:
    """Whether an order holds that already; a provider without a model is any of its models."""
    known = [choice.model for choice in found if choice.provider == name]
    return bool(known) and (not model or None in known or model in known)


def _ranked(settings: Settings, kind: Kind) -> list[str]:
    ranks = {
        name: loaded.RANK
        for name in registry.names("providers", settings.project)
        if hasattr(loaded := module(settings, name), kind) and hasattr(loaded, "RANK")
    }
    return sorted(ranks, key=lambda name: -ranks[name])


def offers(loaded: ModuleType, kind: Part) -> bool:
    """Whether a provider's module has a function for `kind`; a package may have a module of that name."""
    return callable(getattr(loaded, kind, None))


def lack(settings: Settings, kind: Part, name: str) -> str | None:
    """What the provider `name` misses to serve `kind`, in words; None where it can."""
    loaded = module(settings, name)
    if not offers(loaded, kind):
        return f"has no {kind}"
    if not hasattr(loaded, "available"):
        return None
    return cast("str | None", loaded.available(settings, kind))


def _foreign(settings: Settings, kind: Kind, name: str, language: str | None) -> str | None:
    """That the provider does not take the language, in words; None where it does."""
    loaded = module(settings, name)
    known = loaded.languages(settings, kind) if language and hasattr(loaded, "languages") else None
    if known is None or subtag(str(language)) in known:
        return None
    verb = "hears" if kind == "stt" else "speaks"
    return f"{verb} no {language!r} (only {', '.join(sorted(known - {'auto'}))})"


def _advice(settings: Settings, kind: Kind, language: str | None) -> str:
    command = advice(settings, kind, language) if language else ""
    return f"; for {language!r}: {command}" if command else ""
