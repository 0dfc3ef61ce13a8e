"""Sessions of other people: an admin reads, pauses, ends and deletes them, each of it kept; no more."""

import pytest

from tests.api.running import a_waiting_call, draft, running

SESSIONS = "/api/v1/sessions"


@pytest.fixture
async def server(database_url, tmp_path):
    async with running(database_url, tmp_path) as serving:
        yield serving


@pytest.fixture
async def ada(server):
    """The access token of the admin."""
    return (await server.register("ada"))["access_token"]


@pytest.fixture
async def ben(server, ada):
    return await server.register("ben")


@pytest.fixture
async def session_id(server, ben):
    """Of a session of Ben's in which something was said."""
    made = await server.call(ben["access_token"], "POST", SESSIONS, {"title": "Dinner"})
    path = f"{SESSIONS}/{made.json()['id']}"
    said = await server.call(ben["access_token"], "POST", f"{path}/messages", {"text": "hello"})
    assert said.is_success, said.text
    return made.json()["id"]


async def audited(server, ada):
    found = await server.call(ada, "GET", "/api/v1/audit")
    assert found.is_success, found.text
    return [(one["session_id"], one["action"]) for one in reversed(found.json()["items"])]


async def test_an_admin_reads_all_of_a_session_of_somebody_else_and_each_reading_is_kept(
    server, ada, ben, session_id
):
    plan = await draft(server.parts.database, session_id)
    await a_waiting_call(server.parts.database, session_id)
    path, plans = f"{SESSIONS}/{session_id}", f"/api/v1/agent/sessions/{session_id}/plans"
    turns = (await server.call(ada, "GET", f"{path}/turns")).json()["items"]
    assert turns[-2]["text"] == "hello"
    streamed = await server.call(ada, "GET", f"{path}/events")
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert [one["id"] for one in (await server.call(ada, "GET", plans)).json()["items"]] == [str(plan.id)]
    assert (await server.call(ada, "GET", f"{plans}/{plan.id}")).json()["goal"] == "add"
    waiting = (await server.call(ada, "GET", f"{path}/approvals")).json()["items"]
    assert [call["tool"] for call in waiting] == ["send_money"]
    actions = ("read_turns", "read_events", "read_plans", "read_plans", "read_approvals")
    assert await audited(server, ada) == [(session_id, action) for action in actions]
    one = (await server.call(ada, "GET", f"/api/v1/audit?session_id={session_id}&limit=1")).json()
    assert one["items"][0]["owner_id"] == ben["user"]["id"]
    assert one["next_cursor"] is not None


async def test_an_admin_pauses_ends_and_deletes_a_session_of_somebody_else(server, ada, session_id):
    path = f"{SESSIONS}/{session_id}"
    for status in ("paused", "active", "ended"):
        changed = await server.call(ada, "PATCH", f"{path}/status", {"status": status})
        assert (changed.status_code, changed.json()["status"]) == (200, status)
        assert changed.json()["owner"]["email"] == "ben@example.org"
    assert (await server.call(ada, "DELETE", path)).status_code == 204
    assert (await server.call(ada, "GET", path)).status_code == 404
    actions = [action for _, action in await audited(server, ada)]
    assert actions == ["pause", "activate", "end", "delete"]


async def test_to_take_part_in_a_session_of_somebody_else_is_refused_to_an_admin_with_the_reason(
    server, ada, session_id
):
    plan = await draft(server.parts.database, session_id)
    call_id = await a_waiting_call(server.parts.database, session_id)
    path, agent = f"{SESSIONS}/{session_id}", f"/api/v1/agent/sessions/{session_id}"
    asked = [
        ("POST", f"{path}/messages", {"text": "hello"}),
        ("POST", f"{path}/say", {"text": "hello"}),
        ("POST", f"{path}/offer", {"sdp": "v=0", "type": "offer"}),
        ("POST", f"{path}/room-token", {}),
        ("PATCH", path, {"title": "Mine"}),
        ("POST", f"{path}/memory", {"type": "fact", "content": "a fact"}),
        ("GET", f"{path}/memory", None),
        ("POST", f"{path}/approvals/{call_id}", {"approve": True, "digest": "0" * 64}),
        ("POST", f"{agent}/plan", {"goal": "what is seven plus five"}),
        ("POST", f"{agent}/execute", {"plan_id": str(plan.id)}),
        ("POST", f"{agent}/plans/{plan.id}/cancel", None),
        ("POST", f"{agent}/plans/{plan.id}/steps/0/approve", None),
        ("POST", f"{agent}/plans/{plan.id}/steps/0/reject", None),
    ]
    for method, place, body in asked:
        refused = await server.call(ada, method, place, body)
        assert refused.status_code == 403, (method, place, refused.status_code)
        assert "belongs to somebody else" in refused.json()["detail"]
    assert await audited(server, ada) == []


async def test_an_admin_is_told_whose_sessions_are_listed_and_can_ask_for_its_own(
    server, ada, ben, session_id
):
    own = (await server.call(ada, "POST", SESSIONS, {})).json()["id"]
    listed = (await server.call(ada, "GET", SESSIONS)).json()["items"]
    assert [(one["id"], one["owner"]["email"]) for one in listed] == [
        (own, None),  # who asks knows it
        (session_id, "ben@example.org"),
    ]
    mine = (await server.call(ada, "GET", f"{SESSIONS}?mine=true")).json()["items"]
    assert [one["id"] for one in mine] == [own]
    of_ben = (await server.call(ben["access_token"], "GET", SESSIONS)).json()["items"]
    assert [(one["id"], one["owner"]) for one in of_ben] == [
        (session_id, {"id": ben["user"]["id"], "name": None, "email": None})
    ]


async def test_a_user_sees_nothing_of_the_audit_and_leaves_nothing_in_it(server, ada, ben, session_id):
    token = ben["access_token"]
    assert (await server.call(token, "GET", f"{SESSIONS}/{session_id}/turns")).is_success
    assert (await server.call(token, "GET", "/api/v1/audit")).status_code == 403
    assert await audited(server, ada) == []


async def test_a_session_is_renamed_by_its_owner(server, ben, session_id):
    path = f"{SESSIONS}/{session_id}"
    for title in ("Supper", None):
        renamed = await server.call(ben["access_token"], "PATCH", path, {"title": title})
        assert renamed.json()["title"] == title
        assert (await server.call(ben["access_token"], "GET", path)).json()["title"] == title
    assert (await server.call(ben["access_token"], "PATCH", path, {})).status_code == 422
