"""What each engine consumes is told in the units of its vendor, and equals what the vendor counted."""

from __future__ import annotations

import asyncio
import json

import pytest
from pipecat.frames.frames import (
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSStoppedFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)

from orion import providers
from orion.domain.agent import Agent
from orion.domain.breaker import Breakers
from orion.domain.deadlines import Deadlines
from orion.domain.usage import Usage, summed
from orion.processors.llm_order import LLMOrder
from orion.providers import Candidate, anthropic, deepgram, elevenlabs, openai
from orion.providers._usage import listen
from orion.settings import ProviderSettings
from tests.providers.conversation import answer, context, user
from tests.providers.stage import RATE_HZ, Speaker, on_stage, recording
from tests.simulators.anthropic import KEY as ANTHROPIC_KEY
from tests.simulators.anthropic import Told as Said
from tests.simulators.anthropic import anthropic as anthropics
from tests.simulators.deepgram import KEY as DEEPGRAM_KEY
from tests.simulators.deepgram import deepgram as deepgrams
from tests.simulators.elevenlabs import KEY as ELEVENLABS_KEY
from tests.simulators.elevenlabs import elevenlabs as elevenlabss
from tests.simulators.faults import Fault
from tests.simulators.openai import KEY as OPENAI_KEY
from tests.simulators.openai import Told
from tests.simulators.openai import openai as openais
from tests.simulators.pace import Latency, Pace

AGENT = Agent("test", "")
SPOKEN = recording("seven_of_clubs")


class Meter:
    """Keeps what a service tells that it consumes."""

    def __init__(self, kind: providers.Kind, provider: str, service) -> None:
        self.told: list[Usage] = []
        listen(kind, Candidate(provider, service), self.told.append)

    @property
    def total(self) -> Usage:
        (found,) = summed(self.told)
        return found


@pytest.fixture
async def chat():
    async with openais() as vendor:
        vendor.key = OPENAI_KEY
        yield vendor
        await openai.stop()


@pytest.fixture
def chatting(settings, chat):
    return settings.changed(providers={"OPENAI": ProviderSettings(OPENAI_KEY, chat.url)})


@pytest.fixture(params=["chat", "responses"])
def api(request, chatting):
    """Settings, and the events of an answer of OpenAI's before its first word, by either API."""
    events = {"chat": 1, "responses": 4}[request.param]
    return chatting.changed(openai_api=request.param), events


async def utterance(stage) -> None:
    await stage.send(VADUserStartedSpeakingFrame())
    await stage.audio(SPOKEN)
    await stage.send(VADUserStoppedSpeakingFrame())


async def test_openai_tells_the_tokens_of_each_answer_cached_and_reasoning_ones_among_them(chatting):
    service = openai.llm(chatting, AGENT)
    meter = Meter("llm", "openai", service)
    async with on_stage(service) as stage:
        await answer(stage, user("hello"))
        await answer(stage, user("hello again"))
    assert meter.told[0] == Usage(
        "llm", "openai", "gpt-4.1", input_tokens=20, cached_tokens=8, output_tokens=5, reasoning_tokens=2
    )
    assert (meter.total.input_tokens, meter.total.output_tokens) == (40, 10)
    assert not meter.total.estimated


@pytest.mark.parametrize("kind", ["drop", "half", "error", "stall"])
async def test_an_answer_of_openai_that_breaks_off_is_estimated(api, chat, kind):
    settings, events = api
    chat.answers = [Told("Hi."), Told("one two three four five six seven")]
    chat.faults.add(None, Fault(kind, after=events + 3))
    service = openai.llm(settings, AGENT)
    meter = Meter("llm", "openai", service)
    async with on_stage(service, errors=None) as stage:
        await answer(stage, user("hi"))  # from then on it is known to write no thoughts among its words
        await stage.send(LLMContextFrame(context(user("hello"))))
        await stage.heard(LLMTextFrame, 4)
        if kind == "stall":
            await stage.interrupt()
        await stage.heard(LLMFullResponseEndFrame, 2)
    (_, told) = meter.told
    assert told.estimated
    assert told.output_tokens == 4, "thirteen characters"
    assert told.input_tokens > 20, "the instructions and the tool"


