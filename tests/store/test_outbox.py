"""The outbox: an event is kept, whatever happens to the webhooks that want it meanwhile."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from orion.domain.identity import Principal, new_id
from orion.domain.session import Event, Session, SessionStatus
from orion.domain.webhook import Webhook
from orion.store.tables import events, webhook_deliveries, webhooks

WAITING = text("select count(*) from pg_locks where not granted")
PURPOSES = ["recorder", "approvals", "plans"]


@pytest.fixture
async def session(database, ada):
    now = datetime.now(UTC)
    made = Session(new_id(), ada.workspace_id, ada.user_id, "concierge", SessionStatus.CREATED, now)
    async with database.transaction(ada) as store:
        return await store.sessions.create(made)


def a_webhook(owner):
    return Webhook(
        new_id(), owner.workspace_id, "https://hooks.example.org", ("error",), "-", datetime.now(UTC)
    )


async def tell(database, session, purpose):
    event = Event(new_id(), session.id, "error", {}, datetime.now(UTC))
    async with database.transaction(Principal.system(purpose)) as store:
        await store.events.add([event])


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_an_event_outlives_a_webhook_that_is_deleted_while_it_is_written(
    database, ada, session, purpose
):
    kept, gone = a_webhook(ada), a_webhook(ada)
    async with database.transaction(ada) as store:
        await store.webhooks.add(kept)
        await store.webhooks.add(gone)
    async with database.transaction(ada) as store:
        await store.webhooks.remove(gone.id)
        telling = asyncio.create_task(tell(database, session, purpose))  # noqa: TID251
        for _ in range(200):  # it waits for the end of the deletion
            if await waits(database):
                break
            await asyncio.sleep(0.01)
    await telling
    async with database.transaction(Principal.system("recorder")) as store:
        found = await store.connection.execute(select(webhook_deliveries.c.webhook_id))
        assert list(found.scalars()) == [kept.id]
        assert (await store.connection.execute(select(func.count()).select_from(events))).scalar() == 1


async def waits(database):
    """Whether a transaction waits for another."""
    async with database.transaction(Principal.system("ready")) as store:
        return (await store.connection.execute(WAITING)).scalar_one() > 0


async def test_of_events_and_deletions_at_once_no_event_is_lost(database, ada, session):
    async def made_and_removed():
        for _ in range(15):
            async with database.transaction(ada) as store:
                webhook = await store.webhooks.add(a_webhook(ada))
            async with database.transaction(ada) as store:
                await store.webhooks.remove(webhook.id)

    async def told(purpose):
        for _ in range(20):
            await tell(database, session, purpose)

    await asyncio.gather(*map(told, PURPOSES), *(made_and_removed() for _ in range(3)))
    async with database.transaction(Principal.system("recorder")) as store:
        assert (await store.connection.execute(select(func.count()).select_from(events))).scalar() == 60


@pytest.mark.parametrize("purpose", ["approvals", "plans"])
async def test_who_may_hold_a_webhook_changes_none(database, ada, purpose):
    async with database.transaction(ada) as store:
        await store.webhooks.add(a_webhook(ada))
    with pytest.raises(DBAPIError):
        async with database.transaction(Principal.system(purpose)) as store:
            await store.connection.execute(update(webhooks).values(url="https://evil.example"))
