"""The least that FastAPI can do: each of ORION's plain routes as one statement, without anything else.

No accounts, no row-level security, no limits, no headers: what a route costs that only reads or writes.
Run as `python _bare.py URL PORT DRIVER`; the driver is `asyncpg` alone or `sqlalchemy` Core over it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import uvicorn
import uvloop
from fastapi import FastAPI, Request
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from orion.domain.identity import new_id

ONE = "select * from orion.sessions where id = {0}"
PAGE = "select * from orion.sessions order by id desc limit 21"
USER = "select id, email, name, role, created_at from orion.users where email = {0}"
INSERT = (
    "insert into orion.sessions (id, workspace_id, user_id, agent, status, created_at, last_active_at) "
    "select {0}, workspace_id, id, 'orion', 'created', {1}, {1} from orion.users where email = {2} returning *"
)
REMEMBER = (
    "insert into orion.memories (id, workspace_id, user_id, session_id, type, content, metadata, created_at) "
    "select {0}, workspace_id, user_id, id, {1}, {2}, '{{}}', {3} from orion.sessions where id = {4} returning *"
)
EMAIL = "bench@example.org"


class NewSession(BaseModel):
    """What ORION's route takes, too."""

    agent: str | None = None
    title: str | None = None


class NewMemory(BaseModel):
    """What ORION's route takes, too."""

    type: str
    content: str


class Asyncpg:
    """A pool of asyncpg, each statement by itself."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("+asyncpg", "")
        self.pool: Any = None

    async def open(self) -> None:
        self.pool = await asyncpg.create_pool(self.url, min_size=2, max_size=10)

    async def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        numbered = statement.format(*(f"${index + 1}" for index in range(len(values))))
        return [dict(row) for row in await self.pool.fetch(numbered, *values)]


class Sqlalchemy:
    """An engine of SQLAlchemy, each statement in a transaction."""

    def __init__(self, url: str) -> None:
        self.engine = create_async_engine(url, pool_size=10)
        self.prepared: dict[str, Any] = {}

    async def open(self) -> None:
        return

    async def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        names = [f"v{index}" for index in range(len(values))]
        prepared = self.prepared.setdefault(
            statement, text(statement.format(*(f":{name}" for name in names)))
        )
        async with self.engine.begin() as connection:
            found = await connection.execute(prepared, dict(zip(names, values, strict=True)))
            return [dict(row) for row in found.mappings()]


def session(row: dict[str, Any]) -> dict[str, Any]:
    metadata = row["metadata"]
    return {
        "id": str(row["id"]),
        "agent": row["agent"],
        "status": row["status"],
        "live": False,
        "title": row["title"],
        "metadata": json.loads(metadata) if isinstance(metadata, str) else metadata,
        "participants": [],
        "created_at": row["created_at"].isoformat(),
        "started_at": None,
        "ended_at": None,
        "end_reason": None,
    }


def create(database: Asyncpg | Sqlalchemy) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await database.open()
        yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/api/v1/sessions/{session_id}")
    async def get(session_id: UUID) -> dict[str, Any]:
        return session((await database.rows(ONE, session_id))[0])

    @app.get("/api/v1/sessions")
    async def page(limit: int = 20, cursor: str | None = None) -> dict[str, Any]:
        found = await database.rows(PAGE)
        return {"items": [session(row) for row in found[:limit]], "next_cursor": str(found[-1]["id"])}

    @app.get("/api/v1/auth/profile")
    async def profile(_request: Request) -> dict[str, Any]:
        row = (await database.rows(USER, EMAIL))[0]
        return {**row, "id": str(row["id"]), "created_at": row["created_at"].isoformat()}

    @app.post("/api/v1/sessions", status_code=201)
    async def make(_body: NewSession) -> dict[str, Any]:
        return session((await database.rows(INSERT, new_id(), datetime.now(UTC), EMAIL))[0])

    @app.post("/api/v1/sessions/{session_id}/memory", status_code=201)
    async def remember(session_id: UUID, body: NewMemory) -> dict[str, Any]:
        values = (new_id(), body.type, body.content, datetime.now(UTC), session_id)
        row = (await database.rows(REMEMBER, *values))[0]
        return {
            "id": str(row["id"]),
            "session_id": str(row["session_id"]),
            "type": row["type"],
            "content": row["content"],
            "metadata": {},
            "created_at": row["created_at"].isoformat(),
        }

    return app


async def main() -> None:
    url, port, driver = sys.argv[1:]
    app = create({"asyncpg": Asyncpg, "sqlalchemy": Sqlalchemy}[driver](url))
    await uvicorn.Server(uvicorn.Config(app, port=int(port), log_config=None, access_log=False)).serve()


if __name__ == "__main__":
    uvloop.run(main()) if sys.platform != "win32" else asyncio.run(main())