async def test_an_answer_of_openai_that_is_interrupted_is_estimated(api, chat):
    settings, events = api
    chat.answers = [Told(" ".join(["word"] * 50))]
    chat.faults.add(Fault("drip", after=events + 4, pause_secs=0.2))
    service = openai.llm(settings, AGENT)
    meter = Meter("llm", "openai", service)
    async with on_stage(service) as stage:
        await stage.send(LLMContextFrame(context(user("hello"))))
        await stage.heard(LLMTextFrame, 4)
        await stage.interrupt()
    (told,) = meter.told
    assert told.estimated
    assert 4 <= told.output_tokens < 50


async def test_a_request_that_is_withdrawn_before_openai_answers_costs_its_prompt(api, chat):
    settings, _ = api
    chat.faults.add(Fault("stall"))
    service = openai.llm(settings, AGENT)
    meter = Meter("llm", "openai", service)
    async with on_stage(service) as stage:
        await stage.send(LLMContextFrame(context(user("hello"))))
        async with asyncio.timeout(5):
            while not chat.asked:
                await asyncio.sleep(0.01)
        await stage.interrupt()
    (told,) = meter.told
    assert (told.estimated, told.output_tokens) == (True, 0)
    assert told.input_tokens > 20, "the instructions and the tool"


async def test_who_loses_a_race_before_its_first_word_is_paid_for_its_prompt(chatting, chat):
    async with openais() as quick:
        chat.pace, quick.answers = Pace(Latency(2000, 2000)), [Told("Nine.")]
        slow = openai.llm(chatting, AGENT)
        other = openai.llm(
            chatting.changed(providers={"OPENAI": ProviderSettings(OPENAI_KEY, quick.url)}), AGENT
        )
        lost, won = Meter("llm", "slow", slow), Meter("llm", "quick", other)
        breakers = Breakers()
        for _ in range(20):
            breakers.of("llm", "slow", "gpt-4.1").pace.add(0.02)
        order = LLMOrder(
            [Candidate("slow", slow), Candidate("quick", other)],
            breakers,
            Deadlines(hedge_percentile=95),
            speaks=False,
        )
        async with on_stage(order) as stage:
            assert await answer(stage, user("when")) == "Nine."
    assert (won.total.input_tokens, won.total.output_tokens, won.total.estimated) == (20, 5, False)
    assert (lost.total.output_tokens, lost.total.estimated) == (0, True)
    assert lost.total.input_tokens > 20


async def test_a_tool_call_that_breaks_off_is_estimated_with_its_arguments(api, chat):
    settings, _ = api
    arguments = {"a": 7, "b": 5}
    chat.answers = [Told("", [("add", arguments)])]
    chat.faults.add(Fault("half", after=5))
    service = openai.llm(settings, AGENT)
    meter = Meter("llm", "openai", service)
    async with on_stage(service, errors=None) as stage:
        await answer(stage, user("hello"))
    (told,) = meter.told
    assert told.estimated
    assert 1 <= told.output_tokens <= len(json.dumps(arguments)) // 4


async def test_the_tokens_of_a_whole_answer_of_openai_are_told_once_and_not_estimated(api):
    settings, _ = api
    service = openai.llm(settings, AGENT)
    meter = Meter("llm", "openai", service)
    async with on_stage(service) as stage:
        await answer(stage, user("hello"))
    (told,) = meter.told
    assert (told.input_tokens, told.output_tokens, told.estimated) == (20, 5, False)


async def test_what_an_answer_took_that_failed_as_a_whole_is_what_openai_tells(chatting, chat):
    chat.answers = [Told("Half of", ends="failed")]
    service = openai.llm(chatting.changed(openai_api="responses"), AGENT)
    meter = Meter("llm", "openai", service)
    async with on_stage(service, errors=1) as stage:
        await answer(stage, user("hello"))
    (told,) = meter.told
    assert (told.input_tokens, told.output_tokens, told.estimated) == (20, 5, False)


