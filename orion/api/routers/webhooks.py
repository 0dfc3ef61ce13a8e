"""Webhooks of the workspace: made, listed, changed, tested and removed by its admins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints

from orion.api.access import AdminDep, PartsDep, StoreDep
from orion.api.fields import EXAMPLE_ID, EXAMPLE_TIME, Cursor, Flag, Limit, Timestamp, example
from orion.api.openapi import fails
from orion.domain import wire
from orion.domain.identity import new_id
from orion.domain.webhook import (
    TEST_EVENT,
    Delivery,
    DeliveryStatus,
    Webhook,
    known_events,
    new_secret,
    refuse_secret,
    unknown_events,
)
from orion.errors import Conflict, FieldProblem, Invalid
from orion.net.addresses import AllowedHosts
from orion.net.client import unreachable

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"])

_MOST_WEBHOOKS = 50
"""Each event of the workspace is written once for each of them."""
_URL = "https://hooks.example.org/orion"
_WEBHOOK = {
    "id": EXAMPLE_ID,
    "url": _URL,
    "events": ["session.ended", "turn.ended"],
    "created_at": EXAMPLE_TIME,
    "disabled_at": None,
}
_DELIVERY = {
    "id": EXAMPLE_ID,
    "event_id": EXAMPLE_ID,
    "name": "session.ended",
    "session_id": EXAMPLE_ID,
    "status": "done",
    "attempts": 1,
    "response_status": 204,
    "error": None,
    "created_at": EXAMPLE_TIME,
    "next_attempt_at": None,
    "ended_at": EXAMPLE_TIME,
}


Url = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=8, max_length=2000),
    Field(json_schema_extra={"format": "uri"}),
]
Events = Annotated[
    list[Annotated[str, StringConstraints(max_length=100)]], Field(min_length=1, max_length=50)
]


class NewWebhook(BaseModel):
    """Where to, which events, and the key of the signatures; without one a key is made.

    A `secret` of your own is `whsec_` and base64, as Standard Webhooks writes it, or any text.
    """

    model_config = example({"url": _URL, "events": ["session.ended", "turn.ended"]}, "forbid")

    url: Url
    events: Events
    secret: Annotated[str, StringConstraints(min_length=16, max_length=200)] | None = None


class WebhookChange(BaseModel):
    """What shall change; what is left out stays. `enabled` true enables a webhook that was disabled."""

    model_config = example({"enabled": True}, "forbid")

    url: Url | None = None
    events: Events | None = None
    enabled: Flag | None = None


class WebhookBody(BaseModel):
    """A webhook; `disabled_at` is null unless an admin disabled it, or its recipient answered 410."""

    model_config = example(_WEBHOOK)

    id: UUID
    url: str
    events: list[str]
    created_at: Timestamp
    disabled_at: Timestamp | None


class WebhookMade(WebhookBody):
    """A new webhook with its secret, which is shown this once."""

    model_config = example({**_WEBHOOK, "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"})

    secret: str


class WebhookPage(BaseModel):
    """One page of webhooks, newest first."""

    model_config = example({"items": [_WEBHOOK], "next_cursor": None})

    items: list[WebhookBody]
    next_cursor: str | None


class DeliveryBody(BaseModel):
    """One event on its way to a webhook, and what came of it so far."""

    model_config = example(_DELIVERY)

    id: UUID
    event_id: UUID
    name: str
    session_id: UUID | None
    status: DeliveryStatus
    attempts: int
    response_status: int | None
    error: str | None
    created_at: Timestamp
    next_attempt_at: Timestamp | None
    ended_at: Timestamp | None


class DeliveryPage(BaseModel):
    """One page of deliveries, newest first."""

    model_config = example({"items": [_DELIVERY], "next_cursor": None})

    items: list[DeliveryBody]
    next_cursor: str | None


@router.get("", response_model=WebhookPage)
async def list_webhooks(_admin: AdminDep, store: StoreDep, limit: Limit = 20, cursor: Cursor = None) -> Any:
    """The workspace's webhooks."""
    items, next_cursor = await store.webhooks.page(limit, cursor)
    return {"items": [_body(webhook) for webhook in items], "next_cursor": next_cursor}


