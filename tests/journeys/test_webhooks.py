"""Webhooks from the outside: made by admins, told of real conversations, alive after a kill."""

import asyncio
import signal

import httpx
import pytest

from orion.domain.webhook import signature
from tests.journeys.conftest import PASSWORD, start_server
from tests.journeys.test_rest import problem, sign_up
from tests.nodes.recipient import Recipient


async def make(http, url, *events, **more):
    response = await http.post("/api/v1/webhooks", json={"url": url, "events": list(events), **more})
    assert response.status_code == 201, response.text
    return response.json()


async def arrived(recipient, name, since=0):
    """The first delivery of that name."""
    async with asyncio.timeout(25):
        while True:
            for received in recipient.received[since:]:
                if received.event["name"] == name:
                    return received
            await asyncio.sleep(0.05)


async def deliveries(http, webhook):
    return (await http.get(f"/api/v1/webhooks/{webhook['id']}/deliveries")).json()["items"]


async def test_a_conversation_is_told_to_a_webhook_and_its_end_with_the_transcript(http):
    with Recipient() as recipient:
        webhook = await make(http, recipient.url, "session.*", "tool.ended")
        session_id = (await http.post("/api/v1/sessions", json={"title": "Sums"})).json()["id"]
        base = f"/api/v1/sessions/{session_id}"
        await http.post(f"{base}/messages", json={"text": "two plus two"})
        await http.patch(f"{base}/status", json={"status": "ended"})
        end = await arrived(recipient, "session.ended")
        tool = await arrived(recipient, "tool.ended")
        await http.delete(f"/api/v1/webhooks/{webhook['id']}")
    assert [turn["text"] for turn in end.event["body"]["transcript"]] == ["two plus two", "That is 4."]
    assert end.event["session_id"] == session_id
    assert tool.event["body"]["tool_call"]["tool"] == "calculator"
    assert recipient.names[0] == "session.created"
    stamp = end.headers["Orion-Timestamp"]
    assert end.headers["Orion-Signature"] == signature(webhook["secret"], stamp, end.body)


async def test_all_that_happens_to_a_plan_is_told_to_a_webhook(http):
    with Recipient() as recipient:
        webhook = await make(http, recipient.url, "plan.*")
        session_id = (await http.post("/api/v1/sessions", json={})).json()["id"]
        base = f"/api/v1/agent/sessions/{session_id}"
        goal = {"goal": "set a timer for one minute, then tell me the time in Tokyo"}
        plan = (await http.post(f"{base}/plan", json=goal)).json()
        await http.post(f"{base}/execute", json={"plan_id": plan["id"]})
        async with asyncio.timeout(25):
            while not any(
                r.event["name"] == "plan.updated" and r.event["body"]["plan"]["status"] == "done"
                for r in recipient.received
            ):
                await asyncio.sleep(0.05)
        await http.delete(f"/api/v1/webhooks/{webhook['id']}")
    assert {r.event["name"] for r in recipient.received} == {"plan.step", "plan.updated"}
    assert {r.event["session_id"] for r in recipient.received} == {session_id}
    told = [r.event["body"]["step"] for r in recipient.received if r.event["name"] == "plan.step"]
    assert {(step["index"], step["status"]) for step in told} >= {
        (0, "running"),
        (0, "done"),
        (1, "running"),
        (1, "done"),
    }
    for received in recipient.received:
        stamp = received.headers["Orion-Timestamp"]
        expected = signature(webhook["secret"], stamp, received.body)
        assert received.headers["Orion-Signature"] == expected


