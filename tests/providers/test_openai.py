"""OpenAI's services, each in conversation with a server that speaks its protocol."""

from __future__ import annotations

import asyncio
from io import BytesIO
from wave import open as open_wav

import pytest
from openai import RateLimitError
from openai.types.audio import Transcription
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pipecat.frames.frames import (
    ErrorFrame,
    FunctionCallResultFrame,
    LLMContextFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.utils.errors import ErrorCategory

from orion import providers
from orion.domain.agent import Agent
from orion.providers import openai as entry
from orion.settings import ProviderSettings
from tests.providers.conversation import CALLED, RESULT, answer, calls, context, failure, user
from tests.providers.stage import Speaker, on_stage, recording
from tests.simulators.faults import Fault
from tests.simulators.fidelity import strictly
from tests.simulators.openai import KEY, OpenAI, Told, completion, openai, stream
from tests.simulators.pace import Latency, Pace

AGENT = Agent("test", "")
ADDS = Told("One moment.", [("add", {"a": 7, "b": 5})])


@pytest.fixture
async def vendor():
    async with openai() as simulator:
        yield simulator
        await entry.stop()


@pytest.fixture
def configured(settings, vendor):
    """Settings with the simulator as OpenAI's address."""
    return settings.changed(providers={"OPENAI": ProviderSettings(KEY, vendor.url)})


def chat(vendor: OpenAI, stall_secs: float = 15.0):
    """The service on its own, with another patience."""
    from orion.providers._openai.chat import Chat
    from orion.providers._openai.server import server

    return Chat(server(KEY, vendor.url), "m", stall_secs=stall_secs)


def impatient(voice):
    """The voice, whose end does not wait three seconds for sound that will not come."""
    voice._stop_frame_timeout_s = 0.4
    return voice


async def test_it_says_what_the_model_says(configured, vendor):
    vendor.key = KEY
    vendor.answers = [Told("It is nine in Tokyo.")]
    async with on_stage(entry.llm(configured, AGENT)) as stage:
        assert await answer(stage, user("what time is it in tokyo")) == "It is nine in Tokyo."
        assert len(stage.all(LLMTextFrame)) == 5, "the words come one by one"
    asked = vendor.asked[0]
    assert asked["messages"][-1] == {"role": "user", "content": "what time is it in tokyo"}
    assert asked["model"] == "gpt-4.1"
    assert asked["tools"][0]["function"]["parameters"]["$defs"], "the whole schema"


async def test_a_tool_call_goes_round(configured, vendor):
    vendor.answers = [ADDS, Told("That is 12.")]
    service = entry.llm(configured, AGENT)
    async with on_stage(service) as stage:
        assert await calls(stage, service, user("seven plus five")) == [("add", {"a": 7, "b": 5})]
        assert await answer(stage, user("seven plus five"), CALLED, RESULT) == "That is 12."
    assert vendor.asked[1]["messages"][-1]["role"] == "tool"


async def test_two_calls_in_one_answer_are_both_made_however_they_are_sent(configured, vendor):
    vendor.answers = [Told("", [("add", {"a": 1, "b": 2}), ("add", {"a": 3, "b": 4})])]
    for sloppy in (False, True):
        vendor.sloppy = sloppy
        service = entry.llm(configured, AGENT)
        async with on_stage(service) as stage:
            made = await calls(stage, service, user("add"), number=2)
        assert made == [("add", {"a": 1, "b": 2}), ("add", {"a": 3, "b": 4})]


async def test_calls_whose_id_was_used_before_get_another(configured, vendor):
    vendor.answers = [ADDS]
    service = entry.llm(configured, AGENT)
    async with on_stage(service) as stage:
        used = {"id": "call_0add", "type": "function", "function": {"name": "add", "arguments": "{}"}}
        before = {"role": "assistant", "tool_calls": [used]}
        assert await calls(stage, service, user("add"), before, {**RESULT, "tool_call_id": "call_0add"})
        (made,) = stage.all(FunctionCallResultFrame)
    assert made.tool_call_id != "call_0add"


async def test_the_instructions_are_one_message(configured, vendor):
    async with on_stage(entry.llm(configured, AGENT)) as stage:
        await answer(stage, {"role": "system", "content": "Be brief."}, user("hello"))
    (told, _) = vendor.asked[0]["messages"]
    assert told == {"role": "system", "content": "You are Orion.\n\nBe brief."}


async def test_a_barge_in_ends_the_answer_and_the_next_one_is_whole(configured, vendor):
    vendor.faults.add(None, Fault("stall", after=4))
    vendor.answers = [Told("Hello."), Told("One two three four five."), Told("Yes?")]
    async with on_stage(entry.llm(configured, AGENT)) as stage:
        await answer(stage, user("hello"))  # from then on it is known to write no thoughts among its words
        await stage.send(LLMContextFrame(context(user("count"))))
        await stage.heard(LLMTextFrame, 4)
        await stage.interrupt()
        assert await answer(stage, user("stop")) == "Yes?"
    assert not stage.all(ErrorFrame)


@pytest.mark.parametrize(
    ("fault", "category"),
    [
        (Fault("status", status=401, code="invalid_api_key"), ErrorCategory.AUTHENTICATION),
        (Fault("status", status=403), ErrorCategory.AUTHORIZATION),
        (Fault("status", status=404, code="model_not_found"), ErrorCategory.INVALID_REQUEST),
        (Fault("status", status=429, retry_after_secs=20), ErrorCategory.RATE_LIMIT),
        (Fault("status", status=429, code="rate_limit_exceeded"), ErrorCategory.RATE_LIMIT),
        (Fault("status", status=429, code="insufficient_quota"), ErrorCategory.QUOTA),
        (Fault("status", status=503), ErrorCategory.SERVER),
        (Fault("drop"), ErrorCategory.CONNECTIVITY),
        (Fault("drop", after=3), ErrorCategory.CONNECTIVITY),
        (Fault("half", after=3), ErrorCategory.CONNECTIVITY),
        (Fault("stall"), ErrorCategory.CONNECTIVITY),
        (Fault("stall", after=3), ErrorCategory.CONNECTIVITY),
        (Fault("malformed", after=2), ErrorCategory.SERVER),
        (Fault("error", after=2), ErrorCategory.SERVER),
    ],
    ids=lambda value: (
        f"{value.kind}-{value.status}-{value.code}-{value.after}" if hasattr(value, "kind") else ""
    ),
)
async def test_a_failure_is_told_by_its_kind_at_once_and_quotes_nothing(vendor, fault, category):
    vendor.faults.add(fault)
    async with on_stage(chat(vendor, stall_secs=0.3), errors=1) as stage:
        error = await failure(stage)
    assert (error.category, error.error) == (category, f"openai: {category.value}")
    assert error.exception is not None


async def test_how_long_to_wait_goes_along_with_the_error(vendor):
    vendor.faults.add(Fault("status", status=429, code="rate_limit_exceeded", retry_after_secs=20))
    async with on_stage(chat(vendor), errors=1) as stage:
        error = await failure(stage)
    assert isinstance(error.exception, RateLimitError)
    assert error.exception.response.headers["retry-after"] == "20"


async def test_a_slow_answer_is_an_answer(vendor):
    vendor.faults.add(Fault("drip", pause_secs=0.05))
    async with on_stage(chat(vendor, stall_secs=0.5)) as stage:
        assert await answer(stage, user("hello")) == "Hello there."


async def test_a_call_whose_arguments_are_no_json_is_an_error_and_no_silence(configured, vendor):
    vendor.answers = [Told("", [("add", '{"a": 7,')])]
    async with on_stage(entry.llm(configured, AGENT), errors=1) as stage:
        assert (await failure(stage)).category is ErrorCategory.SERVER


async def test_a_server_without_tools_gets_them_as_text_and_calls_by_text(configured, vendor):
    vendor.tools = False
    vendor.answers = [Told('{"tool": "add", "arguments": {"a": 7, "b": 5}}'), Told("That is 12.")]
    service = entry.llm(configured, AGENT)
    async with on_stage(service) as stage:
        assert await calls(stage, service, user("seven plus five")) == [("add", {"a": 7, "b": 5})]
        assert not stage.all(LLMTextFrame), "the call is not spoken"
        assert await answer(stage, user("seven plus five"), CALLED, RESULT) == "That is 12."
    refused, first, second = vendor.asked
    assert "tools" in refused
    assert "tools" not in first
    assert "Adds two numbers." in first["messages"][0]["content"]
    assert [m["role"] for m in second["messages"]] == ["system", "user", "assistant", "user"]
    assert "12" in second["messages"][-1]["content"]


async def test_a_call_by_text_is_made_while_notes_are_taken_beside_it(configured, vendor):
    vendor.tools, vendor.notes = False, ["They add."]
    vendor.taking.set()
    vendor.answers = [Told('{"tool": "add", "arguments": {"a": 7, "b": 5}}')]
    service = entry.llm(configured, AGENT)
    async with on_stage(service) as stage:
        assert await calls(stage, service, user("seven plus five"))
        vendor.pace = Pace(first=Latency(400, 400))
        asked = len(vendor.asked)
        live = asyncio.get_running_loop().create_task(calls(stage, service, user("seven plus five")))
        async with asyncio.timeout(5):
            while len(vendor.asked) == asked:
                await asyncio.sleep(0.01)
        assert await service.run_inference(context(user("notes"), tools=False)) == "They add."
        assert await live == [("add", {"a": 7, "b": 5})]


@pytest.mark.parametrize("streams", ["refuses", "ignores"])
async def test_a_server_that_does_not_stream_answers_whole(configured, vendor, streams):
    vendor.streams = streams
    vendor.answers = [ADDS, Told("That is 12.")]
    service = entry.llm(configured, AGENT)
    async with on_stage(service) as stage:
        assert await calls(stage, service, user("seven plus five")) == [("add", {"a": 7, "b": 5})]
        assert "".join(frame.text for frame in stage.all(LLMTextFrame)) == "One moment."
        assert await answer(stage, user("x"), CALLED, RESULT) == "That is 12."
    assert len(vendor.asked) == (3 if streams == "refuses" else 2), "what was refused is not asked again"


UNABLE = {
    "tools": (
        "registry.ollama.ai/library/gemma:2b does not support tools",
        "tools param requires --jinja flag",
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
        "No endpoints found that support tool use",
        "`tools` is not supported with this model",
        "Function calling is not enabled for this model",
        "this model doesn't support function calling",
        "tools: Extra inputs are not permitted",
    ),
    "streams": (
        "stream is not supported",
        "Unsupported value: 'stream' does not support true with this model.",
        "this server does not support streaming",
    ),
    "usage": (
        "Extra inputs are not permitted: stream_options",
        "Unrecognized request argument supplied: stream_options",
        "[{'loc': ('body', 'stream_options'), 'msg': 'Extra inputs are not permitted'}]",
        "Unknown parameter: 'stream_options'.",
    ),
}
FAILED = (
    "upstream connect error or disconnect/reset before headers",
    "This model's maximum context length is 8192 tokens, you requested 9000 (500 in the functions)",
    "Invalid schema for function 'book': 'strnig' is not valid under any of the given schemas.",
    "An assistant message with 'tool_calls' must be followed by tool messages",
    "messages with role 'tool' must be a response to a preceding message with 'tool_calls'",
    "the stream was reset",
)


@pytest.mark.parametrize(("ability", "told"), [(name, told) for name in UNABLE for told in UNABLE[name]])
def test_what_a_server_says_that_it_is_not_able_to_is_understood(ability, told):
    from orion.providers._openai.server import Abilities

    able = Abilities()
    assert able.learn(f"Error code: 400 - {told}")
    assert able == Abilities(**{ability: False})


@pytest.mark.parametrize("told", FAILED)
def test_an_error_that_names_streams_or_tools_says_nothing_of_abilities(told):
    from orion.providers._openai.server import Abilities

    able = Abilities()
    assert not able.learn(f"Error code: 500 - {told}")
    assert able == Abilities()


async def test_a_refusal_is_remembered_only_where_the_request_is_answered_without(vendor):
    vendor.tools, vendor.unable_for_good = False, True
    async with on_stage(chat(vendor), errors=1) as stage:
        await failure(stage)
    assert len(vendor.asked) == 2
    vendor.tools, vendor.unable_for_good = True, False
    async with on_stage(chat(vendor)) as stage:
        assert await answer(stage, user("hello")) == "Hello there."
    assert vendor.asked[-1]["tools"], "they are offered again"


async def test_a_server_that_is_able_to_nothing_of_it_still_talks(configured, vendor):
    vendor.tools = vendor.usage = vendor.developer_role = False
    vendor.streams = "refuses"
    vendor.answers = [Told('{"tool": "add", "arguments": {"a": 7, "b": 5}}')]
    service = entry.llm(configured, AGENT)
    async with on_stage(service) as stage:
        developer = {"role": "developer", "content": "Be short."}
        assert await calls(stage, service, user("hi"), developer) == [("add", {"a": 7, "b": 5})]


async def test_the_language_model_has_an_address_a_model_and_a_key_of_its_own(configured, vendor, settings):
    vendor.key = "own"
    elsewhere = {"OPENAI": ProviderSettings("another", "http://127.0.0.1:9/v1")}
    own = settings.changed(llm_base_url=vendor.url, llm_model="llama", llm_api_key="own", providers=elsewhere)
    async with on_stage(entry.llm(own, AGENT)) as stage:
        assert await answer(stage, user("hello")) == "Hello there."
    assert vendor.asked[0]["model"] == "llama"


def test_a_key_or_an_address_is_all_that_is_missing(settings):
    assert "OPENAI_API_KEY" in (entry.available(settings, "llm") or "")
    assert "ORION_LLM_BASE_URL" in (entry.available(settings, "llm") or "")
    own = settings.changed(llm_base_url="http://127.0.0.1:9/v1")
    assert entry.available(own, "llm") is None
    assert entry.available(own, "tts") is not None, "that server has no voice"
    keyed = settings.changed(providers={"OPENAI": ProviderSettings("k")})
    assert [providers.choose(keyed, kind).provider for kind in providers.KINDS] == ["openai"] * 3


async def test_agents_and_settings_name_a_model(configured, vendor):
    by_settings = configured.changed(llm=("openai/gpt-4.1-mini", "offline"))
    for agent in (AGENT, Agent("own", "", llm="openai/meta/llama-3")):
        async with on_stage(providers.llm(by_settings, agent)) as stage:
            await answer(stage, user("hello"))
    assert [body["model"] for body in vendor.asked] == ["gpt-4.1-mini", "meta/llama-3"]


async def hear(stage) -> None:
    await stage.send(VADUserStartedSpeakingFrame())
    await stage.audio(recording("seven_of_clubs"))
    await stage.send(VADUserStoppedSpeakingFrame())


async def test_it_hears_an_utterance(configured, vendor):
    vendor.heard = ["seven of clubs"]
    async with on_stage(entry.stt(configured, Agent("test", "", language="de"))) as stage:
        await hear(stage)
        heard = await stage.heard(TranscriptionFrame)
    assert (heard.text, heard.finalized) == ("seven of clubs", True)
    assert vendor.uploads[0]["language"] == b"de"
    assert vendor.uploads[0]["file"].startswith(b"RIFF")


async def test_with_the_language_auto_it_is_the_vendors_to_detect(configured, vendor):
    vendor.heard = ["sieben"]
    async with on_stage(entry.stt(configured, Agent("test", "", language="auto"))) as stage:
        await hear(stage)
        heard = await stage.heard(TranscriptionFrame)
    assert (heard.text, heard.language) == ("sieben", None)
    assert "language" not in vendor.uploads[0]


async def test_an_utterance_that_cannot_be_heard_is_an_error_of_its_kind(configured, vendor):
    vendor.faults.add(Fault("status", status=401), Fault("drop"))
    for category in (ErrorCategory.AUTHENTICATION, ErrorCategory.CONNECTIVITY):
        async with on_stage(entry.stt(configured, AGENT), errors=1) as stage:
            await hear(stage)
            assert (await stage.heard(ErrorFrame)).category is category


async def test_it_speaks_and_words_travel_with_their_sound(configured, vendor):
    vendor.sound = bytes(48000)
    async with on_stage(entry.tts(configured, Agent("test", "", voice="nova")), speaker=Speaker()) as stage:
        await stage.answer("One two. ", "Three four.")
        await stage.heard(TTSStoppedFrame)
    assert [word for word, _ in stage.words] == "One two. Three four.".split()
    begun = [secs for _, secs in stage.words]
    assert begun == sorted(begun)
    assert begun[2] > 0.7, "the second sentence's words come with its sound"
    secs = sum(len(f.audio) / 2 / f.sample_rate for f in stage.all(TTSAudioRawFrame))
    assert secs == pytest.approx(2.0, abs=0.1)
    assert [(b["voice"], b["response_format"]) for b in vendor.spoken] == [("nova", "pcm")] * 2


def wav(pcm, rate_hz, channels=1):
    made = BytesIO()
    with open_wav(made, "wb") as written:
        written.setparams((channels, 2, rate_hz, 0, "NONE", ""))
        written.writeframes(pcm)
    return made.getvalue()


@pytest.mark.parametrize(
    ("sound", "told"),
    [
        (bytes(32000), "audio/pcm;rate=16000"),
        (bytes(88200), "audio/pcm; rate=44100"),
        (wav(bytes(32000), 16000), "audio/wav"),
        (wav(bytes(44100), 22050), "audio/pcm"),
    ],
)
async def test_sound_of_another_rate_lasts_as_long_as_it_should(configured, vendor, sound, told):
    vendor.sound, vendor.sound_type = sound, told
    async with on_stage(entry.tts(configured, AGENT)) as stage:
        await stage.answer("Hello.")
        await stage.heard(TTSStoppedFrame)
    secs = sum(len(f.audio) / 2 / f.sample_rate for f in stage.all(TTSAudioRawFrame))
    assert secs == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    ("sound", "told"),
    [
        (b"ID3" + bytes(4000), "audio/mpeg"),
        (b'{"error": "no voice"}' + bytes(4000), "application/json"),
        (b"<html>" + bytes(4000), "text/html; charset=utf-8"),
        (wav(bytes(64000), 16000, channels=2), "audio/wav"),
        (bytes(4000), "audio/pcm;rate=1000"),
        (b"RIFF\x00\x00\x00\x00WAVE" + bytes(8000), "audio/wav"),
    ],
)
async def test_sound_that_is_no_mono_pcm_is_an_error_and_not_played(configured, vendor, sound, told):
    vendor.sound, vendor.sound_type = sound, told
    async with on_stage(impatient(entry.tts(configured, AGENT)), errors=None) as stage:
        await stage.answer("Hello.")
        assert (await stage.heard(ErrorFrame)).category is ErrorCategory.SERVER
    assert not stage.all(TTSAudioRawFrame)


