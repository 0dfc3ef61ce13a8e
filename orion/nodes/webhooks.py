"""Delivers what the outbox of webhooks holds, at least once, until it arrives or is given up.

A delivery is claimed for a while, and no transaction is open while its recipient answers: of a process
that dies, another (or the next) takes it over when the claim has run out. Deliveries to one webhook go
one after another, those to different ones beside each other, so that a recipient that hangs holds up
itself alone.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import ssl
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2 as httpx
from loguru import logger

from orion import __version__
from orion.domain import wire
from orion.domain.identity import Principal
from orion.domain.webhook import (
    RETRY_SECS,
    Delivery,
    DeliveryStatus,
    Webhook,
    retry_in_secs,
    signature,
    standard_signature,
)
from orion.errors import DatabaseUnavailable, NotFound, OrionError
from orion.pipelines.tasks import Tasks
from orion.store.database import Database

DEADLINE_SECS = 10.0
"""How long a recipient may take for its whole answer."""
KEPT_DAYS = 30
"""How long a delivery that has ended is listed."""
_BATCH = 5
_BESIDE = 20
"""To so many webhooks at once: those that hang must not take all connections, which tools share."""
_LEASE_SECS = _BATCH * DEADLINE_SECS + 10
_POLL_SECS = 1.0
_PRINCIPAL = Principal.system("webhooks")
_GONE = 410
_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "the name of the host cannot be resolved"),
    (ssl.SSLError, "the connection is not secure: the certificate or the TLS version is not accepted"),
    (ConnectionRefusedError, "the connection was refused; nothing listens there"),
    (httpx.ConnectTimeout, "no connection: the host does not answer"),
    (httpx.ConnectError, "no connection to the host"),
    (httpx.RemoteProtocolError, "the recipient closed the connection without a valid answer"),
    (httpx.NetworkError, "the connection broke before the answer"),
    (httpx.InvalidURL, "the address is no URL"),
)
"""What failed, by the most telling of an error's causes."""


