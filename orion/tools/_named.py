"""Which agent is meant by what was said, and how an agent's name is said."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

_SURE = 75


def named(said: str, agents: Sequence[str]) -> str | None:
    """The agent whose name sounds like what was said; None where none does."""
    names = [spoken(agent) for agent in agents]
    match = process.extractOne(said.lower(), names, scorer=fuzz.WRatio, score_cutoff=_SURE)
    return agents[match[2]] if match else None


def spoken(agent: str) -> str:
    """An agent's name as it is said."""
    return agent.replace("_", " ").replace("-", " ")


def known(agents: Sequence[str]) -> str:
    """Whom there is, in words; empty for nobody."""
    return " or ".join(f"the {spoken(agent)}" for agent in agents)
