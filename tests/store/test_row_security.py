"""Who sees what: every table, as the database itself decides it."""

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError

from orion.domain.identity import Principal, new_id
from orion.errors import StartError, Unauthenticated
from orion.store.backup import backup, restore
from orion.store.database import Database
from orion.store.schema import migrate, refuse_unbound
from orion.store.tables import SCHEMA, metadata
from tests.store.rows import fill
from tests.store.servers import debian_cluster

TABLES = [table.name for table in metadata.sorted_tables]
ADMIN_SEES = {
    "workspaces": 1,
    "users": 2,
    "sessions": 2,
    "turns": 2,
    "tool_calls": 2,
    "memories": 1,
    "memory_vectors": 1,
    "timers": 1,
    "plans": 2,
    "plan_steps": 2,
    "approvals": 2,
    "events": 2,
    "room_tokens": 2,
    "webhooks": 2,
    "webhook_deliveries": 4,
    "refresh_tokens": 1,
    "api_keys": 2,
    "invitations": 2,
    "idempotency_keys": 1,
    "erasures": 2,
    "audit": 1,
    "tools": 1,
    "agents": 1,
    "provider_keys": 1,
    "usage": 2,
    "spending": 1,
}
USER_SEES = {
    "workspaces": 1,
    "users": 1,
    "sessions": 1,
    "turns": 1,
    "tool_calls": 1,
    "memories": 1,
    "memory_vectors": 1,
    "timers": 1,
    "plans": 1,
    "plan_steps": 1,
    "approvals": 1,
    "events": 1,
    "room_tokens": 1,
    "refresh_tokens": 1,
    "api_keys": 1,
    "idempotency_keys": 1,
    "tools": 1,
    "agents": 1,
    "provider_keys": 1,
    "usage": 1,
}
ADMIN_ALONE_SEES = {**USER_SEES, "webhooks": 1, "webhook_deliveries": 1, "spending": 1}
PURPOSE_OF_APPROVALS = Principal.system("approvals")
PURPOSES = {
    "log-in": {
        "workspaces": 2,
        "users": 3,
        "refresh_tokens": 3,
        "sign_in_tokens": 1,
        "api_keys": 3,
        "invitations": 3,
        "log_in_failures": 1,
    },
    "recorder": {
        "sessions": 3,
        "turns": 3,
        "tool_calls": 3,
        "events": 3,
        "webhooks": 3,
        "webhook_deliveries": 5,
        "api_keys": 3,
        "usage": 3,
        "spending": 2,
    },
    "webhooks": {"webhooks": 3, "webhook_deliveries": 5},
    "sweeper": {"sessions": 3, "turns": 3, "tool_calls": 3, "events": 3, "usage": 3},
    "budget": {"workspaces": 2, "spending": 2},
    "plans": {
        "sessions": 3,
        "events": 3,
        "webhooks": 3,
        "webhook_deliveries": 5,
        "plans": 3,
        "plan_steps": 3,
        "nodes": 1,
    },
    "approvals": {
        "sessions": 3,
        "events": 3,
        "webhooks": 3,
        "webhook_deliveries": 5,
        "approvals": 3,
    },
    "timers": {
        "sessions": 3,
        "events": 3,
        "webhooks": 3,
        "webhook_deliveries": 5,
        "timers": 3,
    },
    "limits": {"budgets": 1, "idempotency_keys": 3},
    "erasure": {"erasures": 3},
    "recogniser": {"tools": 2},
    "ready": {},
    "": {},
}


async def counts(database, principal):
    """How many rows of each table the principal sees."""
    async with database.transaction(principal) as store:
        return {
            name: (
                await store.connection.execute(
                    select(func.count()).select_from(metadata.tables[f"{SCHEMA}.{name}"])
                )
            ).scalar_one()
            for name in TABLES
        }


def expected(seen):
    return {name: seen.get(name, 0) for name in TABLES}


async def matrix(database):
    """The whole matrix over every table."""
    ada, ben, cleo = await fill(database)
    assert await counts(database, ada) == expected(ADMIN_SEES)
    assert await counts(database, ben) == expected(USER_SEES)
    assert await counts(database, cleo) == expected(
        {**ADMIN_ALONE_SEES, "invitations": 1, "erasures": 1, "audit": 1}
    )
    for purpose, seen in PURPOSES.items():
        assert await counts(database, Principal.system(purpose)) == expected(seen), purpose
    impostor = Principal(ada.workspace_id, cleo.user_id)
    with pytest.raises(Unauthenticated):
        await counts(database, impostor)


async def test_everybody_sees_their_own_and_nothing_else(database):
    await matrix(database)


