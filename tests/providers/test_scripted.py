from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pipecat.frames.frames import (
    ErrorFrame,
    FunctionCallResultFrame,
    InterimTranscriptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    TTSTextFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.utils.errors import ErrorCategory

from orion.domain.agent import Agent
from orion.errors import StartError
from orion.media.vad import vad_analyzer
from orion.providers import scripted
from orion.providers.scripted.script import Script, read
from orion.providers.scripted.voice import voice_like
from tests.providers.stage import RATE_HZ, Stage, on_stage

AGENT = Agent("test", "")
SECOND = bytes(RATE_HZ * 2)


@pytest.fixture
def script(settings, tmp_path):
    """Settings with a script."""

    def write(text: str):
        path = tmp_path / "script.yaml"
        path.write_text(text)
        return settings.changed(script=path)

    return write


async def utterance(stage: Stage, secs: int = 1) -> None:
    await stage.send(VADUserStartedSpeakingFrame())
    await stage.audio(SECOND * secs)
    await stage.send(VADUserStoppedSpeakingFrame())


async def answer(stage: Stage, *words: str) -> str:
    return await answer_over(stage, LLMContext([{"role": "user", "content": said} for said in words]))


async def answer_over(stage: Stage, context: LLMContext) -> str:
    before, responses = len(stage.all(LLMTextFrame)), len(stage.all(LLMFullResponseEndFrame))
    await stage.send(LLMContextFrame(context))
    await stage.heard(LLMFullResponseEndFrame, responses + 1)
    return "".join(frame.text for frame in stage.all(LLMTextFrame)[before:])


async def test_every_utterance_is_heard_as_the_script_says_and_the_list_begins_anew(script):
    settings = script("stt: [{text: one}, {text: ''}, {text: two, delay_ms: 5}]")
    async with on_stage(scripted.stt(settings, AGENT)) as stage:
        for _ in range(4):
            await utterance(stage)
        await stage.heard(TranscriptionFrame, 3)
    assert sorted(frame.text for frame in stage.all(TranscriptionFrame)) == ["one", "one", "two"]
    assert all(frame.finalized for frame in stage.all(TranscriptionFrame))


async def test_partials_come_by_the_audios_time(script):
    settings = script("stt: [{text: a b c, partials: [a, a b]}]")
    async with on_stage(scripted.stt(settings, AGENT)) as stage:
        await stage.audio(SECOND)
        await stage.send(VADUserStartedSpeakingFrame())
        await stage.audio(SECOND[: RATE_HZ * 2 // 4])
        await stage.heard(InterimTranscriptionFrame)
        await stage.send(VADUserStoppedSpeakingFrame())
        await stage.heard(TranscriptionFrame)
    assert [frame.text for frame in stage.all(InterimTranscriptionFrame)] == ["a"]


async def test_every_context_is_answered_as_the_script_says(script):
    settings = script("llm: [{text: Hello there., token_delay_ms: 1}, {text: 'Bye.', delay_ms: 1}]")
    async with on_stage(scripted.llm(settings, AGENT)) as stage:
        assert [await answer(stage) for _ in range(3)] == ["Hello there.", "Bye.", "Hello there."]


async def test_answers_to_words_are_played_over_those_words_alone_and_the_others_in_order(script):
    settings = script(
        "llm: [{text: One.}, {text: Two.}, {to: good night, text: Sleep well.}, {to: night, text: Which one.}"
        ", {to: 'Good, night!', text: Dream well.}]"
    )
    llm = scripted.llm(settings, AGENT)
    async with on_stage(llm) as stage:
        said = [await answer(stage, words) for words in ("hello", "Good night, Ada.", "night", "x", "nights")]
    assert said == ["One.", "Sleep well.", "Which one.", "Two.", "One."]


async def test_over_the_same_words_the_answers_to_them_follow_each_other_and_the_last_stays(script):
    llm = scripted.llm(script("llm: [{to: go, text: One.}, {to: go, text: Two.}]"), AGENT)
    go: Any = {"role": "user", "content": "Go!"}
    went: Any = {"role": "assistant", "content": "I went."}
    async with on_stage(llm) as stage:
        said = [
            await answer_over(stage, LLMContext([went, go, *answers]))
            for answers in ([], [went], [went, went], [went, go])
        ]
    assert said == ["One.", "Two.", "Two.", "One."]


async def test_an_inference_is_answered_by_the_words_in_it_or_by_the_next_without_any(script):
    llm = scripted.llm(script("inference: [{text: One.}, {to: paint, text: Green.}]"), AGENT)
    asked = [LLMContext([{"role": "user", "content": words}]) for words in ("a", "Goal: paint it", "a")]
    assert [await llm.run_inference(context) for context in asked] == ["One.", "Green.", None]


async def test_a_scripted_call_is_a_call_like_any_other(script):
    llm = scripted.llm(script("llm: [{tool_calls: [{name: timer, arguments: {duration: x}}]}]"), AGENT)
    called = []

    async def run(params):
        called.append((params.function_name, params.arguments))
        await params.result_callback({})

    llm.register_function(None, run)
    async with on_stage(llm) as stage:
        await answer(stage)
        await stage.heard(FunctionCallResultFrame)
    assert called == [("timer", {"duration": "x"})]


async def test_a_sentence_sounds_as_long_as_the_script_says(script):
    settings = script("tts: {secs: 0.5, delay_ms: 1}")
    await scripted.start(settings)
    async with on_stage(scripted.tts(settings, AGENT)) as stage:
        await stage.answer("It does not matter what it says.")
        await stage.heard(TTSStoppedFrame)
    frames = stage.all(TTSAudioRawFrame)
    assert sum(len(frame.audio) / 2 / frame.sample_rate for frame in frames) == pytest.approx(0.5, abs=0.05)
    assert stage.all(TTSTextFrame)


async def test_without_a_script_all_three_play_the_built_in_one(settings):
    assert read(None) == Script()
    async with on_stage(scripted.stt(settings, AGENT)) as stage:
        await utterance(stage)
        assert (await stage.heard(TranscriptionFrame)).text == "this is what i say"
    async with on_stage(scripted.llm(settings, AGENT)) as stage:
        assert await answer(stage) == "This is what the agent always says."


def test_the_signal_is_the_same_every_time_and_a_vad_takes_it_for_speech():
    pcm = voice_like(1.5)
    assert pcm == voice_like.__wrapped__(1.5)
    samples = np.frombuffer(pcm, "<i2").astype(float)
    at_16_khz = np.interp(np.arange(0, len(samples), 1.5), np.arange(len(samples)), samples).astype("<i2")
    vad = vad_analyzer(RATE_HZ)
    vad.set_sample_rate(RATE_HZ)
    model = vad.voice_confidence
    windows = [at_16_khz[i : i + 512].tobytes() for i in range(0, len(at_16_khz) - 512, 512)]
    assert np.mean([np.asarray(model(window)).item() > 0.7 for window in windows]) > 0.7


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("stt: []", "stt must be a list with at least one entry"),
        ("stt: {}", "stt must be a list"),
        ("llm: [hello]", r"llm\[0\] must be a mapping"),
        ("llm: [{texts: x}]", r"llm\[0\]: unknown texts"),
        ("llm: [{text: 3}]", r"llm\[0\]\.text: 3"),
        ("llm: [{text: x, delay_ms: -1}]", r"delay_ms: -1"),
        ("llm: [{text: x, delay_ms: true}]", r"delay_ms: True"),
        ("llm: [{text: x, delay_ms: .nan}]", r"delay_ms: nan"),
        ("llm: [{text: x, delay_ms: .inf}]", r"delay_ms: inf"),
        ("llm: [{tool_calls: [{arguments: {}}]}]", r"a call is \{name, arguments\}"),
        ("stt: [{text: x, partials: [1]}]", r"partials"),
        ("tts: {secs: long}", "secs: 'long'"),
        ("voice: {}", "unknown voice; there are stt, llm, tts"),
        ("- a", "must be a mapping"),
        ("3: a", "must be a mapping"),
        ("llm: [{text: x, fault: flood}]", r"llm\[0\]\.fault: unknown flood; there are .*stall"),
        ("tts: [{secs: 1}, {fault: server, after: -1}]", r"tts\[1\]\.after: -1"),
        ("stt: [", "is no YAML"),
    ],
)
def test_a_faulty_script_is_told_with_its_place(script, text, complaint):
    settings = script(text)
    with pytest.raises(StartError, match=complaint):
        read(settings.script)
    assert "script.yaml" in (scripted.available(settings, "llm") or "")


def test_a_script_that_is_not_there_is_told(settings, tmp_path):
    lack = scripted.available(settings.changed(script=tmp_path / "none.yaml"), "stt")
    assert lack is not None
    assert "cannot be read" in lack


def test_an_empty_script_is_the_built_in_one(script):
    assert read(script("").script) == Script()


@pytest.mark.parametrize("fault", ["authentication", "rate_limit", "server", "connectivity", "unknown"])
async def test_an_answer_may_break_off_with_an_error(script, fault):
    settings = script(f"llm: [{{text: One two three., fault: {fault}, after: 2}}]")
    async with on_stage(scripted.llm(settings, AGENT), errors=1) as stage:
        assert await answer(stage) == "One two"
    assert stage.all(ErrorFrame)[0].category is ErrorCategory(fault)


@pytest.mark.parametrize(
    ("fault", "category"),
    [
        ("authentication", "authentication"),
        ("quota", "quota"),
        ("connectivity", "connectivity"),
        ("unknown", "unknown"),
    ],
)
async def test_a_sentence_may_break_off_with_an_error(script, fault, category):
    settings = script(f"tts: [{{secs: 1, fault: {fault}, after: 0.4}}, {{secs: 0.2}}]")
    async with on_stage(scripted.tts(settings, AGENT), errors=1) as stage:
        await stage.answer("This breaks off.")
        await stage.heard(TTSStoppedFrame)
    assert stage.all(ErrorFrame)[0].category is ErrorCategory(category)
    secs = sum(frame.num_frames / frame.sample_rate for frame in stage.all(TTSAudioRawFrame))
    assert secs == pytest.approx(0.4, abs=0.05)


async def test_an_utterance_may_end_in_an_error_or_in_nothing(script):
    settings = script("stt: [{text: a, fault: server, after: 0.5}, {text: b, fault: stall}, {text: c}]")
    async with on_stage(scripted.stt(settings, AGENT), errors=1) as stage:
        for _ in range(3):
            await utterance(stage)
        await stage.heard(TranscriptionFrame)
    assert [frame.text for frame in stage.all(TranscriptionFrame)] == ["c"]