async def test_sound_that_ends_too_soon_for_its_words_is_an_error(configured, vendor):
    vendor.sound = bytes(24000)
    async with on_stage(entry.tts(configured, AGENT), errors=1) as stage:
        await stage.answer("This sentence takes somebody who reads it two seconds.")
        error = await stage.heard(ErrorFrame)
    assert error.category is ErrorCategory.CONNECTIVITY


async def test_words_keep_their_order_where_a_sound_is_short_for_them(configured, vendor):
    vendor.sound = bytes(24000)
    async with on_stage(entry.tts(configured, AGENT), speaker=Speaker()) as stage:
        await stage.answer("One two three. ", "Four five six.")
        await stage.heard(TTSStoppedFrame)
    assert [word for word, _ in stage.words] == "One two three. Four five six.".split()


async def test_a_barge_in_ends_the_speech(configured, vendor):
    vendor.sound = bytes(48000 * 4)
    async with on_stage(entry.tts(configured, AGENT), speaker=Speaker()) as stage:
        await stage.answer("One two three four five six seven eight nine ten.")
        await stage.until(lambda: len(stage.words) == 3)
        await stage.interrupt()
        await stage.answer("Yes?")
        await stage.until(lambda: stage.words[-1][0] == "Yes?")
    assert len(stage.words) <= 6


