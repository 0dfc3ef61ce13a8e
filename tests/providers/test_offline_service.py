from __future__ import annotations

import json

import pytest
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    FunctionCallResultFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMTextFrame,
)
from pipecat.processors.aggregators import async_tool_messages
from pipecat.processors.aggregators.llm_context import LLMContext

from orion.domain.agent import Agent
from orion.providers import Stateful, ToolSchema, offline
from orion.tools import load_all
from tests.providers.stage import Stage, on_stage

TIMER = {"role": "assistant", "tool_calls": [{"id": "c1", "function": {"name": "timer", "arguments": "{}"}}]}


@pytest.fixture
def agent(settings):
    service = offline.llm(settings, Agent("concierge", "", title="Orion"))
    assert isinstance(service, Stateful)
    return service


def context(*messages) -> LLMContext:
    tools = [ToolSchema(runnable.tool) for runnable in load_all().values()]
    return LLMContext(list(messages), tools=ToolsSchema(standard_tools=tools))


async def answer(stage: Stage, *messages) -> str:
    """The text of the response to a context."""
    before, responses = len(stage.all(LLMTextFrame)), len(stage.all(LLMFullResponseEndFrame))
    await stage.send(LLMContextFrame(context(*messages)))
    await stage.heard(LLMFullResponseEndFrame, responses + 1)
    return "".join(frame.text for frame in stage.all(LLMTextFrame)[before:])


def user(text: str) -> dict[str, object]:
    return {"role": "user", "content": text}


def tool(content: object) -> dict[str, object]:
    return {"role": "tool", "tool_call_id": "c1", "content": json.dumps(content)}


async def test_it_answers_the_last_message_only(agent):
    async with on_stage(agent) as stage:
        assert await answer(stage, user("set a timer"), user("who are you")) == (
            "I am Orion, a voice assistant that runs on your own machine."
        )


async def test_a_request_becomes_the_call_that_a_model_would_make(agent):
    called = []

    async def run(params):
        called.append((params.function_name, params.arguments))
        await params.result_callback({"spoken": "done"})

    agent.register_function(None, run)
    async with on_stage(agent) as stage:
        await answer(stage, user("set a timer for ten minutes"))
        await stage.heard(FunctionCallResultFrame)
    assert called == [("timer", {"duration": "10 minutes"})]


async def test_a_result_is_put_into_the_tools_words(agent):
    async with on_stage(agent) as stage:
        assert await answer(stage, user("x"), TIMER, tool({"spoken": "it runs"})) == "Okay, it runs."
        assert await answer(stage, user("x"), TIMER, tool({"error": "Too long."})) == "Too long."


@pytest.mark.parametrize(
    "message",
    [
        {"role": "tool", "tool_call_id": "c1", "content": "IN_PROGRESS"},
        {"role": "tool", "tool_call_id": "c1", "content": "CANCELLED"},
        {"role": "tool", "tool_call_id": "c1", "content": None},
        async_tool_messages.build_started_message("c1"),
        {"role": "assistant", "content": "hello"},
        {"role": "system", "content": "be kind"},
    ],
)
async def test_what_is_no_answer_yet_is_met_with_silence(agent, message):
    async with on_stage(agent) as stage:
        assert await answer(stage, TIMER, message) == ""


async def test_a_context_without_messages_is_met_with_silence(agent):
    async with on_stage(agent) as stage:
        assert await answer(stage) == ""


async def test_a_result_that_comes_late_is_told_when_it_comes(agent):
    late = async_tool_messages.build_final_result_message("c1", json.dumps({"spoken": "it runs"}))
    async with on_stage(agent) as stage:
        assert await answer(stage, TIMER, user("thanks"), late) == "Okay, it runs."


async def test_a_result_that_came_while_the_user_spoke_is_told_behind_the_answer(agent):
    late = async_tool_messages.build_final_result_message("c1", json.dumps({"spoken": "it runs"}))
    async with on_stage(agent) as stage:
        assert await answer(stage, TIMER, late, user("thank you")) == "My pleasure. Okay, it runs."


async def test_a_turn_without_words_is_asked_for_again(agent):
    async with on_stage(agent) as stage:
        assert (
            await answer(stage, {"role": "developer", "content": "cut off"}) == "Sorry, I did not catch that."
        )


async def test_its_state_outlives_the_call_and_can_be_kept_as_json(agent, settings):
    async with on_stage(agent) as stage:
        assert await answer(stage, user("set a timer")) == "For how long?"
    again = offline.llm(settings, Agent("concierge", ""))
    assert isinstance(again, Stateful)
    again.state = json.loads(json.dumps(agent.state))
    async with on_stage(again) as stage:
        assert await answer(stage, user("repeat that")) == "For how long?"


async def test_after_a_hand_over_it_plays_the_other_agent(agent):
    async with on_stage(agent) as stage:
        await answer(stage, user("set a timer"))
        agent.agent = Agent("scheduler", "", title="Sam")
        assert "I am Sam" in await answer(stage, user("who are you"))
        assert "phase" not in agent.state


async def test_content_in_parts_is_read_as_its_text(agent):
    parts = [{"type": "text", "text": "who are"}, {"type": "text", "text": "you"}]
    async with on_stage(agent) as stage:
        assert (await answer(stage, {"role": "user", "content": parts})).startswith("I am Orion")


async def test_it_infers_nothing_outside_the_conversation(agent):
    assert await agent.run_inference(context(user("summarise"))) is None
