"""Agents as data: what one is told, how it sounds, which tools it has, to whom it hands over."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Agent:
    """One agent, as a YAML file or a row describes it.

    Attributes:
        name: Lower case, digits, `-` and `_`.
        title: What it calls itself.
        instructions: What a language model is told.
        language: A code like `de` or `pt-BR`, by which engines are chosen; `auto`: it is detected.
        greeting: Said when a call begins; empty for none.
        voice: The TTS voice's name; None for the provider's default. One per provider is
            `flite/rms, openai/onyx`; a name without a provider counts with all others.
        stt, llm, tts: Provider names (comma-separated: an order) that override the settings.
        speech: The provider, perhaps with a model (`openai/gpt-realtime`), whose one model hears, answers and
            speaks in its voice calls; `stt`, `llm` and `tts` go on where it fails, and write its messages.
        pronunciations: How words are said: a spelling, or IPA between slashes (`domain/text/lexicon.py`).
        tools: Names of its tools; None for all that there are.
        hand_offs: Names of the agents to which it may hand over.
        titles: What those agents call themselves, by name; the roster fills it in.
        turn_taking: Overrides of the turn settings, e.g. `{"unfinished_secs": 0.8}`.
        fail_over: Overrides of `Deadlines`, e.g. `{"first_token_secs": 2}`.
        plans: What its plans may take, less than the server allows: `{"steps": 5, "secs": 600}`.
        max_call_secs: Longest call in seconds; None for the server's limit.
        budget_usd: What a session may cost, in dollars; None for the server's budget.
        context_tokens: Its model's window in tokens, or less; None for the server's setting.
    """

    name: str
    instructions: str
    title: str = ""
    greeting: str = ""
    language: str = "en"
    voice: str | None = None
    stt: str | None = None
    llm: str | None = None
    tts: str | None = None
    speech: str | None = None
    pronunciations: dict[str, str] = field(default_factory=dict)
    tools: tuple[str, ...] | None = None
    hand_offs: tuple[str, ...] = ()
    titles: dict[str, str] = field(default_factory=dict)
    guardrails: dict[str, Any] = field(default_factory=dict)
    turn_taking: dict[str, Any] = field(default_factory=dict)
    fail_over: dict[str, float] = field(default_factory=dict)
    plans: dict[str, float] = field(default_factory=dict)
    max_call_secs: int | None = None
    budget_usd: float | None = None
    context_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent as data: `body` holds what its YAML file would; `version` counts its changes from 1."""

    name: str
    version: int
    body: dict[str, Any]
    updated_at: datetime


def voice_with(voice: str | None, provider: str) -> str | None:
    """The voice that an agent's `voice` names for a provider; None for its default."""
    entries = [entry.strip() for entry in (voice or "").split(",") if entry.strip()]
    own = [entry.partition("/")[2] for entry in entries if entry.startswith(f"{provider}/")]
    return next(iter([*own, *(entry for entry in entries if "/" not in entry)]), None)


def fill(template: str, variables: dict[str, str]) -> str:
    """Replace `{{name}}` by the variable of that name, by nothing where there is none."""
    return _PLACEHOLDER.sub(lambda match: variables.get(match[1], ""), template)
