"""One row in every table, for each of two users of one workspace and one user of another."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import create_async_engine

from orion.domain.identity import Principal, Role, User, new_id
from orion.domain.memory import Memory, MemoryType
from orion.domain.session import Event, Session, SessionStatus
from orion.domain.tool import ToolCall, ToolCallStatus, ToolKind, ToolRow
from orion.domain.turn import Speaker, Turn
from orion.store.database import Database
from orion.store.tables import users, workspaces

LOG_IN = Principal.system("log-in")
RECORDER = Principal.system("recorder")


async def fill(database: Database) -> list[Principal]:
    """Ada (admin) and Ben in one workspace, Cleo in another; each with rows in every table."""
    now = datetime.now(UTC)
    async with database.transaction(LOG_IN) as store:
        ada = await store.users.create(email="ada@example.org", name="Ada", password_hash="-", role=None)
        ben = await store.users.create(email="ben@example.org", name="Ben", password_hash="-", role=None)
    cleo = User(new_id(), new_id(), "cleo@example.org", "Cleo", Role.ADMIN, False, now)
    await _another_workspace(database, cleo)
    principals = [Principal.of(user) for user in (ada, ben, cleo)]
    for principal in principals:
        await _rows_of(database, principal)
    async with database.transaction(LOG_IN) as store:
        await store.tokens.add_sign_in(b"link", now + timedelta(minutes=5))
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


async def _rows_of(database: Database, principal: Principal) -> None:
    assert principal.workspace_id
    assert principal.user_id
    now = datetime.now(UTC)
    async with database.transaction(principal) as store:
        session = Session(
            new_id(), principal.workspace_id, principal.user_id, "orion", SessionStatus.CREATED, now
        )
        await store.sessions.create(session)
        await store.memories.add(
            Memory(new_id(), principal.user_id, session.id, MemoryType.FACT, "a secret\twith\ttabs\\", now)
        )
    if principal.is_admin:
        tool = ToolRow(
            new_id(), principal.workspace_id, "tide", "Tells.", ToolKind.HTTP, {"url": "x"}, now, now
        )
        async with database.transaction(principal) as store:
            await store.tools.add(tool)
            await store.agents.put("keeper", {"instructions": "Keep."})
    async with database.transaction(RECORDER) as store:
        call = ToolCall("c1", "timer", {"secs": 1}, ToolCallStatus.DONE, result={"a": None}, started_at=now)
        await store.turns.save(
            Turn(new_id(), session.id, Speaker.AGENT, "orion", "Ünïcode\nline", now, now, tool_calls=(call,))
        )
        await store.events.add([Event(new_id(), session.id, "error", {"slug": "x"}, now)])
    async with database.transaction(LOG_IN) as store:
        later = now + timedelta(days=1)
        await store.tokens.add_refresh(principal.user_id, new_id(), principal.user_id.bytes, later)
