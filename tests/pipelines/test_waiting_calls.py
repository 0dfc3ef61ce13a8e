"""A tool call that waits for a yes outlives its process, and takes the yes by any way in, once."""

import asyncio
import gc
import shutil
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from orion.domain.approval import Wanted
from orion.domain.identity import Principal, new_id
from orion.domain.session import Session, SessionStatus
from orion.domain.tool import ToolCall, ToolCallStatus
from orion.domain.waiting_call import ApprovalState, WaitingCall
from orion.pipelines.records.feed import Feed
from orion.pipelines.records.writer import Writer
from orion.pipelines.waiting_calls import WaitingCalls
from orion.store.approval_tables import approvals
from orion.store.database import Database
from tests.api.running import running
from tests.journeys.phone import calling, voice
from tests.pipelines.test_approvals import PROJECT, tool
from tests.pipelines.test_spoken_approval import PAY, QUESTION, hearing

APPROVALS = Principal.system("approvals")
OFFLINE = {"llm": ("offline",), "project": PROJECT}


class Owner:
    """The REST API as the user of one session."""

    def __init__(self, server, http, session_id):
        self.server, self.http, self.session_id = server, http, session_id
        self.path = f"/api/v1/sessions/{session_id}"

    async def say(self, text):
        response = await self.http.post(f"{self.path}/messages", json={"text": text})
        assert response.status_code == 200, response.text
        return response.json()

    async def waiting(self):
        return (await self.http.get(f"{self.path}/approvals")).json()["items"]

    async def answer(self, call, *, approve=True, **other):
        body = {"approve": approve, "digest": call["digest"], **other}
        return await self.http.post(f"{self.path}/approvals/{call['call_id']}", json=body)

    def done(self, name="send_money"):
        return [entry for entry in tool(name).LEDGER if str(entry["session"]) == self.session_id]

    async def told(self, text):
        """Wait until a turn of the agent says it."""
        async with asyncio.timeout(20):
            while True:
                turns = await self.turns()
                if any(turn["role"] == "agent" and text in turn["text"] for turn in turns):
                    return turns
                await asyncio.sleep(0.05)

    async def turns(self):
        """All of them, page by page."""
        page = (await self.http.get(f"{self.path}/turns")).json()
        found = page["items"]
        while page["next_cursor"]:
            further = {"cursor": page["next_cursor"]}
            page = (await self.http.get(f"{self.path}/turns", params=further)).json()
            found += page["items"]
        return found

    async def audited(self):
        """What the kept events tell of answers."""
        return [(e.body["state"], e.body["by"]) for e in await self.events("tool.approval")]

    async def events(self, name):
        """The kept events of that name."""
        await self.server.parts.calls.shared.writer.flush()
        async with self.server.parts.database.transaction(Principal.system("sweeper")) as store:
            events = await store.events.after(UUID(self.session_id), None)
        return [event for event in events if event.name == name]

    async def change(self, **values):
        """Change the row of what waits, as time would."""
        async with self.server.parts.database.transaction(APPROVALS) as store:
            chosen = update(approvals).where(approvals.c.session_id == UUID(self.session_id))
            await store.connection.execute(chosen.values(**values))


@asynccontextmanager
async def owner(database_url, folder, session_id=None, project=PROJECT, **options):
    """A server, and the owner of a session on it, of an earlier server's if its id is given."""
    async with running(database_url, folder, **{**OFFLINE, "project": project, **options}) as server:
        if session_id is None:
            token = (await server.register("ada"))["access_token"]
        else:
            account = {"email": "ada@example.org", "password": "correct horse battery"}
            token = (await server.call(None, "POST", "/api/v1/auth/login", account)).json()["access_token"]
        async with server.client(token) as http:
            if session_id is None:
                session_id = (await http.post("/api/v1/sessions", json={})).json()["id"]
            yield Owner(server, http, session_id)


