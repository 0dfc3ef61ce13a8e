"""A language model that is slower than usual is overtaken by the next one, where the agent wishes it."""

from dataclasses import replace

import pytest
from pipecat.frames.frames import (
    FunctionCallInProgressFrame,
    FunctionCallResultFrame,
    FunctionCallsStartedFrame,
)

from orion.domain.agent import Agent
from orion.domain.breaker import Breakers
from orion.domain.tool import Tool
from orion.processors.tool_call import ToolCaller
from orion.providers.offline import OfflineLLMService
from orion.providers.scripted.script import Answer
from orion.tools import RunnableTool
from tests.processors.orders import SOON, answered, models, said, switches
from tests.processors.test_llm_order import question, whole
from tests.processors.test_tool_call import Calls
from tests.providers.stage import on_stage

USUAL_SECS = 0.02
HEDGED = replace(SOON, first_token_secs=0.6, hedge_percentile=95)
CALL = {"name": "clock", "arguments": {}}


@pytest.fixture
def breakers():
    """The first model is known to answer soon."""
    known = Breakers()
    for _ in range(20):
        known.of("llm", "first", "scripted").pace.add(USUAL_SECS)
    return known


def hedged(breakers, *scripts):
    return models(*scripts, breakers=breakers, deadlines=HEDGED)


def asked(order):
    """How often each model was asked."""
    return [len(service.asked) for service in order.orion_services]


async def test_the_quicker_of_two_answers_and_nothing_is_said_twice(breakers):
    order = hedged(breakers, [Answer("Slow.", delay_ms=300)], [Answer("Quick.", delay_ms=20)])
    async with on_stage(order) as stage:
        await stage.send(question())
        assert await answered(stage) == "Quick."
        await stage.quiet(0.4)
    assert said(stage) == "Quick."
    assert whole(stage)
    assert not switches(stage), "slow once is no failure"
    assert not breakers.of("llm", "first", "scripted").open


async def test_the_first_model_still_answers_if_it_is_the_quicker_one(breakers):
    order = hedged(breakers, [Answer("First.", delay_ms=80)], [Answer("Second.", delay_ms=400)])
    async with on_stage(order) as stage:
        await stage.send(question())
        assert await answered(stage) == "First."
        await stage.quiet(0.5)
    assert said(stage) == "First."
    assert asked(order) == [1, 1]


async def test_a_model_as_quick_as_usual_is_asked_alone(breakers):
    order = hedged(breakers, [Answer("First.")], [Answer("Second.")])
    async with on_stage(order) as stage:
        await stage.send(question())
        assert await answered(stage) == "First."
    assert asked(order) == [1, 0]


async def test_without_the_wish_or_before_it_is_known_what_is_usual_one_is_asked(breakers):
    for known, deadlines in ((breakers, SOON), (Breakers(), HEDGED)):
        order = models([Answer("First.", delay_ms=80)], [Answer("")], breakers=known, deadlines=deadlines)
        async with on_stage(order) as stage:
            await stage.send(question())
            assert await answered(stage) == "First."
        assert asked(order) == [1, 0]


@pytest.mark.parametrize("delays_ms", [(40, 20), (20, 40), (60, 30), (45, 25), (44, 24)])
async def test_of_two_that_call_a_tool_at_about_the_same_time_one_does(breakers, delays_ms):
    first, second = ([Answer("", tool_calls=[CALL], delay_ms=20 + ms)] for ms in delays_ms)
    order = hedged(breakers, first, second)
    ran, calls = [], Calls()

    async def run(_arguments, context):
        ran.append(context)
        return {"time": "nine"}

    clock = {"clock": RunnableTool(Tool("clock", "Tells the time.", {"type": "object"}), run)}
    [schema] = ToolCaller(clock, calls.context_for, calls.on_call, order.orion_admits).schemas()
    for service in order.orion_services:
        service.register_function("clock", schema.handler)
    async with on_stage(order) as stage:
        await stage.send(question())
        await stage.heard(FunctionCallResultFrame)
        await stage.quiet(0.2)
    assert len(ran) == 1
    for kind in (FunctionCallsStartedFrame, FunctionCallInProgressFrame, FunctionCallResultFrame):
        assert len(stage.all(kind)) == 1, kind


async def test_where_the_slow_one_fails_the_other_is_awaited(breakers):
    slow = Answer("", fault="server", delay_ms=100)
    order = hedged(breakers, [slow], [Answer("Second.", delay_ms=250)])
    async with on_stage(order) as stage:
        await stage.send(question())
        assert await answered(stage) == "Second."
    assert (switches(stage), asked(order)) == ([("first", "second")], [1, 1])


async def test_where_the_other_fails_the_slow_one_is_awaited(breakers):
    order = hedged(breakers, [Answer("First.", delay_ms=250)], [Answer("", fault="authentication")])
    async with on_stage(order) as stage:
        await stage.send(question())
        assert await answered(stage) == "First."
    assert switches(stage) == [("second", "first")]
    assert breakers.of("llm", "second", "scripted").open


async def test_where_neither_answers_a_third_does(breakers):
    order = hedged(breakers, [Answer("", fault="stall")], [Answer("", fault="stall")], [Answer("Third.")])
    async with on_stage(order) as stage:
        await stage.send(question())
        assert await answered(stage) == "Third."
    assert switches(stage) == [("first", "second"), ("second", "third")]
    assert asked(order) == [1, 1, 1]


async def test_half_an_answer_of_the_quicker_one_is_gone_on_with(breakers):
    half = Answer("It is far. It is in", fault="server", after=5, delay_ms=20)
    order = hedged(breakers, [Answer("Slow.", delay_ms=500)], [half], [Answer("In Japan.")])
    async with on_stage(order) as stage:
        await stage.send(question())
        assert await answered(stage) == "It is far. In Japan."


async def test_a_barge_in_ends_both(breakers):
    order = hedged(breakers, [Answer("Slow.", delay_ms=300)], [Answer("Late.", delay_ms=300)])
    async with on_stage(order) as stage:
        await stage.send(question())
        await stage.quiet(0.15)
        assert asked(order) == [1, 1]
        await stage.interrupt()
        await stage.quiet(0.5)
        await stage.send(question())
        await answered(stage, 2)
    assert said(stage).count("Slow.") + said(stage).count("Late.") == 1


async def test_the_offline_agent_is_nobody_s_rival(breakers):
    order = hedged(breakers, [Answer("First.", delay_ms=80)], OfflineLLMService(Agent("a", "")))
    async with on_stage(order) as stage:
        await stage.send(question())
        assert await answered(stage) == "First."
