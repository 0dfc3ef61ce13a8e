"""Recognisers in an order, alone on a stage."""

import asyncio

import pytest
from pipecat.frames.frames import (
    InputAudioRawFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from orion.domain.breaker import Breakers
from orion.providers.scripted.script import Heard
from tests.processors.orders import AttentiveSTTService, recognisers, switches
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
