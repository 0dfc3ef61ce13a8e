"""When an answer without words is somebody's silence, and when it is nobody's."""

from __future__ import annotations

import asyncio

import pytest
from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    ErrorFrame,
    FunctionCallResultFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    UserStartedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext

from orion.domain.deadlines import Deadlines
from orion.processors.silence import Silence
from orion.providers.scripted.script import Answer
from tests.processors import orders
from tests.providers.stage import on_stage

SLOW = Answer("Late.", delay_ms=5000)


def question(text="Where is Tokyo?", *, speculation=False):
    asked = LLMContextFrame(LLMContext([{"role": "user", "content": text}]))
    asked.speculation = speculation
    return asked


def models(*scripts):
    return orders.models(*scripts, deadlines=Deadlines())


class Told:
    """Counts silences."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1


@pytest.fixture
def told():
    return Told()


async def ended(stage, number=1):
    await stage.heard(LLMFullResponseEndFrame, number)
    await asyncio.sleep(0)


async def test_an_answer_without_words_is_told(told):
    async with on_stage(models([Answer("")]), Silence(told)) as stage:
        await stage.send(question())
        await ended(stage)
    assert told.times == 1


@pytest.mark.parametrize("script", [[SLOW], [SLOW, Answer("Second.")]])
async def test_an_answer_that_is_cut_off_before_its_first_word_is_nobodys_silence(told, script):
    async with on_stage(models(script), Silence(told)) as stage:
        await stage.send(question())
        await stage.heard(LLMFullResponseStartFrame)
        await stage.interrupt()
        await ended(stage)
    assert told.times == 0


async def test_an_answer_that_is_cut_off_in_its_stream_is_nobodys_silence(told):
    async with on_stage(
        models([Answer("A sentence. No end of words", token_delay_ms=80)]), Silence(told)
    ) as stage:
        await stage.send(question())
        await stage.heard(LLMTextFrame)
        await stage.interrupt()
        await ended(stage)
    assert told.times == 0


async def test_an_answer_whose_marks_were_cut_off_is_nobodys_silence(told):
    answer = Answer("... ... Well, there is no end of words", token_delay_ms=80)
    async with on_stage(models([answer]), Silence(told, speaks=True)) as stage:
        await stage.send(question())
        await stage.heard(LLMTextFrame)
        await stage.interrupt()
        await ended(stage)
    assert told.times == 0


async def test_an_eager_answer_that_is_withdrawn_is_nobodys_silence(told):
    async with on_stage(models([SLOW], [SLOW]), Silence(told)) as stage:
        await stage.send(UserStartedSpeakingFrame(), question(speculation=True))
        await stage.heard(LLMFullResponseStartFrame)
        await stage.send(EagerEndOfTurnCancelFrame())
        await ended(stage)
    assert told.times == 0


async def test_an_answer_that_fails_is_told_as_a_failure_and_not_as_a_silence(told):
    async with on_stage(models([Answer("", fault="server")]), Silence(told), errors=1) as stage:
        await stage.send(question())
        await stage.heard(ErrorFrame)
        await ended(stage)
    assert told.times == 0


async def test_a_tool_call_is_no_silence(told):
    order = models([Answer("", tool_calls=[{"name": "clock", "arguments": {}}])])

    async def run(params):
        await params.result_callback({"time": "nine"})

    order.orion_services[0].register_function("clock", run)
    async with on_stage(order, Silence(told)) as stage:
        await stage.send(question())
        await stage.heard(FunctionCallResultFrame)
        await ended(stage)
    assert told.times == 0
