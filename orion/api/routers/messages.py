"""Words into a session: messages by text, answered at once or as they come, and what the agent shall say."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, StringConstraints

from orion.api.access import CallerDep, Parts, PartsDep, SessionId, needs, own_session
from orion.api.fields import EXAMPLE_ID, Flag, event_stream, example
from orion.api.idempotency import Held, KeyedRoute, held_by
from orion.api.openapi import fails
from orion.api.problems import NotAcceptable, problem
from orion.api.routers.sessions import EXAMPLE_CALL, ToolCallBody
from orion.domain import wire
from orion.domain.identity import Principal, Scope, new_id
from orion.domain.session import Event, Session, SessionStatus
from orion.domain.turn import Speaker, Turn
from orion.errors import (
    BudgetExhausted,
    Conflict,
    NoCall,
    OrionError,
    Overloaded,
    ProviderError,
    ProviderTimeout,
    SessionEnded,
    Unavailable,
)
from orion.pipelines.call import PAUSED
from orion.pipelines.records.feed import Subscription

router = APIRouter(
    prefix="/api/v1/sessions",
    tags=["sessions"],
    route_class=KeyedRoute,
    dependencies=[Depends(needs(Scope.SESSIONS))],
)

_KEEP_ALIVE_SECS = 15.0
_STREAM = "text/event-stream"
_ANSWERED = "message.answered"
_STREAMED = 'event: token\ndata: {"text": "That is"}\n\nevent: token\ndata: {"text": " 108."}\n\n'

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Speech = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Message(BaseModel):
    """A typed message of the user."""

    model_config = example({"text": "How much is twelve times nine?"})

    text: Text


class Reply(BaseModel):
    """The agent's answer to a message."""

    model_config = example({"turn_id": EXAMPLE_ID, "text": "That is 108.", "tool_calls": [EXAMPLE_CALL]})

    turn_id: UUID
    text: str
    tool_calls: list[ToolCallBody]


class Saying(BaseModel):
    """What the agent shall say; with `interrupt` at once, else after what it is saying."""

    model_config = example({"text": "Your taxi is here.", "interrupt": True}, "forbid")

    text: Speech
    interrupt: Flag = False


class Accepted(BaseModel):
    """It will be said."""

    model_config = example({"accepted": True})

    accepted: bool = True


