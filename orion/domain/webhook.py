"""Webhooks: which events go to which address, how a delivery is signed, and when it is tried again."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

EVENT_NAMES = (
    "session.created",
    "session.updated",
    "session.ended",
    "session.budget",
    "session.prompts",
    "participant.joined",
    "participant.left",
    "turn.started",
    "turn.ended",
    "tool.started",
    "tool.ended",
    "tool.approval",
    "plan.step",
    "plan.updated",
    "hand_off",
    "guardrail",
    "error",
)
"""What is kept of a session, and so can be delivered. `session.ended` carries the transcript."""

TEST_EVENT = "webhook.test"

RETRY_SECS = (10.0, 60.0, 300.0, 1800.0, 7200.0, 21600.0)
"""How long after each failed attempt the next one follows; after the last one it is given up."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of events of its workspace.

    Attributes:
        events: Names of EVENT_NAMES, or families of them: `turn.*`.
        secret: The key of its signatures, sealed for `place`.
        disabled_at: When its recipient said that it is gone (410); nothing is delivered any more.
    """

    id: UUID
    workspace_id: UUID
    url: str
    events: tuple[str, ...]
    secret: str = field(repr=False)
    created_at: datetime
    disabled_at: datetime | None = None

    @property
    def place(self) -> str:
        """What the secret is sealed for."""
        return f"{self.workspace_id}/webhooks/{self.id}/secret"


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    """Given up after the last attempt, or the webhook was disabled."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one webhook; it arrives at least once.

    Attributes:
        event_id: The same in every attempt, so that the recipient can tell what it has had.
        body: The body of the event.
        attempts: How often it was tried.
        response_status: The recipient's last HTTP status; None where none came.
        error: Why the last attempt failed; None where it did not.
    """

    id: UUID
    webhook_id: UUID
    event_id: UUID
    name: str
    session_id: UUID | None
    body: dict[str, Any]
    created_at: datetime
    status: DeliveryStatus = DeliveryStatus.PENDING
    attempts: int = 0
    next_attempt_at: datetime | None = None
    response_status: int | None = None
    error: str | None = None
    ended_at: datetime | None = None


def family(name: str) -> str:
    """The family of an event name: `turn.*` of `turn.ended`."""
    return f"{name.split('.', 1)[0]}.*"


def unknown_events(names: Iterable[str]) -> list[str]:
    """Those of the names that are neither an event nor a family."""
    known = {*EVENT_NAMES, *(family(name) for name in EVENT_NAMES if "." in name)}
    return [name for name in names if name not in known]


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of `Orion-Signature`: HMAC-SHA256 (RFC 2104) over `timestamp.body`, in hexadecimal."""
    content = timestamp.encode() + b"." + body
    return f"v1={hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()}"


def retry_in_secs(attempts: int, chance: float, delays: tuple[float, ...] = RETRY_SECS) -> float | None:
    """How long to wait after `attempts` failed ones, by up to 20 % longer or shorter; None: give up.

    Args:
        attempts: At least 1.
        chance: A random number in [0, 1), so that many deliveries do not come back at once.
        delays: Seconds after the first, second, ... failure.
    """
    if attempts > len(delays):
        return None
    return delays[attempts - 1] * (0.8 + 0.4 * chance)
