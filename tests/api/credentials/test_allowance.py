"""What a key with the scope `connect` may begin."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from orion.api.credentials.allowance import begin_by_key
from orion.api.routers.rooms import DEFAULT_TTL_SECS
from orion.domain.identity import Principal, Role, Scope
from orion.domain.session import EndReason
from orion.errors import Limited, Refused
from orion.store.tables import sessions
from tests.store.rows import a_key
from tests.store.test_repositories import a_session


async def by_key(database, owner, **bounds):
    """The principal of a new key with the scope connect."""
    key = a_key(owner, scopes=frozenset({Scope.CONNECT}), **bounds)
    async with database.transaction(owner) as store:
        await store.api_keys.add(key, b"hash")
    return Principal.by_key(key, Role.USER)


async def begin(database, principal, *, origin=None, connected=(), agent="concierge"):
    session = a_session(principal)
    async with database.transaction(principal) as store:
        session = await store.sessions.create(replace(session, agent=agent))
        await begin_by_key(store, session, origin=origin, connected=connected, token_secs=DEFAULT_TTL_SECS)
    return session


async def test_a_key_begins_sessions_with_its_agents_from_its_pages_only(database, ben):
    key = await by_key(database, ben, agents=("concierge",), origins=("https://example.org",))
    await begin(database, key, origin="https://Example.org")
    for wrong in ("https://example.org.evil", "http://example.org", "https://example.org:444", "null", None):
        with pytest.raises(Refused):
            await begin(database, key, origin=wrong)
    with pytest.raises(Refused):
        await begin(database, key, origin="https://example.org", agent="other")
    async with database.transaction(ben) as store:
        assert len((await store.sessions.page())[0]) == 1, "what was refused left nothing behind"
    await begin(database, await by_key(database, ben), agent="other")
    await begin(database, ben, agent="other")


async def test_the_cap_holds_however_many_begin_at_once(database, ben):
    key = await by_key(database, ben, max_sessions=3)
    begun = await asyncio.gather(*(begin(database, key) for _ in range(12)), return_exceptions=True)
    live = [session for session in begun if not isinstance(session, BaseException)]
    assert len(live) == 3
    assert all(isinstance(error, Limited) for error in begun if isinstance(error, BaseException))
    async with database.transaction(ben) as store:
        await store.sessions.end(live[0].id, EndReason.HUNG_UP)
    await begin(database, key)


async def test_a_session_that_was_left_counts_no_more_unless_somebody_is_connected(database, ben):
    key = await by_key(database, ben, max_sessions=1)
    session = await begin(database, key)
    await change(database, ben, status="active", last_active_at=datetime.now(UTC) - timedelta(minutes=2))
    with pytest.raises(Limited):
        await begin(database, key, connected=[session.id])
    await begin(database, key)


async def test_a_session_that_nobody_has_joined_counts_as_long_as_its_token_admits(database, ben):
    key = await by_key(database, ben, max_sessions=1)
    await begin(database, key)
    begun = datetime.now(UTC) - timedelta(minutes=4)
    await change(database, ben, created_at=begun, last_active_at=begun)
    with pytest.raises(Limited):
        await begin(database, key)
    begun = datetime.now(UTC) - timedelta(minutes=5)
    await change(database, ben, created_at=begun, last_active_at=begun)
    await begin(database, key)


async def change(database, owner, **values):
    async with database.transaction(owner) as store:
        await store.connection.execute(update(sessions).values(values))
