"""Piper and Kokoro on the real runtime, with models of a few kilobytes that hum for each phoneme."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from pipecat.frames.frames import TTSStoppedFrame, TTSUpdateSettingsFrame
from pipecat.services.settings import TTSSettings

from orion import providers
from orion.domain.agent import Agent
from orion.errors import Unavailable
from orion.providers import _espeak, _onnx, kokoro, piper
from orion.providers._models import catalogue
from orion.providers._onnx import speaking
from orion.providers._speech import SpeechWorker, neural_voice
from tests.providers import speech_contract as it
from tests.providers import tiny_models
from tests.providers.pulled import VOICES, put
from tests.providers.stage import on_stage

AGENT = Agent("test", "")


@pytest.fixture
async def pulled(settings, tmp_path):
    ready = await put(settings, tmp_path, english="piper", deutsch="piper", every="kokoro")
    assert piper.available(ready, "tts") is None
    await piper.start(ready)
    yield ready
    await piper.stop()
    await kokoro.stop()


@pytest.fixture
def tts(pulled):
    return piper.tts(pulled, AGENT)


@pytest.fixture
def worker(pulled) -> SpeechWorker:
    return piper._PROCESSES.of(pulled, _onnx.first(pulled, "piper"))


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
    await it.every_caller_is_served(worker, "")


async def test_a_cancelled_text_keeps_nobody_waiting(worker):
    await it.a_cancelled_text_keeps_nobody_waiting(worker, "")


async def spoken(worker: SpeechWorker, text: str, voice: str = "", language: str = "en"):
    """The sound of each clause, and the words with their times."""
    parts, words = [], []
    async for kind, content in worker.speak(text, voice, language):
        if kind == b"W":
            words += json.loads(content)
            parts.append(b"")
        else:
            parts[-1] += content
    return [np.frombuffer(part, np.int16) for part in parts], words


async def test_a_long_sentence_is_heard_from_its_first_clause_on(worker):
    text = "Good morning and welcome, I have a table for five at seven, and one for two at nine o'clock."
    parts, words = await spoken(worker, text)
    assert len(parts) == 2
    assert len(parts[0]) < len(parts[1])
    assert [word for word, _ in words] == text.split()
    begun = dict(words)["I"]
    assert begun == pytest.approx(len(parts[0]) / worker.rate_hz, abs=0.01)


async def test_a_word_is_spread_by_its_length_over_the_sound(worker):
    parts, words = await spoken(worker, "An extraordinarily a")
    secs = len(parts[0]) / worker.rate_hz
    (_, first), (_, second), (_, third) = words
    assert first == 0
    assert third - second > 3 * (second - first)
    assert third < secs


async def test_the_agents_language_picks_the_model_and_its_phonemes(pulled):
    for language, name in (("de-AT", "deutsch"), ("en", "english"), ("auto", "english")):
        agent = Agent("test", "", language=language)
        assert _onnx.model(pulled, "tts", "piper", agent).name == name
    german = _onnx.model(pulled, "tts", "piper", Agent("test", "", language="de"))
    process = piper._PROCESSES.of(pulled, german)
    [zwei], _ = await spoken(process, "zweiundvierzig", language="de")
    [same], _ = await spoken(process, "42", language="de")
    assert len(zwei) == len(same)


async def test_the_voice_follows_the_language_that_is_heard(pulled):
    tts = piper.tts(pulled, Agent("test", "", language="auto"))
    assert isinstance(tts, speaking.Speaking)
    german = piper._PROCESSES.of(pulled, catalogue.find(pulled, "deutsch"))
    english = piper._PROCESSES.of(pulled, catalogue.find(pulled, "english"))
    used = []
    async with on_stage(tts) as stage:
        for number, language in enumerate(("de", "fr", "en"), 1):
            await stage.send(TTSUpdateSettingsFrame(delta=TTSSettings(language=language)))
            await stage.answer("42.")
            await stage.heard(TTSStoppedFrame, number)
            used.append(tts._orion_worker)
    assert used == [german, german, english]


async def test_a_voice_may_be_named_by_its_model(settings, tmp_path):
    both = await put(settings, tmp_path, one="piper", two="piper")
    for name in ("one", "two"):
        assert _onnx.model(both, "tts", "piper", Agent("test", "", voice=name)).name == name
    assert {voice.id for voice in await piper.voices(both)} == {"one", "two"}


async def test_kokoros_voices_are_chosen_by_name(pulled):
    process = kokoro._PROCESSES.of(pulled, _onnx.first(pulled, "kokoro"))
    peaks = []
    for voice in ("af_heart", "bf_emma", "", "nobody"):
        [part], _ = await spoken(process, "Hello", voice)
        peaks.append(round(np.abs(part).max() / 32767, 1))
    assert peaks == [0.1, 0.2, 0.1, 0.1]
    assert process.rate_hz == 24000
    assert [voice.id for voice in await kokoro.voices(pulled)] == VOICES[:2]


async def test_espeak_knows_the_languages_of_the_whole_catalogue(pulled, settings):
    codes = {code for model in catalogue.catalogue(settings).values() for code in model.speaks.values()}
    codes |= set(neural_voice._KOKOROS.values())
    made = speaking.options(pulled, _onnx.first(pulled, "piper"), 1)
    for code in codes:
        process = SpeechWorker("neural", json.dumps(made | {"speaks": {"xx": code}}))
        [part], _ = await spoken(process, "Amanda", language="xx")
        assert len(part)
        await process.stop()


@pytest.mark.parametrize("samples", [0, 600])
async def test_kokoro_that_is_slower_than_speech_is_warned_of(pulled, logs, samples):
    place = Path(catalogue.places(pulled, _onnx.first(pulled, "kokoro"))["model"])
    place.write_bytes(tiny_models.kokoro(VOICES, samples)["model.onnx"])
    await kokoro.start(pulled)
    warned = [line for line in logs if "as long as its speech" in line]
    assert bool(warned) == (samples == 0)


async def test_a_title_before_a_name_makes_no_pause(worker):
    [with_title], _ = await spoken(worker, "Dr. Smith")
    [without], _ = await spoken(worker, "doctor Smith")
    assert len(with_title) == len(without)
    [two], _ = await spoken(worker, "Done. Smith")
    [one], _ = await spoken(worker, "Done Smith")
    assert len(two) > len(one)


def test_without_a_model_an_embedded_voice_speaks(settings):
    assert "orion models pull piper-en-kristin" in str(piper.available(settings, "tts"))
    assert "orion models pull kokoro" in str(kokoro.available(settings, "tts"))
    assert providers.choose(settings, "tts").provider in {"hibari", "flite", "espeak"}


async def test_auto_takes_a_pulled_voice_of_the_agents_language(pulled):
    def order(language: str) -> list[str | None]:
        return [choice.provider for choice in providers.order(pulled, "tts", language=language)]

    assert order("en")[:2] == ["piper", "kokoro"]
    assert order("de")[0] == "piper"
    assert "piper" not in order("fr")
    assert order("auto")[:2] == ["piper", "kokoro"]


def test_a_language_that_nothing_speaks_is_told_with_what_to_pull(settings):
    with pytest.raises(Unavailable, match=r"flite: speaks no 'de' .* orion models pull piper-de-thorsten"):
        providers.tts(settings.changed(tts=("flite",)), Agent("test", "", language="de"))


@pytest.mark.parametrize(
    ("language", "command"),
    [
        ("de", r"(make espeak|pip install \S+) && orion models pull piper-de-thorsten"),
        ("eo", r"(make espeak|pip \S+.*)"),
    ],
)
def test_without_espeak_an_agent_of_another_language_is_told_one_line_that_helps(
    settings, monkeypatch, language, command
):
    monkeypatch.setattr(_espeak, "is_there", lambda: False)
    with pytest.raises(Unavailable, match=rf"hibari: speaks no '{language}'.*; for '{language}': {command}$"):
        providers.tts(settings, Agent("test", "", language=language))
    with pytest.raises(Unavailable, match=r"for 'de': orion models pull whisper-base"):
        providers.stt(settings, Agent("test", "", language="de"))


async def test_a_pulled_voice_without_espeak_says_how_to_get_it(pulled, monkeypatch):
    monkeypatch.setattr(_espeak, "is_there", lambda: False)
    assert "espeak-ng is missing: make espeak" in str(piper.available(pulled, "tts"))