@router.post(
    "/{session_id}/messages",
    response_model=Reply,
    responses={
        200: {
            "content": event_stream(_STREAMED, "token", "tool.started", "tool.ended", "done", "error"),
            "description": "The answer or its stream",
        },
        **fails(
            BudgetExhausted,
            SessionEnded,
            Conflict,
            NotAcceptable,
            Overloaded,
            Unavailable,
            ProviderError,
            ProviderTimeout,
        ),
    },
)
async def message(
    session_id: SessionId, body: Message, request: Request, caller: CallerDep, parts: PartsDep
) -> Any:
    """Say something by text: in the live call if there is one, else without audio.

    With `Accept: text/event-stream` the answer comes as it is said: `token` `{text}`, `tool.started`
    and `tool.ended`, then `done` with what would be the answer otherwise, or `error` with a problem.
    """
    streamed = _wants_stream(request.headers.get("accept", "*/*"))
    session = await _open_session(parts, caller, session_id)
    held = held_by(request)
    if streamed:
        request_id = request.scope.get("orion.request_id", "")
        return StreamingResponse(
            _stream(parts, caller, session, body.text, request_id, held=held.hand_over() if held else None),
            media_type=_STREAM,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
    return _reply(await parts.calls.message(session, body.text, held.taken_up if held else None))


@router.post(
    "/{session_id}/say",
    status_code=202,
    response_model=Accepted,
    responses=fails(NoCall, SessionEnded, Conflict),
)
async def say(session_id: SessionId, body: Saying, caller: CallerDep, parts: PartsDep) -> Any:
    """Let the agent say something in the live call; it passes the guardrail like all that it says."""
    await _open_session(parts, caller, session_id)
    call = parts.calls.get(session_id)
    if call is None or call.over:
        raise NoCall
    await call.say(body.text, interrupt=body.interrupt)
    return Accepted()


async def _open_session(parts: Parts, caller: Principal, session_id: UUID) -> Session:
    session = await own_session(parts, caller, session_id)
    if session.status is SessionStatus.ENDED:
        raise SessionEnded
    if session.status is SessionStatus.PAUSED:
        raise Conflict(PAUSED)
    return session


async def _stream(
    parts: Parts, caller: Principal, session: Session, text: str, request_id: str, *, held: Held | None
) -> AsyncIterator[bytes]:
    """The answer as server-sent events. A client that leaves cancels nothing: the answer is recorded."""
    with parts.calls.shared.feed.subscribe(session.id, caller) as subscription:
        answering = parts.calls.begin_message(session, text, held.taken_up if held else None)
        if held is not None:
            parts.claims.tasks.spawn(held.until(answering, partial(_ended, request_id)), "idempotency key")
        answered = Event(new_id(), session.id, _ANSWERED, {}, datetime.now(UTC))
        answering.add_done_callback(lambda _: subscription.offer(answered))
        tokens = Tokens()
        async for event in _until_answered(subscription):
            encoded = tokens.encode(event) if event else b": still here\n\n"
            if encoded:
                yield encoded
    if subscription.closed:  # the caller may not any more
        return
    yield _last(request_id, await asyncio.shield(answering))


def _last(request_id: str, result: Turn | OrionError) -> bytes:
    """The event that ends a stream."""
    if isinstance(result, OrionError):
        return _encode("error", problem(result, request_id))
    return _encode("done", Reply.model_validate(_reply(result)).model_dump(mode="json"))


def _ended(request_id: str, result: Turn | OrionError) -> Response:
    """The stream of an answer that has been given."""
    return Response(_last(request_id, result), media_type=_STREAM)


async def _until_answered(subscription: Subscription) -> AsyncIterator[Event | None]:
    """The session's events up to the answer's end; None after each quarter of a minute without any."""
    while not subscription.lagging:
        try:
            async with asyncio.timeout(_KEEP_ALIVE_SECS):
                event = await subscription.get()
        except TimeoutError:
            yield None
            continue
        if event is None or event.name == _ANSWERED:
            return
        yield event


class Tokens:
    """Translates a session's events into those of one answer: of the turns that the agent now begins."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}

    def encode(self, event: Event) -> bytes:
        """The event as the client sees it; empty where it has no part in the answer."""
        body = event.body
        turn_id = body.get("turn_id")
        if event.name == "turn.started" and body["role"] == Speaker.AGENT:
            self._said[body["turn_id"]] = ""
        elif body.get("filler"):  # no part of the answer
            return b""
        elif turn_id in self._said and event.name == "turn.partial":
            token = body["text"][len(self._said[turn_id]) :]
            self._said[turn_id] = body["text"]
            return _encode("token", {"text": token}) if token else b""
        elif turn_id in self._said and event.name.startswith("tool."):
            return _encode(event.name, body)
        return b""


def _reply(turn: Turn) -> dict[str, Any]:
    return {
        "turn_id": turn.id,
        "text": turn.text,
        "tool_calls": [wire.tool_call(call) for call in turn.tool_calls],
    }


def _encode(name: str, body: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n".encode()


def _wants_stream(accept: str) -> bool:
    """Whether the client would rather have a stream (RFC 9110, 12.5.1); at equal weight the first named.

    Raises:
        NotAcceptable: It takes neither a stream nor JSON.
    """
    weights: dict[bool, float] = {}
    for part in accept.lower().split(","):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        if media_type in {_STREAM, "text/*"}:
            weights.setdefault(True, _weight(parameters))
        elif media_type in {"", "application/json", "application/*", "*/*"}:
            weights.setdefault(False, _weight(parameters))
    offered = [streamed for streamed, weight in weights.items() if weight > 0]
    if not offered:
        raise NotAcceptable("send Accept: application/json or text/event-stream")
    return max(offered, key=lambda streamed: weights[streamed])


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 1.0
    return 1.0
