"""Budgets of requests, as nodes that share a PostgreSQL hand them out."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from orion.api.requests.limits import Budget, Limits
from orion.domain.identity import Principal, new_id
from orion.errors import Limited
from orion.store.database import Database

SESSIONS = "/api/v1/sessions/{session_id}"


def scope(path=SESSIONS, address="192.0.2.7"):
    return {"route": SimpleNamespace(path=path), "client": (address, 5)}


async def passed(limits, principal, times, **where):
    """How many of so many requests pass."""
    count = 0
    for _ in range(times):
        try:
            await limits.spend(scope(**where), principal)
            count += 1
        except Limited:
            pass
    return count


@pytest.fixture
def hourly(settings):
    """A budget that grows so slowly that no test sees it grow."""
    return replace(settings, rate_limit_max=40, rate_limit_ttl_secs=36_000)


async def test_a_caller_gets_its_budget_and_not_one_more(database, hourly, ada, ben):
    limits = Limits(database, hourly)
    assert await passed(limits, ada, 60) == 40
    assert await passed(limits, ben, 10) == 10
    assert await passed(limits, None, 10) == 10


async def test_two_nodes_share_one_budget(database, hourly, ada):
    nodes = [Limits(database, hourly), Limits(database, hourly)]
    found = await asyncio.gather(*(passed(node, ada, 60) for node in nodes))
    assert sum(found) == 40


async def test_requests_at_the_same_time_pay_once_each(database, hourly, ada):
    limits = Limits(database, hourly)
    found = await asyncio.gather(*(passed(limits, ada, 1) for _ in range(60)))
    assert sum(found) == 40


async def test_a_refusal_says_when_to_come_back_and_then_it_holds(database, settings, ada):
    limits = Limits(database, replace(settings, rate_limit_max=4, rate_limit_ttl_secs=4))
    assert await passed(limits, ada, 4) == 4
    with pytest.raises(Limited) as refused:
        await limits.spend(scope(), ada)
    assert refused.value.retry_after_secs == 1
    await asyncio.sleep(1.1)
    assert await passed(limits, ada, 3) == 1


async def test_signalling_and_messages_have_budgets_of_their_own(database, hourly, ada):
    limits = Limits(database, hourly)
    assert await passed(limits, ada, 41) == 40
    assert await passed(limits, ada, 401, path="/api/v1/sessions/{session_id}/offer") == 400
    assert await passed(limits, ada, 41, path="/api/v1/sessions/{session_id}/messages") == 40


async def test_the_headers_say_what_is_left(database, hourly, ada):
    limits, seen = Limits(database, hourly), []
    for _ in range(41):
        where = scope()
        with suppress(Limited):
            await limits.spend(where, ada)
        seen += where["orion.limits"]
    policies, states = zip(*seen, strict=True)
    assert set(policies) == {'"default";q=40;w=36000'}
    assert [state.split(";")[1] for state in states] == [f"r={left}" for left in range(39, -1, -1)] + ["r=0"]


async def test_an_ipv6_household_is_one_caller(database, settings):
    limits = Limits(database, settings)
    for number in range(60):
        await limits.spend_sign_in(scope(address=f"2001:db8::{number:x}"))
    with pytest.raises(Limited):
        await limits.spend_sign_in(scope(address="2001:db8::ffff"))
    await limits.spend_sign_in(scope(address="2001:db8:0:1::1"))


async def test_without_a_database_requests_pass_and_one_line_says_so(settings, ada, tmp_path, logs):
    away = Database(f"postgresql+asyncpg://orion@/orion?host={tmp_path}")
    limits = Limits(away, replace(settings, rate_limit_max=1))
    assert await passed(limits, ada, 20) == 20
    assert sum("not counted" in line for line in logs) == 1
    await away.close()


async def test_whole_budgets_are_cleared_away(database, settings, ada, ben):
    limits = Limits(database, replace(settings, rate_limit_max=1000, rate_limit_ttl_secs=1))
    await passed(limits, ada, 1)
    await passed(Limits(database, settings), ben, 1)
    await asyncio.sleep(0.2)
    async with database.transaction(Principal.system("limits")) as store:
        assert await store.budgets.sweep() == 1


async def test_nothing_stored_tells_who_called(database, settings):
    limits = Limits(database, settings)
    await limits.spend_sign_in(scope(address="192.0.2.7"))
    async with database.transaction(Principal.system("limits")) as store:
        row = (await store.connection.exec_driver_sql("select * from orion.budgets")).one()
    assert b"192.0.2.7" not in row.key
    assert len(row.key) == 16


@given(
    requests=st.integers(1, 60),
    spends=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 8)), max_size=20),
)
@runs(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_however_nodes_take_turns_the_sum_is_the_budget(database, settings, requests, spends):
    hour = replace(settings, rate_limit_max=requests, rate_limit_ttl_secs=360_000)
    nodes = [Limits(database, hour) for _ in range(3)]
    caller = Principal(new_id(), new_id())
    lot = Budget("default", requests, 360_000).lot
    granted = asked = 0
    for node, times in spends:
        granted += await passed(nodes[node], caller, times)
        asked += times
    assert granted <= requests
    assert granted >= min(asked, requests) - 2 * (lot - 1)
