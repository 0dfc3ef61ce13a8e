"""Recognisers in an order, alone on a stage."""

import asyncio

import pytest
from pipecat.frames.frames import (
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.utils.errors import ErrorCategory
from pipecat.utils.time import time_now_iso8601

from orion.domain.breaker import Breakers
from orion.processors.stt_order import STTOrder
from orion.processors.switched import UnheardFrame
from orion.providers import Candidate, UtteranceOverFrame
from orion.providers.scripted.script import Heard
from tests.processors.orders import NAMES, SOON, AttentiveSTTService, recognisers, switches
from tests.providers.stage import RATE_HZ, on_stage

CATEGORIES = ("authentication", "rate_limit", "server", "connectivity")
QUARTER = bytes(RATE_HZ // 2)


async def utterance(stage, quarters=4):
    await stage.audio(QUARTER * 4)
    await stage.send(VADUserStartedSpeakingFrame())
    await stage.audio(QUARTER * quarters)
    await stage.send(VADUserStoppedSpeakingFrame())


def words(stage):
    return [frame.text for frame in stage.all(TranscriptionFrame)]


@pytest.mark.parametrize("after", [0, 0.5, 5])
@pytest.mark.parametrize("category", CATEGORIES)
async def test_what_a_recogniser_fails_on_is_heard_by_the_next(category, after):
    order = recognisers([Heard("lost", fault=category, after=after)], [Heard("hello there")])
    async with on_stage(order) as stage:
        await utterance(stage)
        await stage.heard(TranscriptionFrame)
    assert words(stage) == ["hello there"]
    assert switches(stage) == [("first", "second")]


async def test_the_next_one_hears_all_of_the_utterance():
    order = recognisers([Heard("lost", fault="server", after=9)], [Heard("hello")])
    async with on_stage(order) as stage:
        await utterance(stage, quarters=12)
        await stage.heard(TranscriptionFrame)
    second = order.orion_services[1]
    assert isinstance(second, AttentiveSTTService)
    assert 3.0 <= second.heard_secs < 4.1


async def test_speech_without_a_transcript_is_heard_by_the_next():
    async with on_stage(recognisers([Heard("lost", fault="stall")], [Heard("hello")])) as stage:
        await utterance(stage)
        await stage.heard(TranscriptionFrame)
    assert switches(stage) == [("first", "second")]


async def test_a_cough_that_nobody_hears_a_word_in_is_nobody_s_fault():
    breakers = Breakers()
    async with on_stage(recognisers([Heard("")], [Heard("")], breakers=breakers)) as stage:
        for _ in range(3):
            await utterance(stage)
            await stage.quiet(0.6)
        assert words(stage) == []
    assert not switches(stage)
    assert not breakers.of("stt", "first", "scripted").open


async def test_a_late_transcript_of_one_that_was_given_up_is_not_told():
    order = recognisers([Heard("hello", delay_ms=300)], [Heard("hello")])
    async with on_stage(order) as stage:
        await utterance(stage)
        await stage.heard(TranscriptionFrame)
        await stage.quiet(0.3)
        assert words(stage) == ["hello"]


async def test_the_next_utterance_is_the_first_one_s_again_and_no_word_of_the_last_is_doubled():
    order = recognisers([Heard("lost", fault="server"), Heard("two")], [Heard("one"), Heard("lost")])
    async with on_stage(order) as stage:
        await utterance(stage)
        await stage.heard(TranscriptionFrame)
        await utterance(stage)
        await stage.heard(TranscriptionFrame, 2)
    assert words(stage) == ["one", "two"]


async def test_audio_passes_by_once_whoever_hears_it():
    async with on_stage(recognisers([Heard("lost", fault="server")], [Heard("hello")])) as stage:
        await utterance(stage)
        await stage.heard(TranscriptionFrame)
    assert sum(frame.num_frames for frame in stage.all(InputAudioRawFrame)) == 2 * RATE_HZ
    assert len(stage.all(VADUserStartedSpeakingFrame)) == len(stage.all(VADUserStoppedSpeakingFrame)) == 1


async def test_where_all_fail_the_first_is_asked_once_more():
    order = recognisers([Heard("lost", fault="server"), Heard("hello")], [Heard("lost", fault="server")])
    async with on_stage(order) as stage:
        await utterance(stage)
        await stage.heard(TranscriptionFrame)
    assert switches(stage) == [("first", "second"), ("second", None)]


async def test_where_all_fail_for_good_the_call_goes_on():
    order = recognisers([Heard("lost", fault="server")], [Heard("lost", fault="quota")])
    async with on_stage(order) as stage:
        await utterance(stage)
        await stage.until(lambda: len(switches(stage)) == 3)
        await asyncio.sleep(0.1)
        assert len(switches(stage)) == 3
    assert words(stage) == []


async def test_who_speaks_on_before_the_silence_is_noticed_is_heard_from_the_beginning():
    silent = [Heard("lost", fault="stall"), Heard("lost", fault="stall")]
    async with on_stage(recognisers(silent, [Heard("one"), Heard("two")])) as stage:
        await utterance(stage)
        await stage.quiet(0.1)
        await stage.send(VADUserStartedSpeakingFrame())
        await stage.audio(QUARTER * 2)
        await stage.quiet(0.3)
        await stage.audio(QUARTER * 2)
        await stage.send(VADUserStoppedSpeakingFrame())
        await stage.heard(TranscriptionFrame, 2)
    assert words(stage) == ["one", "two"]


class _AtTheEnd(AttentiveSTTService):
    """Does what a test says once the VAD hears no speech any more."""

    def __init__(self, *steps):
        super().__init__([Heard("")])
        self._steps = steps

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, VADUserStoppedSpeakingFrame):
            self.create_task(self._go())

    async def _go(self):
        for step in self._steps:
            if isinstance(step, float):
                await asyncio.sleep(step)
            elif isinstance(step, ErrorCategory):
                await self.push_error("lost", category=step)
            else:
                await self.push_frame(step)


class _InParts(_AtTheEnd):
    orion_in_parts = True


def part(text, *, finalized=False):
    return TranscriptionFrame(text, "", time_now_iso8601(), finalized=finalized)


def partial(text):
    return InterimTranscriptionFrame(text, "", time_now_iso8601())


def in_order(*services):
    named = [Candidate(name, service) for name, service in zip(NAMES, services, strict=False)]
    return STTOrder(named, Breakers(), SOON)


async def test_words_that_a_recogniser_owes_after_a_part_of_them_are_heard_by_the_next():
    for then in (ErrorCategory.CONNECTIVITY, 0.0):  # the line breaks, or it says nothing more
        second = AttentiveSTTService([Heard("I would like a cup of coffee")])
        async with on_stage(in_order(_InParts(part("I would like"), then), second)) as stage:
            await utterance(stage)
            await stage.heard(TranscriptionFrame, 2)
        assert words(stage) == ["I would like", "a cup of coffee"]
        assert switches(stage) == [("first", "second")]


@pytest.mark.parametrize("last", [UtteranceOverFrame(), part("of coffee", finalized=True)])
async def test_a_recogniser_that_has_given_all_parts_owes_nothing(last):
    second = AttentiveSTTService([Heard("eye wood like a cup")])
    async with on_stage(in_order(_InParts(part("I would like"), 0.1, part("a cup"), last), second)) as stage:
        await utterance(stage)
        await stage.heard(TranscriptionFrame, 2)
        await stage.quiet(0.5)
    assert "".join(words(stage)).startswith("I would likea cup")
    assert not switches(stage)
    assert not second.heard_secs
    assert not stage.all(UtteranceOverFrame)


async def test_a_recogniser_that_goes_on_telling_partials_is_waited_for():
    steps = [step for _ in range(6) for step in (partial("I would like"), 0.08)]
    second = AttentiveSTTService([Heard("eye wood like")])
    async with on_stage(in_order(_AtTheEnd(*steps, part("I would like a cup")), second)) as stage:
        await utterance(stage)
        await stage.heard(TranscriptionFrame)
    assert words(stage) == ["I would like a cup"]
    assert not switches(stage)


ORDER_TEA = Heard("", partials=["order", "order tea"])


async def test_words_that_stay_interim_are_final_where_none_come_in_time():
    async with on_stage(recognisers([ORDER_TEA, Heard("and milk")])) as stage:
        await utterance(stage)
        await stage.heard(TranscriptionFrame)
        await utterance(stage)
        await stage.heard(TranscriptionFrame, 2)
    assert words(stage) == ["order tea", "and milk"]
    assert not switches(stage)


@pytest.mark.parametrize(("late", "told"), [("order tea", []), ("Order tea please", ["please"])])
async def test_a_final_that_comes_after_its_interim_was_believed_is_not_told_twice(late, told):
    order = recognisers([ORDER_TEA])
    async with on_stage(order) as stage:
        await utterance(stage)
        await stage.heard(TranscriptionFrame)
        service = order.orion_services[0]
        await service.push_frame(TranscriptionFrame(late, "", time_now_iso8601(), finalized=True))
        await service.push_frame(InterimTranscriptionFrame("over", "", time_now_iso8601()))
        await stage.until(lambda: stage.all(InterimTranscriptionFrame)[-1].text == "over")
    assert words(stage) == ["order tea", *told]


async def test_an_empty_final_takes_no_interim_word_back():
    order = recognisers([ORDER_TEA])
    async with on_stage(order) as stage:
        await utterance(stage)
        service = order.orion_services[0]
        await service.push_frame(TranscriptionFrame("", "", time_now_iso8601(), finalized=True))
        await stage.heard(TranscriptionFrame)
    assert words(stage) == ["order tea"]


async def test_an_only_recogniser_hears_again_what_it_failed_at():
    order = recognisers([Heard("lost", fault="server"), Heard("hello")])
    async with on_stage(order) as stage:
        await utterance(stage)
        await stage.heard(TranscriptionFrame)
    assert words(stage) == ["hello"]
    assert not stage.all(UnheardFrame)


async def test_an_utterance_that_an_only_recogniser_refuses_is_told_of_and_deafens_nobody():
    order = recognisers([Heard("lost", fault="invalid_request"), Heard("hello")])
    async with on_stage(order) as stage:
        await utterance(stage)
        await stage.heard(UnheardFrame)
        await utterance(stage)
        await stage.heard(TranscriptionFrame)
    assert words(stage) == ["hello"]
    assert [frame.lasting for frame in stage.all(UnheardFrame)] == [False]
    assert switches(stage) == [("first", None)]


async def test_an_only_recogniser_whose_key_is_refused_is_asked_once_an_utterance():
    order = recognisers([Heard("lost", fault="authentication", after=0.3)] * 2 + [Heard("hello")])
    async with on_stage(order) as stage:
        for number in (1, 2):
            await utterance(stage)
            await stage.heard(UnheardFrame, number)
        await utterance(stage)
        await stage.heard(TranscriptionFrame)
    assert [frame.lasting for frame in stage.all(UnheardFrame)] == [True, True]
    assert len(switches(stage)) == 2
