"""OpenAPI that tells the truth: every problem that a route can answer with stands in its description.

What holds for many routes is added here, by rule; what is special to one, its decorator declares with
`responses=fails(SessionEnded)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from orion import __version__
from orion.errors import (
    DatabaseUnavailable,
    IdempotencyConflict,
    InProgress,
    Invalid,
    Limited,
    Malformed,
    NotFound,
    OrionError,
    Overloaded,
    Refused,
    TooLarge,
    Unauthenticated,
)

TAGS = {
    "auth": "Register, log in, stay signed in; API keys and invitations.",
    "users": "The people of a workspace; everything about one written out, or erased.",
    "sessions": "Conversations: the records, their turns, messages by text, what the agent shall say.",
    "rooms": "Guests of a session's call.",
    "connect": "A new session and a guest's way into it, in one request.",
    "events": "What happens in a session, as it happens (server-sent events).",
    "webrtc": "Voice: offers, answers and candidates.",
    "memory": "What is kept about a user, and found again.",
    "agents": "Who can be talked to, and which engines serve.",
    "tools": "What agents can do.",
    "webhooks": "Events sent to your own server, signed.",
    "health": "For load balancers and people on duty.",
    "problems": "What the problem types mean.",
}
_MEDIA_TYPE = "application/problem+json"
_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `type` is stable; `detail` is for people.",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Only of `invalid`: what is wrong where, by JSON pointer.",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


def fails(*kinds: type[OrionError]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route's decorator for the problems that it can answer with."""
    responses: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        response = responses.setdefault(kind.status, {"description": "", "content": {_MEDIA_TYPE: {}}})
        _add(response, kind)
    return responses


def operation_id(route: APIRoute) -> str:
    """What generated clients call the operation: `sessions_create`."""
    tag = str(route.tags[0]) if route.tags else "page"
    return f"{tag}_{route.name}"


def install(app: FastAPI) -> None:
    """Let the app describe itself truthfully."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(
        title=app.title,
        version=__version__,
        summary=app.summary,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        servers=[{"url": "/"}],
        license_info={"name": "ISC", "identifier": "ISC"},
    )
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = _PROBLEM
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            responses = operation["responses"]
            responses.pop("422", None)
            for kind in _by_rule(path, operation):
                _add(
                    responses.setdefault(str(kind.status), {"description": "", "content": {_MEDIA_TYPE: {}}}),
                    kind,
                )
    return schema


def _by_rule(path: str, operation: dict[str, Any]) -> Iterator[type[OrionError]]:
    """The problems that follow from what the operation takes and asks for."""
    if "requestBody" in operation:
        yield from (Malformed, TooLarge)
    if "requestBody" in operation or operation.get("parameters"):
        yield Invalid
    if any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", ())):
        yield from (IdempotencyConflict, InProgress, Overloaded)
    if operation.get("security"):
        yield from (Unauthenticated, Refused)
    if "{" in path:
        yield NotFound
    if path.startswith("/api/"):
        yield from (Limited, DatabaseUnavailable)


def _add(response: dict[str, Any], kind: type[OrionError]) -> None:
    """Name one more problem type in a response."""
    content = response.setdefault("content", {}).setdefault(_MEDIA_TYPE, {})
    content["schema"] = {"$ref": "#/components/schemas/Problem"}
    examples = content.setdefault("examples", {})
    if kind.slug in examples:
        return
    examples[kind.slug] = {"summary": kind.title(), "value": _example(kind)}
    response["description"] = " ".join(
        filter(None, (response.get("description"), f"`{kind.slug}`: {kind.title()}"))
    )
    if kind.status in {429, 503}:
        response.setdefault("headers", {})["Retry-After"] = {
            "description": "Seconds after which to try again",
            "schema": {"type": "integer"},
        }


def _example(kind: type[OrionError]) -> dict[str, Any]:
    value: dict[str, Any] = {
        "type": f"/problems/{kind.slug}",
        "title": kind.title(),
        "status": kind.status,
        "detail": kind.title(),
        "request_id": "0192f0c1a2b37c4d8e5f60718293a4b5",
    }
    if issubclass(kind, Invalid):
        value["errors"] = [{"pointer": "/name", "detail": "Field required"}]
    return value
