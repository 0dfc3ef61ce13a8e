"""Guests: a room token admits one of them to one call, and to nothing else."""

from uuid import uuid4

import httpx
import pytest
from aiortc import RTCSessionDescription

from tests.journeys.phone import Phone, calling
from tests.journeys.test_call import greeted
from tests.journeys.test_pause import said
from tests.journeys.test_rest import problem, sign_up

CANDIDATE = {"candidate": "candidate:1 1 udp 1 127.0.0.1 9 typ host", "sdpMid": "0", "sdpMLineIndex": 0}


@pytest.fixture
def agent(brief):
    return brief


async def room_token(http, session_id, **body):
    response = await http.post(f"/api/v1/sessions/{session_id}/room-token", json=body)
    assert response.status_code == 200, response.text
    assert response.json()["expires_at"].endswith("Z")
    return response.json()["token"]


async def refused_offer(http, session_id, token):
    """The answer to the offer of a phone that is not let in."""
    phone = Phone(http, session_id, token)
    try:
        with pytest.raises(httpx.HTTPStatusError) as refusal:
            await phone.dial()
        return refusal.value.response
    finally:
        await phone.hang_up()


async def test_a_guest_hears_and_speaks(http, session_id, tmp_path):
    from tests.journeys.phone import spoken

    token = await room_token(http, session_id, identity="Ben")
    async with calling(http, session_id, token) as guest:
        await greeted(guest)
        joined = await guest.event("participant.joined")
        assert joined["body"]["participant"] == "Ben"
        assert (await http.get(f"/api/v1/sessions/{session_id}")).json()["participants"] == ["Ben"]
        assert (await guest.answer_to(spoken("what is seven plus five", tmp_path)))["text"] == "That is 12."


async def test_a_token_is_spent_by_its_first_offer_and_good_for_that_connection_alone(http, session_id):
    token = await room_token(http, session_id, ttl_secs=60)
    async with calling(http, session_id, token) as guest:
        since = await greeted(guest)
        url = f"/api/v1/sessions/{session_id}/offer"
        trickle = {"pc_id": guest.pc_id, "candidates": [CANDIDATE]}
        assert (await http.patch(url, json=trickle, headers=guest.headers)).status_code == 204
        problem(await http.patch(url, json=trickle), 404, "not-found")
        other = await room_token(http, session_id)
        foreign = {"Authorization": f"Bearer {other}"}
        problem(await http.patch(url, json=trickle, headers=foreign), 404, "not-found")
        await guest.pc.setLocalDescription(await guest.pc.createOffer())
        offer = {"sdp": guest.pc.localDescription.sdp, "type": "offer", "pc_id": guest.pc_id}
        answer = (await http.post(url, json=offer, headers=guest.headers)).json()
        assert answer["pc_id"] == guest.pc_id
        await guest.pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))
        problem(await refused_offer(http, session_id, token), 401, "unauthenticated")
        assert not [event for event in guest.events[since:] if event["name"] == "participant.left"]
    problem(await refused_offer(http, session_id, token), 401, "unauthenticated")


async def test_a_room_holds_one_person(http, session_id):
    first, second = await room_token(http, session_id), await room_token(http, session_id)
    async with calling(http, session_id, first) as guest:
        since = await greeted(guest)
        problem(await refused_offer(http, session_id, second), 409, "room-full")
        problem(await refused_offer(http, session_id, None), 409, "room-full")
        assert not [event for event in guest.events[since:] if event["name"] == "participant.left"]
        guest_left = len(guest.events)
        await guest.pc.close()
        await guest.event("participant.left", guest_left)
        async with calling(http, session_id, second) as next_guest:
            await next_guest.event("participant.joined")


async def test_a_guest_does_not_throw_the_owner_out_but_the_owner_takes_over_from_itself(http, session_id):
    token = await room_token(http, session_id)
    async with calling(http, session_id) as owner:
        await greeted(owner)
        problem(await refused_offer(http, session_id, token), 409, "room-full")
        async with calling(http, session_id) as reloaded:
            await owner.event("participant.left", reason="hung_up")
            assert "resume_token" not in reloaded.answer


async def test_a_guest_comes_back_with_the_resume_token_and_takes_its_own_call_over(http, session_id):
    token = await room_token(http, session_id, identity="Ben")
    async with calling(http, session_id, token) as guest:
        await greeted(guest)
        await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "two plus two"})
        resume = guest.answer["resume_token"]
        async with calling(http, session_id, resume) as reloaded:
            await guest.event("participant.left", reason="hung_up")
            reply = await http.post(f"/api/v1/sessions/{session_id}/messages", json={"text": "repeat that"})
            assert reply.json()["text"] == "That is 4."
            session = (await http.get(f"/api/v1/sessions/{session_id}")).json()
            assert session["participants"] == ["Ben"]
            problem(await refused_offer(http, session_id, resume), 401, "unauthenticated")
            assert reloaded.answer["resume_token"] not in {resume, token}


