"""The agents of this server and of the workspace."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel

from orion import providers, registry
from orion.agents.engine_lacks import lacks
from orion.agents.roster import EXAMPLE_AGENT, AgentFile
from orion.api.access import AdminDep, CallerDep, Parts, PartsDep, StoreDep, current, needs
from orion.api.fields import example
from orion.api.idempotency import KeyedRoute
from orion.api.openapi import fails
from orion.domain.agent import Agent, AgentRow
from orion.domain.identity import Scope
from orion.errors import Conflict, FieldProblem, Invalid, NotFound
from orion.pipelines.catalogue import Offer

router = APIRouter(prefix="/api/v1", tags=["agents"], route_class=KeyedRoute, dependencies=[Depends(current)])

_MOST_AGENTS = 200
_SCOPED = [Depends(needs(Scope.AGENTS, Scope.ADMIN))]
AgentName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]


_AGENT = {
    **EXAMPLE_AGENT,
    "name": "host",
    "source": "row",
    "version": 1,
    "default": False,
    "voice": None,
    "stt": None,
    "llm": None,
    "tts": None,
    "speech": None,
    "pronunciations": {},
    "all_tools": False,
    "guardrails": {},
    "turn_taking": {},
    "fail_over": {},
    "plans": {},
    "context_tokens": None,
}


class AgentBody(BaseModel):
    """An agent; a row of the workspace covers the file of the same name."""

    model_config = example(_AGENT)

    name: str
    source: Literal["file", "row"]
    version: int | None
    default: bool
    title: str
    instructions: str
    greeting: str
    language: str
    voice: str | None
    stt: str | None
    llm: str | None
    tts: str | None
    speech: str | None
    pronunciations: dict[str, str]
    tools: list[str]
    """What it has now; `all_tools` tells that it has all that there are."""
    all_tools: bool
    hand_offs: list[str]
    guardrails: dict[str, Any]
    turn_taking: dict[str, float | list[str]]
    fail_over: dict[str, float]
    plans: dict[str, int]
    max_call_secs: int | None
    budget_usd: float | None
    context_tokens: int | None


class AgentWarning(BaseModel):
    """What an engine that the agent names lacks now; `pointer` is the field that names it."""

    pointer: str
    detail: str


class AgentWithWarnings(AgentBody):
    """An agent, and what its engines lack now. It is kept all the same: a key may be entered later."""

    model_config = example({**_AGENT, "warnings": []})

    warnings: list[AgentWarning]


class AgentPage(BaseModel):
    """All agents."""

    model_config = example({"items": [_AGENT], "next_cursor": None})

    items: list[AgentBody]
    next_cursor: str | None


@router.get("/agents", response_model=AgentPage, dependencies=_SCOPED)
async def list_agents(caller: CallerDep, parts: PartsDep, store: StoreDep) -> Any:
    """The agents that a session can begin with; the default one first."""
    assert caller.workspace_id is not None
    offer = await parts.calls.shared.catalogue.of(caller.workspace_id)
    rows = {row.name: row for row in await store.agents.all()}
    agents = sorted(map(offer.roster.get, offer.roster.names()), key=lambda a: a.name != offer.roster.default)
    return {"items": [_body(agent, offer, rows.get(agent.name)) for agent in agents], "next_cursor": None}


@router.get("/agents/{name}", response_model=AgentWithWarnings, dependencies=_SCOPED)
async def get_agent(name: AgentName, caller: CallerDep, parts: PartsDep) -> Any:
    """One agent, and what its engines lack now."""
    assert caller.workspace_id is not None
    offer = await parts.calls.shared.catalogue.of(caller.workspace_id)
    async with parts.database.transaction(caller) as store:
        rows = {row.name: row for row in await store.agents.all()}
    # Vendors may be asked from here on: no connection to the database waits for them.
    return await _with_warnings(offer.roster.get(name), offer, rows.get(name))


@router.put(
    "/agents/{name}", response_model=AgentWithWarnings, dependencies=_SCOPED, responses=fails(Conflict)
)
async def put_agent(name: AgentName, body: AgentFile, caller: AdminDep, parts: PartsDep) -> Any:
    """Make an agent, or replace it; calls that begin from now on have it.

    An engine that is not there at all is refused (422); one that lacks something stands in `warnings`.
    """
    assert caller.workspace_id is not None
    catalogue = parts.calls.shared.catalogue
    problems = _problems(parts, name, body, await catalogue.of(caller.workspace_id))
    if problems:
        raise Invalid("some fields are not acceptable", problems=problems)
    async with parts.database.transaction(caller) as store:
        if len({name, *(row.name for row in await store.agents.all())}) > _MOST_AGENTS:
            raise Conflict(f"a workspace has at most {_MOST_AGENTS} agents")
        row = await store.agents.put(name, body.model_dump(exclude_unset=True))
    offer = await catalogue.of(caller.workspace_id)
    return await _with_warnings(offer.roster.get(name), offer, row)


@router.delete("/agents/{name}", status_code=204, dependencies=_SCOPED, responses=fails(Conflict))
async def delete_agent(name: AgentName, caller: AdminDep, parts: PartsDep) -> Response:
    """Delete the workspace's own agent; a file of that name counts again."""
    try:
        async with parts.database.transaction(caller) as store:
            await store.agents.delete(name)
    except NotFound:
        if name in parts.calls.shared.catalogue.files.roster:
            raise Conflict(f"{name} is an agent of the server's files; it cannot be deleted") from None
        raise
    return Response(status_code=204)


