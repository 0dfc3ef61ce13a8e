"""The one renderer of errors: `application/problem+json` (RFC 9457), the same slugs on every wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from loguru import logger
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from orion.api.field_errors import field_problems, model_in
from orion.api.fields import example
from orion.errors import (
    Invalid,
    Malformed,
    NotFound,
    OrionError,
    SessionEnded,
    StartError,
    TooLarge,
)

router = APIRouter(tags=["problems"])

_MEDIA_TYPE = "application/problem+json"


class MethodNotAllowed(OrionError):
    """The resource does not take this method.

    The header `Allow` of the answer lists the methods that it takes.
    """

    status = 405
    slug = "method-not-allowed"


class NotAcceptable(OrionError):
    """The resource has no representation of the media types asked for.

    Send `Accept: application/json`, or leave the header out.
    """

    status = 406
    slug = "not-acceptable"


class UnsupportedMediaType(OrionError):
    """The body's media type is not understood.

    Send JSON with the header `Content-Type: application/json`.
    """

    status = 415
    slug = "unsupported-media-type"


_BY_STATUS: dict[int, type[OrionError]] = {
    400: Malformed,
    404: NotFound,
    405: MethodNotAllowed,
    406: NotAcceptable,
    413: TooLarge,
    415: UnsupportedMediaType,
}


def problem(error: OrionError, request_id: str) -> dict[str, Any]:
    """The error as JSON, on whatever wire it goes."""
    content: dict[str, Any] = {
        "type": f"/problems/{error.slug}",
        "title": error.title(),
        "status": error.status,
        "detail": error.detail,
        "request_id": request_id,
    }
    if isinstance(error, Invalid):
        content["errors"] = [{"pointer": p.pointer, "detail": p.detail} for p in error.problems]
    return content


def render(request: Request, error: OrionError) -> JSONResponse:
    """The response for an error."""
    content = problem(error, request.scope.get("orion.request_id", ""))
    headers: dict[str, str] = {}
    if error.retry_after_secs is not None or error.status == 503:
        headers["Retry-After"] = str(error.retry_after_secs or 2)
    if error.status == 413:
        headers["Connection"] = "close"  # the rest of the body is not wanted
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(content, error.status, headers, media_type=_MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let the app render every error, expected or not, as a problem."""

    @app.exception_handler(OrionError)
    async def _(request: Request, error: OrionError) -> JSONResponse:
        return render(request, error)

    @app.exception_handler(RequestValidationError)
    async def _(request: Request, error: RequestValidationError) -> JSONResponse:
        return render(request, _refused(request, error.errors()))

    @app.exception_handler(StarletteHTTPException)
    async def _(request: Request, error: StarletteHTTPException) -> JSONResponse:
        if isinstance(error.__cause__, OrionError):  # raised while FastAPI read the body
            return render(request, error.__cause__)
        kind = _BY_STATUS.get(error.status_code, OrionError)
        detail = str(error.detail) if error.status_code < 500 else ""
        if error.status_code == 404:
            detail = f"there is no route {request.scope['path']}; all routes are listed at /docs"
        if error.status_code == 405:
            detail = (
                f"{request.scope['path']} does not take {request.method}; the header Allow says what it takes"
            )
        response = render(request, kind(detail))
        if error.status_code == 405:
            response.headers["Allow"] = ", ".join(sorted(_methods(request)))
        return response

    @app.exception_handler(ClientDisconnect)
    async def _(request: Request, _error: ClientDisconnect) -> JSONResponse:
        return render(request, Malformed("the body did not arrive"))  # nobody is there to read it

    @app.exception_handler(Exception)
    async def _(request: Request, error: Exception) -> JSONResponse:
        logger.opt(exception=error).error("{} {} failed", request.method, request.scope["path"])
        return render(request, OrionError("Something went wrong inside ORION; the log has the cause."))


def _refused(request: Request, errors: Sequence[Mapping[str, Any]]) -> OrionError:
    """What is wrong with a request that FastAPI refuses: its body is no JSON at all, or some fields are."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    unread = any(error["loc"][0] == "body" and isinstance(error.get("input"), bytes) for error in errors)
    if unread and media_type != "application/json" and not media_type.endswith("+json"):
        return UnsupportedMediaType("send the body as application/json")
    if any(error["type"] == "json_invalid" for error in errors):
        return Malformed("the body is no valid JSON")
    problems = field_problems(errors, _models(request.scope.get("route")))
    return Invalid("some fields are not acceptable", problems=problems)


def _models(route: Any) -> dict[str, type[BaseModel]]:
    """The models of a route's body and of its query, as far as it has any."""
    dependant = getattr(route, "dependant", None)
    found = {"body": getattr(dependant, "body_params", ()), "query": getattr(dependant, "query_params", ())}
    return {
        place: model
        for place, params in found.items()
        for param in params
        if (model := model_in(param.field_info.annotation)) is not None
    }


def _methods(request: Request) -> set[str]:
    """What the resource can be asked: Starlette names the methods of one of its routes only."""
    routers = [getattr(route, "original_router", None) for route in request.app.routes]
    routes = [route for router in routers if router is not None for route in router.routes]
    matching = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return {method for route in matching for method in route.methods or ()}


def slugs() -> dict[str, type[OrionError]]:
    """All problem types by slug."""
    found: dict[str, type[OrionError]] = {}
    open_ends: list[type[OrionError]] = [OrionError]
    while open_ends:
        kind = open_ends.pop()
        if not issubclass(kind, StartError):
            found[kind.slug] = kind
        open_ends.extend(kind.__subclasses__())
    return found


class ProblemType(BaseModel):
    """A type of problems; `title` says what it means, `detail` what to do about it."""

    model_config = example(
        {
            "type": "/problems/session-ended",
            "title": SessionEnded.title(),
            "status": SessionEnded.status,
            "detail": SessionEnded.about(),
        }
    )

    type: str
    title: str
    status: int
    detail: str


@router.get("/problems/{slug}", response_model=ProblemType)
async def describe(slug: str) -> Any:
    """What a problem type means."""
    kind = slugs().get(slug)
    if kind is None:
        raise NotFound(f"no problem type {slug!r}")
    about = {"title": kind.title(), "status": kind.status, "detail": kind.about()}
    return {"type": f"/problems/{slug}", **about}
