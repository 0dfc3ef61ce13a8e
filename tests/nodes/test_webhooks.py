"""Deliveries against a real recipient that fails, hangs, redirects, is down or gone."""

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orion.domain.identity import Principal, new_id
from orion.domain.session import EndReason, Event, Session, SessionStatus
from orion.domain.turn import Speaker, Turn
from orion.domain.webhook import DeliveryStatus, Webhook, signature
from orion.errors import Conflict
from orion.net.addresses import AllowedHosts
from orion.net.client import GuardedClient, resolve
from orion.nodes.webhooks import WebhookDeliveries
from orion.store.secrets import SecretKeys
from tests.nodes.recipient import Recipient

RECORDER, DELIVERER = Principal.system("recorder"), Principal.system("webhooks")
SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
KEYS = SecretKeys(["k" * 32])
LOOPBACK = AllowedHosts(["127.0.0.1"])


@pytest.fixture
async def session(database, ben):
    async with database.transaction(ben) as store:
        now = datetime.now(UTC)
        made = Session(new_id(), ben.workspace_id, ben.user_id, "concierge", SessionStatus.CREATED, now)
        return await store.sessions.create(made)


async def hook(database, admin, url, *events):
    webhook = Webhook(
        new_id(), admin.workspace_id, url, events or ("error",), secret="", created_at=datetime.now(UTC)
    )
    webhook = replace(webhook, secret=KEYS.seal(SECRET, webhook.place))
    async with database.transaction(admin) as store:
        return await store.webhooks.add(webhook)


async def happens(database, session, name="error", body=None):
    event = Event(new_id(), session.id, name, body or {"slug": "x"}, datetime.now(UTC))
    async with database.transaction(RECORDER) as store:
        await store.events.add([event])
    return event


@asynccontextmanager
async def delivering(
    database, *, retry_secs=(0.1, 0.1), deadline_secs=0.5, allowed=LOOPBACK, look_up=resolve
):
    guarded = GuardedClient(allowed, look_up)
    async with guarded.client() as client:
        deliveries = WebhookDeliveries(
            database, client, KEYS.open, retry_secs=retry_secs, deadline_secs=deadline_secs
        )
        deliveries.start()
        yield deliveries
        await deliveries.close()
    await guarded.close()


async def ended(database, admin, webhook, count=1):
    """The deliveries of the webhook, oldest first, once `count` of them have ended."""
    async with asyncio.timeout(15):
        while True:
            async with database.transaction(admin) as store:
                found, _ = await store.webhooks.deliveries(webhook.id, 100, None)
            if sum(delivery.ended_at is not None for delivery in found) >= count:
                return found[::-1]
            await asyncio.sleep(0.05)


