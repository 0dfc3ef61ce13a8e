"""Every error that a route declares of its own is one that it answers with: each is provoked here."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from orion.api import openapi
from orion.api.credentials.passwords import hash_password
from orion.app import create_app
from orion.domain.identity import Principal, Role
from orion.domain.plan import PlanStatus
from orion.domain.session import SessionStatus
from orion.domain.usage import Usage
from orion.errors import Overloaded
from orion.settings import Settings
from orion.transports.webrtc import Offer
from tests.api.routes import TOOL
from tests.api.running import PASSWORD, Running, a_waiting_call, draft, running

V1 = "/api/v1"
TOKEN = "x" * 40
OFFER: dict[str, Any] = Offer.model_json_schema()["examples"][0]
YES = {"approve": True, "digest": "0" * 64}
LONGER_THAN_THE_QUEUE = 60


@dataclass
class Stage:
    """A running server with its first user, who is its admin."""

    server: Running
    ada: dict[str, Any]

    async def call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.server.call(self.ada["access_token"], method, f"{V1}{path}", body)

    async def anyone(self, path: str, body: Any) -> httpx.Response:
        return await self.server.call(None, "POST", f"{V1}{path}", body)

    async def session(self, status: str = "") -> str:
        """The path of a new session, brought to a status."""
        made = (await self.call("POST", "/sessions", {})).json()
        for wanted in {"paused": ("active", "paused"), "": ()}.get(status, (status,)):
            if wanted == "active":
                principal = await self.principal()
                async with self.server.parts.database.transaction(principal) as store:
                    await store.sessions.set_status(made["id"], SessionStatus.ACTIVE)
            else:
                await self.call("PATCH", f"/sessions/{made['id']}/status", {"status": wanted})
        return f"/sessions/{made['id']}"

    async def principal(self) -> Principal:
        return self.server.parts.tokens.verify(self.ada["access_token"])


How = Callable[[Stage], Awaitable[httpx.Response]]
HOW: dict[tuple[str, str], tuple[str, How]] = {}
"""Operation and slug: on which server it is provoked, and how."""


def provokes(operation: str, slug: str, on: str = "plain") -> Callable[[How], How]:
    def note(how: How) -> How:
        HOW[operation, slug] = (on, how)
        return how

    return note


def provoked_by(
    operation: str,
    slug: str,
    method: str,
    path: str,
    body: Any = None,
    *,
    below: str | None = None,
    on: str = "plain",
) -> None:
    """One request does it; `below` is the status of the session that the path lies below."""

    async def how(stage: Stage) -> httpx.Response:
        start = "" if below is None else await stage.session(below)
        return await stage.call(method, start + path.format(ada=stage.ada["user"]["id"]), body)

    HOW[operation, slug] = (on, how)


def provoked_without_a_model(operation: str, path: str, body: Any) -> None:
    """A request to an agent whose language model has no key does it."""

    async def how(stage: Stage) -> httpx.Response:
        await stage.call("PUT", "/agents/mute", {"instructions": "Be brief.", "llm": "openai/gpt-4.1"})
        made = (await stage.call("POST", "/sessions", {"agent": "mute"})).json()
        answer = await stage.call("POST", f"/sessions/{made['id']}{path}", body)
        await stage.call("DELETE", "/agents/mute")
        return answer

    HOW[operation, "unavailable"] = ("plain", how)


async def busy(request: Awaitable[httpx.Response]) -> httpx.Response:
    """The answer to a request that comes while more passwords wait to be hashed than may."""
    answered = asyncio.Event()

    async def keep_busy() -> None:
        while not answered.is_set():
            with suppress(Overloaded):
                await hash_password("a password")
            await asyncio.sleep(0.002)

    loop = asyncio.get_running_loop()
    hashing = [loop.create_task(keep_busy()) for _ in range(LONGER_THAN_THE_QUEUE)]
    answer = await request
    answered.set()
    await asyncio.gather(*hashing)
    return answer


HELLO = {"text": "hello"}
ACCOUNT = {"email": "ben@example.org", "password": PASSWORD}
ADA = {"email": "ada@example.org", "password": PASSWORD}
NEW_PASSWORD = {"current_password": PASSWORD, "new_password": "three grey herons"}

provoked_by("auth_register", "conflict", "POST", "/auth/register", ADA)
provoked_by("auth_register", "refused", "POST", "/auth/register", ACCOUNT, on="closed")
provoked_by("auth_log_in", "unauthenticated", "POST", "/auth/login", ACCOUNT)
provoked_by("auth_refresh", "unauthenticated", "POST", "/auth/refresh", {"refresh_token": TOKEN})
provoked_by("auth_sign_in", "unauthenticated", "POST", "/auth/sign-in", {"token": TOKEN})
provoked_by("auth_invite", "conflict", "POST", "/auth/invitations", {}, on="closed")
provoked_by("users_change", "conflict", "PATCH", "/users/{ada}", {"role": "user"})
provoked_by("users_erase", "conflict", "DELETE", "/users/{ada}")
provoked_by("sessions_set_status", "conflict", "PATCH", "/status", {"status": "active"}, below="ended")
provoked_by("sessions_message", "session-ended", "POST", "/messages", HELLO, below="ended")
provoked_by("sessions_message", "conflict", "POST", "/messages", HELLO, below="paused")
provoked_by("sessions_message", "overloaded", "POST", "/messages", HELLO, below="", on="closed")
provoked_without_a_model("sessions_message", "/messages", HELLO)
provoked_by("sessions_message", "provider-error", "POST", "/messages", HELLO, below="", on="breaks")
provoked_by("sessions_message", "provider-timeout", "POST", "/messages", HELLO, below="", on="slow")
provoked_by("sessions_say", "no-call", "POST", "/say", HELLO, below="")
provoked_by("sessions_say", "session-ended", "POST", "/say", HELLO, below="ended")
provoked_by("sessions_say", "conflict", "POST", "/say", HELLO, below="paused")
provoked_by("rooms_room_token", "session-ended", "POST", "/room-token", {}, below="ended")
provoked_by("webrtc_offer", "session-ended", "POST", "/offer", OFFER, below="ended")
provoked_by("webrtc_offer", "invalid-offer", "POST", "/offer", {**OFFER, "sdp": "v=0"}, below="")
provoked_by("webrtc_offer", "overloaded", "POST", "/offer", OFFER, below="", on="closed")
provoked_without_a_model("webrtc_offer", "/offer", OFFER)
provoked_by("agents_delete_agent", "conflict", "DELETE", "/agents/orion")
provoked_by("tools_change", "conflict", "PATCH", "/tools/calculator", {"enabled": False})
provoked_by("tools_delete", "conflict", "DELETE", "/tools/calculator")
provoked_by("tools_test", "conflict", "POST", "/tools/calculator/test", {})


@provokes("auth_register", "overloaded")
async def _(stage):
    return await busy(stage.anyone("/auth/register", ACCOUNT))


@provokes("auth_log_in", "overloaded")
async def _(stage):
    return await busy(stage.anyone("/auth/login", ADA))


@provokes("auth_change_password", "conflict")
async def _(stage):
    async with stage.server.parts.database.transaction(Principal.system("log-in")) as store:
        linked = await store.users.create(
            email=f"{uuid4().hex}@localhost", name="New", password_hash="", role=Role.USER
        )
    token = stage.server.parts.tokens.issue(linked)
    taken = {"email": stage.ada["user"]["email"], "new_password": "a better horse battery"}
    return await stage.server.call(token, "POST", f"{V1}/auth/password", taken)


@provokes("auth_change_password", "overloaded")
async def _(stage):
    return await busy(stage.call("POST", "/auth/password", NEW_PASSWORD))


@provokes("sessions_message", "not-acceptable")
async def _(stage):
    path = f"{V1}{await stage.session()}/messages"
    async with stage.server.client(stage.ada["access_token"], Accept="application/xml") as http:
        return await http.post(path, json={"text": "hello"})


async def of_an_ended_plan(stage: Stage, session: str) -> str:
    """The path of a plan that is over."""
    session_id = session.rpartition("/")[2]
    plan = await draft(stage.server.parts.database, session_id, PlanStatus.DONE)
    return f"/agent/sessions/{session_id}/plans/{plan.id}"


@provokes("plans_execute", "conflict")
async def _(stage):
    path = await of_an_ended_plan(stage, await stage.session())
    session, _, plan_id = path.rpartition("/plans/")
    return await stage.call("POST", f"{session}/execute", {"plan_id": plan_id})


for operation, sent in {
    "plan": {"goal": "work out 12 times 9"},
    "execute": {"plan_id": "00000000-0000-0000-0000-000000000000"},
}.items():

    @provokes(f"plans_{operation}", "session-ended")
    async def _(stage, operation=operation, sent=sent):
        session = await stage.session("ended")
        return await stage.call("POST", f"/agent{session}/{operation}", sent)


for operation, last in {
    "cancel": "cancel",
    "approve": "steps/0/approve",
    "reject": "steps/0/reject",
}.items():

    @provokes(f"plans_{operation}", "conflict")
    async def _(stage, last=last):
        return await stage.call("POST", f"{await of_an_ended_plan(stage, await stage.session())}/{last}")


@provokes("webrtc_offer", "room-full")
async def _(stage):
    session = await stage.session()
    guest = (await stage.call("POST", f"{session}/room-token", {})).json()["token"]
    joined = await stage.server.call(guest, "POST", f"{V1}{session}/offer", OFFER)
    assert joined.status_code == 200, joined.text
    refused = await stage.call("POST", f"{session}/offer", OFFER)
    await stage.call("DELETE", session)
    return refused


@provokes("webrtc_trickle", "invalid-offer")
async def _(stage):
    session = await stage.session()
    joined = (await stage.call("POST", f"{session}/offer", OFFER)).json()
    candidates = [{"candidate": "candidate:no such thing", "sdp_mid": "0"}]
    trickled = {"pc_id": joined["pc_id"], "candidates": candidates}
    refused = await stage.call("PATCH", f"{session}/offer", trickled)
    await stage.call("DELETE", session)
    return refused


@provokes("tools_create", "conflict")
async def _(stage):
    return await stage.call("POST", "/tools", {**TOOL, "name": "calculator"})


@provokes("agents_put_agent", "conflict")
async def _(stage):
    async with stage.server.parts.database.transaction(await stage.principal()) as store:
        for number in range(200):
            await store.agents.put(f"keeper{number}", {"instructions": "Keep the lighthouse."})
    again = await stage.call("PUT", "/agents/keeper7", {"instructions": "Keep the light."})
    assert again.status_code == 200, again.text
    return await stage.call("PUT", "/agents/one_more", {"instructions": "Keep the lighthouse."})


async def spent_out(stage: Stage, path: str, body: Any) -> httpx.Response:
    """The answer in a workspace whose budget is used up, which it is given back afterwards."""
    session = await stage.session()
    used = [Usage("llm", "acme", "m", cost_micros=2_000_000)]
    async with stage.server.parts.database.transaction(Principal.system("recorder")) as store:
        session_id = UUID(session.rpartition("/")[2])
        await store.usages.add(session_id, used, agent="concierge", at=datetime.now(UTC))
    changed = await stage.call("PUT", "/budget", {"monthly_usd": 1.5})
    assert changed.json()["spent_usd"] >= 2, changed.text
    refused = await stage.call("POST", path.format(session=session), body)
    await stage.call("PUT", "/budget", {"monthly_usd": None})
    return refused


def provoked_by_spending(operation: str, path: str, body: Any) -> None:
    async def how(stage: Stage) -> httpx.Response:
        return await spent_out(stage, path, body)

    HOW[operation, "budget-exhausted"] = ("plain", how)


@provokes("sessions_answer_approval", "conflict")
async def a_yes_to_other_arguments(stage: Stage) -> httpx.Response:
    path = await stage.session()
    call_id = await a_waiting_call(stage.server.parts.database, path.rpartition("/")[2])
    return await stage.call("POST", f"{path}/approvals/{call_id}", YES)


provoked_by("sessions_answer_approval", "session-ended", "POST", "/approvals/call_1", YES, below="ended")
provoked_by_spending("sessions_create", "/sessions", {})
provoked_by_spending("connect_connect", "/connect", {})
provoked_by_spending("sessions_message", "{session}/messages", HELLO)
provoked_by_spending("plans_plan", "/agent{session}/plan", {"goal": "work out 12 times 9"})
provoked_by_spending("webrtc_offer", "{session}/offer", OFFER)


@provokes("webhooks_create", "conflict")
async def one_webhook_too_many(stage: Stage) -> httpx.Response:
    hook = {"url": "https://example.org/hook", "events": ["session.ended"]}
    for _ in range(60):
        answer = await stage.call("POST", "/webhooks", hook)
        if answer.status_code != 201:
            break
    return answer


def special(app) -> set[tuple[str, str]]:
    """Operation and slug of each error that a route declares by `fails(...)`."""
    routers = [getattr(route, "original_router", None) for route in app.routes]
    routes = [route for router in routers if router is not None for route in router.routes]
    return {
        (openapi.operation_id(route), slug)
        for route in routes
        for response in route.responses.values()
        for slug in response.get("content", {}).get("application/problem+json", {}).get("examples", {})
    }


def test_each_error_that_a_route_declares_of_its_own_is_in_the_table(tmp_path):
    assert special(create_app(Settings(data_dir=tmp_path))) == set(HOW)


def settings_of(server: str, folder: Path) -> dict[str, Any]:
    if server == "closed":
        return {"registration": "closed", "max_sessions": 0}
    if server == "slow":
        (folder / "script.yaml").write_text("llm: [{text: too late, delay_ms: 3600000}]\n")
        return {"script": folder / "script.yaml"}
    if server == "breaks":
        (folder / "script.yaml").write_text("llm: [{text: It is far. It is in, fault: server, after: 5}]\n")
        return {"script": folder / "script.yaml"}
    return {}


@pytest.mark.parametrize(
    "server",
    ["plain", "closed", "breaks", pytest.param("slow", marks=pytest.mark.soak)],  # a minute's wait
)
async def test_each_of_them_is_answered_as_it_is_declared(database_url, tmp_path, server):
    more = {"rate_limit_max": 1_000_000, **settings_of(server, tmp_path)}
    async with running(database_url, tmp_path, **more) as started:
        stage = Stage(started, await started.register("ada"))
        theirs = {row: how for row, (on, how) in HOW.items() if on == server}
        answers = [await how(stage) for how in theirs.values()]
        for (operation, slug), answer in zip(theirs, answers, strict=True):
            assert answer.headers["content-type"] == "application/problem+json", (operation, slug)
            assert answer.json()["type"] == f"/problems/{slug}", (operation, answer.text)
