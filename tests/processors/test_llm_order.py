"""Language models in an order, alone on a stage."""

import asyncio

import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    FunctionCallResultFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSSpeakFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection

from orion.domain.agent import Agent
from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.processors.llm_order import FILLER, LLMOrder
from orion.processors.llm_question import NOTICE
from orion.providers import Candidate
from orion.providers.offline import OfflineLLMService
from orion.providers.scripted.script import Answer
from tests.processors.orders import SOON, AttentiveLLMService, answered, models, said, switches
from tests.providers.stage import on_stage
from tests.virtual_time import run

CATEGORIES = (
    "authentication",
    "authorization",
    "invalid_request",
    "rate_limit",
    "quota",
    "server",
    "unknown",
)


def question(text="Where is Tokyo?"):
    return LLMContextFrame(
        LLMContext([{"role": "system", "content": "Be brief."}, {"role": "user", "content": text}])
    )


def whole(stage):
    """The answer is one response."""
    return len(stage.all(LLMFullResponseStartFrame)) == len(stage.all(LLMFullResponseEndFrame))


@pytest.mark.parametrize("category", [*CATEGORIES, "connectivity", "unknown", "stall"])
async def test_the_turn_that_a_model_fails_is_answered_by_the_next(category):
    order = models([Answer("Lost.", fault=category)], [Answer("In Japan.")])
    async with on_stage(order) as stage:
        await stage.send(question())
        assert await answered(stage) == "In Japan."
    assert switches(stage) == [("first", "second")]
    assert whole(stage)


async def test_half_an_answer_is_gone_on_with_after_its_last_whole_sentence():
    order = models(
        [Answer("It is far. It is in the east of", fault="server", after=6)], [Answer("In Japan.")]
    )
    async with on_stage(order) as stage:
        await stage.send(question())
        assert await answered(stage) == "It is far. In Japan."
    told = order.orion_services[1].asked[0][-2:]
    assert told[0] == {"role": "assistant", "content": "It is far."}
    assert told[1]["role"] == "developer"


async def test_the_call_s_own_context_keeps_nothing_of_the_failed_attempt():
    asked = question()
    before = list(asked.context.get_messages())
    async with on_stage(models([Answer("One. Two.", fault="stall", after=2)], [Answer("Three.")])) as stage:
        await stage.send(asked)
        await answered(stage)
    assert list(asked.context.get_messages()) == before


async def test_a_model_that_begins_anew_says_nothing_twice():
    text = "It is far. It is in Japan. It is big."
    async with on_stage(models([Answer(text, fault="stall", after=5)], [Answer(text)])) as stage:
        await stage.send(question())
        assert await answered(stage) == text


async def test_an_answer_without_words_is_none():
    async with on_stage(models([Answer("")], [Answer("In Japan.")])) as stage:
        await stage.send(question())
        assert await answered(stage) == "In Japan."


async def test_a_model_that_failed_twice_is_not_asked_until_it_may_have_recovered():
    breakers = Breakers()
    order = models([Answer("", fault="server")], [Answer("Here.")], breakers=breakers)
    async with on_stage(order) as stage:
        for number in (1, 2, 3):
            await stage.send(question())
            await answered(stage, number)
    assert switches(stage) == [("first", "second")] * 2
    assert len(order.orion_services[0].asked) == 2
    assert breakers.of("llm", "first", "scripted").open
    assert not breakers.of("llm", "second", "scripted").open


async def test_a_refused_key_is_believed_the_first_time():
    breakers = Breakers()
    async with on_stage(
        models([Answer("", fault="authentication")], [Answer("Here.")], breakers=breakers)
    ) as stage:
        await stage.send(question())
        await answered(stage)
    assert breakers.of("llm", "first", "scripted").open


async def test_a_tool_call_that_ran_stays_and_another_model_answers_over_it():
    call = {"name": "clock", "arguments": {}}
    first = [Answer("", tool_calls=[call]), Answer("", fault="connectivity")]
    order = models(first, [Answer("It is nine.")])
    ran = []

    async def run(params):
        ran.append(params.function_name)
        await params.result_callback({"time": "nine"})

    for service in order.orion_services:
        service.register_function("clock", run)
    async with on_stage(order) as stage:
        await stage.send(question())
        await stage.heard(FunctionCallResultFrame)
        told = question()
        told.context.add_message({"role": "tool", "tool_call_id": "1", "content": "nine"})
        await stage.send(told)
        assert await answered(stage, 2) == "It is nine."
    assert ran == ["clock"]


class WritingLLMService(AttentiveLLMService):
    """Writes the arguments of its calls for four times as long as a token may take."""

    async def run_function_calls(self, function_calls):
        for _ in range(12 if function_calls else 0):
            self._orion_wrote = 0.0
            await self.orion_writes_call()
            await asyncio.sleep(SOON.next_token_secs / 3)
        await super().run_function_calls(function_calls)


@pytest.mark.parametrize("words", ["", "Let me look."])
async def test_a_model_that_writes_a_long_call_is_no_model_that_stalls(words):
    writing = WritingLLMService([Answer(words, tool_calls=[{"name": "clock", "arguments": {}}])])
    order = models(writing, [Answer("Nobody asked me.")])

    async def run(params):
        await params.result_callback({"time": "nine"})

    writing.register_function("clock", run)
    async with on_stage(order) as stage:
        await stage.send(question())
        await stage.heard(FunctionCallResultFrame)
    assert said(stage) == words
    assert not switches(stage)


