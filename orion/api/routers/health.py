"""Whether the server lives, and whether it can take a call."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from orion import __version__, providers
from orion.api.access import PartsDep
from orion.api.fields import example

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """The server's version."""

    model_config = example({"status": "ok", "version": __version__})

    status: Literal["ok"]
    version: str


class Readiness(BaseModel):
    """Whether a call could begin; `missing` says what is, and why; `calls` are live now."""

    model_config = example({"status": "ready", "missing": {}, "calls": 2})

    status: Literal["ready", "unavailable"]
    missing: dict[str, str]
    calls: int


@router.get("/healthz", response_model=Alive)
async def alive() -> Any:
    """The process answers."""
    return {"status": "ok", "version": __version__}


@router.get(
    "/readyz",
    response_model=Readiness,
    responses={503: {"model": Readiness, "description": "No call could begin now; `missing` says why"}},
)
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
