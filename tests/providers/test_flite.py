import pytest

from orion.domain.agent import Agent
from orion.providers import flite
from orion.providers._speech import SpeechWorker
from tests.journeys.conftest import need
from tests.providers import speech_contract as it

AGENT = Agent("test", "")


@pytest.fixture(autouse=True)
async def engine(settings):
    need("flite")
    assert flite.available(settings, "tts") is None
    await flite.start(settings)
    yield
    await flite.stop()


@pytest.fixture
def tts(settings):
    return flite.tts(settings, AGENT)


@pytest.fixture
def worker() -> SpeechWorker:
    return flite._WORKER


async def test_words_come_with_their_sound_over_two_sentences(tts):
    await it.words_come_with_their_sound(tts)


async def test_a_barge_in_ends_words_and_sound(tts):
    await it.a_barge_in_ends_words_and_sound(tts)


async def test_audio_comes_in_whole_blocks_of_20_ms(tts):
    await it.audio_comes_in_whole_blocks_of_20_ms(tts)


@pytest.mark.parametrize("voice", ["slt", "kal16"])
async def test_text_without_words_is_no_failure(settings, voice):
    await it.text_without_words_is_no_failure(flite.tts(settings, Agent("test", "", voice=voice)))


async def test_killed_it_is_back_for_the_next_sentence(tts, worker):
    await it.killed_it_is_back_for_the_next_sentence(tts, worker)


async def test_a_process_that_hangs_is_replaced(worker, monkeypatch):
    await it.hanging_it_is_replaced_and_stops_in_time(worker, "slt", monkeypatch)


async def test_sentences_asked_for_at_the_same_time_do_not_mix(worker):
    await it.every_caller_is_served(worker, "slt")


async def test_a_cancelled_text_keeps_nobody_waiting(worker):
    await it.a_cancelled_text_keeps_nobody_waiting(worker, "slt")


async def test_speech_streams_before_the_sentence_is_done(worker):
    text = "This sentence is long enough to be synthesized in more than one piece of audio."
    kinds = [kind async for kind, _ in worker.speak(text, "slt", "en")]
    assert kinds[0] == b"W"
    assert kinds.count(b"A") > 10


async def test_typographic_quotes_and_accents_are_spoken_as_plain_ones(worker):
    async def length(text):
        return sum([len(pcm) async for kind, pcm in worker.speak(text, "slt", "en") if kind == b"A"])

    assert await length("It’s a “naïve” café") == await length('It\'s a "naive" cafe')
