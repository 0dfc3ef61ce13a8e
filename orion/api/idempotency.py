"""Writes that may come again: `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07).

The key is claimed by a row in a transaction that stays open while the route runs, and the answer is
kept in that row at the end. So a second request with the key waits for the first one, in PostgreSQL and
on whatever node it comes in, and then gets the kept answer. A route that works in the caller's
`StoreDep` transaction shares it with the claim: its work and the kept answer are committed together or
not at all, also by a crash. A kept answer is for whoever asked: for that user in the same role, and by the
same API key or by none. A route with transactions of its own has committed them before the answer
is kept; a crash between the two frees the key, and the repeated request runs again.

Only answers of success are kept. After an error nothing was made, and the key is free: a validation
that failed, a conflict that is gone, a database that is back. Answers that stream are not kept.
Routes whose answer holds a secret that is shown once (tokens, API keys), or all about a person, must not
be `KeyedRoute`s.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from fastapi import params as fastapi_params
from fastapi.routing import APIRoute

from orion.api.access import CallerDep, parts_of
from orion.errors import IdempotencyConflict
from orion.store.idempotency import Answer
from orion.store.store import Store

_WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_ANSWER_BYTES = 1024 * 1024
_PRINTABLE = r"^[ -~]{1,255}$"


@dataclass(frozen=True, slots=True)
class Claim:
    """The key of a running request, held by the transaction of `store`."""

    store: Store
    key: str
    fingerprint: bytes

    async def settle(self, response: Response) -> None:
        """Keep the answer, or free the key where there is none to keep."""
        body = bytes(getattr(response, "body", None) or b"")
        whole = hasattr(response, "body") and len(body) <= _ANSWER_BYTES
        if whole and response.status_code < 300:
            answer = Answer(
                self.fingerprint, response.status_code, response.headers.get("content-type"), body
            )
            await self.store.idempotency_keys.keep(self.key, answer)
        else:
            await self.store.idempotency_keys.release(self.key)


class _Kept(Exception):
    """The request was answered before; not an error, but the way out of the dependencies."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


async def claim(
    request: Request,
    caller: CallerDep,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            pattern=_PRINTABLE,
            description="The same key and body give the same answer, for 24 hours",
        ),
    ] = None,
) -> AsyncIterator[None]:
    """Hold the request's key, if it has one, until the route has ended.

    Raises:
        IdempotencyConflict: The key was used for another request.
        InProgress: The first request with the key takes longer than the second will wait.
        Overloaded: Too many requests with keys run.
    """
    if idempotency_key is None:
        yield
        return
    parts = await parts_of(request)
    asked = await _fingerprint(request)
    key = idempotency_key if caller.key_id is None else f"{caller.key_id} {idempotency_key}"
    async with parts.claims.place(caller.user_id), parts.database.transaction(caller) as store:
        fingerprint = hashlib.sha256(store.principal.role.value.encode() + asked).digest()
        answer = await store.idempotency_keys.claim(key, fingerprint)
        if answer is not None:
            if answer.fingerprint != fingerprint:
                raise IdempotencyConflict("this Idempotency-Key belongs to another request; take a new one")
            raise _Kept(answer)
        request.scope["orion.claim"] = Claim(store, key, fingerprint)
        yield


class KeyedRoute(APIRoute):
    """A route whose writes take an Idempotency-Key; for `APIRouter(route_class=...)`."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        methods: set[str] | list[str] | None = None,
        dependencies: Sequence[fastapi_params.Depends] | None = None,
        **others: Any,
    ) -> None:
        if _WRITES & set(methods or ()):
            # Last: no kept answer for those whom the others refuse.
            dependencies = [*(dependencies or ()), Depends(claim, scope="function")]
        super().__init__(path, endpoint, methods=methods, dependencies=dependencies, **others)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, between the claim and the keeping of the answer."""
        handle = super().get_route_handler()

        async def handle_keyed(request: Request) -> Response:
            try:
                response = await handle(request)
            except _Kept as kept:
                return _again(kept.answer)
            held: Claim | None = request.scope.get("orion.claim")
            if held is not None:
                await held.settle(response)
            return response

        return handle_keyed


def _again(answer: Answer) -> Response:
    headers = {"Idempotency-Replayed": "true"}
    if answer.media_type:
        headers["Content-Type"] = answer.media_type
    return Response(answer.body, answer.status, headers)


async def _fingerprint(request: Request) -> bytes:
    """SHA-256 over method, path, query and body."""
    scope = request.scope
    target = f"{request.method} {scope['path']}?".encode() + bytes(scope["query_string"])
    return hashlib.sha256(hashlib.sha256(target).digest() + await request.body()).digest()
