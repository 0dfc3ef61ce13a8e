"""The agents of this server, and the engines that serve."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from orion import providers
from orion.api.access import CallerDep, PartsDep

router = APIRouter(prefix="/api/v1", tags=["agents"])


@router.get("/agents")
async def list_agents(_caller: CallerDep, parts: PartsDep) -> dict[str, Any]:
    """The agents that a session can begin with; the default one first."""
    roster = parts.calls.shared.roster
    agents = [roster.get(name) for name in roster.names()]
    agents.sort(key=lambda agent: agent.name != roster.default)
    items = [
        {
            "name": agent.name,
            "title": agent.title or agent.name,
            "language": agent.language,
            "greeting": agent.greeting,
            "tools": list(agent.tools) if agent.tools is not None else sorted(parts.calls.shared.tools),
            "hand_offs": list(agent.hand_offs),
        }
        for agent in agents
    ]
    return {"items": items, "next_cursor": None}


@router.get("/providers")
async def list_providers(_caller: CallerDep, parts: PartsDep) -> dict[str, Any]:
    """Which engine serves speech recognition, the agent and speech, and why."""
    choices = [providers.choose(parts.settings, kind) for kind in providers.KINDS]
    items = [{"kind": c.kind, "provider": c.provider, "reason": c.reason} for c in choices]
    return {"items": items, "next_cursor": None}