@router.post("", status_code=201, response_model=WebhookMade, responses=fails(Conflict))
async def create(body: NewWebhook, admin: AdminDep, parts: PartsDep, store: StoreDep) -> Any:
    """Let an address be told of events of the workspace."""
    assert admin.workspace_id is not None
    outside = parts.calls.shared.catalogue.outside
    _check(body, outside.client.allowed)
    secret = body.secret or new_secret()
    webhook = Webhook(
        id=new_id(),
        workspace_id=admin.workspace_id,
        url=body.url,
        events=tuple(dict.fromkeys(body.events)),
        secret="",
        created_at=datetime.now(UTC),
    )
    webhook = replace(webhook, secret=outside.keys.seal(secret, webhook.place))
    if len((await store.webhooks.page(_MOST_WEBHOOKS, None))[0]) == _MOST_WEBHOOKS:
        raise Conflict(f"a workspace has at most {_MOST_WEBHOOKS} webhooks")
    return {**_body(await store.webhooks.add(webhook)), "secret": secret}


@router.patch("/{webhook_id}", response_model=WebhookBody)
async def change(
    webhook_id: UUID, body: WebhookChange, _admin: AdminDep, parts: PartsDep, store: StoreDep
) -> Any:
    """Change a webhook's address or events, disable it, or enable it again.

    What happened while it was disabled is not delivered later.
    """
    _check(body, parts.calls.shared.catalogue.outside.client.allowed)
    events = None if body.events is None else dict.fromkeys(body.events)
    return _body(await store.webhooks.change(webhook_id, url=body.url, events=events, enabled=body.enabled))


@router.delete("/{webhook_id}", status_code=204)
async def delete(webhook_id: UUID, _admin: AdminDep, store: StoreDep) -> Response:
    """Remove a webhook; what waits for it is not delivered."""
    await store.webhooks.remove(webhook_id)
    return Response(status_code=204)


@router.post("/{webhook_id}/test", status_code=202, response_model=DeliveryBody)
async def test(webhook_id: UUID, _admin: AdminDep, store: StoreDep) -> Any:
    """Deliver an event named `webhook.test`; what comes of it stands among the deliveries."""
    webhook = await store.webhooks.get(webhook_id)
    return _delivery(await store.webhooks.send(webhook, TEST_EVENT, {"webhook_id": str(webhook_id)}))


@router.get("/{webhook_id}/deliveries", response_model=DeliveryPage)
async def deliveries(
    webhook_id: UUID, _admin: AdminDep, store: StoreDep, limit: Limit = 20, cursor: Cursor = None
) -> Any:
    """What was delivered to a webhook, is on its way, or was given up."""
    await store.webhooks.get(webhook_id)
    items, next_cursor = await store.webhooks.deliveries(webhook_id, limit, cursor)
    return {"items": [_delivery(delivery) for delivery in items], "next_cursor": next_cursor}


def _check(body: NewWebhook | WebhookChange, allowed: AllowedHosts) -> None:
    """Raise Invalid for an address, event names or a secret that cannot be used."""
    events = body.events or []
    problems = [
        FieldProblem(
            f"/events/{events.index(name)}",
            f"there is no event {name!r}; there are: {', '.join(known_events())}",
        )
        for name in unknown_events(events)
    ]
    if body.url is not None and (refusal := unreachable(body.url, allowed)):
        problems.append(FieldProblem("/url", refusal))
    if isinstance(body, NewWebhook) and (refusal := refuse_secret(body.secret or "")):
        problems.append(FieldProblem("/secret", refusal))
    if problems:
        raise Invalid("some fields are not acceptable", problems=problems)


def _body(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "url": webhook.url,
        "events": list(webhook.events),
        "created_at": wire.timestamp(webhook.created_at),
        "disabled_at": wire.timestamp(webhook.disabled_at),
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "event_id": delivery.event_id,
        "name": delivery.name,
        "session_id": delivery.session_id,
        "status": delivery.status.value,
        "attempts": delivery.attempts,
        "response_status": delivery.response_status,
        "error": delivery.error,
        "created_at": wire.timestamp(delivery.created_at),
        "next_attempt_at": wire.timestamp(delivery.next_attempt_at),
        "ended_at": wire.timestamp(delivery.ended_at),
    }
