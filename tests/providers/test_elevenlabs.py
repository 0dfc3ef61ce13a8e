"""ElevenLabs' service in conversation with a server that speaks its protocol."""

from __future__ import annotations

import pytest
from elevenlabs.types import AudioOutputMulti, FinalOutputMulti
from pipecat.frames.frames import (
    ErrorFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    TTSUpdateSettingsFrame,
)
from pipecat.services.settings import TTSSettings
from pipecat.utils.errors import ErrorCategory

from orion import providers
from orion.domain.agent import Agent
from orion.providers import elevenlabs as entry
from orion.settings import ProviderSettings
from tests.providers.stage import Speaker, on_stage
from tests.simulators.elevenlabs import KEY, VOICE, audio, elevenlabs, final
from tests.simulators.faults import Fault
from tests.simulators.fidelity import strictly

AGENT = Agent("test", "")
OTHER = "21m00Tcm4TlvDq8ikWAM"


@pytest.fixture
async def vendor():
    async with elevenlabs() as simulator:
        yield simulator


@pytest.fixture
def configured(settings, vendor):
    return settings.changed(providers={"ELEVENLABS": ProviderSettings(KEY, vendor.url)})


async def test_it_speaks_and_every_word_travels_with_its_sound(configured, vendor):
    agent = Agent("test", "", voice=OTHER, language="de", tts="elevenlabs/eleven_turbo_v2_5")
    async with on_stage(providers.tts(configured, agent), speaker=Speaker()) as stage:
        await stage.answer("One two three. ", "Four five six.")
        await stage.heard(TTSStoppedFrame)
    assert [word for word, _ in stage.words] == "One two three. Four five six.".split()
    begun = [secs for _, secs in stage.words]
    assert begun == sorted(begun)
    audio_secs = sum(len(f.audio) / 2 / f.sample_rate for f in stage.all(TTSAudioRawFrame))
    assert 0.3 * audio_secs < begun[3] < 0.75 * audio_secs
    path, query = vendor.asked[0]
    assert path == f"/v1/text-to-speech/{OTHER}/multi-stream-input"
    assert (query["model_id"], query["language_code"]) == (["eleven_turbo_v2_5"], ["de"])
    assert query["output_format"] == ["pcm_24000"]


async def test_a_barge_in_ends_words_and_sound_and_closes_the_context(configured, vendor):
    async with on_stage(entry.tts(configured, AGENT), speaker=Speaker()) as stage:
        await stage.answer("One two three four five six seven eight nine ten.")
        await stage.until(lambda: len(stage.words) == 3)
        await stage.interrupt()
        await stage.answer("Yes?")
        await stage.until(lambda: stage.words[-1][0] == "Yes?")
    assert len(stage.words) <= 6
    assert next(iter(vendor.said)) in vendor.closed


@pytest.mark.parametrize("voice", [None, "slt", "en-us+f3"])
async def test_another_engines_voice_is_passed_over(configured, vendor, voice):
    async with on_stage(entry.tts(configured, Agent("test", "", voice=voice))):
        pass
    assert VOICE in vendor.asked[0][0]


async def test_the_voice_changes_with_the_agent(configured, vendor):
    async with on_stage(entry.tts(configured, AGENT)) as stage:
        await stage.send(TTSUpdateSettingsFrame(delta=TTSSettings(voice=OTHER)))
        await stage.answer("Hello.")
        await stage.heard(TTSStoppedFrame)
    assert OTHER in vendor.asked[-1][0]


@pytest.mark.parametrize(
    ("fault", "category"),
    [
        (Fault("status", status=401), ErrorCategory.AUTHENTICATION),
        (Fault("status", status=403), ErrorCategory.AUTHORIZATION),
        (Fault("status", status=429), ErrorCategory.RATE_LIMIT),
        (Fault("status", status=503), ErrorCategory.SERVER),
        (Fault("stall"), ErrorCategory.CONNECTIVITY),
    ],
    ids=["unauthorized", "forbidden", "limited", "broken", "stalled"],
)
async def test_a_refused_connection_is_an_error_of_its_kind(configured, vendor, fault, category):
    vendor.faults.add(fault)
    async with on_stage(entry.tts(configured, AGENT), errors=1) as stage:
        error = await stage.heard(ErrorFrame)
    assert (error.category, error.error) == (category, f"elevenlabs: {category.value}")


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("invalid_api_key", ErrorCategory.AUTHENTICATION),
        ("quota_exceeded", ErrorCategory.QUOTA),
        ("voice_not_found", ErrorCategory.INVALID_REQUEST),
    ],
)
async def test_what_it_refuses_over_the_connection_is_an_error_of_its_kind(
    configured, vendor, code, category
):
    vendor.refuses = code
    service = entry.tts(configured, AGENT)
    async with on_stage(service, errors=None) as stage:
        await stage.answer("Hello.")
        assert (await stage.heard(ErrorFrame)).category is category


@pytest.mark.parametrize(
    ("fault", "category"),
    [
        (Fault("drop", after=1), ErrorCategory.CONNECTIVITY),
        (Fault("half", after=1, code="server"), ErrorCategory.CONNECTIVITY),
        (Fault("malformed", after=1), ErrorCategory.SERVER),
        (Fault("error", after=1), ErrorCategory.SERVER),
    ],
    ids=["drop", "half", "malformed", "error"],
)
async def test_a_connection_that_breaks_in_the_middle_is_told_and_made_anew(
    configured, vendor, fault, category
):
    vendor.faults.add(fault)
    async with on_stage(entry.tts(configured, AGENT), errors=1) as stage:
        await stage.answer("One two three.")
        assert (await stage.heard(ErrorFrame)).category is category
        await stage.answer("Again.")
        await stage.until(lambda: any(word == "Again." for word, _ in stage.words))
    assert [word for word, _ in stage.words] == ["One", "Again."], "what was not heard was not said"


async def test_a_sentence_that_stalls_is_told_and_its_rest_was_not_said(configured, vendor):
    vendor.faults.add(Fault("stall", after=1))
    async with on_stage(entry.tts(configured, AGENT), errors=1) as stage:
        await stage.answer("One two three.")
        assert (await stage.heard(ErrorFrame)).category is ErrorCategory.CONNECTIVITY
        await stage.heard(TTSStoppedFrame)
    assert [word for word, _ in stage.words] == ["One"]


def test_a_key_is_all_that_is_missing(settings):
    assert entry.available(settings, "tts") == "set ELEVENLABS_API_KEY"
    keyed = settings.changed(providers={"ELEVENLABS": ProviderSettings("k"), "OPENAI": ProviderSettings("k")})
    assert providers.choose(keyed, "tts").provider == "elevenlabs"


def test_the_simulator_sends_what_the_sdk_knows():
    strictly(AudioOutputMulti, audio("One ", "c", 24000))
    strictly(FinalOutputMulti, final("c"))