async def test_rest_says_yes_once_to_just_this_call(database_url, tmp_path):
    async with owner(database_url, tmp_path) as ada:
        assert await ada.waiting() == []
        await ada.say(PAY)
        (call,) = await ada.waiting()
        assert (call["tool"], call["arguments"]) == ("send_money", {"amount": 5, "to": "Bob"})
        assert (call["question"], call["state"], call["by"]) == (QUESTION, "waiting", None)
        assert (await ada.answer(call, digest="0" * 64)).status_code == 409
        assert (await ada.answer({**call, "call_id": "other"})).status_code == 404
        assert ada.done() == []
        answers = await asyncio.gather(*(ada.answer(call) for _ in range(5)))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
        turns = await ada.told("5 euros went to Bob.")
        assert len(ada.done()) == 1
        (made,) = [call for turn in turns for call in turn["tool_calls"]]
        assert (made["status"], made["result"]) == ("done", {"amount": 5, "to": "Bob"})
        assert await ada.waiting() == []
        assert await ada.audited() == [("asked", None), ("approved", "rest")]
        await ada.say("yes")
        assert len(ada.done()) == 1


async def test_rest_says_no(database_url, tmp_path):
    async with owner(database_url, tmp_path) as ada:
        await ada.say(PAY)
        (call,) = await ada.waiting()
        answer = await ada.answer(call, approve=False)
        assert (answer.json()["state"], answer.json()["by"]) == ("rejected", "rest")
        await ada.say("yes")
        assert (await ada.answer(call)).status_code == 409
        assert ada.done() == []
        turns = await ada.told(QUESTION)
        assert [c["error"] for turn in turns for c in turn["tool_calls"]] == ["the user said no"]


async def test_an_approved_call_whose_tool_is_gone_ends_in_the_transcript_and_before_who_watches(
    database_url, tmp_path
):
    async with owner(database_url, tmp_path) as ada:
        await ada.say(PAY)
        (call,) = await ada.waiting()
        await ada.http.put("/api/v1/agents/concierge", json={"instructions": "Hi.", "tools": []})
        assert (await ada.answer(call)).status_code == 200
        turns = await ada.told("there is no tool send_money any more")
        (made,) = [call for turn in turns for call in turn["tool_calls"]]
        assert (made["status"], made["error"]) == ("refused", "there is no tool send_money any more")
        assert ada.done() == []
        ended = [e.body["tool_call"] for e in await ada.events("tool.ended")]
        assert [call["status"] for call in ended] == ["waiting_approval", "refused"]


async def test_a_yes_by_rest_is_heard_in_the_live_call(database_url, tmp_path):
    async with hearing(database_url, tmp_path, PAY) as phone:
        await phone.answer_to(voice(1.0))
        path = f"/api/v1/sessions/{phone.session_id}/approvals"
        (call,) = (await phone.http.get(path)).json()["items"]
        since = len(phone.events)
        body = {"approve": True, "digest": call["digest"]}
        assert (await phone.http.post(f"{path}/{call['call_id']}", json=body)).status_code == 200
        turn = (await phone.event("turn.ended", since, role="agent"))["body"]["turn"]
        assert turn["text"] == "5 euros went to Bob."
        assert len(phone.paid()) == 1
        told = [e["body"] for e in phone.events if e["name"] == "tool.approval"]
        assert [(body["state"], body["by"]) for body in told] == [("asked", None), ("approved", "rest")]


async def test_after_a_restart_who_writes_is_asked_again_and_can_say_yes(database_url, tmp_path):
    async with owner(database_url, tmp_path) as ada:
        await ada.say(PAY)
    async with owner(database_url, tmp_path, ada.session_id) as ada:
        said = await ada.say("what is seven plus five")
        assert said["text"].endswith(QUESTION)
        assert ada.done() == []
        assert (await ada.say("yes"))["text"] == "5 euros went to Bob."
        assert len(ada.done()) == 1
        assert await ada.audited() == [("asked", None), ("approved", "text")]


async def test_after_a_restart_a_yes_to_nothing_brings_the_question(database_url, tmp_path):
    async with owner(database_url, tmp_path) as ada:
        await ada.say(PAY)
    async with owner(database_url, tmp_path, ada.session_id) as ada:
        assert (await ada.say("yes"))["text"] == QUESTION
        assert ada.done() == []


