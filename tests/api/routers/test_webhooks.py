"""Webhooks as admins manage them; how deliveries go is in `tests/nodes`."""

import asyncio

import pytest

from tests.api.running import running
from tests.nodes.recipient import Recipient, verified

HOOKS = "/api/v1/webhooks"


@pytest.fixture
async def server(database_url, tmp_path):
    async with running(database_url, tmp_path, tool_allowed_hosts=("127.0.0.1",)) as serving:
        yield serving


@pytest.fixture
async def ada(server):
    return (await server.register("ada"))["access_token"]


async def tried(server, ada, webhook, number):
    """The webhook's deliveries, once `number` of them have been tried."""
    async with asyncio.timeout(20):
        while True:
            found = await server.call(ada, "GET", f"{HOOKS}/{webhook['id']}/deliveries")
            items = found.json()["items"]
            if len([one for one in items if one["attempts"] and one["status"] != "pending"]) >= number:
                return items
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("secret", [None, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"])
async def test_a_delivery_passes_the_published_verification(server, ada, secret):
    with Recipient() as recipient:
        body = {"url": recipient.url, "events": ["error"], **({"secret": secret} if secret else {})}
        made = (await server.call(ada, "POST", HOOKS, body)).json()
        await server.call(ada, "POST", f"{HOOKS}/{made['id']}/test")
        await tried(server, ada, made, 1)
    (received,) = recipient.received
    headers = {name.lower(): value for name, value in received.headers.items()}
    assert secret in {None, made["secret"]}
    assert verified(made["secret"], headers, received.body)
    assert headers["webhook-id"] == received.event["id"]


async def test_a_webhook_that_was_disabled_is_enabled_again_and_keeps_its_secret(server, ada):
    with Recipient(410) as recipient:
        made = (await server.call(ada, "POST", HOOKS, {"url": recipient.url, "events": ["error"]})).json()
        path = f"{HOOKS}/{made['id']}"
        await server.call(ada, "POST", f"{path}/test")
        (gone,) = await tried(server, ada, made, 1)
        assert gone["error"] == "the recipient answered 410: it is gone, and the webhook is disabled"
        (listed,) = (await server.call(ada, "GET", HOOKS)).json()["items"]
        assert listed["disabled_at"] is not None
        enabled = await server.call(ada, "PATCH", path, {"enabled": True, "events": ["error", "turn.*"]})
        assert (enabled.json()["disabled_at"], enabled.json()["events"]) == (None, ["error", "turn.*"])
        await server.call(ada, "POST", f"{path}/test")
        assert (await tried(server, ada, made, 2))[0]["status"] == "done"
        assert verified(made["secret"], recipient.received[1].headers, recipient.received[1].body)
        since = (await server.call(ada, "PATCH", path, {"enabled": False})).json()["disabled_at"]
        assert (await server.call(ada, "PATCH", path, {"enabled": False})).json()["disabled_at"] == since


async def test_an_unknown_event_is_answered_with_those_that_there_are(server, ada):
    new = {"url": "https://example.org/hook", "events": ["error", "turn.partial"]}
    made = await server.call(ada, "POST", HOOKS, {**new, "events": ["error"]})
    for method, path, body in (
        ("POST", HOOKS, new),
        ("PATCH", f"{HOOKS}/{made.json()['id']}", {"events": new["events"]}),
    ):
        (problem,) = (await server.call(ada, method, path, body)).json()["errors"]
        assert problem["pointer"] == "/events/1"
        assert "'turn.partial'" in problem["detail"]
        assert "turn.*" in problem["detail"]
        assert "session.ended" in problem["detail"]


async def test_a_secret_that_claims_to_be_standard_and_is_not_is_refused(server, ada):
    body = {"url": "https://example.org/hook", "events": ["error"], "secret": "whsec_too-short-and-wrong"}
    (problem,) = (await server.call(ada, "POST", HOOKS, body)).json()["errors"]
    assert problem["pointer"] == "/secret"