async def test_the_tokens_of_an_answer_beside_the_conversation_are_told(api, chat):
    settings, _ = api
    chat.notes = ["They add."]
    chat.taking.set()
    service = openai.llm(settings, AGENT)
    meter = Meter("llm", "openai", service)
    async with on_stage(service):
        assert await service.run_inference(context(user("notes"), tools=False)) == "They add."
    (told,) = meter.told
    assert (told.input_tokens, told.cached_tokens, told.output_tokens) == (20, 8, 5)
    assert not chat.noted[0]["stream"]


async def test_a_request_that_openai_refuses_costs_nothing(chatting, chat):
    chat.faults.add(Fault("status", status=429, code="rate_limit_exceeded"))
    service = openai.llm(chatting, AGENT)
    meter = Meter("llm", "openai", service)
    async with on_stage(service, errors=1) as stage:
        await answer(stage, user("hello"))
    assert meter.told == []


async def test_openai_hears_by_the_second_of_what_it_transcribed(chatting, chat):
    service = openai.stt(chatting, AGENT)
    meter = Meter("stt", "openai", service)
    chat.faults.add(Fault("status", status=500))
    async with on_stage(service, errors=1) as stage:
        await utterance(stage)
        await utterance(stage)
        await stage.heard(TranscriptionFrame)
    (upload,) = chat.uploads
    assert meter.total.model == "gpt-4o-transcribe"
    assert meter.total.audio_secs == pytest.approx((len(upload["file"]) - 44) / 2 / RATE_HZ)


async def test_openai_speaks_by_the_character_and_by_the_second_of_its_sound(chatting, chat):
    service = openai.tts(chatting, AGENT)
    meter = Meter("tts", "openai", service)
    async with on_stage(service, speaker=Speaker()) as stage:
        await stage.answer("One two. ", "Three.")
        await stage.heard(TTSStoppedFrame)
    said = [body["input"] for body in chat.spoken]
    assert meter.total.characters == len("".join(said))
    assert meter.total.audio_secs == pytest.approx(len(said) * len(chat.sound) / 2 / 24000, rel=0.02)


async def test_anthropic_tells_the_whole_prompt_with_what_was_read_from_the_cache_and_written_to_it(settings):
    async with anthropics() as vendor:
        own = settings.changed(providers={"ANTHROPIC": ProviderSettings(ANTHROPIC_KEY, vendor.url)})
        service = anthropic.llm(own, AGENT)
        meter = Meter("llm", "anthropic", service)
        async with on_stage(service) as stage:
            await answer(stage, user("hello"))
        await anthropic.stop()
    amounts = {"input_tokens": 32, "cached_tokens": 8, "cache_write_tokens": 4, "output_tokens": 9}
    assert meter.told == [Usage("llm", "anthropic", "claude-sonnet-4-6", **amounts)]  # type: ignore[arg-type]


