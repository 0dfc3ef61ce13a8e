"""Who a transaction runs as, and for whom none begins."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import text

from orion.domain.identity import Principal, Role, new_id
from orion.errors import DatabaseUnavailable, Unauthenticated
from orion.store.database import Database


async def test_a_transaction_acts_in_no_higher_role_than_asked_and_than_the_user_has(database, ada, ben):
    admin, user = ada, ben
    for asked, has in [
        (admin, True),
        (Principal(admin.workspace_id, admin.user_id), False),
        (Principal(admin.workspace_id, admin.user_id, claimed=True), True),
        (Principal(user.workspace_id, user.user_id, Role.ADMIN), False),
        (Principal(user.workspace_id, user.user_id, Role.ADMIN, claimed=True), False),
    ]:
        async with database.transaction(asked) as store:
            assert store.principal.is_admin is has, asked


async def test_a_transaction_of_somebody_who_may_not_any_more_does_not_begin(database, ben):
    gone = [
        Principal(ben.workspace_id, new_id()),
        Principal(new_id(), ben.user_id),
        Principal(ben.workspace_id, ben.user_id, key_id=new_id()),
        Principal(ben.workspace_id, ben.user_id, sign_in_id=new_id()),
    ]
    for principal in gone:
        with pytest.raises(Unauthenticated):
            async with database.transaction(principal):
                pass


async def test_where_no_connection_gets_free_the_database_counts_as_away(database_url):
    busy, system = Database(database_url, wait_secs=0.1), Principal.system("ready")
    async with AsyncExitStack() as held:
        for _ in range(20):
            await held.enter_async_context(busy.transaction(system))
        with pytest.raises(DatabaseUnavailable):
            await held.enter_async_context(busy.transaction(system))
    async with busy.transaction(system):
        pass
    await busy.close()


async def test_who_loses_a_deadlock_may_try_again(database):
    lock, both = text("select pg_advisory_xact_lock(:key)"), asyncio.Barrier(2)

    async def take(*keys):
        async with database.transaction(Principal.system("ready")) as store:
            await store.connection.execute(lock, {"key": keys[0]})
            await both.wait()
            await store.connection.execute(lock, {"key": keys[1]})

    lost = await asyncio.gather(take(1, 2), take(2, 1), return_exceptions=True)
    assert sorted(map(type, lost), key=str) == sorted([type(None), DatabaseUnavailable], key=str)


async def test_a_conflict_of_serializable_transactions_may_be_tried_again(database):
    with pytest.raises(DatabaseUnavailable):
        async with database.transaction(Principal.system("ready")) as store:
            await store.connection.execute(
                text("do $$ begin raise exception 'no' using errcode = '40001'; end $$")
            )