@pytest.mark.parametrize(
    "name",
    [
        "sessions",
        "turns",
        "tool_calls",
        "memories",
        "timers",
        "events",
        "room_tokens",
        "idempotency_keys",
        "usage",
        "plans",
    ],
)
async def test_nobody_writes_in_anothers_name(database, name):
    _, ben, cleo = await fill(database)
    table = metadata.tables[f"{SCHEMA}.{name}"]
    async with database.transaction(ben) as store:
        changed = await store.connection.execute(
            update(table).where(table.c.user_id == cleo.user_id).values(created_at=func.now())
            if "created_at" in table.c
            else update(table).where(table.c.user_id == cleo.user_id).values(session_id=None)
        )
        assert changed.rowcount == 0
    with pytest.raises((ProgrammingError, DBAPIError)):
        async with database.transaction(ben) as store:
            await store.connection.execute(update(table).values(user_id=cleo.user_id))


@pytest.mark.parametrize("name", ["tools", "agents", "provider_keys"])
async def test_admins_alone_change_what_their_workspace_shares(database, name):
    ada, ben, cleo = await fill(database)
    table = metadata.tables[f"{SCHEMA}.{name}"]
    for principal in (ben, Principal.system("recogniser"), Principal(None, None)):
        async with database.transaction(principal) as store:
            assert (await store.connection.execute(delete(table))).rowcount == 0
            changed = update(table).values(updated_at=func.now())
            assert (await store.connection.execute(changed)).rowcount == 0
    row = await _as_dict(database, ada, table)
    for principal in (ben, cleo):
        with pytest.raises((ProgrammingError, DBAPIError)):
            async with database.transaction(principal) as store:
                await store.connection.execute(insert(table).values({**row, **_another(name)}))
    async with database.transaction(cleo) as store:
        assert (await store.connection.execute(delete(table))).rowcount == 1
    assert await _as_dict(database, ada, table)


def _another(name):
    """What makes a row of the table another one."""
    return {"provider": "mine"} if name == "provider_keys" else {"id": new_id(), "name": "mine"}


async def test_nobody_says_yes_but_through_the_server(database):
    principals = await fill(database)
    table = metadata.tables[f"{SCHEMA}.approvals"]
    for principal in principals:
        async with database.transaction(principal) as store:
            assert (await store.connection.execute(update(table).values(state="approved"))).rowcount == 0
            assert (await store.connection.execute(delete(table))).rowcount == 0
        row = {**await _as_dict(database, PURPOSE_OF_APPROVALS, table), "id": new_id(), "call_id": "mine"}
        with pytest.raises((ProgrammingError, DBAPIError)):
            async with database.transaction(principal) as store:
                await store.connection.execute(insert(table).values(row))


async def test_nobody_refills_a_budget_by_what_was_spent(database):
    ada, ben, _ = await fill(database)
    table = metadata.tables[f"{SCHEMA}.spending"]
    for principal in (ada, ben, Principal.system("budget")):
        async with database.transaction(principal) as store:
            assert (await store.connection.execute(delete(table))).rowcount == 0
            assert (await store.connection.execute(update(table).values(cost_micros=0))).rowcount == 0


async def test_only_an_admin_sets_the_budget_and_only_of_the_own_workspace(database):
    ada, ben, cleo = await fill(database)
    table = metadata.tables[f"{SCHEMA}.workspaces"]
    for principal, changed in ((ben, 0), (Principal.system("budget"), 0), (ada, 1)):
        async with database.transaction(principal) as store:
            assert (await store.connection.execute(update(table).values(budget_micros=7))).rowcount == changed
    async with database.transaction(ada) as store:
        assert (await store.connection.execute(delete(table))).rowcount == 0
    assert (await _as_dict(database, ben, table))["budget_micros"] == 7
    assert (await _as_dict(database, cleo, table))["budget_micros"] is None


async def _as_dict(database, principal, table):
    async with database.transaction(principal) as store:
        return dict((await store.connection.execute(select(table).limit(1))).one()._mapping)


async def test_every_table_is_guarded_and_has_a_policy(database):
    async with database.transaction(Principal.system("")) as store:
        found = await store.connection.execute(
            text("select tablename from pg_policies where schemaname = :schema group by 1"),
            {"schema": SCHEMA},
        )
        assert {row[0] for row in found} == set(TABLES)
    await refuse_unbound(database.url)


async def test_the_server_does_not_start_where_security_would_not_bind(database):
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(database.url)
    async with engine.begin() as connection:
        await connection.execute(text("alter table orion.memories no force row level security"))
    await engine.dispose()
    with pytest.raises(StartError, match="memories"):
        await refuse_unbound(database.url)


async def test_the_same_holds_on_debians_postgresql_15_for_a_role_that_is_no_superuser(open_dir):
    with debian_cluster(open_dir) as cluster:
        cluster.sql("create role ordinary login createrole; create database app owner ordinary")
        url = cluster.url("ordinary", "app")
        await migrate(url)
        await refuse_unbound(url)
        database = Database(url)
        await matrix(database)
        written = await backup(database, open_dir / "15.tar")
        assert written > len(TABLES)
        assert await restore(database, open_dir / "15.tar", force=True) == written
        await refuse_unbound(url)
        await database.close()
