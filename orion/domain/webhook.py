"""Webhooks: which events go to which address, how a delivery is signed, and when it is tried again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
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
    "timer.rung",
    "hand_off",
    "guardrail",
    "error",
)
"""What is kept of a session, and so can be delivered. `session.ended` carries the transcript."""

_PREFIX = "whsec_"
_EARLIER = re.compile(r"[A-Za-z0-9_-]{43}")
"""32 bytes in base64url without padding."""
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


def known_events() -> list[str]:
    """All names that a webhook can ask for: families first, then events."""
    return [*dict.fromkeys(family(name) for name in EVENT_NAMES if "." in name), *EVENT_NAMES]


def unknown_events(names: Iterable[str]) -> list[str]:
    """Those of the names that are neither an event nor a family."""
    known = set(known_events())
    return [name for name in names if name not in known]


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: `whsec_` and 32 random bytes in base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def refuse_secret(secret: str) -> str:
    """Why this cannot be the secret of a new webhook; empty if it can."""
    if secret.startswith(_PREFIX) and not 24 <= len(_base64(secret.removeprefix(_PREFIX)) or b"") <= 64:
        return "after whsec_ comes the base64 of 24 to 64 bytes; leave the secret out and one is made"
    return ""


def signing_key(secret: str) -> bytes:
    """The bytes that sign by the scheme of Standard Webhooks: what its libraries read from the secret.

    A secret that is no base64 is its own key, in UTF-8. Earlier versions of ORION made secrets of base64url
    without padding: their bytes are the key, for which the recipient writes them in standard base64.
    """
    written = secret.removeprefix(_PREFIX)
    if (key := _base64(written)) is not None:
        return key
    if secret.startswith(_PREFIX) and _EARLIER.fullmatch(written):
        return base64.urlsafe_b64decode(written + "=")
    return secret.encode()


def standard_signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The value of `webhook-signature`: `v1,` and the HMAC-SHA256 over `id.timestamp.body` in base64.

    Source: Standard Webhooks 1.0.0, "Signature scheme".
    """
    content = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(signing_key(secret), content, 'sha256')).decode()}"


def _base64(text: str) -> bytes | None:
    """What standard base64 says, with or without its padding; None for anything else."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return None


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of `Orion-Signature`: HMAC-SHA256 (RFC 2104) over `timestamp.body`, in hexadecimal.

    It goes on for one release beside `standard_signature`.
    """
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
