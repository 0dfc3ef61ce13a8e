"""A server in this process: the real application behind real sockets, on a database of the test's own."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import uvicorn
from fastapi import FastAPI

from orion.agents.ledger import PLANS
from orion.api.access import Parts
from orion.app import create_app
from orion.domain.approval import Wanted
from orion.domain.identity import new_id
from orion.domain.plan import Plan, PlanStatus, Step
from orion.domain.waiting_call import WaitingCall
from orion.pipelines.waiting_calls import APPROVALS
from orion.settings import Settings
from orion.store.database import Database

PASSWORD = "correct horse battery"
SECRET = "s" * 32
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients that speak no TLS: to read the authorities anew takes each of them 20 ms of a core."""


@dataclass
class Running:
    """A running server; `url` has no path."""

    app: FastAPI
    url: str

    @property
    def parts(self) -> Parts:
        parts: Parts = self.app.state.parts
        return parts

    def client(self, credential: str | None = None, **headers: str) -> httpx.AsyncClient:
        """A client that sends the credential, if any, as a bearer token."""
        given = {**headers, "Authorization": f"Bearer {credential}"} if credential else headers
        return httpx.AsyncClient(base_url=self.url, headers=given, verify=PLAIN, timeout=90)

    async def call(self, credential: str | None, method: str, path: str, body: Any = None) -> httpx.Response:
        """One request; of an answer that never ends only status and headers are read."""
        async with self.client(credential) as http, http.stream(method, path, json=body) as response:
            if response.headers.get("content-type", "").startswith("text/event-stream"):
                return response
            await response.aread()
            return response

    async def register(self, name: str, **more: Any) -> dict[str, Any]:
        """An account `name@example.org`, and its tokens."""
        account = {"email": f"{name}@example.org", "password": PASSWORD, **more}
        response = await self.call(None, "POST", "/api/v1/auth/register", account)
        assert response.status_code == 201, response.text
        found: dict[str, Any] = response.json()
        return found

    async def key(self, token: str, *scopes: str, **more: Any) -> dict[str, Any]:
        """An API key of the token's user."""
        body = {"name": "a key", **({"scopes": scopes} if scopes else {}), **more}
        response = await self.call(token, "POST", "/api/v1/auth/api-keys", body)
        assert response.status_code == 201, response.text
        found: dict[str, Any] = response.json()
        return found


async def draft(database: Database, session_id: str, status: PlanStatus = PlanStatus.DRAFT) -> Plan:
    """A plan of a session that works something out."""
    steps = (Step(0, "calculator", {"expression": "2 + 3"}, "Add 2 and 3"),)
    plan = Plan(new_id(), UUID(session_id), "concierge", "add", status, steps, datetime.now(UTC))
    async with database.transaction(PLANS) as store:
        return await store.plans.add(plan)


async def a_waiting_call(database: Database, session_id: str) -> str:
    """The id of a tool call of a session that waits for a yes."""
    now = datetime.now(UTC)
    wanted = Wanted("call_1", "send_money", {"to": "Bob"}, "Shall I?")
    call = WaitingCall(new_id(), UUID(session_id), "concierge", wanted, now, now + timedelta(minutes=10))
    async with database.transaction(APPROVALS) as store:
        assert await store.approvals.add(call)
    return wanted.call_id


@asynccontextmanager
async def running(database_url: str, folder: Path, **settings: Any) -> AsyncIterator[Running]:
    """Serve on a free port of loopback, with the scripted engines."""
    scripted = dict.fromkeys(("stt", "llm", "tts"), ("scripted",))
    given: dict[str, Any] = {
        "data_dir": folder,
        "database_url": database_url,
        "jwt_secret": SECRET,
        "secret_keys": (SECRET,),
        "embeddings": "off",
        **scripted,
        **settings,
    }
    app = create_app(Settings(**given))
    # asyncio sends small answers at once only where the protocol is named: else each waits for 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    async with app.router.lifespan_context(app):
        serving = asyncio.get_running_loop().create_task(server.serve(sockets=[listening]))
        try:
            yield Running(app, f"http://127.0.0.1:{listening.getsockname()[1]}")
        finally:
            server.should_exit = True
            await serving
