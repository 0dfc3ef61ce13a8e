"""Writes that may come again: `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07).

The key is claimed by a row, and the answer is kept in that row at the end. A second request with the key
waits for the first one, on whatever node it comes in, and then gets the kept answer. A kept answer is for
whoever asked: for that user in the same role, and by the same API key or by none.

A route that works in the caller's `StoreDep` transaction shares it with the claim: its work and the kept
answer are committed together or not at all, also by a crash. It holds a connection, so few run at once.

Every other route may wait for a model or another server. Its claim is committed before it begins, and
renewed while it runs: no transaction is open meanwhile, and nobody waits for a place. It has committed
its work before the answer is kept; after a crash between the two the key is free within HELD_SECS, and the
repeated request runs again.

After an error nothing was made, and the key is free: a validation that failed, a conflict that is gone, a
database that is back. A route of the second kind whose work may have been done by then says so
(`Held.taken_up`); then the error is the answer, and is kept. Answers that stream are not kept, but for those
of a route that takes the claim over (`Held.hand_over`): of its stream the end is kept.
Routes whose answer holds a secret that is shown once (tokens, API keys), or all about a person, must not
be `KeyedRoute`s.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from fastapi import params as fastapi_params
from fastapi.dependencies.utils import get_dependant
from fastapi.routing import APIRoute

from orion.api.access import CallerDep, parts_of, transaction
from orion.api.problems import render
from orion.domain.identity import Principal, new_id
from orion.errors import IdempotencyConflict, InProgress, OrionError
from orion.store.database import Database
from orion.store.idempotency import HELD_SECS, Answer
from orion.store.store import Store

_WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_ANSWER_BYTES = 1024 * 1024
_WAIT_SECS = 5.0
_LOOK_SECS = 0.1
_Done = TypeVar("_Done")
_PRINTABLE = r"^[ -~]{1,255}$"


@dataclass(frozen=True, slots=True)
class Claim:
    """The key of a running request, held by the transaction of `store`."""

    store: Store
    key: str
    fingerprint: bytes

    async def settle(self, response: Response) -> None:
        """Keep the answer, or free the key where there is none to keep."""
        answer = _answer(self.fingerprint, response)
        if answer is not None:
            await self.store.idempotency_keys.keep(self.key, answer)
        else:
            await self.store.idempotency_keys.release(self.key)


@dataclass(slots=True)
class Held:
    """The key of a running request that has no transaction open."""

    database: Database
    principal: Principal
    key: str
    fingerprint: bytes
    holder: UUID = field(default_factory=new_id)
    settled: bool = False
    taken_up: asyncio.Event = field(default_factory=asyncio.Event)
    """What was asked for may have happened: from now on an error is an answer, too."""
    _handed_over: bool = False

    async def settle(self, response: Response) -> None:
        """Keep the answer, or free the key where there is none to keep.

        What was done is done: the answer goes out, even if it cannot be kept.
        """
        self.settled = True
        if self._handed_over:
            return
        await self._settle(_answer(self.fingerprint, response))

    async def fail(self, response: Response) -> None:
        """Keep the answer of a request that failed if it was taken up, else free the key."""
        done = self.taken_up.is_set()
        await self._settle(_answer(self.fingerprint, response, failed=True) if done else None)

    def hand_over(self) -> Held:
        """Leave the claim, at the request's end, to `until`."""
        self._handed_over = True
        return self

    async def until(self, work: asyncio.Task[_Done], answer: Callable[[_Done], Response]) -> None:
        """Hold the claim until the work is done, and keep the answer if the work was taken up."""
        while not (await asyncio.wait([work], timeout=HELD_SECS / 3))[0]:
            await self._renew()
        await self.fail(answer(work.result()))

    async def _settle(self, answer: Answer | None) -> None:
        with suppress(OrionError):
            async with self.database.transaction(self.principal) as store:
                if answer is not None:
                    await store.idempotency_keys.keep(self.key, answer, self.holder)
                else:
                    await store.idempotency_keys.release(self.key, self.holder)

    async def claim(self) -> None:
        """Claim the key as soon as it is free. Raises _Kept, IdempotencyConflict, InProgress."""
        deadline = time.monotonic() + _WAIT_SECS
        while True:
            async with self.database.transaction(self.principal) as store:
                keys = store.idempotency_keys
                answer = await keys.claim(self.key, self.fingerprint, self.holder)
            if answer is None:
                return
            _give_back(answer, self.fingerprint, waits=time.monotonic() < deadline)
            await asyncio.sleep(_LOOK_SECS)

    async def renew(self) -> None:
        """Hold the claim until it is cancelled."""
        while True:
            await asyncio.sleep(HELD_SECS / 3)
            await self._renew()

    async def _renew(self) -> None:
        with suppress(OrionError):
            async with self.database.transaction(self.principal) as store:
                await store.idempotency_keys.renew(self.key, self.holder)


