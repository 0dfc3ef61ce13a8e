"""Whether the server lives, and whether it can take a call."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from orion import __version__, providers
from orion.api.access import PartsDep

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok", "version": __version__}


@router.get("/readyz")
async def ready(parts: PartsDep) -> JSONResponse:
    """200 if a call could begin now, else 503 with what is missing."""
    missing: dict[str, Any] = {}
    if not await parts.database.ready():
        missing["database"] = "not reachable"
    for kind in providers.KINDS:
        choice = providers.choose(parts.settings, kind)
        if choice.provider is None:
            missing[kind] = choice.reason
    body = {"status": "unavailable" if missing else "ready", "missing": missing, "calls": parts.calls.live}
    return JSONResponse(body, 503 if missing else 200)
