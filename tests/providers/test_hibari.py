import asyncio
import json

import numpy as np
import pytest
import pytest_asyncio

from orion import providers
from orion.domain.agent import Agent
from orion.providers import flite, hibari
from orion.providers._speech import SpeechWorker
from orion.settings import Settings
from tests.providers import speech_contract as it

AGENT = Agent("test", "")
pytestmark = pytest.mark.asyncio(loop_scope="module")  # one worker for all of them


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def engine(tmp_path_factory):
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    assert hibari.available(settings, "tts") is None
    await hibari.start(settings)
    yield
    await hibari.stop()


@pytest.fixture
def tts(settings):
    return hibari.tts(settings, AGENT)


@pytest.fixture
def worker() -> SpeechWorker:
    return hibari._WORKER


async def spoken(worker: SpeechWorker, text: str) -> tuple[np.ndarray, list[tuple[str, float]]]:
    """The samples of a text, and its words with their times."""
    pcm, words = b"", []
    async for kind, content in worker.speak(text, "", "en"):
        if kind == b"W":
            words += json.loads(content)
        else:
            pcm += content
    return np.frombuffer(pcm, np.int16) / 32768, words


async def test_words_come_with_their_sound_over_two_sentences(tts):
    await it.words_come_with_their_sound(tts)


async def test_a_barge_in_ends_words_and_sound(tts):
    await it.a_barge_in_ends_words_and_sound(tts)


async def test_audio_comes_in_whole_blocks_of_20_ms(tts):
    await it.audio_comes_in_whole_blocks_of_20_ms(tts)


async def test_text_without_words_is_no_failure(tts):
    await it.text_without_words_is_no_failure(tts)


async def test_killed_it_is_back_for_the_next_sentence(tts, worker):
    await it.killed_it_is_back_for_the_next_sentence(tts, worker)


async def test_sentences_asked_for_at_the_same_time_do_not_mix(worker):
    await it.every_caller_is_served(worker, "heart")


async def test_a_cancelled_text_keeps_nobody_waiting(worker):
    await it.a_cancelled_text_keeps_nobody_waiting(worker, "heart")


async def test_the_same_text_always_sounds_the_same(worker):
    first, _ = await spoken(worker, "Good morning, what can I do for you?")
    again, _ = await spoken(worker, "Good morning, what can I do for you?")
    assert np.array_equal(first, again)


async def test_it_is_as_loud_as_a_voice_should_be_and_never_clips(worker):
    text = "Your table for two is booked. Shall I send you a note of it? It would be no trouble at all!"
    samples, _ = await spoken(worker, text)
    active = np.abs(samples)[np.abs(samples) > 0.01]
    assert -24 < 20 * np.log10(np.sqrt(np.mean(active**2))) < -12
    assert np.abs(samples).max() < 0.99


async def test_it_speaks_at_the_pitch_of_a_womans_voice(worker):
    samples, _ = await spoken(worker, "Ah, I am really, really aware of all our own ideas.")
    pitches = [pitch for pitch in map(pitch_hz, np.array_split(samples, len(samples) // 960)) if pitch]
    assert 140 < np.median(pitches) < 260


def pitch_hz(part: np.ndarray) -> float | None:
    """The pitch of 40 ms by their autocorrelation; None without a voice."""
    part = part - part.mean()
    same = np.correlate(part, part, "full")[len(part) - 1 :]
    lags = np.arange(24000 // 400, 24000 // 70)
    best = lags[same[lags].argmax()]
    return 24000 / best if same[0] > 1 and same[best] > 0.5 * same[0] else None


async def test_the_silence_around_a_sentence_is_short(worker):
    samples, _ = await spoken(worker, "Your table for two is booked.")
    loud = np.flatnonzero(np.abs(samples) > 0.004)
    assert loud[0] / worker.rate_hz == pytest.approx(0.04, abs=0.02)
    assert (len(samples) - loud[-1]) / worker.rate_hz == pytest.approx(0.2, abs=0.03)


async def test_a_word_is_heard_when_its_time_says(worker):
    """Behind the comma of the longest pause the word begins that is timed so."""
    samples, words = await spoken(worker, "He asked for one, but it was seven.")
    quiet = np.abs(samples) < 0.004
    block = worker.rate_hz // 100
    silent = [bool(quiet[at : at + block].all()) for at in range(0, len(samples) - block, block)]
    begun = dict(words)["but"]
    starts = [at / 100 for at in range(1, len(silent)) if silent[at - 1] and not silent[at]]
    assert min(abs(begun - start) for start in starts) < 0.06


@pytest.mark.parametrize("text", ["", "   ", "…", "—", "你好", "Привет", "\u0000"])
async def test_what_holds_nothing_to_say_makes_no_sound(worker, text):
    samples, words = await spoken(worker, text)
    assert not len(samples)
    assert [word for word, _ in words] == text.split()


@pytest.mark.parametrize("text", ["7" * 400, "@" * 300, "{[(<" * 50, "a" * 2000, "1" + ",000" * 90 + "."])
async def test_what_it_cannot_read_does_not_end_it(worker, text):
    async with asyncio.timeout(20):
        await anext(worker.speak(text, "", "en"))
    samples, _ = await spoken(worker, "Go on.")
    assert len(samples)


async def test_a_sentence_that_ends_in_no_is_no_number(worker):
    said, _ = await spoken(worker, "The answer is no.")
    meant, _ = await spoken(worker, "The answer is know.")
    number, _ = await spoken(worker, "The answer is number.")
    assert len(said) == len(meant) < len(number)


async def test_written_words_that_are_read_as_several_have_rising_times(worker):
    text = "It costs 1,240.00 euros, on 3/4/2026 at 5:30 p.m., all in all."
    samples, words = await spoken(worker, text)
    assert [word for word, _ in words] == text.split()
    times = [secs for _, secs in words]
    assert times == sorted(times)
    assert times[-1] < len(samples) / worker.rate_hz


async def test_no_voice_is_ever_asked_for_that_would_be_downloaded(settings, worker):
    assert [voice.id for voice in await hibari.voices(settings)] == ["heart"]
    service = hibari.tts(settings, Agent("test", "", voice="emma"))
    assert service._orion_voice == "heart"  # type: ignore[attr-defined]


async def test_it_comes_before_the_other_voices_that_need_no_key(settings):
    assert providers.choose(settings, "tts").provider == "hibari"


async def test_without_its_wheel_flite_takes_over(settings, monkeypatch):
    monkeypatch.setattr(hibari, "package", lambda: None)
    assert "pip install hibari-tts" in str(hibari.available(settings, "tts"))
    if flite.available(settings, "tts") is None:
        assert providers.choose(settings, "tts").provider == "flite"
