"""The engines that serve, and the keys of their vendors that admins enter for their workspace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import httpx2
from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field, StringConstraints

from orion import providers
from orion.api.access import AdminDep, CurrentDep, Parts, PartsDep, current, more_than_join, needs
from orion.api.fields import EXAMPLE_TIME, Timestamp, example
from orion.api.idempotency import KeyedRoute
from orion.domain import wire
from orion.domain.identity import Scope
from orion.domain.provider_key import ProviderKey
from orion.errors import FieldProblem, Invalid, NotFound
from orion.net.client import unreachable
from orion.pipelines.catalogue import Offer
from orion.providers import _in_use as in_use
from orion.providers import _listing as listing
from orion.settings import ProviderSettings

router = APIRouter(
    prefix="/api/v1/providers", tags=["agents"], route_class=KeyedRoute, dependencies=[Depends(current)]
)

_SCOPED = [Depends(needs(Scope.ADMIN))]
_SHOWN_CHARS = 4
_SHOWN_FROM_CHARS = 20
"""Of a shorter key no character is shown."""
_KEY = "sk-proj-8Wk1rT5v0yXgq3cJmZpLd7NfBhUeAiRs"
ProviderName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]

_PROVIDER = {
    "name": "openai",
    "enterable": ["key", "base_url"],
    "configured": "workspace",
    "key_ends": "AiRs",
    "base_url": None,
    "updated_at": EXAMPLE_TIME,
    "problem": None,
}
_IN_USE = {
    "kind": "llm",
    "provider": "offline",
    "name": "the offline agent",
    "note": None,
    "better": [
        {"gain": "talks about anything, on this machine (2.5 GB)", "command": "orion models pull qwen3-4b"}
    ],
}
_CHOICE = {"kind": "stt", "provider": "pocketsphinx", "reason": "embedded"}
_ENGINE = {
    "kind": "llm",
    "provider": "openai",
    "missing": None,
    "models": ["gpt-4.1"],
    "voices": [],
    "problem": None,
}


class Engine(BaseModel):
    """Which provider serves a kind of engine, and why; null where none can."""

    model_config = example(_CHOICE)

    kind: providers.Kind
    provider: str | None
    reason: str


class ImprovementBody(BaseModel):
    """What would be better, and the one line that brings it: a command, or a setting with a key."""

    gain: str
    command: str


class EngineInUse(BaseModel):
    """One part of an agent as people call it, why not a better one serves, and what would improve it."""

    model_config = example(_IN_USE)

    kind: in_use.Part
    provider: str | None
    name: str
    note: str | None
    better: list[ImprovementBody]


class VoiceBody(BaseModel):
    """A voice that agents may have: `id` is what stands in an agent's `voice`."""

    id: str
    name: str
    language: str | None


class OfferedEngine(BaseModel):
    """An engine of a provider: what it lacks to serve, its models and voices, or why they are not known."""

    model_config = example(_ENGINE)

    kind: providers.Part
    provider: str
    missing: str | None
    models: list[str]
    voices: list[VoiceBody]
    problem: str | None


class ProviderBody(BaseModel):
    """A provider that takes a key of the workspace's own, which is never shown; admins see where it ends."""

    model_config = example(_PROVIDER)

    name: str
    enterable: list[Literal["key", "base_url"]]
    configured: Literal["environment", "workspace"] | None
    """Whose key and address count: the server's, the workspace's, or none's."""
    key_ends: str | None
    base_url: str | None
    updated_at: Timestamp | None
    problem: str | None
    """Why it does not work, as far as that was looked at: always when it is entered."""


class EnginePage(BaseModel):
    """The engine that comes first of each kind, all engines that there are, and what may be entered.

    `in_use` tells ear, mind, voice and memory for people.
    """

    model_config = example(
        {
            "items": [_CHOICE],
            "in_use": [_IN_USE],
            "engines": [_ENGINE],
            "providers": [_PROVIDER],
            "next_cursor": None,
        }
    )

    items: list[Engine]
    in_use: list[EngineInUse]
    engines: list[OfferedEngine]
    providers: list[ProviderBody]
    next_cursor: str | None


class ProviderEntry(BaseModel):
    """A key, an address, or both; what is left out is not kept from before."""

    model_config = example({"key": _KEY}, "forbid")

    key: (
        Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[!-~]+$")] | None
    ) = None
    base_url: (
        Annotated[
            str,
            StringConstraints(strip_whitespace=True, min_length=8, max_length=2000),
            Field(json_schema_extra={"format": "uri"}),
        ]
        | None
    ) = None


