"""Whether the agent counts as speaking, around a barge-in."""

from __future__ import annotations

import asyncio

from pipecat.frames.frames import (
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    Frame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSTextFrame,
)

from orion.transports._output import Output
from tests.providers.stage import Speaker, on_stage


def second():
    """A second of sound."""
    return TTSAudioRawFrame(bytes(range(1, 241)) * 200, 24000, 1)


class Phone(Output, Speaker):
    """Plays in real time."""


async def test_the_chunk_that_was_under_way_at_a_barge_in_is_no_new_speech():
    phone = Phone()
    async with on_stage(phone) as stage:
        await stage.send(second())
        await stage.heard(BotStartedSpeakingFrame)
        await stage.interrupt()
        await stage.heard(BotStoppedSpeakingFrame)
        await phone._media_senders[None]._handle_bot_speech(second())
        await asyncio.sleep(0)
        assert len(stage.all(BotStartedSpeakingFrame)) == 1
        await stage.send(TTSStartedFrame(), second())
        await stage.heard(BotStartedSpeakingFrame, 2)


def told(stage):
    """The beginnings, words and ends that came out, in their order."""
    kinds = (LLMFullResponseStartFrame, TTSTextFrame, LLMFullResponseEndFrame)
    return [getattr(frame, "text", type(frame).__name__[15:-5]) for frame in stage.all(kinds)]


def timed(frame, pts):
    frame.pts = pts
    return frame


def answer(words, begins_ns):
    """What a TTS sends of an answer of a second: its words have times, as has its end."""
    each_ns = 10**9 // len(words)
    times = [begins_ns + index * each_ns for index in range(len(words))]
    spoken = [timed(TTSTextFrame(word, "word"), at) for word, at in zip(words, times, strict=True)]
    end = timed(LLMFullResponseEndFrame(), times[-1])
    return [LLMFullResponseStartFrame(), TTSStartedFrame(), second(), *spoken, end]


class LatePhone(Phone):
    """Its peer takes three times as long as the sound lasts."""

    async def write_audio_frame(self, frame: Frame) -> bool:
        for _ in range(3):
            await super().write_audio_frame(frame)
        return True


async def test_the_words_of_an_answer_wait_for_the_sound_of_the_one_before_it_however_late_that_is():
    phone = LatePhone()
    async with on_stage(phone) as stage:
        now = phone.get_clock().get_time()
        await stage.send(*answer(["one", "two"], now), *answer(["three", "four"], now + 10**9))
        await stage.heard(LLMFullResponseEndFrame, 2)
        assert told(stage) == ["Start", "one", "two", "End", "Start", "three", "four", "End"]
        assert phone.played_secs >= 3


async def test_a_barge_in_drops_the_words_that_wait_and_the_next_answer_has_its_own():
    phone = LatePhone()
    async with on_stage(phone) as stage:
        now = phone.get_clock().get_time()
        await stage.send(*answer(["one", "two"], now), *answer(["three", "four"], now + 10**9))
        await stage.heard(BotStartedSpeakingFrame)
        await stage.interrupt()
        await stage.heard(BotStoppedSpeakingFrame)
        before = len(told(stage))
        await stage.send(*answer(["five"], phone.get_clock().get_time()))
        await stage.heard(LLMFullResponseEndFrame, 1 + told(stage).count("End"))
        assert told(stage)[before:] == ["Start", "five", "End"]


async def test_what_a_barge_in_has_overtaken_on_its_way_is_neither_heard_nor_told():
    phone = Phone()
    async with on_stage(phone) as stage:
        late = answer(["one", "two"], phone.get_clock().get_time())
        await stage.interrupt()
        later = [TTSTextFrame("two", "word"), second()]
        await stage.send(*late, *later, *answer(["three"], phone.get_clock().get_time()))
        await stage.heard(LLMFullResponseEndFrame)
        assert told(stage) == ["Start", "three", "End"]
        assert phone.played_secs <= 1