async def test_the_secret_is_shown_once_and_never_stored_as_it_is(server, http):
    with Recipient() as recipient:
        webhook = await make(http, recipient.url, "error", secret="a secret of my own")
        assert webhook["secret"] == "a secret of my own"
        listed = (await http.get("/api/v1/webhooks")).json()["items"]
        assert next(item for item in listed if item["id"] == webhook["id"]) == {
            "id": webhook["id"],
            "url": recipient.url,
            "events": ["error"],
            "created_at": webhook["created_at"],
            "disabled_at": None,
        }
        test = await http.post(f"/api/v1/webhooks/{webhook['id']}/test")
        assert (test.status_code, test.json()["status"]) == (202, "pending")
        received = await arrived(recipient, "webhook.test")
        assert received.event["session_id"] is None
        stamp = received.headers["Orion-Timestamp"]
        expected = signature("a secret of my own", stamp, received.body)
        assert received.headers["Orion-Signature"] == expected
        async with asyncio.timeout(5):
            while (await deliveries(http, webhook))[0]["status"] != "done":
                await asyncio.sleep(0.05)
    assert (await http.delete(f"/api/v1/webhooks/{webhook['id']}")).status_code == 204
    problem(await http.get(f"/api/v1/webhooks/{webhook['id']}/deliveries"), 404, "not-found")
    problem(await http.post(f"/api/v1/webhooks/{webhook['id']}/test"), 404, "not-found")
    problem(await http.delete(f"/api/v1/webhooks/{webhook['id']}"), 404, "not-found")


async def test_webhooks_are_the_admins_alone(http):
    _, signed_in = await sign_up(http)
    bearer = {"Authorization": f"Bearer {signed_in['access_token']}"}
    body = {"url": "https://hooks.example.org/", "events": ["error"]}
    problem(await http.post("/api/v1/webhooks", json=body, headers=bearer), 403, "refused")
    problem(await http.get("/api/v1/webhooks", headers=bearer), 403, "refused")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"url": "ftp://hooks.example.org/"}, "/url"),
        ({"url": "https://ada:secret@hooks.example.org/"}, "/url"),
        ({"url": "https://hooks.example.org:99999/"}, "/url"),
        ({"url": "https:///none"}, "/url"),
        ({"url": "http://10.0.0.1/"}, "/url"),
        ({"url": "http://[::1]/"}, "/url"),
        ({"url": "http://169.254.169.254/"}, "/url"),
        ({"url": "https://hooks.example.org:8443/"}, "/url"),
        ({"events": []}, "/events"),
        ({"events": ["error", "turn.partial"]}, "/events/1"),
        ({"secret": "short"}, "/secret"),
    ],
)
async def test_what_cannot_be_used_is_told_where(http, change, pointer):
    body = {"url": "https://hooks.example.org/", "events": ["error"], **change}
    refusal = problem(await http.post("/api/v1/webhooks", json=body), 422, "invalid")
    assert [error["pointer"] for error in refusal["errors"]] == [pointer]


async def test_a_delivery_survives_the_kill_of_the_server(open_dir):
    with Recipient() as recipient:
        port, url = recipient.port, recipient.url
    engines = dict.fromkeys(("ORION_STT", "ORION_LLM", "ORION_TTS"), "scripted")
    engines["ORION_TOOL_ALLOWED_HOSTS"] = "127.0.0.1"
    server = start_server(open_dir / "killed", **engines)
    account = {"email": "ada@example.org", "password": PASSWORD}
    try:
        async with httpx.AsyncClient(base_url=server.url) as http:
            signed_in = (await http.post("/api/v1/auth/register", json=account)).json()
            http.headers["Authorization"] = f"Bearer {signed_in['access_token']}"
            webhook = await make(http, url, "session.created")
            session_id = (await http.post("/api/v1/sessions", json={})).json()["id"]
            async with asyncio.timeout(10):
                while not (found := await deliveries(http, webhook)) or not found[0]["error"]:
                    await asyncio.sleep(0.05)
        server.process.send_signal(signal.SIGKILL)
        server.stop()
        with Recipient(port=port) as recipient:
            server = start_server(open_dir / "killed", **engines)
            received = await arrived(recipient, "session.created")
        assert received.event["session_id"] == session_id
        stamp = received.headers["Orion-Timestamp"]
        expected = signature(webhook["secret"], stamp, received.body)
        assert received.headers["Orion-Signature"] == expected
    finally:
        server.stop()
