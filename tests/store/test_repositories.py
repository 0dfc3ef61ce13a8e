from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from orion.domain.identity import Principal, Role, new_id
from orion.domain.memory import Memory, MemoryType
from orion.domain.session import EndReason, Event, Session, SessionStatus
from orion.domain.tool import ToolCall, ToolCallStatus
from orion.domain.turn import Latency, Speaker, Turn
from orion.errors import Conflict, Invalid, NotFound
from orion.store.tables import refresh_tokens
from orion.store.tokens import GRACE_SECS

LOG_IN = Principal.system("log-in")
RECORDER = Principal.system("recorder")


def a_session(owner: Principal) -> Session:
    assert owner.workspace_id
    assert owner.user_id
    return Session(
        new_id(), owner.workspace_id, owner.user_id, "concierge", SessionStatus.CREATED, datetime.now(UTC)
    )


@pytest.fixture
async def session(database, ben):
    async with database.transaction(ben) as store:
        return await store.sessions.create(a_session(ben))


async def test_the_first_user_is_admin_and_an_address_has_one_account(database):
    async with database.transaction(LOG_IN) as store:
        first = await store.users.create(email="a@b.c", name="A", password_hash="x", role=None)
        second = await store.users.create(email="d@e.f", name="D", password_hash="y", role=None)
        assert (first.role, second.role) == (Role.ADMIN, Role.USER)
        assert await store.users.by_email("a@b.c") == (first, "x")
        assert await store.users.first_admin() == first
        with pytest.raises(Conflict):
            await store.users.create(email="a@b.c", name="A", password_hash="x", role=None)


async def test_a_refresh_token_is_good_for_seconds_after_its_use_and_ends_its_family_later(database, ben):
    family, later = new_id(), datetime.now(UTC) + timedelta(days=1)
    async with database.transaction(LOG_IN) as store:
        await store.tokens.add_refresh(ben.user_id, family, b"one", later)
        spent = await store.tokens.spend_refresh(b"one")
        assert (spent.user_id, spent.family_id) == (ben.user_id, family)
        await store.tokens.add_refresh(ben.user_id, family, b"two", later)
        assert await store.tokens.spend_refresh(b"one") == spent
        earlier = datetime.now(UTC) - timedelta(seconds=GRACE_SECS + 1)
        await store.connection.execute(update(refresh_tokens).values(spent_at=earlier))
    async with database.transaction(LOG_IN) as store:
        assert await store.tokens.spend_refresh(b"one") is None
    async with database.transaction(LOG_IN) as store:
        assert await store.tokens.spend_refresh(b"two") is None


async def test_an_expired_or_unknown_token_is_good_for_nothing(database, ben):
    earlier = datetime.now(UTC) - timedelta(seconds=1)
    async with database.transaction(LOG_IN) as store:
        await store.tokens.add_refresh(ben.user_id, new_id(), b"old", earlier)
        assert await store.tokens.spend_refresh(b"old") is None
        assert await store.tokens.spend_refresh(b"never") is None
        await store.tokens.add_sign_in(b"old", earlier)
        assert not await store.tokens.spend_sign_in(b"old")


async def test_a_sign_in_link_is_good_once_and_a_new_one_voids_it(database):
    later = datetime.now(UTC) + timedelta(minutes=5)
    async with database.transaction(LOG_IN) as store:
        await store.tokens.add_sign_in(b"first", later)
        await store.tokens.add_sign_in(b"second", later)
        assert not await store.tokens.spend_sign_in(b"first")
        assert await store.tokens.spend_sign_in(b"second")
        assert not await store.tokens.spend_sign_in(b"second")


async def test_a_session_follows_its_state_machine(database, ben, session):
    async with database.transaction(ben) as store:
        active = await store.sessions.set_status(session.id, SessionStatus.ACTIVE)
        assert active.started_at is not None
        await store.sessions.set_status(session.id, SessionStatus.PAUSED)
        with pytest.raises(Conflict):
            await store.sessions.set_status(session.id, SessionStatus.PAUSED)
        ended = await store.sessions.end(session.id, EndReason.AGENT)
        assert (ended.status, ended.end_reason) == (SessionStatus.ENDED, EndReason.AGENT)
        assert await store.sessions.end(session.id, EndReason.IDLE) == ended