async def test_an_event_arrives_as_it_is_streamed_and_the_documented_check_accepts_it(database, ada, session):
    code = re.search(r"```python\n(.*?)```", Path("docs/webhooks.md").read_text(), re.DOTALL)
    documented: dict[str, Any] = {}
    assert code
    exec(code[1], documented)
    is_from_orion = documented["is_from_orion"]
    with Recipient() as recipient:
        webhook = await hook(database, ada, recipient.url)
        event = await happens(database, session, body={"slug": "x", "detail": "Grüße"})
        async with delivering(database):
            (delivery,) = await ended(database, ada, webhook)
    (received,) = recipient.received
    assert received.event["body"] == {"slug": "x", "detail": "Grüße"}
    assert (received.event["id"], received.event["session_id"]) == (str(event.id), str(session.id))
    assert received.headers["Orion-Event-Id"] == str(event.id)
    assert (delivery.status, delivery.attempts, delivery.response_status) == (DeliveryStatus.DONE, 1, 200)
    assert is_from_orion(received.headers, received.body, SECRET)
    assert not is_from_orion(received.headers, received.body + b" ", SECRET)
    assert not is_from_orion(received.headers, received.body, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert not is_from_orion({**received.headers, "webhook-timestamp": "1700000000"}, received.body, SECRET)
    stamp = received.headers["Orion-Timestamp"]
    assert received.headers["Orion-Signature"] == signature(SECRET, stamp, received.body)


async def test_a_recipient_that_fails_is_tried_again_with_the_same_event(database, ada, session):
    with Recipient(500, 503) as recipient:
        webhook = await hook(database, ada, recipient.url)
        event = await happens(database, session)
        async with delivering(database):
            (delivery,) = await ended(database, ada, webhook)
    assert (delivery.status, delivery.attempts, delivery.error) == (DeliveryStatus.DONE, 3, None)
    assert {received.headers["Orion-Event-Id"] for received in recipient.received} == {str(event.id)}


async def test_a_delivery_is_given_up_after_its_last_attempt(database, ada, session):
    with Recipient(500, 500, 500) as recipient:
        webhook = await hook(database, ada, recipient.url)
        await happens(database, session)
        async with delivering(database):
            (delivery,) = await ended(database, ada, webhook)
    assert len(recipient.received) == 3
    assert (delivery.status, delivery.response_status) == (DeliveryStatus.FAILED, 500)
    assert (delivery.error, delivery.next_attempt_at) == (
        "the recipient answered 500; only 2xx counts as taken",
        None,
    )


async def test_a_recipient_that_hangs_is_left_after_the_deadline_and_holds_up_itself_alone(
    database, ada, session
):
    with Recipient(None, None, None) as hanging, Recipient() as quick:
        slow = await hook(database, ada, hanging.url)
        fast = await hook(database, ada, quick.url)
        await happens(database, session)
        async with delivering(database, deadline_secs=1):
            (delivered,) = await ended(database, ada, fast)
            (given_up,) = await ended(database, ada, slow)
    assert delivered.ended_at < given_up.ended_at
    assert (given_up.status, given_up.error) == (DeliveryStatus.FAILED, "no answer within 1 seconds")
    assert (given_up.attempts, given_up.response_status) == (3, None)


async def test_a_redirect_is_a_failure_and_not_followed(database, ada, session):
    with Recipient() as elsewhere, Recipient(302, 307, 308, location=elsewhere.url) as recipient:
        webhook = await hook(database, ada, recipient.url)
        await happens(database, session)
        async with delivering(database):
            (delivery,) = await ended(database, ada, webhook)
        assert delivery.status is DeliveryStatus.FAILED
        assert not elsewhere.received


async def test_a_name_that_leads_into_the_private_network_gets_nothing(database, ada, session):
    async def rebound(_host, _port):
        return ["127.0.0.1"]

    with Recipient() as inside:
        literal = await hook(database, ada, inside.url)
        named = await hook(database, ada, "http://hooks.example.org/")
        await happens(database, session)
        async with delivering(database, allowed=AllowedHosts(), look_up=rebound):
            refused = [*await ended(database, ada, literal), *await ended(database, ada, named)]
    assert {one.status for one in refused} == {DeliveryStatus.FAILED}
    assert [one.error for one in refused] == [
        f"port {inside.port} is not allowed",
        "the name leads to an address that is not public",
    ]
    assert inside.received == []


async def test_a_secret_that_was_copied_to_another_webhook_signs_nothing(database, ada, session):
    with Recipient() as recipient:
        webhook = await hook(database, ada, recipient.url)
        thief = replace(webhook, id=new_id())
        async with database.transaction(ada) as store:
            await store.webhooks.add(thief)
        await happens(database, session)
        async with delivering(database):
            (delivery,) = await ended(database, ada, thief)
            await ended(database, ada, webhook)
    assert (delivery.status, delivery.error) == (DeliveryStatus.FAILED, "a stored secret cannot be opened")
    assert len(recipient.received) == 1


async def test_a_recipient_that_is_down_gets_its_events_when_it_is_back(database, ada, session):
    with Recipient() as recipient:
        port, url = recipient.port, recipient.url
    webhook = await hook(database, ada, url)
    await happens(database, session)
    async with delivering(database, retry_secs=(0.5,) * 20):
        async with asyncio.timeout(10):
            while True:
                async with database.transaction(ada) as store:
                    (waiting,), _ = await store.webhooks.deliveries(webhook.id, 1, None)
                if waiting.error:
                    break
                await asyncio.sleep(0.05)
        assert waiting.error == "the connection was refused; nothing listens there"
        with Recipient(port=port) as recipient:
            (delivery,) = await ended(database, ada, webhook)
    assert delivery.status is DeliveryStatus.DONE
    assert recipient.names == ["error"]


async def test_a_recipient_that_is_gone_disables_its_webhook(database, ada, session):
    with Recipient(410) as recipient:
        webhook = await hook(database, ada, recipient.url)
        for _ in range(3):
            await happens(database, session)
        async with delivering(database):
            found = await ended(database, ada, webhook, 3)
        await happens(database, session)
    assert {delivery.status for delivery in found} == {DeliveryStatus.FAILED}
    assert len(recipient.received) == 1
    async with database.transaction(ada) as store:
        assert (await store.webhooks.get(webhook.id)).disabled_at
        assert len((await store.webhooks.deliveries(webhook.id, 10, None))[0]) == 3


async def test_two_processes_deliver_each_event_once_and_one_webhook_in_order(database, ada, session):
    with Recipient() as recipient:
        webhook = await hook(database, ada, recipient.url, "turn.*")
        for number in range(12):
            await happens(database, session, "turn.ended", {"number": number})
        async with delivering(database):
            await ended(database, ada, webhook, 12)
        assert [received.event["body"]["number"] for received in recipient.received] == list(range(12))
        for number in range(30):
            await happens(database, session, "turn.ended", {"number": number})
        async with delivering(database), delivering(database):
            await ended(database, ada, webhook, 42)
    assert sorted(received.event["body"]["number"] for received in recipient.received[12:]) == list(range(30))


async def test_the_claim_of_a_process_that_died_runs_out(database, ada, session):
    with Recipient() as recipient:
        webhook = await hook(database, ada, recipient.url)
        await happens(database, session)
        async with database.transaction(DELIVERER) as store:
            assert len(await store.webhooks.claim(1.0, 5, set())) == 1
            assert await store.webhooks.claim(1.0, 5, set()) == []
        async with delivering(database):
            (delivery,) = await ended(database, ada, webhook)
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.DONE, 2)