async def test_an_offer_that_comes_to_nothing_spends_no_token(http, session_id):
    token = await room_token(http, session_id)
    bearer = {"Authorization": f"Bearer {token}"}
    url = f"/api/v1/sessions/{session_id}/offer"
    broken = await http.post(url, json={"sdp": "hello", "type": "offer"}, headers=bearer)
    problem(broken, 400, "invalid-offer")
    async with calling(http, session_id, token) as guest:
        await guest.event("participant.joined")


async def test_a_room_token_opens_no_other_route_and_no_other_session(http, session_id):
    bearer = {"Authorization": f"Bearer {await room_token(http, session_id)}"}
    base = f"/api/v1/sessions/{session_id}"
    for method, path, body in (
        ("GET", base, None),
        ("GET", f"{base}/turns", None),
        ("GET", f"{base}/events", None),
        ("DELETE", base, None),
        ("PATCH", f"{base}/status", {"status": "ended"}),
        ("POST", f"{base}/messages", {"text": "hello"}),
        ("POST", f"{base}/say", {"text": "hello"}),
        ("POST", f"{base}/room-token", {}),
        ("POST", "/api/v1/connect", {}),
        ("GET", "/api/v1/sessions", None),
        ("GET", "/api/v1/webhooks", None),
        ("GET", "/api/v1/auth/profile", None),
    ):
        response = await http.request(method, path, json=body, headers=bearer)
        problem(response, 401, "unauthenticated")
    other = (await http.post("/api/v1/sessions", json={})).json()["id"]
    offer = {"sdp": "v=0", "type": "offer"}
    elsewhere = await http.post(f"/api/v1/sessions/{other}/offer", json=offer, headers=bearer)
    problem(elsewhere, 404, "not-found")


async def test_a_guest_reaches_nothing_of_the_owners_memory(http, session_id, agent):
    messages = f"/api/v1/sessions/{session_id}/messages"
    name = f"bello{uuid4().hex[:6]}"
    await http.post(messages, json={"text": f"remember that my dog is called {name}"})
    assert (
        name in (await http.post(messages, json={"text": "what do you remember about my dog"})).json()["text"]
    )
    guests = (await http.post("/api/v1/sessions", json={"agent": agent})).json()["id"]
    token = await room_token(http, guests)
    async with calling(http, guests, token) as guest:
        since = await greeted(guest)
        guest.send("send-text", {"content": "what do you remember about my dog"})
        asked = await guest.event("tool.ended", since)
        assert asked["body"]["tool_call"]["status"] == "failed"
        guest.send("send-text", {"content": "remember that my cat is called Mimi"})
        refused = await guest.event("tool.ended", guest.events.index(asked) + 1)
        assert (refused["body"]["tool_call"]["tool"], refused["body"]["tool_call"]["status"]) == (
            "remember",
            "failed",
        )
    assert not any(name in text for _, text in await said(http, guests))


async def test_only_the_owner_makes_tokens_and_none_for_a_session_that_has_ended(server, http, session_id):
    _, signed_in = await sign_up(http)
    bearer = {"Authorization": f"Bearer {signed_in['access_token']}"}
    url = f"/api/v1/sessions/{session_id}/room-token"
    problem(await http.post(url, json={}, headers=bearer), 404, "not-found")
    problem(await http.post(url, json={"ttl_secs": 0}), 422, "invalid")
    problem(await http.post(url, json={"ttl_secs": 90_000}), 422, "invalid")
    token = await room_token(http, session_id)
    await http.patch(f"/api/v1/sessions/{session_id}/status", json={"status": "ended"})
    problem(await http.post(url, json={}), 409, "session-ended")
    guest = {"Authorization": f"Bearer {token}"}
    offer = {"sdp": "v=0", "type": "offer"}
    refused = await http.post(f"/api/v1/sessions/{session_id}/offer", json=offer, headers=guest)
    problem(refused, 409, "session-ended")
    await http.delete(f"/api/v1/sessions/{session_id}")
    gone = await http.post(f"/api/v1/sessions/{session_id}/offer", json=offer, headers=guest)
    problem(gone, 404, "not-found")


async def test_connect_gives_a_page_all_that_it_needs_to_join(server, http):
    response = await http.post(
        "/api/v1/connect", json={"agent": "scheduler", "variables": {"name": "Ben"}, "identity": "Ben"}
    )
    assert response.status_code == 201
    way = response.json()
    assert way["offer_url"] == f"{server.url}/api/v1/sessions/{way['session_id']}/offer"
    assert way["ice_servers"] == []
    async with calling(http, way["session_id"], way["token"]) as guest:
        assert (await guest.event("participant.joined"))["body"]["participant"] == "Ben"
    session = (await http.get(f"/api/v1/sessions/{way['session_id']}")).json()
    assert session["agent"] == "scheduler"
    assert (await http.post("/api/v1/connect")).status_code == 201
    problem(await http.post("/api/v1/connect", json={"agent": "nobody"}), 422, "invalid")
    problem(await http.post("/api/v1/connect", headers={"Authorization": ""}), 401, "unauthenticated")
