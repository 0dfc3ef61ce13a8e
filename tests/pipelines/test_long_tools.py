"""Tools that take their time, fail or are not there, in real calls: nobody waits in silence."""

import asyncio
import json
import time
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from tests.api.running import running
from tests.journeys.phone import calling, voice
from tests.pipelines.test_approvals import PROJECT


@asynccontextmanager
async def talking(database_url, tmp_path, *answers, secs=1.0):
    """A phone in a call with a model that answers by its script."""
    script = tmp_path / "script.yaml"
    script.write_text(json.dumps({"llm": answers, "tts": {"secs": secs}}))
    async with running(database_url, tmp_path, project=PROJECT, script=script) as server:
        ada = await server.register("ada")
        async with server.client(ada["access_token"]) as http:
            session_id = (await http.post("/api/v1/sessions", json={})).json()["id"]
            async with calling(http, session_id) as phone:
                await phone.event("turn.ended", role="agent")
                call = server.parts.calls.get(UUID(session_id))
                assert call is not None
                yield phone, call.conversation


def calls(name, **arguments):
    return {"tool_calls": [{"name": name, "arguments": arguments}]}


async def test_a_tool_that_takes_over_a_second_is_bridged(database_url, tmp_path):
    answers = [calls("dig", secs=3), {"text": "I found nothing."}]
    async with talking(database_url, tmp_path, *answers, secs=0.5) as (phone, _):
        since = await phone.say(voice(1.0))
        await phone.event("tool.started", since)
        begun = time.monotonic()
        await phone.event("tool.ended", since)
        assert phone.sound_since(begun + 0.3), "a filler was heard while the tool ran"
        turn = (await phone.event("turn.ended", since, role="agent"))["body"]["turn"]
        assert turn["text"] == "I found nothing."


async def test_no_call_is_left_in_progress_by_a_barge_in(database_url, tmp_path):
    answers = [
        {"text": "Let me see what there is.", **calls("dig", secs=30)},
        {"text": "All right."},
    ]
    async with talking(database_url, tmp_path, *answers, secs=4) as (phone, conversation):
        since = await phone.say(voice(1.0))
        await phone.event("session.state", since, state="speaking")
        await phone.answer_to(voice(1.0))
        await phone.event("turn.ended", since, role="agent", interrupted=False)
        async with asyncio.timeout(5):
            while not any(m.get("role") == "tool" for m in conversation.context.get_messages()):
                await asyncio.sleep(0.05)
        told = json.dumps(conversation.context.get_messages())
        assert "IN_PROGRESS" not in told
        assert "CANCELLED" in told


@pytest.mark.parametrize(
    "call",
    [
        calls("dig"),
        calls("dig", secs="long"),
        calls("dig", secs=-1),
        calls("fly"),
        calls("timer", duration="never"),
        {"text": ""},
    ],
)
async def test_what_goes_wrong_is_followed_by_words_within_two_seconds(database_url, tmp_path, call):
    async with talking(database_url, tmp_path, call, {"text": "Sorry."}, secs=0.5) as (phone, _):
        since = await phone.say(voice(1.0))
        ended = await phone.event("turn.ended", since, role="user")
        turn = await phone.event("turn.ended", since, role="agent")
        assert turn["body"]["turn"]["text"]
        async with asyncio.timeout(5):
            while not phone.sound_since(ended["at"]):
                await asyncio.sleep(0.05)
        assert phone.sound_since(ended["at"])[0][0] - ended["at"] < 2
