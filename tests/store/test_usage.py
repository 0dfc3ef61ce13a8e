"""What was consumed is kept by turn, summed by session, and counted once as spent, for good."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from orion.domain.identity import Principal, new_id
from orion.domain.session import Session, SessionStatus
from orion.domain.spending import Month, Spent
from orion.domain.turn import Speaker, Turn
from orion.domain.usage import Usage

NOW = datetime(2026, 3, 31, 23, 59, 58, tzinfo=UTC)
LATER = datetime(2026, 4, 1, tzinfo=UTC)
RECORDER, BUDGET = Principal.system("recorder"), Principal.system("budget")
FLUENT = Usage(
    "llm", "openai", "gpt-4.1", 20, 8, 1, 5, reasoning_tokens=2, characters=0, estimated=True, cost_micros=70
)
SPEECH = Usage("tts", "elevenlabs", "eleven_flash_v2_5", characters=100, audio_secs=1.25, cost_micros=5000)
UNPRICED = Usage("llm", "acme", "m", input_tokens=7)


@pytest.fixture
async def session(database, ben) -> Session:
    made = Session(new_id(), ben.workspace_id, ben.user_id, "concierge", SessionStatus.CREATED, NOW)
    async with database.transaction(ben) as store:
        await store.sessions.create(made)
    return made


def turn(session: Session, *used: Usage, at: datetime = NOW) -> Turn:
    return Turn(new_id(), session.id, Speaker.AGENT, "concierge", "Hello.", at, at, usage=used)


async def save(database, *turns: Turn) -> None:
    async with database.transaction(RECORDER) as store:
        for one in turns:
            await store.turns.save(one)


async def test_a_turn_is_read_back_with_its_usage_and_the_session_with_the_sums(database, ben, session):
    first, second = turn(session, FLUENT, SPEECH), turn(session, replace(FLUENT, id=new_id()))
    await save(database, first, second)
    async with database.transaction(ben) as store:
        assert await store.turns.of_session(session.id) == [first, second]
        found = await store.sessions.get(session.id)
        assert found.usage == (FLUENT + FLUENT, SPEECH)
        assert [one.usage for one in (await store.sessions.page())[0]] == [found.usage]
        assert (await store.sessions.set_status(session.id, SessionStatus.ACTIVE)).usage == found.usage


async def test_what_is_written_twice_is_spent_once(database, ada, session):
    again = turn(session, FLUENT)
    await save(database, again, again)
    await save(database, replace(again, text="Hello there."))
    async with database.transaction(ada) as store:
        assert (await store.sessions.get(session.id)).usage == (FLUENT,)
        (spent,) = await store.spending.report(date(2026, 3, 1), date(2026, 3, 31), "day")
    assert (spent.group, spent.cost_micros, spent.amounts["input_tokens"]) == ("2026-03-31", 70, 20)


async def test_usage_without_a_turn_counts_for_its_session(database, ben, session):
    async with database.transaction(RECORDER) as store:
        for _ in range(2):
            await store.usages.add(session.id, [SPEECH], agent="concierge", at=NOW)
    async with database.transaction(ben) as store:
        assert (await store.sessions.get(session.id)).usage == (SPEECH,)


async def test_a_sum_with_an_unknown_cost_is_unknown_and_the_report_says_so(database, ada, session):
    await save(database, turn(session, UNPRICED, FLUENT), turn(session, replace(UNPRICED, id=new_id())))
    async with database.transaction(ada) as store:
        assert (await store.sessions.get(session.id)).usage == (UNPRICED + UNPRICED, FLUENT)
        acme, openai = await store.spending.report(NOW.date(), NOW.date(), "provider")
    assert (acme.group, acme.cost_micros, acme.complete) == ("acme", 0, False)
    assert (openai.group, openai.cost_micros, openai.complete) == ("openai", 70, True)


async def test_a_month_begins_anew_in_utc(database, ada, session):
    await save(database, turn(session, FLUENT, SPEECH), turn(session, replace(FLUENT, id=new_id()), at=LATER))
    async with database.transaction(ada) as store:
        await store.spending.set_budget(ada.workspace_id, 5070)
    async with database.transaction(BUDGET) as store:
        march = await store.spending.months([ada.workspace_id], NOW)
        april = await store.spending.months([ada.workspace_id], LATER)
    assert april == {ada.workspace_id: Month(date(2026, 4, 1), 5070, 70)}
    assert not april[ada.workspace_id].used_up
    assert march[ada.workspace_id].spent_micros == 5140, "all since its first day"
    assert march[ada.workspace_id].used_up


async def test_deleting_a_session_refills_no_budget(database, ada, ben, session):
    await save(database, turn(session, SPEECH))
    async with database.transaction(ben) as store:
        await store.sessions.delete(session.id)
    async with database.transaction(ada) as store:
        agent = await store.spending.report(NOW.date(), NOW.date(), "agent")
    amounts = dict.fromkeys(agent[0].amounts, 0) | {"characters": 100, "audio_secs": 1.25}
    assert agent == [Spent("concierge", amounts, 5000, complete=True)]


async def test_usage_of_a_session_that_was_deleted_meanwhile_is_dropped(database, ben, session):
    async with database.transaction(ben) as store:
        await store.sessions.delete(session.id)
    await save(database, turn(session, SPEECH))
    async with database.transaction(RECORDER) as store:
        assert await store.spending.report(NOW.date(), NOW.date(), "day") == []


async def test_a_workspace_without_a_budget_is_never_over_it(database, ada, session):
    await save(database, turn(session, SPEECH, at=LATER))
    async with database.transaction(BUDGET) as store:
        found = (await store.spending.months([ada.workspace_id], LATER))[ada.workspace_id]
    assert (found.budget_micros, found.spent_micros, found.used_up) == (None, 5000, False)


async def test_a_person_takes_along_what_they_consumed_and_it_is_erased_with_them(database, ben, session):
    await save(database, turn(session, SPEECH))
    async with database.transaction(ben) as store:
        (row,) = (await store.people.everything(ben.user_id))["usage"]
        assert (row["provider"], row["characters"], row["cost_micros"]) == ("elevenlabs", 100, 5000)
        assert (await store.people.erase(ben.user_id))["usage"] == 1
