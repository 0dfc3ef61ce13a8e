import asyncio
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from orion.domain.agent import Agent
from orion.providers import espeak
from orion.providers._speech import SpeechWorker
from tests.providers import speech_contract as it

AGENT = Agent("test", "")


@pytest.fixture(autouse=True)
async def engine(settings):
    assert espeak.available(settings, "tts") is None
    await espeak.start(settings)
    yield
    await espeak.stop()


@pytest.fixture
def tts(settings):
    return espeak.tts(settings, AGENT)


def worker_processes() -> list[psutil.Process]:
    """The processes under this one that speak, or begin to."""
    found = []
    for process in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            if "espeak" in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


@pytest.fixture
def worker() -> SpeechWorker:
    return espeak._WORKER


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


async def test_a_start_that_is_cancelled_leaves_no_process(worker):
    await worker.stop()
    for _ in range(3):
        starting = asyncio.get_running_loop().create_task(worker.start())
        while worker_processes() == [] and not starting.done():
            await asyncio.sleep(0)
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
    async with asyncio.timeout(5):
        while worker_processes():
            await asyncio.sleep(0.01)
    assert worker.pid is None


async def test_sentences_asked_for_at_the_same_time_do_not_mix(worker):
    await it.every_caller_is_served(worker, "")


async def test_a_cancelled_text_keeps_nobody_waiting(worker):
    await it.a_cancelled_text_keeps_nobody_waiting(worker, "")


async def test_speech_streams_before_the_sentence_is_done(worker):
    text = "This sentence is long enough to be synthesized in more than one piece of audio."
    kinds = [kind async for kind, _ in worker.speak(text, "", "en")]
    assert kinds[0] == b"W"
    assert kinds.count(b"A") > 10


async def test_first_audio_costs_less_than_5_ms_of_cpu(worker):
    text = "How long does it take until the first sound of this sentence is there?"
    async for _ in worker.speak(text, "", "en"):
        pass
    process = psutil.Process(worker.pid)
    before = sum(process.cpu_times()[:2])
    for _ in range(20):
        speaking = worker.speak(text, "", "en")
        while (await anext(speaking))[0] != b"A":
            pass
        await speaking.aclose()
    assert (sum(process.cpu_times()[:2]) - before) / 20 < 0.005


async def test_it_speaks_the_agents_language(worker):
    async def secs(language):
        pcm = [pcm async for kind, pcm in worker.speak("Zweiundvierzig", "", language) if kind == b"A"]
        return sum(map(len, pcm)) / 2 / worker.rate_hz

    english = await secs("en-us")
    assert await secs("de") != pytest.approx(english, rel=0.1)
    assert await secs("no such language") == pytest.approx(english, rel=0.05)


async def test_the_library_is_never_loaded_into_our_own_process(tts):
    await it.audio_comes_in_whole_blocks_of_20_ms(tts)
    assert "espeak" not in Path("/proc/self/maps").read_text()
