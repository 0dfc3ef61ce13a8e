"""What every voice that ORION ships must do, whatever engine speaks."""

from __future__ import annotations

import asyncio
import json
import os
import signal

import pytest
from pipecat.frames.frames import TTSAudioRawFrame, TTSStoppedFrame

from tests.providers.stage import Speaker, on_stage

FIRST, SECOND = "The first one is short.", "This is another one."


async def words_come_with_their_sound(tts) -> None:
    async with on_stage(tts, speaker=Speaker()) as stage:
        await stage.answer(FIRST + " ", SECOND)
        await stage.heard(TTSStoppedFrame)
    assert [word for word, _ in stage.words] == f"{FIRST} {SECOND}".split()
    audio_secs = sum(len(frame.audio) / 2 / frame.sample_rate for frame in stage.all(TTSAudioRawFrame))
    begun = [secs for _, secs in stage.words]
    assert begun == sorted(begun)
    first_of_second = begun[len(FIRST.split())]
    assert 0.3 * audio_secs < first_of_second < 0.75 * audio_secs, (begun, audio_secs)
    assert begun[-1] < audio_secs


async def a_barge_in_ends_words_and_sound(tts) -> None:
    async with on_stage(tts, speaker=Speaker()) as stage:
        await stage.answer(FIRST + " ", SECOND)
        await stage.until(lambda: len(stage.words) == 3)
        await stage.interrupt()
        await stage.answer("Yes?")
        await stage.until(lambda: "Yes?" in [word for word, _ in stage.words])
    said = [word for word, _ in stage.words]
    assert said[:3] == FIRST.split()[:3]
    assert len(said) <= 5
    assert said[-1] == "Yes?"


async def audio_comes_in_whole_blocks_of_20_ms(tts) -> None:
    async with on_stage(tts) as stage:
        await stage.answer(FIRST)
        await stage.heard(TTSStoppedFrame)
    audio = stage.all(TTSAudioRawFrame)
    assert len(audio) > 2
    assert {len(frame.audio) % (frame.sample_rate // 50 * 2) for frame in audio} == {0}


async def text_without_words_is_no_failure(tts) -> None:
    async with on_stage(tts) as stage:
        for text in ("...", "!?", "-- --", "Now."):
            await stage.answer(text)
        await stage.until(lambda: any(word == "Now." for word, _ in stage.words))


async def killed_it_is_back_for_the_next_sentence(tts, worker) -> None:
    async with on_stage(tts) as stage:
        await stage.answer(FIRST)
        await stage.heard(TTSStoppedFrame)
        os.kill(worker.pid, signal.SIGKILL)
        await stage.answer(SECOND)
        await stage.heard(TTSStoppedFrame, 2)
    assert [word for word, _ in stage.words] == f"{FIRST} {SECOND}".split()


async def hanging_it_is_replaced_and_stops_in_time(worker, voice, monkeypatch) -> None:
    async def speak() -> None:
        async for _ in worker.speak(FIRST, voice, "en"):
            pass

    monkeypatch.setattr("orion.providers._speech._ANSWER_SECS", 1.0)
    first = worker.pid
    os.kill(first, signal.SIGSTOP)
    with pytest.raises(TimeoutError):
        await speak()
    await speak()
    assert worker.pid != first
    os.kill(worker.pid, signal.SIGSTOP)
    async with asyncio.timeout(5):
        await worker.stop()


async def every_caller_is_served(worker, voice) -> None:
    """Sentences that are asked for at the same time do not mix."""

    async def speak(text: str) -> tuple[str, float]:
        words, secs = [], 0.0
        async for kind, content in worker.speak(text, voice, "en"):
            if kind == b"W":
                words += [word for word, _ in json.loads(content)]
            else:
                secs += len(content) / 2 / worker.rate_hz
        return " ".join(words), secs

    texts = ("One.", "Number two is longer than one.", "Three.")
    alone = [await speak(text) for text in texts]
    assert [words for words, _ in alone] == list(texts)
    together = await asyncio.gather(*(speak(text) for text in texts * 3))
    for (words, secs), (same_words, same_secs) in zip(together, alone * 3, strict=True):
        assert words == same_words
        assert secs == pytest.approx(same_secs, rel=0.1)


async def a_cancelled_text_keeps_nobody_waiting(worker, voice) -> None:
    """An hour of speech is cut after its first packet; the next caller is served at once."""
    speaking = worker.speak("This goes on and on. " * 2000, voice, "en")
    await anext(speaking)
    await speaking.aclose()
    async with asyncio.timeout(2):
        assert [kind async for kind, _ in worker.speak("Next.", voice, "en")]