def _problems(parts: Parts, name: str, body: AgentFile, offer: Offer) -> list[FieldProblem]:
    """What an agent names that there is not."""
    known: dict[str, set[str]] = {"tools": set(offer.tools), "hand_offs": {*offer.roster.names(), name}}
    found = [
        FieldProblem(f"/{key}/{index}", f"there is no {item!r}; there are: {', '.join(sorted(names))}")
        for key, names in known.items()
        for index, item in enumerate(getattr(body, key) or [])
        if item not in names
    ]
    for kind in providers.PARTS:
        for provider in (getattr(body, kind) or "").split(","):
            known_too = {""} if kind == "speech" else {"", "auto"}
            if provider.strip().partition("/")[0] not in known_too | set(_serving(parts, kind)):
                serving = ", ".join(_serving(parts, kind))
                found.append(FieldProblem(f"/{kind}", f"no provider {provider!r}; there are: {serving}"))
    speaking = set(_serving(parts, "tts"))
    for entry in (body.voice or "").split(","):
        provider, has_voice, _ = entry.strip().partition("/")
        if has_voice and provider not in speaking:
            serving = ", ".join(sorted(speaking))
            found.append(FieldProblem("/voice", f"no provider {provider!r}; there are: {serving}"))
    return found


def _serving(parts: Parts, kind: providers.Part) -> list[str]:
    """The providers that have engines of a kind."""
    listed = registry.names("providers", parts.settings.project)
    return [name for name in listed if providers.offers(providers.module(parts.settings, name), kind)]


async def _with_warnings(agent: Agent, offer: Offer, row: AgentRow | None) -> dict[str, Any]:
    warnings = [asdict(lack) for lack in await lacks(offer.settings, agent)]
    return {**_body(agent, offer, row), "warnings": warnings}


def _body(agent: Agent, offer: Offer, row: AgentRow | None) -> dict[str, Any]:
    return {
        "name": agent.name,
        "source": "file" if row is None else "row",
        "version": row.version if row else None,
        "default": agent.name == offer.roster.default,
        "title": agent.title or agent.name,
        "instructions": agent.instructions,
        "greeting": agent.greeting,
        "language": agent.language,
        "voice": agent.voice,
        "stt": agent.stt,
        "llm": agent.llm,
        "tts": agent.tts,
        "speech": agent.speech,
        "pronunciations": agent.pronunciations,
        "tools": sorted(offer.tools) if agent.tools is None else list(agent.tools),
        "all_tools": agent.tools is None,
        "hand_offs": list(agent.hand_offs),
        "guardrails": agent.guardrails,
        "turn_taking": agent.turn_taking,
        "fail_over": agent.fail_over,
        "plans": agent.plans,
        "max_call_secs": agent.max_call_secs,
        "budget_usd": agent.budget_usd,
        "context_tokens": agent.context_tokens,
    }