@pytest.mark.parametrize(
    ("fault", "category", "errors"),
    [
        (Fault("status", status=403), ErrorCategory.AUTHORIZATION, 1),
        (Fault("status", status=500), ErrorCategory.SERVER, 2),  # Pipecat tells of the silence, too
        (Fault("drop"), ErrorCategory.CONNECTIVITY, 2),
        (Fault("drop", after=2), ErrorCategory.CONNECTIVITY, 1),
        (Fault("stall", after=2), ErrorCategory.CONNECTIVITY, 1),
    ],
    ids=["forbidden", "broken", "no-answer", "half", "stalled"],
)
async def test_speech_that_fails_is_an_error_of_its_kind(vendor, fault, category, errors):
    from orion.providers._openai.server import server
    from orion.providers._openai.speech import Speech

    vendor.faults.add(fault)
    service = Speech(server(KEY, vendor.url), "tts", None, stall_secs=0.3)
    async with on_stage(impatient(service), errors=errors) as stage:
        await stage.answer("Hello.")
        assert (await stage.heard(ErrorFrame)).category is category
    assert bool(stage.words) is bool(fault.after), "what was not heard was not said"


def test_the_simulator_sends_what_the_sdk_knows():
    told = Told("One two.", [("add", {"a": 1}), ("add", {"a": 2})])
    strictly(ChatCompletion, completion(told))
    for chunk in stream(told, usage=True, sloppy=False):
        strictly(ChatCompletionChunk, chunk)
    strictly(Transcription, {"text": "hello"})