async def test_after_a_restart_who_calls_is_asked_again(database_url, tmp_path):
    async with owner(database_url, tmp_path) as ada:
        await ada.say(PAY)
    async with (
        owner(database_url, tmp_path, ada.session_id) as ada,
        calling(ada.http, ada.session_id) as phone,
    ):
        turn = (await phone.event("turn.ended", role="agent"))["body"]["turn"]
        assert turn["text"] == QUESTION
        since = len(phone.events)
        phone.send("dtmf", {"buttons": ["1"]})
        turn = (await phone.event("turn.ended", since, role="agent"))["body"]["turn"]
        assert turn["text"] == "5 euros went to Bob."
        assert len(ada.done()) == 1


async def test_after_a_restart_rest_says_yes_and_a_word_after_it_none(database_url, tmp_path):
    async with owner(database_url, tmp_path) as ada:
        await ada.say(PAY)
    async with owner(database_url, tmp_path, ada.session_id) as ada:
        (call,) = await ada.waiting()
        assert (await ada.say("hello"))["text"].endswith(QUESTION)
        assert (await ada.answer(call)).status_code == 200
        await ada.say("yes")
        await ada.told("5 euros went to Bob.")
        assert len(ada.done()) == 1


async def test_what_expires_is_a_no_that_is_audited(database_url, tmp_path):
    async with owner(database_url, tmp_path) as ada:
        await ada.say(PAY)
        (call,) = await ada.waiting()
        await ada.change(expires_at=datetime.now(UTC))
        assert await ada.waiting() == []
        assert (await ada.answer(call)).status_code == 409
        await ada.server.parts.calls.approved.sweep()
        await ada.say("yes")
        assert ada.done() == []
        assert await ada.audited() == [("asked", None), ("expired", "time")]


async def test_a_yes_that_comes_too_late_is_none_though_nobody_has_looked(database_url, tmp_path):
    async with owner(database_url, tmp_path) as ada:
        await ada.say(PAY)
        await ada.change(expires_at=datetime.now(UTC))
        await ada.say("yes")
        assert ada.done() == []


async def test_a_guest_is_not_asked_what_waits_for_the_owner(database_url, tmp_path):
    async with owner(database_url, tmp_path) as ada:
        await ada.say(PAY)
        token = (await ada.http.post(f"{ada.path}/room-token", json={})).json()["token"]
        async with calling(ada.http, ada.session_id, token) as guest:
            async with asyncio.timeout(10):
                while not guest.messages:  # the data channel is open
                    await asyncio.sleep(0.05)
            guest.send("dtmf", {"buttons": ["1"]})
            guest.send("send-text", {"content": "yes"})
            await guest.event("turn.ended", role="agent")
        assert ada.done() == []
        assert len(await ada.waiting()) == 1


async def test_an_approved_call_outlives_the_hang_up_and_is_told_of_later(database_url, tmp_path):
    async with hearing(database_url, tmp_path, "launch the rocket in 3 seconds", "yes") as phone:
        await phone.answer_to(voice(1.0))
        since = await phone.say(voice(1.0))
        await phone.event("tool.started", since)
        await phone.hang_up()
        launched = tool("launch").LEDGER
        async with asyncio.timeout(20):
            while not any(str(entry["session"]) == phone.session_id for entry in launched):
                await asyncio.sleep(0.05)
            path = f"/api/v1/sessions/{phone.session_id}/turns"
            while "The rocket has left." not in (await phone.http.get(path)).text:
                await asyncio.sleep(0.05)


async def test_of_an_approved_call_that_was_lost_it_is_told_once(database_url, tmp_path):
    async with owner(database_url, tmp_path) as ada:
        await ada.say(PAY)
        long_ago = datetime.now(UTC) - timedelta(minutes=5)
        await ada.change(state="approved", answered_by="text", decided_at=long_ago)
    async with owner(database_url, tmp_path, ada.session_id) as ada:
        await ada.server.parts.calls.approved.sweep()
        await ada.server.parts.calls.approved.sweep()
        turns = await ada.told("nobody knows whether this has happened: send money")
        assert sum("nobody knows" in turn["text"] for turn in turns) == 1
        assert ada.done() == []


