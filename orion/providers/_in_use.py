"""What serves now, as people call it, and what one command or one key would improve."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import Any, Literal

from orion import providers, registry
from orion.providers import _espeak, _minilm
from orion.providers._embedding import embeds
from orion.providers._models import language
from orion.providers._models.catalogue import catalogue
from orion.settings import Settings

Part = Literal["stt", "llm", "tts", "memory"]
_KEYED = 40
"""From this rank on a provider needs a key."""
_NAMES = {
    "moonshine": "Moonshine",
    "moonshine_tiny": "Moonshine tiny",
    "pocketsphinx": "PocketSphinx",
    "espeak": "eSpeak NG",
    "hibari": "hibari",
    "flite": "flite",
    "offline": "the offline agent",
    "openai": "OpenAI",
    "elevenlabs": "ElevenLabs",
    "minilm": "all-MiniLM-L6-v2",
}
_PULLS = {
    "stt": ("moonshine-base-en", "hears more accurately, on this machine"),
    "tts": ("kokoro", "speaks more naturally, in six languages, on this machine"),
}
_BY_KEY = {"stt": "hears many languages", "tts": "speaks many languages", "llm": "talks about anything"}


@dataclass(frozen=True, slots=True)
class Improvement:
    """What would be better, and the one line that brings it: a command, or a setting with a key."""

    gain: str
    command: str


@dataclass(frozen=True, slots=True)
class InUse:
    """One part of an agent: its ear (`stt`), mind (`llm`), voice (`tts`) or memory.

    Attributes:
        provider: None where nothing serves; for a memory also where words find it.
        name: The engine as people call it.
        note: Why not the better engine that ORION brings serves; None where the best does.
        better: Empty where an operator chose the engine, or nothing better is known.
    """

    kind: Part
    provider: str | None
    name: str
    note: str | None
    better: tuple[Improvement, ...]

    def as_json(self) -> dict[str, Any]:
        """As `GET /providers` shows it."""
        return asdict(self)


async def in_use(settings: Settings, *, has_vectors: bool = True) -> list[InUse]:
    """The ear, the mind, the voice and the memory; an Ollama is asked, if nothing else talks.

    Args:
        has_vectors: Whether the database can search by meaning (pgvector).
    """
    engines = await asyncio.to_thread(lambda: [_engine(settings, kind) for kind in providers.KINDS])
    answers = await language.names(settings) is not None if engines[1].provider == "offline" else False
    engines[1] = _with_model(engines[1], answers=answers)
    return [*engines, _memory(settings, has_vectors=has_vectors)]


def name_of(provider: str | None) -> str:
    """An engine as people call it."""
    if provider is None:
        return "nothing"
    return _NAMES.get(provider, provider.replace("_", " ").capitalize())


def _engine(settings: Settings, kind: providers.Kind) -> InUse:
    choice = providers.choose(settings, kind)
    name = name_of(choice.provider)
    if choice.provider is None or choice.reason.startswith("named"):
        return InUse(kind, choice.provider, name, None, ())
    rank = _rank(settings, choice.provider)
    if rank >= providers.PULLED:
        return InUse(kind, choice.provider, name, None, ())
    return InUse(kind, choice.provider, name, _note(settings, kind, rank), _better(settings, kind))


def _note(settings: Settings, kind: providers.Kind, rank: int) -> str | None:
    """Why the best embedded engine does not serve, where another does."""
    ranks = {name: of for name, of in _ranks(settings, kind).items() if rank < of < providers.PULLED}
    for provider in sorted(ranks, key=lambda name: -ranks[name]):
        missing = providers.lack(settings, kind, provider)
        if missing is not None:
            return f"the small engine serves, not {name_of(provider)}: {missing}"
    return None


def _better(settings: Settings, kind: providers.Kind) -> tuple[Improvement, ...]:
    found: list[Improvement] = []
    if kind in _PULLS and (model := catalogue(settings).get(_PULLS[kind][0])):
        size = f"{model.size_bytes / 1e6:.0f} MB"
        pull = f"{language.program()} models pull {model.name}"
        reads = kind != "tts" or _espeak.is_there()  # its phonemes are made by espeak-ng
        command = pull if reads else f"{_espeak.command()} && {pull}"
        found.append(Improvement(f"{_PULLS[kind][1]} ({size})", command))
    keyed = {name: rank for name, rank in _ranks(settings, kind).items() if rank >= _KEYED}
    if keyed:
        first = max(keyed, key=lambda provider: keyed[provider])
        gain = f"{_BY_KEY[kind]}, with a key of {name_of(first)}"
        found.append(Improvement(gain, f"{first.upper()}_API_KEY=..."))
    return tuple(found)


def _with_model(mind: InUse, *, answers: bool) -> InUse:
    """The mind with the language model that could be pulled, where the offline agent serves by itself."""
    if mind.provider != "offline" or not mind.better:
        return mind
    size = f"{language.KNOWN[language.SMALL].size_bytes / 1e9:.1f} GB"
    local = Improvement(f"talks about anything, on this machine ({size})", language.command(answers=answers))
    return InUse(mind.kind, mind.provider, mind.name, mind.note, (local, *mind.better))


def _memory(settings: Settings, *, has_vectors: bool) -> InUse:
    provider = embeds(settings)
    if provider is not None and not has_vectors:
        note = "the database has no pgvector: memories are found by words"
        return InUse("memory", None, "by words", note, ())
    if provider is not None:
        return InUse("memory", provider, f"by meaning ({name_of(provider)})", None, ())
    if settings.embeddings == "off" or not has_vectors:
        return InUse("memory", None, "by words", None, ())
    gain = 'finds "my dog is called Rex" by "the name of my puppy" (92 MB)'
    return InUse("memory", None, "by words", None, (Improvement(gain, _minilm.command()),))


def _ranks(settings: Settings, kind: providers.Kind) -> dict[str, int]:
    """All providers of a kind with their ranks."""
    names = registry.names("providers", settings.project)
    offering = [name for name in names if providers.offers(providers.module(settings, name), kind)]
    return {name: _rank(settings, name) for name in offering}


def _rank(settings: Settings, provider: str) -> int:
    return int(getattr(providers.module(settings, provider), "RANK", 0))
