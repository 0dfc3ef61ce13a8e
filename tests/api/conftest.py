import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from orion.app import create_app
from orion.settings import Settings
from tests.net.origin import Origin, answers, serving

MCP_PROGRAM = (sys.executable, str(Path(__file__).parents[1] / "net" / "mcp_server.py"))


@pytest.fixture
async def origin() -> AsyncIterator[Origin]:
    """A web service that tools may reach."""
    async with serving(answers({"time": "half past nine", "more": {"height_m": 2}})) as running:
        yield running


@pytest.fixture
def app_settings(database_url, tmp_path, origin) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        jwt_secret="j" * 32,
        secret_keys=("k" * 32,),
        stt=("scripted",),
        llm=("offline",),
        tts=("scripted",),
        tool_allowed_hosts=(origin.host,),
        mcp_commands={"harbour": MCP_PROGRAM},
    )


@pytest.fixture
async def app(app_settings):
    made = create_app(app_settings)
    async with made.router.lifespan_context(made):
        yield made


@asynccontextmanager
async def signed_up(app, name: str) -> AsyncIterator[httpx.AsyncClient]:
    """The REST API as a new user of the default workspace."""
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1/api/v1", timeout=30
    ) as client:
        account = {"email": f"{name}@example.org", "password": "correct horse battery"}
        response = await client.post("/auth/register", json=account)
        response.raise_for_status()
        client.headers["Authorization"] = f"Bearer {response.json()['access_token']}"
        yield client


@pytest.fixture
async def admin(app):
    """The REST API as Ada, the admin."""
    async with signed_up(app, "ada") as client:
        yield client


@pytest.fixture
async def member(app, admin):
    """The REST API as Ben, a user of the same workspace."""
    async with signed_up(app, "ben") as client:
        yield client
