"""Timers in PostgreSQL: set, rung once by whoever can tell the user, and seen by their user alone."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orion.domain.identity import Principal, new_id
from orion.domain.session import Session, SessionStatus
from orion.domain.timer import MOST_SET, TimerState
from orion.errors import Conflict, NotFound
from orion.store.database import Database
from orion.store.timers import Reach
from tests.store.rows import a_timer

TIMERS = Principal.system("timers")
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
HELD_SECS = 30


async def a_session(database, owner, status=SessionStatus.ACTIVE):
    session = Session(new_id(), owner.workspace_id, owner.user_id, "concierge", status, NOW)
    async with database.transaction(owner) as store:
        await store.sessions.create(session)
    return session.id


async def is_set(database, owner, *, due_secs=0.0, **values):
    values = {"due_at": NOW + timedelta(seconds=due_secs), **values}
    async with database.transaction(owner) as store:
        return await store.timers.add(a_timer(owner, **values))


async def claimed(database, now=NOW, **reach):
    async with database.transaction(TIMERS) as store:
        return [ring.timer.id for ring in await store.timers.claim(Reach(**reach), now)]


async def away(database, now=NOW):
    async with database.transaction(TIMERS) as store:
        return [ring.timer.id for ring in await store.timers.claim_unheard(now, now)]


async def running(database, owner):
    async with database.transaction(owner) as store:
        return [timer.id for timer in await store.timers.running(owner.user_id)]


async def missed(database, owner, now=NOW):
    async with database.transaction(owner) as store:
        return [timer.id for timer in await store.timers.take_missed(owner.user_id, now)]


async def test_the_next_one_comes_first_and_nobody_sees_anothers(database, ada, ben):
    later, sooner = [await is_set(database, ada, due_secs=secs) for secs in (90, 30)]
    assert await running(database, ada) == [sooner.id, later.id]
    assert await running(database, ben) == []
    async with database.transaction(ben) as store:
        assert await store.timers.running(ada.user_id) == []
        assert await store.timers.cancel([sooner.id], NOW) == 0
        with pytest.raises(NotFound):
            await store.timers.change(replace(sooner, name="mine"))
    assert len(await running(database, ada)) == 2


async def test_what_is_due_is_claimed_once_by_two_processes_at_once(database_url, database, ada):
    timers = [await is_set(database, ada) for _ in range(20)]
    not_yet = await is_set(database, ada, due_secs=1)
    other = Database(database_url)
    found = await asyncio.gather(*(claimed(one, users=[ada.user_id]) for one in (database, other) * 4))
    await other.close()
    assert sorted(timer_id for ids in found for timer_id in ids) == sorted(timer.id for timer in timers)
    assert await running(database, ada) == [not_yet.id]


async def test_of_a_process_that_dies_before_the_user_has_heard_another_tells_it_later(database, ada):
    tea = await is_set(database, ada)
    assert await claimed(database, users=[ada.user_id]) == [tea.id]
    soon, later = (NOW + timedelta(seconds=HELD_SECS + more) for more in (-1, 1))
    assert await claimed(database, soon, users=[ada.user_id]) == []
    assert await missed(database, ada, soon) == []
    assert await claimed(database, later, users=[ada.user_id]) == [tea.id]
    async with database.transaction(TIMERS) as store:
        await store.timers.heard([tea.id])
    assert await claimed(database, later + timedelta(hours=1), users=[ada.user_id]) == []


async def test_a_call_that_ends_gives_back_what_was_not_heard(database, ada):
    tea = await is_set(database, ada)
    await claimed(database, users=[ada.user_id])
    async with database.transaction(TIMERS) as store:
        await store.timers.let_go([tea.id])
    assert await missed(database, ada) == [tea.id]
    assert await missed(database, ada) == []


async def test_what_nobody_can_be_told_is_missed_and_told_for_a_week(database, ada, ben):
    old, new = [await is_set(database, ada, due_secs=secs) for secs in (-8 * 86400, -6 * 86400)]
    assert await away(database) == [old.id, new.id]
    assert await away(database) == []
    assert await claimed(database, users=[ben.user_id]) == []
    assert await claimed(database, users=[ada.user_id]) == [new.id]


async def test_what_is_cancelled_does_not_ring(database, ada):
    tea = await is_set(database, ada)
    async with database.transaction(ada) as store:
        assert await store.timers.cancel([tea.id], NOW) == 1
    assert await claimed(database, users=[ada.user_id]) == []
    assert await away(database) == []


async def test_a_page_is_told_of_the_timers_of_its_open_session(database, ada):
    open_one = await a_session(database, ada)
    paused = await a_session(database, ada, SessionStatus.PAUSED)
    here = await is_set(database, ada, session_id=open_one)
    await is_set(database, ada, session_id=paused)
    await is_set(database, ada)
    assert await claimed(database, watched=[open_one, paused]) == [here.id]


async def test_a_guests_timer_rings_for_the_guests_of_its_session_alone(database, ada):
    session_id = await a_session(database, ada)
    theirs = await is_set(database, ada, session_id=session_id, guest=True)
    assert await running(database, ada) == []
    async with database.transaction(ada) as store:
        found = await store.timers.running(ada.user_id, guest_of=session_id)
    assert found == [theirs]
    assert await claimed(database, users=[ada.user_id], watched=[session_id]) == []
    assert await claimed(database, guests=[session_id]) == [theirs.id]


async def test_there_is_an_end_to_the_timers_of_a_user(database, ada, ben):
    for _ in range(MOST_SET):
        await is_set(database, ada)
    with pytest.raises(Conflict, match="Cancel one first"):
        await is_set(database, ada)
    await is_set(database, ben)


async def test_what_ended_long_ago_is_forgotten_and_what_is_set_is_not(database, ada):
    kept = await is_set(database, ada, due_secs=40 * 86400)
    gone = await is_set(database, ada)
    await away(database)
    async with database.transaction(TIMERS) as store:
        assert await store.timers.forget_ended(NOW) == 0
        assert await store.timers.forget_ended(NOW + timedelta(days=30)) == 1
    assert await running(database, ada) == [kept.id]
    assert await missed(database, ada) == []
    assert gone.state is TimerState.SET


async def test_a_timer_outlives_its_session_and_goes_with_its_user(database, ada):
    session_id = await a_session(database, ada)
    tea = await is_set(database, ada, session_id=session_id)
    async with database.transaction(ada) as store:
        await store.sessions.delete(session_id)
        (found,) = await store.timers.running(ada.user_id)
        assert found == replace(tea, session_id=None)
        tables = await store.people.everything(ada.user_id)
    assert [row["name"] for row in tables["timers"]] == ["tea"]