async def test_an_answer_of_anthropic_that_breaks_off_is_billed_with_what_it_said(settings):
    async with anthropics() as vendor:
        vendor.faults.add(None, Fault("half", after=6))
        own = settings.changed(providers={"ANTHROPIC": ProviderSettings(ANTHROPIC_KEY, vendor.url)})
        service = anthropic.llm(own, AGENT)
        meter = Meter("llm", "anthropic", service)
        async with on_stage(service, errors=None) as stage:
            await answer(stage, user("hi"))  # from then on it is known to write no thoughts among its words
            text = await answer(stage, user("hello"))
        await anthropic.stop()
    assert text
    (_, told) = meter.told
    assert (told.input_tokens, told.output_tokens) == (32, -(-len(text) // 4))


async def test_an_answer_of_anthropic_that_is_interrupted_is_estimated(settings):
    async with anthropics() as vendor:
        vendor.answers = [Said(" ".join(["word"] * 50))]
        vendor.faults.add(Fault("drip", after=6, pause_secs=0.2))
        own = settings.changed(providers={"ANTHROPIC": ProviderSettings(ANTHROPIC_KEY, vendor.url)})
        service = anthropic.llm(own, AGENT)
        meter = Meter("llm", "anthropic", service)
        async with on_stage(service) as stage:
            await stage.send(LLMContextFrame(context(user("hello"))))
            await stage.heard(LLMTextFrame, 3)
            await stage.interrupt()
        await anthropic.stop()
    (told,) = meter.told
    assert told.estimated
    assert told.input_tokens == 32
    assert 3 <= told.output_tokens < 50


async def test_a_request_that_is_withdrawn_before_anthropic_answers_costs_its_prompt(settings):
    async with anthropics() as vendor:
        vendor.faults.add(Fault("stall"))
        own = settings.changed(providers={"ANTHROPIC": ProviderSettings(ANTHROPIC_KEY, vendor.url)})
        service = anthropic.llm(own, AGENT)
        meter = Meter("llm", "anthropic", service)
        async with on_stage(service) as stage:
            await stage.send(LLMContextFrame(context(user("hello"))))
            async with asyncio.timeout(5):
                while not vendor.asked:
                    await asyncio.sleep(0.01)
            await stage.interrupt()
        await anthropic.stop()
    (told,) = meter.told
    assert (told.estimated, told.output_tokens) == (True, 0)
    assert told.input_tokens > 20


@pytest.mark.parametrize("model", ["nova-3", "flux-general-en"])
async def test_deepgram_hears_by_the_second_that_it_was_sent(settings, model):
    async with deepgrams() as vendor:
        own = settings.changed(providers={"DEEPGRAM": ProviderSettings(DEEPGRAM_KEY, vendor.url)})
        service = deepgram.stt(own, Agent("test", "", stt=f"deepgram/{model}"))
        meter = Meter("stt", "deepgram", service)
        async with on_stage(service) as stage:
            await utterance(stage)
            await stage.audio(bytes(RATE_HZ * 2))
            await stage.heard(TranscriptionFrame)
    assert meter.total.model == model
    assert vendor.secs > 2
    assert meter.total.audio_secs == pytest.approx(vendor.secs, abs=0.02)


async def test_audio_that_deepgram_was_never_sent_costs_nothing(settings):
    async with deepgrams() as vendor:
        vendor.faults.always = Fault("status", status=401)
        own = settings.changed(providers={"DEEPGRAM": ProviderSettings(DEEPGRAM_KEY, vendor.url)})
        service = deepgram.stt(own, AGENT)
        meter = Meter("stt", "deepgram", service)
        async with on_stage(service, errors=None) as stage:
            await utterance(stage)
            await stage.quiet(0.1)
    assert vendor.secs == 0
    assert meter.told == []


async def test_elevenlabs_speaks_by_the_character_that_it_was_sent(settings):
    async with elevenlabss() as vendor:
        own = settings.changed(providers={"ELEVENLABS": ProviderSettings(ELEVENLABS_KEY, vendor.url)})
        service = elevenlabs.tts(own, AGENT)
        meter = Meter("tts", "elevenlabs", service)
        async with on_stage(service, speaker=Speaker()) as stage:
            await stage.answer("One two. ", "Three four five six seven eight nine.")
            await stage.until(lambda: len(stage.words) == 3)
            await stage.interrupt()
    (sent,) = vendor.said.values()
    assert len(sent) == 2, "the sentence that was cut off had been sent"
    assert meter.total.characters == len("".join(sent))
    assert meter.total.model == "eleven_flash_v2_5"


async def test_engines_of_this_machine_tell_characters_and_seconds_too(settings):
    speech, hearing = (providers.tts, "scripted"), (providers.stt, "scripted")
    own = settings.changed(tts=(speech[1],), stt=(hearing[1],))
    voice, ear = speech[0](own, AGENT), hearing[0](own, AGENT)
    said, heard = Meter("tts", "scripted", voice), Meter("stt", "scripted", ear)
    async with on_stage(ear) as stage:
        await utterance(stage)
    async with on_stage(voice, speaker=Speaker()) as stage:
        await stage.answer("One two.")
        await stage.heard(TTSStoppedFrame)
    assert said.total.characters == len("One two.")
    assert heard.total.audio_secs == pytest.approx(len(SPOKEN) / 2 / RATE_HZ, abs=0.02)
