"""Every write route again and again on one server: the last time answers as the first.

PostgreSQL plans a prepared statement anew from its sixth use on, so a fault may begin there.
"""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.routes import ROUTES, TOOL, V1
from tests.api.running import PASSWORD, Running, a_waiting_call, draft, running

WRITES = {(method, path) for method, path in ROUTES if method != "GET"}
HOOK = {"url": "http://127.0.0.1:9/hook", "events": ["session.ended"]}


class Round:
    """One life of one user: all that can be written, once; `answers` are the statuses by route."""

    def __init__(self, server: Running, admin: str, nth: int) -> None:
        self.server, self.admin, self.nth = server, admin, nth
        self.answers: list[tuple[str, str, int]] = []

    async def send(
        self, credential: str | None, method: str, path: str, body: Any = None, **ids: str
    ) -> httpx.Response:
        headers = {"Idempotency-Key": uuid4().hex} if self.nth % 2 else {}
        async with self.server.client(credential, **headers) as http:
            response = await http.request(method, (V1 + path).format_map(ids), json=body)
        self.answers.append((method, V1 + path, response.status_code))
        assert response.status_code < 500, (self.nth, method, path, response.text)
        return response

    async def account(self) -> dict[str, Any]:
        """Sign up, in and out, keys, invitations."""
        account = {"email": f"user{self.nth}-{uuid4().hex}@example.org", "password": PASSWORD}
        await self.send(None, "POST", "/auth/register", account)
        signed_in: dict[str, Any] = (await self.send(None, "POST", "/auth/login", account)).json()
        token = signed_in["access_token"]
        other = (await self.send(None, "POST", "/auth/login", account)).json()
        refresh = {"refresh_token": other["refresh_token"]}
        await self.send(None, "POST", "/auth/refresh", refresh)
        await self.send(None, "POST", "/auth/logout", refresh)
        await self.send(None, "POST", "/auth/sign-in", {"token": "x" * 43})
        change = {"current_password": PASSWORD, "new_password": "a better horse battery"}
        await self.send(token, "POST", "/auth/password", change)
        made = (await self.send(token, "POST", "/auth/api-keys", {"name": "k", "scopes": ["connect"]})).json()
        await self.send(made["key"], "POST", "/connect", {})
        await self.send(token, "DELETE", "/auth/api-keys/{key_id}", key_id=made["api_key"]["id"])
        await self.send(self.admin, "POST", "/auth/invitations", {})
        await self.send(
            self.admin, "PATCH", "/users/{user_id}", {"name": "x"}, user_id=signed_in["user"]["id"]
        )
        return signed_in

    async def conversation(self, token: str) -> None:
        """A session with all that may happen in it."""
        made = (await self.send(token, "POST", "/sessions", {"title": "Dinner"})).json()
        at = {"session_id": made["id"]}
        await self.send(token, "PATCH", "/sessions/{session_id}", {"title": "Supper"}, **at)
        await self.send(token, "POST", "/sessions/{session_id}/messages", {"text": "hello"}, **at)
        await self.send(token, "POST", "/sessions/{session_id}/say", {"text": "hello"}, **at)
        await self.send(token, "POST", "/sessions/{session_id}/room-token", {}, **at)
        await self.send(token, "POST", "/sessions/{session_id}/offer", {"sdp": "v=0", "type": "offer"}, **at)
        trickle = {"pc_id": "none", "candidates": []}
        await self.send(token, "PATCH", "/sessions/{session_id}/offer", trickle, **at)
        fact = {"type": "fact", "content": "likes fish"}
        kept = (await self.send(token, "POST", "/sessions/{session_id}/memory", fact, **at)).json()
        memory = "/sessions/{session_id}/memory/{memory_id}"
        await self.send(token, "DELETE", memory, memory_id=kept["id"], **at)
        call_id = await a_waiting_call(self.server.parts.database, made["id"])
        asked = await self.server.call(token, "GET", f"{V1}/sessions/{made['id']}/approvals")
        no = {"approve": False, "digest": asked.json()["items"][0]["digest"]}
        approval = "/sessions/{session_id}/approvals/{call_id}"
        await self.send(token, "POST", approval, no, call_id=call_id, **at)
        await self.plans(token, made["id"])
        for credential, status in ((token, "paused"), (self.admin, "active"), (self.admin, "ended")):
            await self.send(credential, "PATCH", "/sessions/{session_id}/status", {"status": status}, **at)
        await self.send(self.admin, "DELETE", "/sessions/{session_id}", **at)

    async def plans(self, token: str, session_id: str) -> None:
        """A plan that is made, run, answered and cancelled."""
        agent = "/agent/sessions/{session_id}"
        at = {"session_id": session_id}
        goal = {"goal": "what is seven plus five"}
        await self.send(token, "POST", f"{agent}/plan", goal, **at)
        plan_id = str((await draft(self.server.parts.database, session_id)).id)
        step = {"plan_id": plan_id, "index": "0", **at}
        await self.send(token, "POST", f"{agent}/plans/{{plan_id}}/steps/{{index}}/approve", **step)
        await self.send(token, "POST", f"{agent}/plans/{{plan_id}}/steps/{{index}}/reject", **step)
        await self.send(token, "POST", f"{agent}/plans/{{plan_id}}/cancel", **step)
        ran = str((await draft(self.server.parts.database, session_id)).id)
        await self.send(token, "POST", f"{agent}/execute", {"plan_id": ran}, **at)

    async def workspace(self) -> None:
        """What admins write."""
        admin = self.admin
        hook = (await self.send(admin, "POST", "/webhooks", HOOK)).json()
        await self.send(admin, "PATCH", "/webhooks/{webhook_id}", {"enabled": False}, webhook_id=hook["id"])
        await self.send(admin, "POST", "/webhooks/{webhook_id}/test", webhook_id=hook["id"])
        await self.send(admin, "DELETE", "/webhooks/{webhook_id}", webhook_id=hook["id"])
        tool = (await self.send(admin, "POST", "/tools", TOOL)).json()
        await self.send(admin, "PATCH", "/tools/{tool_id}", {"enabled": False}, tool_id=tool["id"])
        await self.send(admin, "POST", "/tools/{tool_id}/test", {"arguments": {"x": 1}}, tool_id=tool["id"])
        await self.send(admin, "DELETE", "/tools/{tool_id}", tool_id=tool["id"])
        await self.send(admin, "PUT", "/agents/{name}", {"instructions": "Keep."}, name="keeper")
        await self.send(admin, "DELETE", "/agents/{name}", name="keeper")
        key = {"key": "sk-entered", "base_url": "http://127.0.0.1:9/v1"}
        await self.send(admin, "PUT", "/providers/{name}", key, name="openai")
        await self.send(admin, "DELETE", "/providers/{name}", name="openai")
        await self.send(admin, "PUT", "/budget", {"monthly_usd": 1_000_000})

    async def all(self) -> list[tuple[str, str, int]]:
        """The whole round, and the end of its user."""
        signed_in = await self.account()
        await self.conversation(signed_in["access_token"])
        await self.workspace()
        me = {"user_id": signed_in["user"]["id"]}
        await self.send(signed_in["access_token"], "POST", "/users/{user_id}/export", **me)
        await self.send(signed_in["access_token"], "DELETE", "/users/{user_id}", **me)
        return self.answers


@pytest.fixture
async def server(database_url, tmp_path) -> AsyncIterator[Running]:
    settings = {"rate_limit_max": 1_000_000, "tool_allowed_hosts": ("127.0.0.1", "127.0.0.1:9")}
    async with running(database_url, tmp_path, **settings) as serving:
        yield serving


@pytest.mark.parametrize("rounds", [12, pytest.param(200, marks=pytest.mark.soak)])
async def test_every_write_answers_the_last_time_as_the_first(server, rounds):
    admin = (await server.register("ada"))["access_token"]
    first = await Round(server, admin, 0).all()
    assert {(method, path) for method, path, _ in first} == WRITES
    for nth in range(1, rounds):
        assert await Round(server, admin, nth).all() == first, nth
