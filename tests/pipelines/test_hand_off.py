"""Hand-offs and questions to other agents in writing, through the whole server: who answers, with what."""

import json
from dataclasses import replace

import pytest

from orion.domain.approval import Approvals
from orion.domain.taint import Taint
from orion.domain.tool import MAY_HAVE_HAPPENED, Risk, Tool, ToolCall, ToolCallStatus
from orion.pipelines.approvals import Consulted
from orion.providers.offline import speech
from tests.api.running import running


def talking(database_url, tmp_path, script=None, **more):
    """A server whose models play a script, or are the offline agent."""
    if script is not None:
        path = tmp_path / "script.yaml"
        path.write_text(json.dumps(script))
        more |= {"llm": ("scripted",), "script": path}
    return running(database_url, tmp_path, **{"llm": ("offline",), **more})


class Talk:
    """A conversation by text."""

    def __init__(self, http, session_id):
        self.http, self.id = http, session_id

    async def say(self, text):
        answer = await self.http.post(f"/api/v1/sessions/{self.id}/messages", json={"text": text})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def turns(self):
        return (await self.http.get(f"/api/v1/sessions/{self.id}/turns")).json()["items"]

    async def agent(self):
        return (await self.http.get(f"/api/v1/sessions/{self.id}")).json()["agent"]


@pytest.fixture
async def talk(request, database_url, tmp_path):
    """A conversation with the offline agent, or with what a script says."""
    async with talking(database_url, tmp_path, getattr(request, "param", None)) as server:
        ada = await server.register("ada")
        async with server.client(ada["access_token"]) as http:
            yield Talk(http, (await http.post("/api/v1/sessions", json={})).json()["id"])


async def test_who_takes_over_greets_and_goes_on_with_its_own_tools(talk):
    said = await talk.say("let me speak to the scheduler")
    assert said["text"] == (
        "I am handing you over to the scheduler. The scheduler speaking. What shall I put on the clock?"
    )
    assert await talk.agent() == "scheduler"
    assert (await talk.say("what is seven times eight"))["text"].startswith(speech.UNKNOWN)
    assert (await talk.say("back to the concierge"))["text"].endswith("this is Orion. How can I help?")
    assert (await talk.say("what is seven times eight"))["text"] == "That is 56."
    assert [(turn["role"], turn["agent"]) for turn in await talk.turns()][:4] == [
        ("user", "concierge"),
        ("agent", "concierge"),
        ("agent", "scheduler"),
        ("user", "scheduler"),
    ]


@pytest.mark.parametrize(
    "said",
    [
        "ask the scheduler to set a timer for ten minutes",
        "hand me to the scheduler, I need a timer of ten minutes",
        "put me through to the scheduler please i would like a timer for ten minutes",
    ],
)
async def test_what_the_user_wants_is_done_by_who_takes_over(talk, said):
    answer = await talk.say(said)
    assert answer["text"] == ("I am handing you over to the scheduler. Okay, timer for 10 minutes.")
    assert [(call["tool"], call["status"]) for call in answer["tool_calls"]] == [
        ("hand_over", "done"),
        ("timer", "done"),
    ]


async def test_another_agent_is_asked_and_the_first_tells_the_answer(talk):
    answer = await talk.say("ask the researcher what is fifteen percent of eighty")
    assert answer["text"] == "The researcher says: That is 12."
    assert await talk.agent() == "concierge"
    (call,) = answer["tool_calls"]
    assert (call["tool"], call["status"], call["arguments"]["agent"]) == ("ask_agent", "done", "researcher")
    assert call["result"]["tool_calls"] == [
        {"tool": "calculator", "arguments": {"expression": "15 percent of 80"}, "status": "done"}
    ]


ASKS = {"name": "hand_over", "arguments": {"agent": "scheduler", "task": "set a timer"}}
TO_RESEARCHER = {"name": "hand_over", "arguments": {"agent": "researcher", "task": "set a timer"}}
QUESTION = {"name": "ask_agent", "arguments": {"agent": "researcher", "question": "Why?"}}
BACK = {"name": "hand_over", "arguments": {"agent": "concierge", "task": "set a timer"}}


