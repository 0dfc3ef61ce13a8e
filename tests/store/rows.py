"""One row in every table, for each of two users of one workspace and one user of another."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import create_async_engine

from orion.domain.approval import Wanted
from orion.domain.audit import AuditAction
from orion.domain.identity import ApiKey, Principal, Role, Scope, User, new_id
from orion.domain.memory import Memory, MemoryType
from orion.domain.node import Node
from orion.domain.plan import Plan, PlanStatus, Step
from orion.domain.provider_key import ProviderKey
from orion.domain.session import Event, Session, SessionStatus
from orion.domain.timer import Timer, TimerKind
from orion.domain.tool import ToolCall, ToolCallStatus, ToolKind, ToolRow
from orion.domain.turn import Speaker, Turn
from orion.domain.usage import Usage
from orion.domain.waiting_call import WaitingCall
from orion.domain.webhook import Webhook
from orion.store.database import Database
from orion.store.idempotency import Answer
from orion.store.tables import users, workspaces
from orion.store.tokens import Invitation

LOG_IN = Principal.system("log-in")
RECORDER = Principal.system("recorder")
PLANS = Principal.system("plans")
APPROVALS = Principal.system("approvals")


async def fill(database: Database) -> list[Principal]:
    """Ada (admin) and Ben in one workspace, Cleo in another; each with rows in every table."""
    now = datetime.now(UTC)
    async with database.transaction(LOG_IN) as store:
        ada = await store.users.create(email="ada@example.org", name="Ada", password_hash="-", role=None)
        ben = await store.users.create(email="ben@example.org", name="Ben", password_hash="-", role=None)
    cleo = User(new_id(), new_id(), "cleo@example.org", "Cleo", Role.ADMIN, False, now)
    await _another_workspace(database, cleo)
    principals = [Principal.of(user) for user in (ada, ben, cleo)]
    for number, principal in enumerate(principals):
        await _webhook_of(database, principals[0] if number == 1 else principal)
    for principal in principals:
        await _rows_of(database, principal)
    async with database.transaction(Principal.system("limits")) as store:
        await store.budgets.spend(b"ada", 5, requests=100, window_secs=3600)
    async with database.transaction(PLANS) as store:
        await store.nodes.join(Node(new_id(), 1), 60.0)
    async with database.transaction(LOG_IN) as store:
        await store.tokens.add_sign_in(b"link", now + timedelta(minutes=5))
        await store.log_in_failures.add("ada@example.org")
    return principals


async def _another_workspace(database: Database, user: User) -> None:
    engine = create_async_engine(database.url)
    async with engine.begin() as connection:
        await connection.execute(text("select set_config('orion.purpose', 'log-in', true)"))
        workspace = {"id": user.workspace_id, "name": "elsewhere", "created_at": user.created_at}
        await connection.execute(insert(workspaces).values(workspace))
        row = {
            "id": user.id,
            "workspace_id": user.workspace_id,
            "email": user.email,
            "name": user.name,
            "role": user.role.value,
            "password_hash": "-",
            "created_at": user.created_at,
        }
        await connection.execute(insert(users).values(row))
    await engine.dispose()


async def _webhook_of(database: Database, admin: Principal) -> None:
    assert admin.workspace_id
    now = datetime.now(UTC)
    webhook = Webhook(new_id(), admin.workspace_id, "https://hooks.example.org", ("error",), "sealed", now)
    async with database.transaction(admin) as store:
        await store.webhooks.add(webhook)


async def _rows_of(database: Database, principal: Principal) -> None:
    assert principal.workspace_id
    assert principal.user_id
    now = datetime.now(UTC)
    async with database.transaction(principal) as store:
        session = Session(
            new_id(), principal.workspace_id, principal.user_id, "concierge", SessionStatus.CREATED, now
        )
        await store.sessions.create(session)
        assert await store.rooms.spend(new_id(), session.id)
        memory = Memory(
            new_id(), principal.user_id, session.id, MemoryType.FACT, "a secret\twith\ttabs\\", now
        )
        await store.memories.add(memory)
        await store.memories.add_vectors("model", {memory.id: [0.5, -1.25]})
        await store.timers.add(a_timer(principal, session.id))
        step = Step(0, "timer", {"secs": 1}, "Waits.")
        await store.plans.add(
            Plan(new_id(), session.id, "concierge", "wait", PlanStatus.DRAFT, (step,), created_at=now)
        )
        await store.idempotency_keys.claim("a key", b"fingerprint")
        await store.idempotency_keys.keep("a key", Answer(b"fingerprint", 201, "application/json", b"{}"))
    if principal.is_admin:
        tool = ToolRow(
            new_id(), principal.workspace_id, "tide", "Tells.", ToolKind.HTTP, {"url": "x"}, now, now
        )
        async with database.transaction(principal) as store:
            await store.tools.add(tool)
            await store.audit.add(session, AuditAction.READ_TURNS)
            await store.agents.put("keeper", {"instructions": "Keep."})
            await store.provider_keys.put(
                ProviderKey(principal.workspace_id, "openai", "sealed", "https://example.org/v1", now)
            )
    async with database.transaction(RECORDER) as store:
        call = ToolCall("c1", "timer", {"secs": 1}, ToolCallStatus.DONE, result={"a": None}, started_at=now)
        used = (Usage("llm", "openai", "gpt-4.1", input_tokens=20, cost_micros=40),)
        turn = Turn(new_id(), session.id, Speaker.AGENT, "concierge", "Ünïcode\nline", now, now)
        await store.turns.save(replace(turn, tool_calls=(call,), usage=used))
        await store.events.add([Event(new_id(), session.id, "error", {"slug": "x"}, now)])
    async with database.transaction(APPROVALS) as store:
        wanted = Wanted("c2", "send_money", {"amount": 1e22}, "Shall I?")
        later = now + timedelta(minutes=10)
        assert await store.approvals.add(WaitingCall(new_id(), session.id, "concierge", wanted, now, later))
    async with database.transaction(Principal(principal.workspace_id, None, purpose="erasure")) as store:
        await store.people.add_receipt(principal.workspace_id, new_id(), principal.user_id, {"users": 1})
    async with database.transaction(LOG_IN) as store:
        later = now + timedelta(days=1)
        await store.tokens.add_refresh(principal.user_id, new_id(), principal.user_id.bytes, later)
        invitation = Invitation(principal.workspace_id, "dan@example.org", Role.USER)
        await store.tokens.add_invitation(principal.user_id.bytes, invitation, later)
    async with database.transaction(principal) as store:
        await store.api_keys.add(a_key(principal), b"hash")


def a_timer(owner: Principal, session_id: UUID | None = None, **values: Any) -> Timer:
    """A timer of the owner that is due in a minute, unless `values` say otherwise."""
    assert owner.user_id
    now = datetime.now(UTC)
    due_at = now + timedelta(minutes=1)
    timer = Timer(
        new_id(), owner.user_id, session_id, "concierge", TimerKind.TIMER, "tea", due_at, now, secs=60.0
    )
    return replace(timer, **values)


def a_key(owner: Principal, **values: Any) -> ApiKey:
    """A key of the owner with the default scopes, unless `values` say otherwise."""
    assert owner.workspace_id
    assert owner.user_id
    key = ApiKey(
        new_id(),
        owner.workspace_id,
        owner.user_id,
        new_id().hex[-8:],
        "a key",
        frozenset({Scope.SESSIONS, Scope.MEMORY}),
        datetime.now(UTC),
    )
    return replace(key, **values)
