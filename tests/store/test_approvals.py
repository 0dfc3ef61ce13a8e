"""The tool calls that wait for a yes: each is answered once."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orion.domain.approval import Wanted
from orion.domain.identity import Principal, new_id
from orion.domain.session import Session, SessionStatus
from orion.domain.waiting_call import ApprovalState, WaitingCall

APPROVALS = Principal.system("approvals")
NOW = datetime.now(UTC)
PAY = Wanted("c1", "send_money", {"to": "Eve", "amount": 1e22, "note": "ü"}, "Shall I?")


@pytest.fixture
async def session(database, ben):
    made = Session(new_id(), ben.workspace_id, ben.user_id, "concierge", SessionStatus.CREATED, NOW)
    async with database.transaction(ben) as store:
        return await store.sessions.create(made)


@pytest.fixture
async def call(database, session):
    made = WaitingCall(new_id(), session.id, "concierge", PAY, NOW, NOW + timedelta(minutes=10))
    async with database.transaction(APPROVALS) as store:
        assert await store.approvals.add(made)
    return made


async def decide(database, call, answer=ApprovalState.APPROVED, wanted=PAY, now=NOW):
    async with database.transaction(APPROVALS) as store:
        return await store.approvals.decide(
            call.session_id, wanted, answer, by="rest", decided_by=None, now=now
        )


async def test_what_waits_is_kept_to_the_letter(database, ben, call):
    async with database.transaction(ben) as store:
        (found,) = await store.approvals.waiting(call.session_id, NOW)
    assert found == call
    assert found.wanted.digest == PAY.digest


async def test_a_call_waits_once_under_its_id(database, call):
    async with database.transaction(APPROVALS) as store:
        assert not await store.approvals.add(replace(call, id=new_id()))
        assert not await store.approvals.add(replace(call, id=new_id(), session_id=new_id()))
    await decide(database, call, ApprovalState.REJECTED)
    async with database.transaction(APPROVALS) as store:
        assert await store.approvals.add(again := replace(call, id=new_id()))
        assert await store.approvals.latest(call.session_id, "c1") == again


async def test_of_many_who_answer_at_once_one_is_heard(database, call):
    answers = [ApprovalState.APPROVED, ApprovalState.REJECTED] * 4
    found = await asyncio.gather(*(decide(database, call, answer) for answer in answers))
    (one,) = [answered for answered in found if answered is not None]
    assert (one.by, one.decided_at) == ("rest", NOW)


async def test_a_yes_to_other_arguments_or_too_late_is_none(database, call):
    other = replace(PAY, arguments={**PAY.arguments, "to": "Bob"})
    assert await decide(database, call, wanted=other) is None
    assert await decide(database, call, now=call.expires_at) is None
    assert await decide(database, call) is not None


async def test_what_nobody_answers_in_time_is_a_no_once(database, call):
    async with database.transaction(APPROVALS) as store:
        assert await store.approvals.expire(call.expires_at - timedelta(seconds=1)) == []
        (expired,) = await store.approvals.expire(call.expires_at)
        assert (expired.state, expired.by, expired.decided_by) == (ApprovalState.EXPIRED, "time", None)
        assert await store.approvals.expire(call.expires_at) == []
        assert await store.approvals.waiting(call.session_id, NOW) == []


async def test_an_approved_call_whose_end_nobody_heard_of_is_noticed_once(database, call):
    approved = await decide(database, call)
    async with database.transaction(APPROVALS) as store:
        assert await store.approvals.lost(NOW, NOW) == []
        (lost,) = await store.approvals.lost(NOW + timedelta(seconds=1), NOW)
        assert lost == replace(approved, ended_at=NOW)
        assert await store.approvals.lost(NOW + timedelta(seconds=1), NOW) == []


async def test_an_approved_call_that_has_ended_is_not_lost(database, call):
    await decide(database, call)
    async with database.transaction(APPROVALS) as store:
        await store.approvals.ended(call.id, NOW)
        assert await store.approvals.lost(NOW + timedelta(days=1), NOW) == []