@pytest.mark.parametrize(
    "talk",
    [
        {
            "llm": [
                {"tool_calls": [ASKS]},
                {"text": "Over to the scheduler."},
                {"tool_calls": [TO_RESEARCHER]},
                {"text": "Over to the researcher."},
                {"tool_calls": [BACK]},
                {"text": "I stay with you."},
            ]
        }
    ],
    indirect=True,
)
async def test_the_word_passes_twice_at_most_until_the_user_says_something(talk):
    answer = await talk.say("set a timer")
    assert answer["text"] == "Over to the scheduler. Over to the researcher. I stay with you."
    assert [call["status"] for call in answer["tool_calls"]] == ["done", "done", "failed"]
    assert await talk.agent() == "researcher"


async def test_nobody_else_can_be_handed_over_to_and_that_is_said(talk):
    said = await talk.say("let me talk to the plumber")
    assert said["text"] == "I can hand you over to the scheduler or the researcher."
    assert await talk.agent() == "concierge"


@pytest.mark.parametrize(
    "talk",
    [
        {
            "llm": [
                {"tool_calls": [QUESTION]},
                {"text": "So it is."},
            ]
        }
    ],
    indirect=True,
)
async def test_who_is_asked_cannot_ask_others(talk):
    """The model that is asked plays the same script: its question to a third agent goes nowhere."""
    answer = await talk.say("why")
    (call,) = answer["tool_calls"]
    assert (call["status"], call["result"]["answer"]) == ("done", "So it is.")
    assert call["result"]["tool_calls"] == []


async def test_a_timer_that_was_asked_for_elsewhere_is_set(talk):
    answer = await talk.say("check with the scheduler about a timer for two minutes")
    assert answer["text"] == "The scheduler says: Okay, timer for 2 minutes."
    (call,) = answer["tool_calls"]
    assert [(made["tool"], made["status"]) for made in call["result"]["tool_calls"]] == [("timer", "done")]


async def test_what_needs_a_yes_is_refused_to_who_is_asked():
    taint = Taint()
    hold = Consulted(taint)
    call = ToolCall("1", "pay", {}, ToolCallStatus.RUNNING)
    pay, note = Tool("pay", "", {}, risk=Risk.DANGER), Tool("note", "", {}, risk=Risk.WRITE)
    refused = await hold.held(pay, call, by_rule=True)
    assert refused is not None
    assert (refused.status, "user's yes" in str(refused.error)) == (ToolCallStatus.REFUSED, True)
    assert await hold.held(note, call, by_rule=False) is None
    assert await hold.held(replace(note, confirm=True), call, by_rule=True) is not None
    hold.ran(Tool("mail", "", {}, untrusted=True))
    refused = await hold.held(note, call, by_rule=True)
    assert refused is not None
    assert not hold.waits("1")


async def test_what_who_is_asked_has_read_stays_read_whatever_the_user_says_meanwhile():
    note, call = Tool("note", "", {}, risk=Risk.WRITE), ToolCall("1", "note", {}, ToolCallStatus.RUNNING)
    taint = Taint()
    hold = Consulted(taint)
    hold.ran(Tool("mail", "", {}, untrusted=True))
    taint.turn_began()
    taint.turn_ended()
    assert await hold.held(note, call, by_rule=False) is not None
    assert not taint.marked
    hold.delivered()
    assert taint.marked, "who reads the answer has read what it was made of"


async def test_a_question_of_who_has_read_what_others_wrote_is_theirs_to_its_end():
    note, call = Tool("note", "", {}, risk=Risk.WRITE), ToolCall("1", "note", {}, ToolCallStatus.RUNNING)
    taint = Taint()
    taint.mark()
    hold = Consulted(taint)
    taint.turn_began()
    taint.turn_ended()
    assert await hold.held(note, call, by_rule=False) is not None
    hold.delivered()
    assert taint.marked


async def test_what_another_agent_left_in_doubt_is_not_made_again_by_one_that_is_asked():
    approvals = Approvals()
    hold = Consulted(Taint(), approvals)
    call = ToolCall("c1", "order", {"dish": "soup"}, ToolCallStatus.RUNNING)
    writes = Tool("order", "Orders.", {}, risk=Risk.WRITE)
    assert await hold.held(writes, call, by_rule=False) is None
    hold.ended(replace(call, status=ToolCallStatus.TIMED_OUT, error=f"no answer. {MAY_HAVE_HAPPENED}"))
    assert approvals.may_have_happened("order", {"dish": "soup"})
    refused = await hold.held(writes, call, by_rule=False)
    assert refused is not None
    assert refused.status is ToolCallStatus.REFUSED
