"""What the caller of an agent is told that no engine of a kind can serve."""

from __future__ import annotations

from orion.domain.agent import Agent
from orion.errors import StartError, Unavailable

CALLED = {"stt": "speech recognition", "llm": "language model", "tts": "voice"}
"""What people call the engines of a kind."""
NONE_SERVES = "no {} can serve: "


def unserved(agent: Agent, kind: str, error: StartError) -> Unavailable:
    """Say which engine the agent is missing, and what would bring it."""
    why = error.detail.removeprefix(NONE_SERVES.format(kind))
    return Unavailable(f"agent {agent.name!r} has no {CALLED[kind]}: {why}")
