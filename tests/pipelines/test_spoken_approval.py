"""Yes and no by voice and by keys: a real call whose recogniser hears what its script says."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest

from tests.api.running import running
from tests.journeys.phone import calling, voice
from tests.pipelines.test_approvals import PROJECT, tool

PAY = "send 5 euros to Bob"
QUESTION = 'Shall I run send money with amount "5", to "Bob"? Please say yes or no.'


@asynccontextmanager
async def hearing(database_url, tmp_path, *heard, secs=1.0, project=PROJECT):
    """A phone in a call whose recogniser hears these texts, one after the other."""
    script = tmp_path / "script.yaml"
    script.write_text(json.dumps({"stt": [{"text": text} for text in heard], "tts": {"secs": secs}}))
    options = {"llm": ("offline",), "project": project, "script": script}
    async with running(database_url, tmp_path, **options) as server:
        ada = await server.register("ada")
        async with server.client(ada["access_token"]) as http:
            session_id = (await http.post("/api/v1/sessions", json={})).json()["id"]
            async with calling(http, session_id) as phone:
                await phone.event("turn.ended", role="agent")
                phone.server = server
                phone.paid = lambda: [
                    entry for entry in tool("send_money").LEDGER if str(entry["session"]) == session_id
                ]
                yield phone


async def test_a_spoken_yes_after_the_question_lets_the_call_run(database_url, tmp_path):
    async with hearing(database_url, tmp_path, PAY, "yes please") as phone:
        turn = await phone.answer_to(voice(1.0))
        assert turn["text"] == QUESTION
        assert phone.paid() == []
        turn = await phone.answer_to(voice(1.0))
        assert turn["text"] == "5 euros went to Bob."
        assert len(phone.paid()) == 1
        asked = [e["body"] for e in phone.events if e["name"] == "tool.approval"]
        assert [(body["state"], body["by"]) for body in asked] == [("asked", None), ("approved", "voice")]
        assert len({body["digest"] for body in asked}) == 1


async def test_a_yes_that_cuts_the_question_off_does_not_count_and_it_is_asked_again(database_url, tmp_path):
    async with hearing(database_url, tmp_path, PAY, "yes", "yes", secs=4.0) as phone:
        since = await phone.say(voice(1.0))
        await phone.event("session.state", since, state="speaking")
        since = await phone.say(voice(1.0))
        await phone.event("turn.ended", since, role="agent", interrupted=True)
        asked_again = await phone.event("turn.ended", since, role="agent", interrupted=False)
        assert asked_again["body"]["turn"]["text"] == QUESTION
        assert phone.paid() == []
        await phone.answer_to(voice(1.0))
        assert len(phone.paid()) == 1


@pytest.mark.parametrize(
    ("key", "text", "paid"), [("1", "5 euros went to Bob.", 1), ("2", "All right, I will not do it.", 0)]
)
async def test_a_key_answers_too(database_url, tmp_path, key, text, paid):
    async with hearing(database_url, tmp_path, PAY) as phone:
        await phone.answer_to(voice(1.0))
        since = len(phone.events)
        phone.send("dtmf", {"buttons": [key]})
        event = await phone.event("turn.ended", since, role="agent")
        assert (event["body"]["turn"]["text"], len(phone.paid())) == (text, paid)


async def test_a_key_before_the_question_was_heard_does_nothing(database_url, tmp_path):
    async with hearing(database_url, tmp_path, PAY, secs=3.0) as phone:
        phone.send("dtmf", {"buttons": ["1"]})
        since = await phone.say(voice(1.0))
        await phone.event("session.state", since, state="speaking")
        phone.send("dtmf", {"buttons": ["1"]})
        event = await phone.event("turn.ended", since, role="agent")
        assert event["body"]["turn"]["text"] == QUESTION
        assert phone.paid() == []


async def test_a_no_by_rest_while_the_question_is_read_out_stands_in_the_transcript(database_url, tmp_path):
    async with hearing(database_url, tmp_path, PAY, secs=4.0) as phone:
        since = await phone.say(voice(1.0))
        await phone.event("session.state", since, state="speaking")
        path = f"/api/v1/sessions/{phone.session_id}"
        (call,) = (await phone.http.get(f"{path}/approvals")).json()["items"]
        body = {"approve": False, "digest": call["digest"]}
        answer = await phone.http.post(f"{path}/approvals/{call['call_id']}", json=body)
        assert answer.json()["state"] == "rejected"
        await phone.event("turn.ended", since, role="agent")
        turns = (await phone.http.get(f"{path}/turns")).json()["items"]
        (made,) = [call for turn in turns for call in turn["tool_calls"]]
        assert (made["status"], made["error"]) == ("refused", "the user said no")


async def test_a_plan_outlasts_a_barge_in_and_a_hang_up_and_is_told_of_later(database_url, tmp_path):
    goal = "make a plan to read my mail, then dig for 8 seconds"
    async with hearing(database_url, tmp_path, goal, "yes", "hello there", secs=0.5) as phone:
        plans = f"/api/v1/agent/sessions/{phone.session_id}/plans"
        turn = await phone.answer_to(voice(1.0))
        assert turn["text"].startswith("I would do two things: 1, read mail; 2, dig")
        turn = await phone.answer_to(voice(1.0))
        assert turn["text"] == "All right, I have begun. I will tell you when it is done."
        await phone.answer_to(voice(1.0))
        await phone.hang_up()
        async with asyncio.timeout(20):
            while (await phone.http.get(plans)).json()["items"][0]["status"] == "running":
                await asyncio.sleep(0.5)  # a user has a hundred requests a minute
        async with calling(phone.http, phone.session_id) as again:
            event = await again.event("turn.ended", role="agent")
            told = event["body"]["turn"]["text"]
            assert told == "While you were away: I am done. No mail. I found nothing."