async def test_pages_are_stable_while_sessions_are_added(database, ben):
    async with database.transaction(ben) as store:
        made = [await store.sessions.create(a_session(ben)) for _ in range(5)]
        first, cursor = await store.sessions.page(limit=2)
        await store.sessions.create(a_session(ben))
        second, cursor = await store.sessions.page(limit=2, cursor=cursor)
        last, cursor = await store.sessions.page(limit=2, cursor=cursor)
        assert [s.id for s in (*first, *second, *last)] == [s.id for s in reversed(made)]
        assert cursor is None
        with pytest.raises(Invalid):
            await store.sessions.page(cursor="nonsense")


async def test_a_turn_is_read_back_as_it_was_written_and_replaces_itself(database, ben, session):
    now = datetime.now(UTC)
    call = ToolCall("c1", "timer", {"secs": 3}, ToolCallStatus.RUNNING, started_at=now)
    turn = Turn(
        new_id(),
        session.id,
        Speaker.AGENT,
        "concierge",
        "It is",
        now,
        now,
        True,
        (call,),
        Latency(end_of_turn_ms=3.0),
    )
    async with database.transaction(RECORDER) as store:
        await store.turns.save(turn)
        done = replace(call, status=ToolCallStatus.DONE, result={"ok": True}, duration_ms=1.5)
        whole = replace(turn, text="It is done.", interrupted=False, tool_calls=(done,))
        await store.turns.save(whole)
    async with database.transaction(ben) as store:
        assert await store.turns.of_session(session.id) == [whole]


async def test_the_end_of_a_late_call_is_kept(database, ben, session):
    now = datetime.now(UTC)
    call = ToolCall("c1", "timer", {}, ToolCallStatus.RUNNING, started_at=now)
    turn = Turn(new_id(), session.id, Speaker.AGENT, "concierge", "", now, now, True, (call,))
    async with database.transaction(RECORDER) as store:
        await store.turns.save(turn)
        done = replace(call, status=ToolCallStatus.DONE, result=5)
        await store.turns.update_call(session.id, done)
        assert (await store.turns.of_session(session.id))[0].tool_calls == (done,)


async def test_events_resume_after_an_id_and_are_written_once(database, ben, session):
    now = datetime.now(UTC)
    happened = [Event(new_id(), session.id, "error", {"n": n}, now) for n in range(3)]
    async with database.transaction(RECORDER) as store:
        await store.events.add(happened)
        await store.events.add(happened)
        assert await store.events.after(session.id, happened[0].id) == happened[1:]
        assert await store.events.after(session.id, None, limit=2) == happened[:2]


async def test_what_is_recorded_of_a_deleted_session_is_dropped(database, ben, session):
    now = datetime.now(UTC)
    async with database.transaction(ben) as store:
        await store.sessions.delete(session.id)
        with pytest.raises(NotFound):
            await store.sessions.delete(session.id)
    async with database.transaction(RECORDER) as store:
        await store.turns.save(Turn(new_id(), session.id, Speaker.USER, "concierge", "hello", now, now))
        await store.events.add([Event(new_id(), session.id, "error", {}, now)])
        assert await store.turns.of_session(session.id) == []


async def test_idle_sessions_are_those_in_which_nothing_happened(database, ben, session):
    async with database.transaction(RECORDER) as store:
        soon = datetime.now(UTC) + timedelta(seconds=5)
        assert [s.id for s in await store.sessions.idle_since(soon)] == [session.id]
        assert await store.sessions.idle_since(session.created_at - timedelta(seconds=5)) == []


async def test_memories_are_found_by_their_words_in_any_form(database, ben, session):
    def memory(content):
        return Memory(new_id(), ben.user_id, session.id, MemoryType.FACT, content, datetime.now(UTC))

    async with database.transaction(ben) as store:
        dog = await store.memories.add(memory("my dog is called Bello"))
        car = await store.memories.add(memory("the car is parked on level three"))
        assert await store.memories.search("dogs") == [dog]
        assert await store.memories.search("where did I park the blue car") == [car]
        assert await store.memories.search("'; drop table & | ! (") == []
        assert await store.memories.newest() == [car, dog]
        await store.memories.delete(car.id)
        assert await store.memories.newest() == [dog]
