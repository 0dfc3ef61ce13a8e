"""What `orion doctor` tells of keys that admins have entered for their workspaces."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from orion.domain.identity import Principal, Role
from orion.domain.provider_key import ProviderKey
from orion.store.secrets import SecretKeys
from tests.cli.conftest import SECRET
from tests.simulators.openai import KEY, openai


@pytest.fixture
async def vendor():
    async with openai() as simulator:
        simulator.key = KEY
        yield simulator


async def enter(database, address: str, key: str, secret: str = SECRET) -> None:
    """Keep a key of the default workspace as the server does."""
    async with database.transaction(Principal.system("log-in")) as store:
        admin = await store.users.create(email="a@b.c", name="Ada", password_hash="x", role=Role.ADMIN)
    kept = ProviderKey(admin.workspace_id, "openai", None, address, datetime.now(UTC))
    sealed = SecretKeys([secret]).seal(key, kept.place)
    async with database.transaction(Principal.of(admin)) as store:
        await store.provider_keys.put(
            ProviderKey(admin.workspace_id, "openai", sealed, address, datetime.now(UTC))
        )


async def doctor(on_database, vendor):
    """The exit code, and the lines about what was entered; the key is nowhere."""
    host = vendor.url.removeprefix("http://").removesuffix("/v1")
    code, out, error = await asyncio.to_thread(on_database, "doctor", ORION_TOOL_ALLOWED_HOSTS=host)
    assert KEY not in out + error
    assert "sk-wrong" not in out + error
    return code, [line.split(maxsplit=4) for line in out.splitlines() if "entered" in line]


async def test_a_key_that_works_is_told_by_its_workspace(on_database, database, vendor):
    assert await doctor(on_database, vendor) == (0, [])
    await enter(database, vendor.url, KEY)
    assert await doctor(on_database, vendor) == (0, [["ok", "entered", "key", "openai", "for default"]])


async def test_a_key_that_is_refused_is_told_with_what_to_do(on_database, database, vendor):
    await enter(database, vendor.url, "sk-wrong-0123456789")
    code, [line] = await doctor(on_database, vendor)
    assert (code, line[:4]) == (1, ["NO", "entered", "key", "-"])
    assert line[4].startswith("openai, for the workspace default: openai: authentication (HTTP 401); it does")


async def test_a_key_that_cannot_be_opened_is_told(on_database, database, vendor):
    await enter(database, vendor.url, KEY, secret="t" * 32)
    code, [line] = await doctor(on_database, vendor)
    assert code == 1
    assert "the key cannot be opened with ORION_SECRET_KEYS; enter it again" in line[4]


async def test_a_database_that_cannot_be_reached_is_told(on_database):
    code, out, _ = await asyncio.to_thread(
        on_database, "doctor", DATABASE_URL="postgresql://nobody@127.0.0.1:9/none"
    )
    assert code == 1
    assert "NO  entered keys" in out