def test_a_wait_is_filled_again_for_as_long_as_it_lasts():
    async def asked():
        order = models([Answer("In Japan.", delay_ms=8000)], speaks=True, deadlines=Deadlines().alone())
        async with on_stage(order) as stage:
            await stage.send(question())
            async with asyncio.timeout(20):
                while not said(stage):
                    await asyncio.sleep(0.1)
        return [frame.text for frame in stage.all(TTSSpeakFrame)]

    assert run(asked()) == [FILLER] * 2


@pytest.mark.parametrize("alone", [True, False])
async def test_a_sentence_without_an_end_is_given_up(alone):
    drips = [Answer("and so on " * 40, token_delay_ms=50)]
    limits = Deadlines(first_token_secs=1, next_token_secs=1, sentence_secs=0.3)
    scripts = [drips] if alone else [drips, [Answer("In Japan.")]]
    async with on_stage(models(*scripts, deadlines=limits), errors=int(alone)) as stage:
        await stage.send(question())
        assert await answered(stage) == ("" if alone else "In Japan.")
    assert switches(stage) == [("first", None if alone else "second")]


async def test_a_model_that_begins_anew_over_a_tool_s_result_says_nothing_twice():
    text, call = "It is far. It is near.", {"name": "clock", "arguments": {}}
    first = [Answer("It is far. It is in the", fault="server", after=5), Answer(text)]
    order = models(first, [Answer("", tool_calls=[call])])

    async def run(params):
        await params.result_callback({"time": "nine"})

    order.orion_services[1].register_function("clock", run)
    async with on_stage(order) as stage:
        await stage.send(question())
        await stage.heard(FunctionCallResultFrame)
        told = question()
        told.context.add_message({"role": "tool", "tool_call_id": "1", "content": "nine"})
        await stage.send(told, direction=FrameDirection.UPSTREAM)
        assert await answered(stage, 2) == "It is far. It is near."
        await stage.send(question())
        assert (await answered(stage, 3)).endswith("near.It is far. ")  # another turn may say it


async def test_a_wait_is_filled_once_and_only_with_a_moment():
    order = models([Answer("", fault="stall")], [Answer("In Japan.", delay_ms=100)], speaks=True)
    async with on_stage(order) as stage:
        await stage.send(question())
        await answered(stage)
    assert [(f.text, f.append_to_context) for f in stage.all(TTSSpeakFrame)] == [(FILLER, False)]


async def test_a_quick_answer_needs_no_filler():
    async with on_stage(models([Answer("In Japan.")], [Answer("")], speaks=True)) as stage:
        await stage.send(question())
        await answered(stage)
    assert not stage.all(TTSSpeakFrame)


async def test_the_offline_agent_carries_on_and_says_so_once():
    offline = OfflineLLMService(Agent("a", ""))
    order = models([Answer("", fault="connectivity")], [Answer("", fault="rate_limit")], offline)
    async with on_stage(order) as stage:
        for number in (1, 2):
            await stage.send(question("hello"))
            await answered(stage, number)
    assert said(stage).count(NOTICE.strip()) == 1
    assert len(said(stage)) > len(NOTICE) + 20


async def test_a_barge_in_ends_the_attempt_and_no_other_begins():
    order = models([Answer("One. Two. Three.", token_delay_ms=60)], [Answer("Four.")])
    async with on_stage(order) as stage:
        await stage.send(question())
        await stage.heard(LLMTextFrame)
        await stage.interrupt()
        await stage.heard(LLMFullResponseEndFrame)
        await stage.send(question())
        await stage.until(lambda: len(stage.all(LLMFullResponseEndFrame)) == 2)
    assert "Four." not in said(stage)
    assert not order.orion_services[1].asked
    assert not switches(stage)


async def test_where_all_fail_an_error_tells():
    async with on_stage(models([Answer("", fault="server")], [Answer("", fault="stall")]), errors=1) as stage:
        await stage.send(question())
        await answered(stage)
        await stage.heard(ErrorFrame)
    assert switches(stage) == [("first", "second"), ("second", None)]


async def test_an_agent_whose_requests_are_refused_takes_no_model_from_other_calls():
    breakers = Breakers()
    order = models([Answer("", fault="invalid_request")], [Answer("Here.")], breakers=breakers)
    async with on_stage(order) as stage:
        for number in (1, 2, 3):
            await stage.send(question())
            await answered(stage, number)
    assert switches(stage) == [("first", "second")] * 2, "it does not repeat them either"
    assert not breakers.of("llm", "first", "scripted").open
    async with on_stage(models([Answer("Well.")], [Answer("Here.")], breakers=breakers)) as stage:
        await stage.send(question())
        assert await answered(stage) == "Well."


async def test_a_model_that_is_missing_takes_no_other_model_of_its_provider_away():
    breakers = Breakers()
    missing, present = (
        AttentiveLLMService([Answer("", fault="server")]),
        AttentiveLLMService([Answer("Yes.")]),
    )
    missing.settings.model = "missing"
    order = LLMOrder([Candidate("acme", missing), Candidate("acme", present)], breakers, SOON, speaks=False)
    async with on_stage(order) as stage:
        for number in (1, 2):
            await stage.send(question())
            await answered(stage, number)
    assert breakers.of("llm", "acme", "missing").open
    assert not breakers.of("llm", "acme", "scripted").open
