"""Words into a session: streamed answers, what the agent shall say, and pages of turns."""

import asyncio
import json
import time
from typing import Any

import pytest

from tests.journeys.phone import calling
from tests.journeys.test_call import greeted
from tests.journeys.test_pause import become, said
from tests.journeys.test_rest import problem

STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def agent(brief):
    return brief


async def streamed(http, session_id, text):
    """The events of a streamed answer, as (name, body)."""
    url, events = f"/api/v1/sessions/{session_id}/messages", []
    async with http.stream("POST", url, json={"text": text}, headers=STREAM) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        name = ""
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                events.append((name, json.loads(line[6:])))
    return events


async def test_the_answer_comes_as_tokens_and_tools_and_then_as_a_whole(http, session_id):
    events = await streamed(http, session_id, "twelve times nine")
    assert [name for name, _ in events if name != "token"] == ["tool.started", "tool.ended", "done"]
    done = events[-1][1]
    assert done["text"] == "That is 108."
    assert "".join(body["text"] for name, body in events if name == "token") == done["text"]
    assert [(call["tool"], call["status"]) for call in done["tool_calls"]] == [("calculator", "done")]
    turns = (await http.get(f"/api/v1/sessions/{session_id}/turns")).json()["items"]
    assert turns[-1]["id"] == done["turn_id"]


async def test_in_a_live_call_the_tokens_are_the_words_as_they_are_heard(http, session_id):
    async with calling(http, session_id) as phone:
        await greeted(phone)
        before = time.monotonic()
        events = await streamed(http, session_id, "set a timer for two hours")
        tokens = [body["text"] for name, body in events if name == "token"]
        assert len(tokens) >= 5
        assert "".join(tokens) == events[-1][1]["text"]
        assert phone.sound_since(before)


async def test_a_client_that_leaves_the_stream_cancels_nothing_that_is_recorded(http, session_id):
    async with calling(http, session_id) as phone:
        since = await greeted(phone)
        url = f"/api/v1/sessions/{session_id}/messages"
        text = {"text": "set a timer for two hours"}
        async with http.stream("POST", url, json=text, headers=STREAM) as response:
            async for line in response.aiter_lines():
                if line == "event: token":
                    break
        ended = await phone.event("turn.ended", since, role="agent")
        assert not ended["body"]["turn"]["interrupted"]
        assert ended["body"]["turn"]["text"].endswith("for 2 hours.")


async def test_who_leaves_while_the_answer_is_spoken_has_written_once_and_it_is_done_once(http, session_id):
    url = f"/api/v1/sessions/{session_id}"
    async with calling(http, session_id) as phone:
        since = await greeted(phone)
        text = {"text": "set a timer for two hours"}
        writing = asyncio.get_running_loop().create_task(http.post(f"{url}/messages", json=text))
        await phone.event("turn.partial", since, role="agent")
        await phone.hang_up()
        problem(await writing, 409, "conflict")
    turns: list[dict[str, Any]] = []
    async with asyncio.timeout(10):
        while len(turns) < 3:
            turns = (await http.get(f"{url}/turns")).json()["items"]
            await asyncio.sleep(0.05)
    assert [turn["text"] for turn in turns if turn["role"] == "user"] == [text["text"]]
    made = [call["tool"] for turn in turns for call in turn["tool_calls"]]
    assert made == ["timer"]


async def test_an_error_before_the_stream_is_a_problem_and_one_within_it_an_event(http, session_id):
    async with calling(http, session_id) as phone:
        since = await greeted(phone)
        streaming = asyncio.get_running_loop().create_task(streamed(http, session_id, "what can you do"))
        await phone.event("session.state", since, state="speaking")
        await phone.event("turn.partial", since, role="agent")
        await become(http, session_id, "ended")
        name, body = (await streaming)[-1]
        assert (name, body["type"], body["status"]) == ("error", "/problems/session-ended", 409)
    url = f"/api/v1/sessions/{session_id}/messages"
    problem(await http.post(url, json={"text": "hello"}, headers=STREAM), 409, "session-ended")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("application/json, text/event-stream", "application/json"),
        ("text/event-stream, application/json", "text/event-stream"),
        ("text/event-stream;q=0.1, application/json", "application/json"),
        ("application/xml", "application/problem+json"),
    ],
)
async def test_the_accept_header_decides_between_json_and_a_stream(http, session_id, accept, kind):
    url = f"/api/v1/sessions/{session_id}/messages"
    response = await http.post(url, json={"text": "two plus two"}, headers={"Accept": accept})
    assert response.headers["content-type"].split(";")[0] == kind
    if kind.startswith("application/problem"):
        problem(response, 406, "not-acceptable")


async def test_the_agent_says_what_it_is_told_to_and_it_counts_as_its_turn(http, session_id):
    async with calling(http, session_id) as phone:
        since = await greeted(phone)
        await phone.quiet()
        before = time.monotonic()
        told = await http.post(f"/api/v1/sessions/{session_id}/say", json={"text": "Dinner is ready."})
        assert told.status_code == 202
        await phone.event("turn.ended", since, role="agent", text="Dinner is ready.")
        assert phone.sound_since(before)
    assert (await said(http, session_id))[-1] == ("agent", "Dinner is ready.")


@pytest.mark.parametrize("agent", ["concierge"])
async def test_say_with_interrupt_cuts_off_what_is_being_said(http, session_id):
    async with calling(http, session_id) as phone:
        await phone.event("session.state", state="speaking")
        await phone.event("turn.partial", role="agent")
        url = f"/api/v1/sessions/{session_id}/say"
        await http.post(url, json={"text": "Dinner is ready.", "interrupt": True})
        assert (await phone.event("turn.ended", role="agent"))["body"]["turn"]["interrupted"]
        await phone.event("turn.ended", role="agent", text="Dinner is ready.")


async def test_what_the_agent_is_told_to_say_passes_the_guardrail(http, session_id):
    async with calling(http, session_id) as phone:
        since = await greeted(phone)
        url = f"/api/v1/sessions/{session_id}/say"
        await http.post(url, json={"text": "Dinner\u200b is ready."})
        await phone.event("turn.ended", since, role="agent", text="Dinner is ready.")


async def test_without_a_live_call_nothing_can_be_said(http, session_id):
    url = f"/api/v1/sessions/{session_id}/say"
    problem(await http.post(url, json={"text": "Dinner is ready."}), 409, "no-call")
    problem(await http.post(url, json={"text": ""}), 422, "invalid")


async def test_pages_of_turns_are_stable_while_turns_are_added(http, session_id):
    base = f"/api/v1/sessions/{session_id}"
    for text in ("two plus two", "three plus three", "four plus four"):
        await http.post(f"{base}/messages", json={"text": text})
    first = (await http.get(f"{base}/turns?limit=4")).json()
    await http.post(f"{base}/messages", json={"text": "five plus five"})
    second = (await http.get(f"{base}/turns?limit=4&cursor={first['next_cursor']}")).json()
    texts = [turn["text"] for turn in first["items"] + second["items"]]
    assert texts[1::2] == ["That is 4.", "That is 6.", "That is 8.", "That is 10."]
    assert first["items"][1]["tool_calls"][0]["tool"] == "calculator"
    assert second["next_cursor"] is None
    problem(await http.get(f"{base}/turns?cursor=x"), 422, "invalid")
    problem(await http.get(f"{base}/turns?limit=0"), 422, "invalid")
