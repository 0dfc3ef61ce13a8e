"""The event stream of a session: server-sent events, resumable (WHATWG HTML, 9.2)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from fastapi.responses import StreamingResponse

from orion.api.access import CurrentDep, Parts, PartsDep, SessionId, audited_session, needs
from orion.api.fields import EXAMPLE_ID, EXAMPLE_TIME, event_stream
from orion.domain import wire
from orion.domain.audit import AuditAction
from orion.domain.identity import Principal, Scope
from orion.domain.session import Event

router = APIRouter(prefix="/api/v1/sessions", tags=["events"], dependencies=[Depends(needs(Scope.SESSIONS))])

_KEEP_ALIVE_SECS = 15.0
_PAGE = 500
_EVENT_ID = "^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$"
_EXAMPLE = (
    f"id: {EXAMPLE_ID}\nevent: hand_off\n"
    f'data: {{"id": "{EXAMPLE_ID}", "session_id": "{EXAMPLE_ID}", "name": "hand_off", '
    f'"created_at": "{EXAMPLE_TIME}", "body": {{"from": "concierge", "to": "scheduler"}}}}\n\n'
)


@router.get(
    "/{session_id}/events",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": event_stream(_EXAMPLE),
            "description": "The stream: each event with its id, its name and its body as JSON",
        }
    },
)
async def events(
    session_id: SessionId,
    caller: CurrentDep,
    parts: PartsDep,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", pattern=_EVENT_ID)] = None,
) -> StreamingResponse:
    """Everything that happens in the session, as it happens; with `Last-Event-ID` from there on."""
    await audited_session(parts, caller, session_id, AuditAction.READ_EVENTS)
    after = UUID(last_event_id) if last_event_id else None
    return StreamingResponse(
        _stream(parts, caller, session_id, after),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(
    parts: Parts, caller: Principal, session_id: UUID, after: UUID | None
) -> AsyncIterator[bytes]:
    """First what was missed, from the store, then the live feed; nothing twice, nothing left out."""
    with parts.calls.shared.feed.subscribe(session_id, caller) as subscription:
        yield b": connected\n\n"
        if after is not None:
            await parts.calls.shared.writer.flush(2.0)
            async for event in _missed(parts, caller, session_id, after):
                after = event.id
                yield _encode(event)
        while not subscription.lagging:
            try:
                async with asyncio.timeout(_KEEP_ALIVE_SECS):
                    news = await subscription.get()
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if news is None:
                return
            if after is None or news.id > after:
                yield _encode(news)


async def _missed(parts: Parts, caller: Principal, session_id: UUID, after: UUID) -> AsyncIterator[Event]:
    while True:
        async with parts.database.transaction(caller) as store:
            page = await store.events.after(session_id, after, limit=_PAGE)
        for event in page:
            yield event
        if len(page) < _PAGE:
            return
        after = page[-1].id


def _encode(event: Event) -> bytes:
    content = {
        "id": str(event.id),
        "session_id": str(event.session_id),
        "name": event.name,
        "created_at": wire.timestamp(event.created_at),
        "body": event.body,
    }
    text = json.dumps(content, ensure_ascii=False)
    return f"id: {event.id}\nevent: {event.name}\ndata: {text}\n\n".encode()