def held_by(request: Request) -> Held | None:
    """The claim of a request that has a key, and no transaction open."""
    held: Held | None = request.scope.get("orion.claim.held")
    return held


def _answer(fingerprint: bytes, response: Response, *, failed: bool = False) -> Answer | None:
    """What is kept of a response; None if it streams, is too long, or is an error and `failed` is not set."""
    body = bytes(getattr(response, "body", None) or b"")
    if not hasattr(response, "body") or len(body) > _ANSWER_BYTES:
        return None
    if response.status_code >= 300 and not failed:
        return None
    return Answer(fingerprint, response.status_code, response.headers.get("content-type"), body)


def _give_back(answer: Answer, fingerprint: bytes, *, waits: bool = False) -> None:
    """Answer by what stands under the key; return only if the first request runs, and this one waits."""
    if answer.fingerprint != fingerprint:
        raise IdempotencyConflict("this Idempotency-Key belongs to another request; take a new one")
    if answer.status is not None:
        raise _Kept(answer)
    if not waits:
        raise InProgress("the first request with this key still runs; ask again soon")


class _Kept(Exception):
    """The request was answered before; not an error, but the way out of the dependencies."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


_Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=_PRINTABLE,
        description="The same key and body give the same answer, for 24 hours",
    ),
]


async def claim(request: Request, caller: CallerDep, idempotency_key: _Key = None) -> AsyncIterator[None]:
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
        fingerprint = _of_role(store.principal, asked)
        answer = await store.idempotency_keys.claim(key, fingerprint)
        if answer is not None:
            _give_back(answer, fingerprint)
        request.scope["orion.claim"] = Claim(store, key, fingerprint)
        yield


async def hold(request: Request, caller: CallerDep, idempotency_key: _Key = None) -> AsyncIterator[None]:
    """The same for a route that has no transaction open while it waits for others.

    Raises:
        IdempotencyConflict: The key was used for another request.
        InProgress: The first request with the key takes longer than the second will wait.
    """
    if idempotency_key is None:
        yield
        return
    parts = await parts_of(request)
    async with parts.database.transaction(caller) as store:
        principal = store.principal
    key = idempotency_key if caller.key_id is None else f"{caller.key_id} {idempotency_key}"
    plain = Principal(principal.workspace_id, principal.user_id)  # the credentials may go meanwhile
    held = Held(parts.database, plain, key, _of_role(principal, await _fingerprint(request)))
    await held.claim()
    request.scope["orion.claim.held"] = held
    renewing = parts.claims.tasks.spawn(held.renew(), "idempotency key")
    failure = OrionError("the request was cut off; what it asked for may have been done")
    try:
        yield
    except OrionError as error:
        failure = error
        raise
    finally:
        renewing.cancel()
        if not held.settled:
            await held.fail(render(request, failure))


def _of_role(principal: Principal, asked: bytes) -> bytes:
    return hashlib.sha256(principal.role.value.encode() + asked).digest()


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
            keyed = claim if _in_one_transaction(path, endpoint) else hold
            # Last: no kept answer for those whom the others refuse.
            dependencies = [*(dependencies or ()), Depends(keyed, scope="function")]
        super().__init__(path, endpoint, methods=methods, dependencies=dependencies, **others)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, between the claim and the keeping of the answer."""
        handle = super().get_route_handler()

        async def handle_keyed(request: Request) -> Response:
            try:
                response = await handle(request)
            except _Kept as kept:
                return _again(kept.answer)
            claimed: Claim | Held | None = request.scope.get("orion.claim")
            claimed = claimed or held_by(request)
            if claimed is not None:
                await claimed.settle(response)
            return response

        return handle_keyed


def _in_one_transaction(path: str, endpoint: Callable[..., Any]) -> bool:
    """Whether a route works in the caller's `StoreDep` transaction."""
    found = [get_dependant(path=path, call=endpoint)]
    for dependant in found:
        found.extend(dependant.dependencies)
    return any(dependant.call is transaction for dependant in found)


def _again(answer: Answer) -> Response:
    assert answer.status is not None
    headers = {"Idempotency-Replayed": "true"}
    if answer.media_type:
        headers["Content-Type"] = answer.media_type
    return Response(answer.body, answer.status, headers)


async def _fingerprint(request: Request) -> bytes:
    """SHA-256 over method, path, query and body."""
    scope = request.scope
    target = f"{request.method} {scope['path']}?".encode() + bytes(scope["query_string"])
    return hashlib.sha256(hashlib.sha256(target).digest() + await request.body()).digest()