@pytest.mark.parametrize("word", ["tell me about the sea and the sky", "no"])
async def test_a_no_is_kept(database_url, tmp_path, word):
    async with owner(database_url, tmp_path) as ada:
        await ada.say(PAY)
        await ada.say(word)
        async with asyncio.timeout(10):
            while await ada.waiting():
                await asyncio.sleep(0.05)
        assert await ada.audited() == [("asked", None), ("rejected", "text")]


async def test_an_agent_asks_and_is_answered_in_its_own_language(database_url, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project)
    (project / "orion.toml").touch()
    (project / "agents").mkdir()
    (project / "agents" / "wirt.yaml").write_text("instructions: Hilf.\nlanguage: de\n")
    async with owner(database_url, tmp_path, project=project) as ada:
        asked = 'Soll ich send money mit amount "5", to "Bob" ausführen? Bitte sagen Sie ja oder nein.'
        assert (await ada.say(PAY))["text"] == asked
        assert (await ada.say("yes"))["text"] == asked, "no word of that language"
        await ada.say("Ja, bitte!")
        await ada.told("5 euros went to Bob.")
        assert [state for state, _ in await ada.audited()] == ["asked", "approved"]


@pytest.fixture
async def session(database, ben):
    now = datetime.now(UTC)
    made = Session(new_id(), ben.workspace_id, ben.user_id, "concierge", SessionStatus.CREATED, now)
    async with database.transaction(ben) as store:
        return await store.sessions.create(made)


async def test_a_call_that_ended_while_the_database_was_away_is_never_told_of_as_lost(
    database_url, database, session
):
    busy = Database(database_url, wait_secs=0.1)
    waiting, wanted = WaitingCalls(busy, Feed(), Writer(busy)), Wanted("c1", "pay", {}, "Shall I?")
    asked = session.created_at
    call = WaitingCall(new_id(), session.id, "concierge", wanted, asked, asked + timedelta(minutes=10))
    async with database.transaction(APPROVALS) as store:
        assert await store.approvals.add(call)
    await waiting.answer(session.id, wanted, ApprovalState.APPROVED, by="rest", decided_by=None)
    done = ToolCall("c1", "pay", {}, ToolCallStatus.DONE)
    async with AsyncExitStack() as held:
        for _ in range(20):
            await held.enter_async_context(busy.transaction(APPROVALS))
        assert await waiting.run(asyncio.sleep(0, done), session.id, "c1") is done
    assert await waiting.lost(0.0) == []
    await waiting.close()
    async with database.transaction(APPROVALS) as store:
        kept = await store.approvals.latest(session.id, "c1")
        assert kept.ended_at is not None
        assert await store.approvals.lost(datetime.now(UTC), datetime.now(UTC)) == []
    await busy.close()


async def test_what_may_have_happened_is_kept_while_the_call_lasts_and_ten_minutes_more(
    database_url, tmp_path
):
    now = 0.0
    async with owner(database_url, tmp_path) as ada:
        calls, session_id = ada.server.parts.calls, UUID(ada.session_id)
        shared = calls.shared
        waiting = WaitingCalls(shared.database, shared.feed, shared.writer, clock=lambda: now)
        calls.shared = replace(shared, waiting=waiting)

        async with calling(ada.http, ada.session_id) as phone:
            await phone.event("turn.ended", role="agent")
            waiting.of(session_id).doubt("pay", {"to": "Bob"})
            now = 900.0
            waiting.of(new_id())  # another session begins
        async with asyncio.timeout(10):
            while calls.get(session_id) is not None:
                await asyncio.sleep(0.05)
        now = 1499.0
        waiting.of(new_id())
        gc.collect()
        assert waiting.of(session_id).may_have_happened("pay", {"to": "Bob"})


async def test_what_nobody_holds_is_forgotten_ten_minutes_after_its_last_use(database):
    now, session_id = 0.0, new_id()
    waiting = WaitingCalls(database, Feed(), Writer(database), clock=lambda: now)
    waiting.of(session_id).doubt("pay", {"to": "Bob"})
    for later, kept in ((599.0, True), (599.0, True), (600.0, False)):
        now += later
        waiting.of(new_id())
        assert waiting.of(session_id).may_have_happened("pay", {"to": "Bob"}) is kept