@router.get("", response_model=EnginePage, dependencies=[Depends(more_than_join)])
async def list_providers(caller: CurrentDep, parts: PartsDep) -> Any:
    """Which engines serve the workspace, and why; their models and voices; where a key may be entered."""
    assert caller.workspace_id is not None
    offer = await parts.calls.shared.catalogue.of(caller.workspace_id)
    async with parts.calls.shared.database.transaction(caller) as store:
        has_vectors = await store.memories.has_vectors()
    used = await in_use.in_use(offer.settings, has_vectors=has_vectors)
    choices = [providers.choose(offer.settings, kind) for kind in providers.KINDS]
    bodies = [_body(parts, offer, name) for name in sorted(parts.calls.shared.catalogue.enterable)]
    if not (caller.is_admin and caller.may(Scope.ADMIN)):
        bodies = [{**body, "key_ends": None, "base_url": None} for body in bodies]
    return {
        "items": [{"kind": c.kind, "provider": c.provider, "reason": c.reason} for c in choices],
        "in_use": [part.as_json() for part in used],
        "engines": [engine.as_json() for engine in await listing.engines(offer.settings)],
        "providers": bodies,
        "next_cursor": None,
    }


@router.put("/{name}", response_model=ProviderBody, dependencies=_SCOPED)
async def put_provider(name: ProviderName, body: ProviderEntry, caller: AdminDep, parts: PartsDep) -> Any:
    """Enter a key of the workspace's own, for the calls that begin from now on; the server's does not count.

    The whole entry is replaced: a new address alone would take a key along that was meant for another one.
    The vendor is asked once whether it takes the key. If it refuses, or does not answer, the key is kept all
    the same and `problem` says why: vendors have keys that may answer calls and not list models, and an
    outage is no reason to type it again.
    """
    assert caller.workspace_id is not None
    shared = parts.calls.shared
    _check(parts, name, body)
    key = ProviderKey(caller.workspace_id, name, None, _address(body), datetime.now(UTC))
    if body.key is not None:
        key = replace(key, sealed_key=shared.catalogue.outside.keys.seal(body.key, key.place))
    async with parts.database.transaction(caller) as store:
        await store.provider_keys.put(key)
    offer = await shared.catalogue.of(caller.workspace_id)
    await shared.started.start(offer.settings, [name])
    return {**_body(parts, offer, name), "problem": await listing.problem(offer.settings, name)}


@router.delete("/{name}", status_code=204, dependencies=_SCOPED)
async def delete_provider(name: ProviderName, caller: AdminDep, parts: PartsDep) -> Response:
    """Forget what was entered: the server's key counts again, if it has one, for calls from now on."""
    async with parts.database.transaction(caller) as store:
        await store.provider_keys.delete(name)
    return Response(status_code=204)


def _check(parts: Parts, name: str, body: ProviderEntry) -> None:
    """Raise NotFound or Invalid for what cannot be entered."""
    catalogue = parts.calls.shared.catalogue
    if name not in catalogue.enterable:
        known = ", ".join(sorted(catalogue.enterable))
        raise NotFound(f"no provider {name!r} takes a key of a workspace; those that do: {known}")
    problems = []
    if body.key is None and body.base_url is None:
        problems.append(FieldProblem("", "enter a key, or an address"))
    if body.base_url is not None:
        if "base_url" not in catalogue.enterable[name]:
            problems.append(FieldProblem("/base_url", f"only the server's settings set that of {name}"))
        elif reason := _unusable(parts, body.base_url):
            problems.append(FieldProblem("/base_url", reason))
    if problems:
        raise Invalid("some fields are not acceptable", problems=problems)


def _unusable(parts: Parts, url: str) -> str:
    """Why an address cannot be a provider's, as far as it tells itself; its name is looked up later."""
    allowed = parts.calls.shared.catalogue.outside.client.allowed
    if reason := unreachable(url, allowed):
        return reason
    parsed = httpx2.URL(url)
    if parsed.query or parsed.fragment:
        return "an address ends with its path"
    port = parsed.port or (443 if parsed.scheme == "https" else 80)
    if parsed.scheme != "https" and (parsed.host, port) not in allowed:
        return "a key travels by https alone; ORION_TOOL_ALLOWED_HOSTS can allow it"
    return ""


def _address(body: ProviderEntry) -> str | None:
    return body.base_url.rstrip("/") if body.base_url else None


def _body(parts: Parts, offer: Offer, name: str) -> dict[str, Any]:
    entered = next((key for key in offer.keys if key.provider == name), None)
    used = offer.settings.provider(name)
    configured = "environment" if _serves(offer, name) else None
    shut = entered is not None and used == ProviderSettings()
    return {
        "name": name,
        "enterable": list(parts.calls.shared.catalogue.enterable[name]),
        "configured": "workspace" if entered else configured,
        "key_ends": _end(used.key) if entered else None,
        "base_url": entered.base_url if entered else None,
        "updated_at": wire.timestamp(entered.updated_at) if entered else None,
        "problem": "the key cannot be opened any more; enter it again" if shut else None,
    }


def _serves(offer: Offer, name: str) -> bool:
    kinds = [kind for kind in providers.KINDS if hasattr(providers.module(offer.settings, name), kind)]
    return any(providers.lack(offer.settings, kind, name) is None for kind in kinds)


def _end(key: str | None) -> str | None:
    return key[-_SHOWN_CHARS:] if key and len(key) >= _SHOWN_FROM_CHARS else None