async def test_deliveries_are_listed_for_thirty_days(database, ada, session):
    with Recipient() as recipient:
        webhook = await hook(database, ada, recipient.url)
        await happens(database, session)
        async with delivering(database):
            (delivery,) = await ended(database, ada, webhook)
        await happens(database, session)
    async with database.transaction(DELIVERER) as store:
        assert await store.webhooks.forget_ended(delivery.ended_at) == 0
        assert await store.webhooks.forget_ended(datetime.now(UTC)) == 1
    async with database.transaction(ada) as store:
        (waiting,), _ = await store.webhooks.deliveries(webhook.id, 10, None)
    assert waiting.status is DeliveryStatus.PENDING


async def test_a_delivery_stands_and_falls_with_the_transaction_of_its_event(database, ada, session):
    webhook = await hook(database, ada, "http://127.0.0.1:9/")
    event = Event(new_id(), session.id, "error", {}, datetime.now(UTC))

    async def failing():
        async with database.transaction(RECORDER) as store:
            await store.events.add([event])
            raise Conflict

    with pytest.raises(Conflict):
        await failing()
    async with database.transaction(ada) as store:
        assert (await store.webhooks.deliveries(webhook.id, 10, None))[0] == []
    for _ in range(2):
        async with database.transaction(RECORDER) as store:
            await store.events.add([event])
    async with database.transaction(ada) as store:
        assert len((await store.webhooks.deliveries(webhook.id, 10, None))[0]) == 1


async def test_a_webhook_is_told_of_its_own_events_in_its_own_workspace_alone(database, ada, session):
    webhook = await hook(database, ada, "http://127.0.0.1:9/", "session.*", "hand_off")
    for name in ("turn.ended", "session.updated", "hand_off", "error"):
        await happens(database, session, name)
    async with database.transaction(ada) as store:
        found, _ = await store.webhooks.deliveries(webhook.id, 10, None)
    assert [delivery.name for delivery in found] == ["hand_off", "session.updated"]


async def test_the_end_of_a_session_carries_the_transcript(database, ada, session):
    webhook = await hook(database, ada, "http://127.0.0.1:9/", "session.ended")
    now = datetime.now(UTC)
    event = Event(new_id(), session.id, "session.ended", {"end_reason": "agent"}, now)
    async with database.transaction(RECORDER) as store:
        for speaker, text in ((Speaker.USER, "Hello."), (Speaker.AGENT, "Goodbye.")):
            await store.turns.save(Turn(new_id(), session.id, speaker, "concierge", text, now, now))
        await store.events.add([event])
    async with database.transaction(ada) as store:
        (delivery,), _ = await store.webhooks.deliveries(webhook.id, 10, None)
    assert delivery.body["end_reason"] == EndReason.AGENT
    assert [turn["text"] for turn in delivery.body["transcript"]] == ["Hello.", "Goodbye."]


async def test_a_deleted_session_leaves_nothing_in_the_outbox(database, ada, ben, session):
    webhook = await hook(database, ada, "http://127.0.0.1:9/")
    await happens(database, session)
    async with database.transaction(ben) as store:
        assert await store.rooms.spend(new_id(), session.id)
        await store.sessions.delete(session.id)
    async with database.transaction(ada) as store:
        assert (await store.webhooks.deliveries(webhook.id, 10, None))[0] == []
    assert (await happens(database, session)).name == "error"
    async with database.transaction(ada) as store:
        assert (await store.webhooks.deliveries(webhook.id, 10, None))[0] == []
