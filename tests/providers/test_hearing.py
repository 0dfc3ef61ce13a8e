"""Moonshine and Whisper on the real runtime, with models of a few kilobytes that count seconds."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace

import numpy as np
import psutil
import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.transcriptions.language import Language

from orion import providers
from orion.domain.agent import Agent
from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.errors import ProviderError, StartError, Unavailable
from orion.processors.stt_order import STTOrder
from orion.processors.switched import SwitchedFrame
from orion.providers import Candidate, _onnx, moonshine, whisper
from orion.providers._models import catalogue
from orion.providers._onnx.hearing import Hearing
from orion.providers._onnx.recogniser import Recogniser
from tests.providers import tiny_models
from tests.providers.pulled import put
from tests.providers.stage import RATE_HZ, Stage, on_stage

ENGLISH = Agent("test", "")


def sound(secs: float) -> bytes:
    return (np.ones(int(RATE_HZ * secs)) * 1000).astype(np.int16).tobytes()


async def say(stage: Stage, secs: float) -> None:
    """An utterance of so many seconds, as the VAD marks it."""
    await stage.send(VADUserStartedSpeakingFrame())
    await stage.audio(sound(secs))
    await stage.send(VADUserStoppedSpeakingFrame())


@pytest.fixture
async def pulled(settings, tmp_path):
    yield await put(settings, tmp_path, english="moonshine")
    await moonshine.stop()


@pytest.fixture
async def many(settings, tmp_path):
    yield await put(settings, tmp_path, every="whisper")
    await whisper.stop()


async def test_an_utterance_is_heard_whole_when_it_ends(pulled):
    async with on_stage(moonshine.stt(pulled, ENGLISH)) as stage:
        await say(stage, 3.2)
        final = await stage.heard(TranscriptionFrame)
        await say(stage, 1.2)
        second = await stage.heard(TranscriptionFrame, 2)
    assert (final.text, final.finalized) == ("one two three", True)
    assert second.text == "one"


async def test_the_half_second_before_the_vad_is_sure_belongs_to_it(pulled):
    async with on_stage(moonshine.stt(pulled, ENGLISH)) as stage:
        await stage.audio(sound(4))
        await say(stage, 2.6)
        assert (await stage.heard(TranscriptionFrame)).text == "one two three"


async def test_words_so_far_come_while_one_speaks(pulled):
    await moonshine.start(pulled)
    async with on_stage(moonshine.stt(pulled, ENGLISH)) as stage:
        await stage.send(VADUserStartedSpeakingFrame())
        for _ in range(40):
            await stage.audio(sound(0.1))
            await stage.quiet(0.02)
        assert stage.all(TranscriptionFrame) == []
        await stage.send(VADUserStoppedSpeakingFrame())
        await stage.heard(TranscriptionFrame)
    said = [len(frame.text.split()) for frame in stage.all(InterimTranscriptionFrame)]
    assert len(said) >= 2
    assert said == sorted(said)


async def test_what_is_too_long_for_the_model_is_heard_in_parts(pulled):
    async with on_stage(moonshine.stt(pulled, ENGLISH)) as stage:
        await say(stage, 22.4)
        await stage.heard(TranscriptionFrame, 2)
    first, second = stage.all(TranscriptionFrame)
    assert (first.finalized, second.finalized) == (False, True)
    assert second.text == "one two"


async def test_an_utterance_without_words_brings_none(pulled):
    async with on_stage(moonshine.stt(pulled, ENGLISH)) as stage:
        await say(stage, 0.4)
        await say(stage, 1.4)
        assert (await stage.heard(TranscriptionFrame)).text == "one"
    assert len(stage.all(TranscriptionFrame)) == 1


def recogniser(settings) -> Recogniser:
    return moonshine._PROCESSES.of(settings, _onnx.first(settings, "moonshine"))


async def test_a_process_that_dies_over_an_utterance_is_replaced_and_nothing_is_lost(pulled):
    await moonshine.start(pulled)
    process = recogniser(pulled)
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    hearing = asyncio.get_running_loop().create_task(process.hear(sound(2.5), "en"))
    await asyncio.sleep(0)
    os.kill(first, signal.SIGKILL)
    assert (await hearing).text == "one two"
    assert process.pid != first


async def test_a_model_that_cannot_be_loaded_stops_no_server_and_is_an_error_of_each_utterance(pulled, logs):
    place = catalogue.folder(pulled) / "english" / "encoder.onnx"
    place.write_bytes(b"no model")
    await moonshine.start(pulled)
    assert [line for line in logs if "try it again: orion models pull english" in line]
    async with on_stage(moonshine.stt(pulled, ENGLISH), errors=2) as stage:
        await say(stage, 1.2)
        await stage.heard(ErrorFrame)
        await say(stage, 1.2)
        await stage.heard(ErrorFrame, 2)
    assert stage.all(TranscriptionFrame) == []
    with pytest.raises(ProviderError, match="cannot be loaded"):
        await recogniser(pulled).start()


@pytest.fixture
async def failing(pulled):
    """The model fails at utterances of three seconds and more."""
    place = catalogue.folder(pulled) / "english" / "encoder.onnx"
    place.write_bytes(tiny_models.moonshine(fails=True)["encoder.onnx"])
    await moonshine.start(pulled)
    return pulled


async def test_a_model_that_fails_at_an_utterance_says_so_at_once_and_goes_on(failing):
    process = recogniser(failing)
    pid = process.pid
    async with asyncio.timeout(5):
        with pytest.raises(ProviderError, match="failed at an utterance: RuntimeError"):
            await process.hear(sound(3.5), "en")
        assert (await process.hear(sound(2.5), "en")).text == "one two"
    assert process.pid == pid


async def test_of_utterances_at_the_same_time_those_fail_that_do(failing):
    process = recogniser(failing)
    asked = (process.hear(sound(secs + 0.5), "en") for secs in (1, 3, 2, 3, 1))
    heard = await asyncio.gather(*asked, return_exceptions=True)
    assert [getattr(answer, "text", "failed") for answer in heard] == [
        "one",
        "failed",
        "one two",
        "failed",
        "one",
    ]


async def test_sound_that_is_no_pcm_is_an_error_at_once(failing):
    process = recogniser(failing)
    async with asyncio.timeout(5):
        with pytest.raises(ProviderError, match="ValueError"):
            await process.hear(b"odd", "en")


async def test_in_an_order_the_utterance_at_which_a_model_fails_is_heard_by_the_next(failing, many):
    services = [
        Candidate("first", moonshine.stt(failing, ENGLISH)),
        Candidate("next", whisper.stt(many, ENGLISH)),
    ]
    deadlines = replace(Deadlines(), transcript_secs=60)
    async with on_stage(STTOrder(services, Breakers(), deadlines)) as stage:
        await say(stage, 3.5)
        final = await stage.heard(TranscriptionFrame)
        (switched,) = stage.all(SwitchedFrame)
    assert final.text == "english one two three"
    assert (switched.failed, switched.taken) == ("first", "next")


async def test_a_process_ends_at_the_end_of_its_input_as_where_no_signal_tells_of_a_dead_server(pulled):
    process = recogniser(pulled)
    await process.start()
    assert process._process is not None
    assert process._process.stdin is not None
    hearing = asyncio.get_running_loop().create_task(process.hear(sound(9.5), "en"))
    await asyncio.sleep(0)
    process._process.stdin.close()
    async with asyncio.timeout(10):
        assert await process._process.wait() == 0
    assert len((await hearing).text.split()) == 9, "what it was asked before is answered"


async def test_who_hangs_up_while_a_model_loads_leaves_no_process(pulled):
    process, before = recogniser(pulled), set(psutil.Process().children())
    loading = asyncio.get_running_loop().create_task(process.start())
    async with asyncio.timeout(5):
        while process.pid is None:
            await asyncio.sleep(0)
    loading.cancel()
    await asyncio.gather(loading, return_exceptions=True)
    assert set(psutil.Process().children()) == before
    assert (await process.hear(sound(1.5), "en")).text == "one"


async def test_calls_are_served_at_the_same_time(pulled):
    process = recogniser(pulled)
    heard = await asyncio.gather(*(process.hear(sound(secs + 0.5), "en") for secs in (1, 5, 2, 4, 3)))
    assert [len(answer.text.split()) for answer in heard] == [1, 5, 2, 4, 3]


async def test_the_process_ends_with_the_engine(pulled):
    await moonshine.start(pulled)
    pid = recogniser(pulled).pid
    assert pid is not None
    assert psutil.pid_exists(pid)
    await moonshine.stop()
    assert not psutil.pid_exists(pid)


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("en", "english one two", Language.EN),
        ("fr-CA", "french one two", Language.FR),
        ("auto", "german one two", Language.DE),
    ],
)
async def test_whisper_hears_the_agents_language_or_detects_it(many, language, text, told):
    async with on_stage(whisper.stt(many, Agent("test", "", language=language))) as stage:
        await say(stage, 2.5)
        final = await stage.heard(TranscriptionFrame)
    assert (final.text, final.language) == (text, told)


async def test_whisper_serves_agents_of_several_languages_at_once(many):
    process = whisper._PROCESSES.of(many, _onnx.first(many, "whisper"))
    asked = ["en", "fr", "de", "auto", "fr", "en"]
    heard = await asyncio.gather(*(process.hear(sound(1.5), language) for language in asked))
    assert [answer.language for answer in heard] == ["en", "fr", "de", "de", "fr", "en"]


def test_nothing_is_available_before_a_model_is_pulled(settings):
    for engine, model in ((moonshine, "moonshine-base-en"), (whisper, "whisper-base")):
        assert f"orion models pull {model}" in engine.available(settings, "stt")
    assert providers.choose(settings, "stt").provider == "moonshine_tiny"


async def test_auto_takes_a_pulled_model_by_the_agents_language(settings, tmp_path):
    both = await put(settings, tmp_path, english="moonshine", every="whisper")
    order = [choice.provider for choice in providers.order(both, "stt", language="en-GB")]
    assert order == ["moonshine", "whisper", "moonshine_tiny"]
    assert [choice.provider for choice in providers.order(both, "stt", language="de")] == ["whisper"]
    assert [choice.provider for choice in providers.order(both, "stt", language="auto")] == ["whisper"]
    made = providers.stt(both, Agent("test", "", language="de-AT"))
    assert isinstance(made, Hearing)


def test_a_language_that_nothing_hears_is_told_with_what_to_pull(settings):
    with pytest.raises(Unavailable, match=r"pocketsphinx: hears no 'de' .* orion models pull whisper-base"):
        providers.stt(settings, Agent("test", "", language="de"))
    with pytest.raises(Unavailable, match="hears no 'tlh'"):
        providers.stt(settings, Agent("test", "", language="tlh"))


def test_where_none_detects_the_language_the_usual_one_serves(settings):
    made = providers.stt(settings, Agent("test", "", language="auto"))
    assert made.settings.model == "moonshine-tiny-en"


async def test_a_model_may_be_named_and_must_be_there(settings, tmp_path):
    both = await put(settings, tmp_path, small="whisper", big="whisper")
    named = Agent("test", "", stt="whisper/small")
    assert _onnx.model(both, "stt", "whisper", named).name == "small"
    with pytest.raises(StartError, match="orion models pull whisper-tiny"):
        whisper.stt(both, Agent("test", "", stt="whisper/whisper-tiny"))