class WebhookDeliveries:
    """The deliveries that this process makes.

    Args:
        client: A guarded one, for recipients are as hostile as tools. It must not follow redirects;
            what it raises counts as a failed attempt.
        open_secret: Gives the secret that was sealed for a place.
        retry_secs: How long after each failed attempt the next one follows.
        deadline_secs: How long a recipient may take.
    """

    def __init__(
        self,
        database: Database,
        client: httpx.AsyncClient,
        open_secret: Callable[[str, str], str],
        *,
        retry_secs: tuple[float, ...] = RETRY_SECS,
        deadline_secs: float = DEADLINE_SECS,
    ) -> None:
        self._database = database
        self._client = client
        self._open_secret = open_secret
        self._retry_secs = retry_secs
        self._deadline_secs = deadline_secs
        self._forget_at = datetime.now(UTC)
        self._busy: set[UUID] = set()
        self._served = asyncio.Event()
        self._tasks = Tasks()

    def start(self) -> None:
        """Begin to deliver."""
        self._tasks.spawn(self._run(), "webhooks")

    async def close(self) -> None:
        """Stop; what is under way is tried again by whoever claims it next."""
        await self._tasks.close()

    async def _run(self) -> None:
        while True:
            try:
                await self._forget()
                while len(self._busy) < _BESIDE and await self._claim():
                    pass
            except DatabaseUnavailable:
                logger.warning("webhooks wait for the database")
            self._served.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_POLL_SECS):
                    await self._served.wait()

    async def _forget(self) -> None:
        """Once an hour, remove what ended long ago: it holds what people said."""
        now = datetime.now(UTC)
        if now < self._forget_at:
            return
        self._forget_at = now + timedelta(hours=1)
        async with self._database.transaction(_PRINCIPAL) as store:
            await store.webhooks.forget_ended(now - timedelta(days=KEPT_DAYS))

    async def _claim(self) -> bool:
        """Begin with what is due and nobody else's; whether there was any."""
        async with self._database.transaction(_PRINCIPAL) as store:
            claimed = await store.webhooks.claim(_LEASE_SECS, _BATCH, self._busy)
        by_webhook: defaultdict[UUID, list[Delivery]] = defaultdict(list)
        for delivery in claimed:
            by_webhook[delivery.webhook_id].append(delivery)
        for webhook_id, deliveries in by_webhook.items():
            self._busy.add(webhook_id)
            self._tasks.spawn(self._serve(webhook_id, deliveries), "webhook")
        return bool(claimed)

    async def _serve(self, webhook_id: UUID, deliveries: list[Delivery]) -> None:
        try:
            for delivery in deliveries:
                await self._attempt(webhook_id, delivery)
        except (DatabaseUnavailable, NotFound):
            # The claims run out, and somebody tries again; or the webhook was removed meanwhile.
            logger.debug("a webhook's deliveries were left")
        finally:
            self._busy.discard(webhook_id)
            self._served.set()

    async def _attempt(self, webhook_id: UUID, delivery: Delivery) -> None:
        async with self._database.transaction(_PRINCIPAL) as store:
            webhook = await store.webhooks.get(webhook_id)
        if webhook.disabled_at is None:
            delivery = await self._sent(webhook, delivery)
        else:
            delivery = _ended(delivery, DeliveryStatus.FAILED, "the webhook is disabled")
        async with self._database.transaction(_PRINCIPAL) as store:
            await store.webhooks.settle(delivery)
            if delivery.response_status == _GONE:
                await store.webhooks.disable(webhook_id)

    async def _sent(self, webhook: Webhook, delivery: Delivery) -> Delivery:
        """The delivery after one more attempt."""
        try:
            status = await self._post(webhook, delivery)
        except (httpx.HTTPError, httpx.InvalidURL, OrionError, OSError, ValueError) as error:
            # An error's text may hold the address with its query.
            return self._failed(replace(delivery, response_status=None), self._in_words(error))
        delivery = replace(delivery, response_status=status)
        if 200 <= status < 300:
            return _ended(delivery, DeliveryStatus.DONE, None)
        if status == _GONE:
            gone = "the recipient answered 410: it is gone, and the webhook is disabled"
            return _ended(delivery, DeliveryStatus.FAILED, gone)
        what = "redirects are not followed" if 300 <= status < 400 else "only 2xx counts as taken"
        return self._failed(delivery, f"the recipient answered {status}; {what}")

    async def _post(self, webhook: Webhook, delivery: Delivery) -> int:
        """The recipient's status; its body is not read. The deadline counts for all of it."""
        content = payload(delivery)
        timestamp = str(int(datetime.now(UTC).timestamp()))
        secret, event_id = self._open_secret(webhook.secret, webhook.place), str(delivery.event_id)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"ORION/{__version__}",
            "webhook-id": event_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": standard_signature(secret, event_id, timestamp, content),
            "Orion-Event-Id": event_id,
            "Orion-Timestamp": timestamp,
            "Orion-Signature": signature(secret, timestamp, content),
        }
        async with asyncio.timeout(self._deadline_secs):
            request = self._client.stream("POST", webhook.url, content=content, headers=headers)
            async with request as response:
                return int(response.status_code)

    def _in_words(self, error: BaseException) -> str:
        """Why an attempt failed, without the address: its query may hold a secret."""
        causes = list(_causes(error))
        for kind, words in _WORDS:
            if any(isinstance(cause, kind) for cause in causes):
                return words
        if isinstance(error, (TimeoutError, httpx.TimeoutException)):
            return f"no answer within {self._deadline_secs:g} seconds"
        if isinstance(error, OrionError):
            return error.detail
        return f"the delivery failed: {type(error).__name__}"

    def _failed(self, delivery: Delivery, error: str) -> Delivery:
        chance = random.random()  # noqa: S311 - spreads attempts, guards nothing
        secs = retry_in_secs(delivery.attempts, chance, self._retry_secs)
        if secs is None:
            return _ended(delivery, DeliveryStatus.FAILED, error)
        return replace(delivery, error=error, next_attempt_at=datetime.now(UTC) + timedelta(seconds=secs))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came of, the latest first."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


def payload(delivery: Delivery) -> bytes:
    """What is posted: the event as it is streamed, in UTF-8."""
    content = {
        "id": str(delivery.event_id),
        "name": delivery.name,
        "created_at": wire.timestamp(delivery.created_at),
        "session_id": str(delivery.session_id) if delivery.session_id else None,
        "body": delivery.body,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _ended(delivery: Delivery, status: DeliveryStatus, error: str | None) -> Delivery:
    return replace(delivery, status=status, error=error, next_attempt_at=None, ended_at=datetime.now(UTC))
