"""The vendors themselves: `make test ARGS="-m live tests/providers/test_live.py"`.

They cost a few cents. A vendor whose key is not in the environment is skipped.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pipecat.frames.frames import (
    LLMFullResponseEndFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStoppedFrame,
    TTSTextFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext

from orion import providers
from orion.domain.agent import Agent
from orion.providers import _listing as listing
from orion.settings import Settings
from tests.providers.conversation import CALLED, RESULT, answer, calls, user
from tests.providers.stage import RATE_HZ, on_stage, recording
from tests.providers.test_realtime import Above

pytestmark = pytest.mark.live


@pytest.fixture
async def live(tmp_path):
    """The settings of the environment; skips where a provider has no key there."""
    settings = Settings.read(data_dir=tmp_path)
    used: set[str] = set()

    def keyed(entry: str) -> Settings:
        name = entry.partition("/")[0]
        if settings.provider(name).key is None:
            pytest.skip(f"{name.upper()}_API_KEY is not set")
        used.add(name)
        return settings

    yield keyed
    for name in used:
        await providers.module(settings, name).stop()


@pytest.mark.parametrize(("entry", "api"), [("openai", "chat"), ("openai", "responses"), ("anthropic", None)])
async def test_it_calls_a_tool_and_tells_the_result(live, entry, api):
    settings = live(entry).changed(openai_api=api)
    service = providers.llm(settings, Agent("live", "", llm=entry))
    async with on_stage(service) as stage:
        question = user("What is seven plus five? Use the tool.")
        assert await calls(stage, service, question) == [("add", {"a": 7, "b": 5})]
        told = await answer(stage, question, CALLED, RESULT)
    assert "12" in told or "twelve" in told.lower()


@pytest.mark.parametrize("entry", ["deepgram", "deepgram/flux-general-en", "openai"])
async def test_it_hears_a_recording(live, entry):
    service = providers.stt(live(entry), Agent("live", "", stt=entry))
    async with on_stage(service) as stage:
        await stage.send(VADUserStartedSpeakingFrame())
        pcm = recording("seven_of_clubs") + bytes(RATE_HZ * 2)
        for at in range(0, len(pcm), RATE_HZ // 5):  # vendors expect audio as fast as it is spoken
            await stage.audio(pcm[at : at + RATE_HZ // 5])
            await asyncio.sleep(0.1)
        await stage.send(VADUserStoppedSpeakingFrame())
        heard = await stage.heard(TranscriptionFrame)
    assert "clubs" in heard.text.lower()


@pytest.mark.parametrize("entry", ["elevenlabs", "openai"])
async def test_it_speaks_every_word(live, entry):
    service = providers.tts(live(entry), Agent("live", "", tts=entry))
    async with on_stage(service) as stage:
        await stage.answer("It is nine in Tokyo.")
        await stage.until(lambda: stage.all(TTSStoppedFrame), 30)
    assert [word for word, _ in stage.words] == "It is nine in Tokyo.".split()
    secs = sum(len(frame.audio) / 2 / frame.sample_rate for frame in stage.all(TTSAudioRawFrame))
    assert 0.8 < secs < 5


@pytest.mark.parametrize("entry", ["anthropic", "deepgram", "elevenlabs", "openai"])
async def test_it_lists_its_models(live, entry):
    engines = [e for e in await listing.engines(live(entry)) if e.provider == entry]
    assert all(engine.models and engine.problem is None for engine in engines), engines


async def test_a_speech_model_hears_a_recording_and_says_a_text(live):
    model = providers.speech(live("openai"), Agent("live", "", speech="openai")).service
    assert isinstance(model, providers.SpeechModel)
    told: Any = {"role": "system", "content": "Say which playing card was named."}
    model.orion_begin(LLMContext([told]), lambda: False)
    async with on_stage(Above(model), model) as stage:
        await stage.send(TTSSpeakFrame("It is nine in Tokyo."))
        await stage.until(lambda: stage.all(LLMFullResponseEndFrame), 30)
        assert "tokyo" in "".join(frame.text for frame in stage.all(TTSTextFrame)).lower()
        await stage.audio(recording("seven_of_clubs"))
        await stage.quiet(0.5)
        await stage.send(UserStoppedSpeakingFrame())
        await stage.until(lambda: len(stage.all(LLMFullResponseEndFrame)) > 1, 30)
    assert "clubs" in "".join(frame.text for frame in stage.all(TTSTextFrame)).lower()
