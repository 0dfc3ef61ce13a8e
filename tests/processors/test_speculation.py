"""Answers that are asked for before the user's turn has ended, from models in an order."""

from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    FunctionCallsStartedFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSSpeakFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext

from orion.domain.agent import Agent
from orion.domain.breaker import Breakers
from orion.processors.llm_order import FILLER
from orion.processors.llm_question import NOTICE
from orion.processors.switched import SwitchedFrame
from orion.providers.offline import OfflineLLMService
from orion.providers.scripted.script import Answer
from tests.processors.orders import models, said, switches
from tests.providers.stage import on_stage


def question(text, *, ahead=False):
    asked = LLMContextFrame(LLMContext([{"role": "user", "content": text}]))
    asked.speculation = ahead
    return asked


async def ahead_of_the_end(stage, text="Where is"):
    """The user has paused, and the model is asked."""
    await stage.send(UserStartedSpeakingFrame())
    await stage.heard(UserStartedSpeakingFrame)
    await stage.send(question(text, ahead=True))
    await stage.heard(LLMFullResponseStartFrame)
    await stage.quiet(0.05)


async def withdrawn_and_asked_again(order):
    async with on_stage(order) as stage:
        await ahead_of_the_end(stage)
        await stage.send(EagerEndOfTurnCancelFrame())
        await stage.heard(EagerEndOfTurnCancelFrame)
        await stage.send(UserStoppedSpeakingFrame(), question("Where is Tokyo?"))
        await stage.heard(LLMFullResponseEndFrame, 2)
        return said(stage), switches(stage)


async def test_after_a_withdrawn_answer_the_real_turn_is_answered():
    first = [Answer("Too early."), Answer("In Japan.")]
    assert await withdrawn_and_asked_again(models(first, [Answer("Second.")])) == ("In Japan.", [])


async def test_an_answer_that_is_withdrawn_under_way_holds_nothing_up():
    first = [Answer("Too early.", delay_ms=60_000), Answer("In Japan.")]
    assert await withdrawn_and_asked_again(models(first, [Answer("Second.")])) == ("In Japan.", [])


async def test_a_probe_that_is_withdrawn_leaves_the_breaker_to_the_next():
    breakers = Breakers()
    order = models([Answer("Too early.", delay_ms=60_000), Answer("Here.")], breakers=breakers)
    known = order.orion_breaker(0)
    known.failed(-1000.0, lasting=True)
    async with on_stage(order) as stage:
        await ahead_of_the_end(stage)
        assert not known.admits(order.orion_now())
        await stage.send(EagerEndOfTurnCancelFrame())
        await stage.heard(LLMFullResponseEndFrame)
        assert known.admits(order.orion_now())


async def test_a_confirmed_answer_is_said_once_the_turn_has_ended():
    order = models([Answer("In Japan.")], [Answer("Second.")])
    async with on_stage(order) as stage:
        await ahead_of_the_end(stage)
        assert said(stage) == ""
        await stage.send(UserStoppedSpeakingFrame())
        await stage.heard(LLMFullResponseEndFrame)
        assert said(stage) == "In Japan."
        await stage.send(EagerEndOfTurnCancelFrame())  # too late: it stays


async def test_a_confirmed_answer_that_stalls_is_given_by_the_next_model():
    order = models([Answer("Lost.", fault="stall")], [Answer("In Japan.")])
    async with on_stage(order) as stage:
        await ahead_of_the_end(stage)
        await stage.quiet(2 * order.orion_deadlines.first_token_secs)
        assert not switches(stage)  # nobody waits for it yet
        await stage.send(UserStoppedSpeakingFrame())
        await stage.heard(LLMFullResponseEndFrame)
    assert (said(stage), switches(stage)) == ("In Japan.", [("first", "second")])


async def test_a_wait_is_filled_only_when_the_turn_has_ended():
    order = models([Answer("", fault="stall")], [Answer("In Japan.", delay_ms=100)], speaks=True)
    async with on_stage(order) as stage:
        await ahead_of_the_end(stage)
        await stage.quiet(2 * order.orion_deadlines.filler_secs)
        assert not stage.all(TTSSpeakFrame)
        await stage.send(UserStoppedSpeakingFrame())
        await stage.heard(LLMTextFrame)
    assert [frame.text for frame in stage.all(TTSSpeakFrame)] == [FILLER]


async def test_that_no_model_can_be_reached_is_not_said_while_the_user_speaks():
    order = models([Answer("", fault="connectivity")], OfflineLLMService(Agent("a", "")))
    async with on_stage(order) as stage:
        await ahead_of_the_end(stage, "hello")
        await stage.heard(SwitchedFrame)
        await stage.quiet(0.05)
        assert said(stage) == ""
        await stage.send(UserStoppedSpeakingFrame())
        await stage.heard(LLMFullResponseEndFrame)
    assert said(stage).startswith(NOTICE.strip())


async def test_a_model_that_would_call_a_tool_too_early_is_asked_again():
    call = {"name": "clock", "arguments": {}}
    order = models([Answer("", tool_calls=[call]), Answer("It is nine.")], [Answer("Second.")])

    async def run(params):
        await params.result_callback({"time": "nine"})

    for service in order.orion_services:
        service.register_function("clock", run)
    async with on_stage(order) as stage:
        await ahead_of_the_end(stage, "What time is it?")
        await stage.heard(LLMFullResponseEndFrame)
        await stage.send(UserStoppedSpeakingFrame(), question("What time is it?"))
        await stage.heard(LLMFullResponseEndFrame, 2)
    assert said(stage) == "It is nine."
    assert not stage.all(FunctionCallsStartedFrame)
