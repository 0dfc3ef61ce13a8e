"""What the engines that an agent names lack now: it is kept all the same, for a key may be entered later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

from orion import providers
from orion.agents.agent_faults import near
from orion.domain.agent import Agent
from orion.errors import FieldProblem, StartError
from orion.providers import _listing as listing
from orion.settings import Settings


async def lacks(settings: Settings, agent: Agent) -> list[FieldProblem]:
    """What keeps an engine that the agent names from serving, in words; empty if all of them can."""
    found = await asyncio.to_thread(lambda: list(_engines(settings, agent)))  # Ollama is probed
    return [*found, *[lack async for lack in _voices(settings, agent)]]


def _engines(settings: Settings, agent: Agent) -> Iterator[FieldProblem]:
    for kind in providers.PARTS:
        pointer = f"/{kind}"
        for name in dict.fromkeys(_providers(getattr(agent, kind))):
            lack = providers.lack(settings, kind, name) if name != "auto" else None
            if lack is not None:
                yield FieldProblem(pointer, f"{name} cannot serve now: {lack}")
    for kind in providers.KINDS:
        try:
            providers.order(settings, kind, getattr(agent, kind), agent.language if kind != "llm" else None)
        except StartError as error:
            called = providers.CALLED[kind]
            yield FieldProblem(
                f"/{kind}", f"{agent.name} has no {called} now and cannot be talked to: {error.detail}"
            )


async def _voices(settings: Settings, agent: Agent) -> AsyncIterator[FieldProblem]:
    """The voices that a provider does not have, for those that tell theirs."""
    for entry in (one.strip() for one in (agent.voice or "").split(",")):
        name, _, voice = entry.partition("/")
        if not voice:
            continue
        there = {one.id for one in await listing.voices(settings, name)}
        if there and voice not in there:
            yield FieldProblem("/voice", f"{name} has no voice {voice!r}; {near(voice, there)}")


def _providers(names: str | None) -> list[str]:
    return [name for one in (names or "").split(",") if (name := one.strip().partition("/")[0])]
