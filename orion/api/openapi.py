"""OpenAPI that tells the truth: every problem that a route can answer with stands in its description.

What holds for many routes is added here, by rule; what is special to one, its decorator declares with
`responses=fails(SessionEnded)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from orion import __version__
from orion.api.links import add_links
from orion.api.problems import UnsupportedMediaType, slugs
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
    "plans": "Goals as steps that outlive the server: run, watched, approved, cancelled.",
    "memory": "What is kept about a user, and found again.",
    "agents": "Who can be talked to, and which engines serve.",
    "tools": "What agents can do.",
    "webhooks": "Events sent to your own server, signed.",
    "usage": "What conversations consumed and cost, and budgets.",
    "health": "For load balancers and people on duty.",
    "problems": "What the problem types mean.",
}
_ASIDE = re.compile(r" \([^)]*\)")
_SENTENCE_END = re.compile(r"[.;:](?=\s|$)")
_BEFORE_BUDGETS = {"400", "413"}
"""Refused before anybody pays for the request."""
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
        "request_id": {"type": "string", "description": "Also in the header `X-Request-ID`"},
        "errors": {
            "type": "array",
            "description": "Only of `invalid`: what is wrong where, by JSON pointer.",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "RFC 6901: `/title` in the body, `/query/limit` for a parameter.",
                    },
                    "detail": {"type": "string", "description": "What is wrong with it."},
                },
            },
        },
    },
}
_HEADERS = {
    "X-Request-ID": ("The id of the request: the client's own, if it sent a harmless one", "string"),
    "RateLimit-Policy": (
        'The budgets that count, e.g. `"default";q=100;w=60`: 100 requests a minute',
        "string",
    ),
    "RateLimit": (
        'What is left of them, e.g. `"default";r=97;t=2`: 97, and all again in 2 seconds',
        "string",
    ),
    "Retry-After": ("Seconds after which to try again", "integer"),
    "Idempotency-Replayed": ("`true`: this is the kept answer to an earlier request with the key", "string"),
}
_ABOUT = """\
Voice agents of your own. Sign in at `POST /api/v1/auth/login`, or send an API key, as \
`Authorization: Bearer <access token or API key>`; keys also go into `X-API-Key`.

**Lists** take `limit` and `cursor`, and answer `items` and the `next_cursor`, null on the last page.
**Times** are RFC 3339 in UTC, **ids** are UUIDs, JSON is UTF-8 without NUL.
**Errors** are `application/problem+json` (RFC 9457) with a stable `type`. What belongs to somebody else \
is 404; a missing role or scope is 403.
**Writes** with the header `Idempotency-Key` can be sent again without being done twice.
**Media** is WebRTC; only its signalling is listed here.
"""


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
        description=_ABOUT,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        servers=[{"url": "/"}],
        license_info={"name": "ISC", "identifier": "ISC"},
    )
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for body in schemas.values():
        if "examples" in body:
            body["examples"] = [_with_nulls(value, body, schemas) for value in body["examples"]]
    schemas["Problem"] = _PROBLEM
    schema["components"]["headers"] = {
        name: {"description": text, "schema": {"type": kind}} for name, (text, kind) in _HEADERS.items()
    }
    schema["components"]["examples"] = {
        slug: {"summary": kind.title(), "value": _example(kind)} for slug, kind in sorted(slugs().items())
    }
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            _describe(path, operation, schemas)
    add_links(schema)
    return schema


def _describe(path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Add to an operation what holds by rule."""
    operation["summary"] = _SENTENCE_END.split(_ASIDE.sub("", operation["description"]), maxsplit=1)[0]
    responses = operation["responses"]
    responses.pop("422", None)
    for kind in _by_rule(path, operation):
        empty = {"description": "", "content": {_MEDIA_TYPE: {}}}
        _add(responses.setdefault(str(kind.status), empty), kind)
    for status, response in responses.items():
        if response["description"] == "Successful Response":
            response["description"] = _what_comes(response, schemas)
        response["headers"] = {
            name: {"$ref": f"#/components/headers/{name}"} for name in _headers(path, operation, status)
        }
    for parameter in operation.get("parameters", ()):
        _drop_null(parameter)
    for media in operation.get("requestBody", {}).get("content", {}).values():
        if options := media["schema"].get("anyOf"):
            # The body may be left out, and viewers do not look into such a choice.
            name = options[0]["$ref"].rsplit("/", 1)[-1]
            media["example"] = schemas[name]["examples"][0]


def _what_comes(response: dict[str, Any], schemas: dict[str, Any]) -> str:
    """A response of success in words: what its body is."""
    media: dict[str, Any] = next(iter(response.get("content", {}).values()), {})
    name = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return str(schemas[name]["description"]) if name else "Done" if not media else "The text"


def _with_nulls(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """An example with its members that are null, which FastAPI leaves out of all that it describes."""
    schema = next((option for option in schema.get("anyOf", ()) if "$ref" in option), schema)
    schema = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
    if isinstance(value, list):
        return [_with_nulls(item, schema.get("items", {}), schemas) for item in value]
    if not isinstance(value, dict):
        return value
    members = schema.get("properties", {})
    filled = {name: _with_nulls(member, members.get(name, {}), schemas) for name, member in value.items()}
    return filled | {name: None for name in schema.get("required", ()) if name not in filled}


def _drop_null(parameter: dict[str, Any]) -> None:
    """A parameter can be left out, but `null` is a word there like others."""
    options = parameter["schema"].get("anyOf", ())
    kept = [option for option in options if option != {"type": "null"}]
    if len(kept) == 1 < len(options):
        del parameter["schema"]["anyOf"]
        parameter["schema"] = {**kept[0], **parameter["schema"]}


def _headers(path: str, operation: dict[str, Any], status: str) -> Iterator[str]:
    """The headers of a response that follow from what it is."""
    yield "X-Request-ID"
    if path.startswith("/api/") and status[0] in "24" and status not in _BEFORE_BUDGETS:
        yield from ("RateLimit-Policy", "RateLimit")
    if status in {"429", "503"}:
        yield "Retry-After"
    if status[0] == "2" and _is_keyed(operation):
        yield "Idempotency-Replayed"


def _is_keyed(operation: dict[str, Any]) -> bool:
    return any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", ()))


def _by_rule(path: str, operation: dict[str, Any]) -> Iterator[type[OrionError]]:
    """The problems that follow from what the operation takes and asks for."""
    yield Malformed
    if "requestBody" in operation:
        yield from (TooLarge, UnsupportedMediaType)
    if "requestBody" in operation or operation.get("parameters"):
        yield Invalid
    if _is_keyed(operation):
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
    examples[kind.slug] = {"$ref": f"#/components/examples/{kind.slug}"}
    response["description"] = " ".join(
        filter(None, (response.get("description"), f"`{kind.slug}`: {kind.title()}"))
    )


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
