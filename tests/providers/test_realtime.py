"""The Realtime service in conversation with a server that speaks its protocol."""

from __future__ import annotations

import base64
from random import Random
from typing import Any, cast

import pytest
from openai import AsyncOpenAI
from openai.types.realtime import RealtimeServerEvent
from pipecat.frames.frames import (
    ErrorFrame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    MetricsFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSTextFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.metrics.metrics import LLMUsageMetricsData
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.utils.errors import ErrorCategory

from orion import providers
from orion.domain.agent import Agent
from orion.providers._openai.realtime_session import properties
from orion.settings import ProviderSettings
from tests.providers.stage import RATE_HZ, on_stage, recording
from tests.simulators.faults import Fault
from tests.simulators.fidelity import strictly
from tests.simulators.realtime import KEY, USAGE, Says, realtime

AGENT = Agent("test", "", speech="openai", voice="marin", fail_over={"first_token_secs": 1.0})
SPOKEN = recording("seven_of_clubs")
TOLD: Any = {"role": "system", "content": "You are Orion."}


class Above(FrameProcessor):
    """Stands before the model, as the guardrail does: keeps what it heard, and lets it be answered or not."""

    def __init__(self, model, *, allows: bool = True) -> None:
        super().__init__()
        self.heard: list[str] = []
        self.partials: list[str] = []
        self.allows: bool | None = allows
        self._model = model

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, InterimTranscriptionFrame):
            self.partials.append(frame.text)
        if isinstance(frame, TranscriptionFrame) and direction is FrameDirection.UPSTREAM:
            self.heard.append(frame.text)
            if self.allows is not None:
                await self._model.orion_checked(frame, allowed=self.allows)
        await self.push_frame(frame, direction)


@pytest.fixture
async def vendor():
    async with realtime() as simulator:
        yield simulator


@pytest.fixture
def make(settings, vendor):
    """Makes a speech model, and what stands before it."""

    def made(*messages, agent: Agent = AGENT, key: str = KEY):
        configured = settings.changed(providers={"OPENAI": ProviderSettings(key, vendor.url)})
        model: Any = providers.speech(configured, agent).service
        model.orion_begin(LLMContext([TOLD, *messages]), lambda: False)
        return model, Above(model)

    return made


async def utterance(stage) -> None:
    """What the turn strategies mark as one."""
    await stage.send(UserStartedSpeakingFrame(), InterruptionFrame())
    await stage.audio(SPOKEN)
    await stage.quiet(0.05)
    await stage.send(UserStoppedSpeakingFrame())


def words(stage) -> str:
    return "".join(frame.text for frame in stage.all(TTSTextFrame))


def secs(stage) -> float:
    return float(sum(frame.num_frames / frame.sample_rate for frame in stage.all(TTSAudioRawFrame)))


async def test_it_hears_and_answers_in_sound_and_words(make, vendor):
    vendor.answers = [Says("That is 12. Anything else?")]
    model, above = make()
    async with on_stage(above, model) as stage:
        await utterance(stage)
        await stage.heard(LLMFullResponseEndFrame)
    assert above.heard == ["what is seven plus five"]
    assert above.partials[:3] == ["what", "what is", "what is seven"]
    assert words(stage) == "That is 12. Anything else?"
    assert secs(stage) == pytest.approx(len("That is 12. Anything else?") / 15, abs=0.01)


async def test_the_session_is_told_who_speaks_and_in_which_voice(make, vendor):
    model, above = make({"role": "user", "content": "I am Ada."}, {"role": "assistant", "content": "Hello."})
    async with on_stage(above, model) as stage:
        await utterance(stage)
        await stage.heard(LLMFullResponseEndFrame)
    (session,) = vendor.sessions
    assert session["instructions"] == "You are Orion."
    assert session["audio"]["output"]["voice"] == "marin"
    assert session["audio"]["input"]["turn_detection"] is None
    assert session["audio"]["input"]["transcription"]["language"] == "en"
    assert vendor.queries[0]["model"] == ["gpt-realtime"]
    (item,) = vendor.all("conversation.item.create")
    assert "I am Ada." in item["item"]["content"][0]["text"]
    assert item["item"]["role"] == "user", "what was said before does not become an instruction"


@pytest.mark.parametrize(("spoken", "told"), [("auto", None), ("pt_BR", "pt"), ("de-LU", "de")])
def test_the_language_is_told_as_the_vendor_knows_it(spoken, told):
    session = properties(None, spoken).model_dump()
    assert session["audio"]["input"]["transcription"]["language"] == told


async def test_the_usage_of_an_answer_is_told_with_its_audio_tokens(make):
    model, above = make()
    async with on_stage(above, model, usage=True) as stage:
        await utterance(stage)
        await stage.heard(LLMFullResponseEndFrame)
    told = [m for frame in stage.all(MetricsFrame) for m in frame.data if isinstance(m, LLMUsageMetricsData)]
    assert told[0].value.input_audio_tokens == USAGE["input_token_details"]["audio_tokens"]
    assert told[0].value.output_audio_tokens == USAGE["output_token_details"]["audio_tokens"]


async def test_nothing_is_heard_of_an_answer_before_the_words_are_allowed(make, vendor):
    vendor.late_secs = 0.3
    model, above = make()
    above.allows = None
    async with on_stage(above, model) as stage:
        await utterance(stage)
        await stage.quiet(0.7)
        assert above.heard
        assert not stage.all(TTSAudioRawFrame)
        await model.orion_checked(TranscriptionFrame("", "", ""), allowed=True)
        await stage.heard(LLMFullResponseEndFrame)
    assert words(stage) == "That is 12."
    assert secs(stage) > 0.5


async def test_what_is_blocked_is_cancelled_and_forgotten_by_the_vendor(make, vendor):
    vendor.answers = [Says("I should not say this. " * 20)]
    model, above = make()
    above.allows = False
    async with on_stage(above, model) as stage:
        await utterance(stage)
        await stage.quiet(0.5)
        await stage.send(TTSSpeakFrame("I cannot talk about that."))
        await stage.heard(TTSAudioRawFrame)
        await stage.heard(LLMFullResponseEndFrame)
    assert words(stage) == "I cannot talk about that."
    assert vendor.kinds()[-3:] == ["response.cancel", "conversation.item.delete", "response.create"]


async def test_what_is_blocked_late_is_cut_where_it_is_heard(make, vendor):
    vendor.late_secs, vendor.pace_secs = 0.6, 0.02
    vendor.answers = [Says("I should not say this. " * 40)]
    model, above = make(agent=Agent("test", "", speech="openai", fail_over={"transcript_secs": 0.2}))
    above.allows = False
    async with on_stage(above, model) as stage:
        await utterance(stage)
        await stage.heard(TTSAudioRawFrame)
        await stage.heard(InterruptionFrame, 2)
        heard = len(stage.all(TTSAudioRawFrame))
        await stage.quiet(0.3)
        assert len(stage.all(TTSAudioRawFrame)) == heard
    assert vendor.all("conversation.item.truncate")


async def test_a_call_with_arguments_that_are_no_json_is_refused_and_the_turn_goes_on(make, vendor):
    vendor.answers = [Says(calls=[("calculator", "{seven")]), Says("I mistyped.")]
    model, above = make()
    async with on_stage(above, model) as stage:
        await utterance(stage)
        await stage.until(lambda: words(stage) == "I mistyped.")
    (item,) = [event["item"] for event in vendor.all("conversation.item.create")]
    assert (item["type"], "no JSON object" in item["output"]) == ("function_call_output", True)


async def test_an_utterance_that_cannot_be_transcribed_is_answered_all_the_same(make, vendor):
    vendor.heard = [None]
    model, above = make()
    async with on_stage(above, model) as stage:
        await utterance(stage)
        await stage.heard(LLMFullResponseEndFrame)
    assert words(stage) == "That is 12."
    assert above.heard == []


async def test_a_barge_in_cancels_and_truncates_and_nothing_of_the_answer_comes_after_it(make, vendor):
    vendor.pace_secs = 0.02
    vendor.answers = [Says("And so on. " * 60), Says("Stopped.")]
    model, above = make()
    async with on_stage(above, model) as stage:
        await utterance(stage)
        await stage.heard(TTSAudioRawFrame, 3)
        await utterance(stage)
        await stage.heard(LLMFullResponseEndFrame, 2)
    assert words(stage).endswith("Stopped.")
    begun = words(stage).removesuffix("Stopped.")
    assert begun.strip()
    assert begun.strip() in "And so on. " * 60
    (cut,) = vendor.all("conversation.item.truncate")
    assert 0 <= cut["audio_end_ms"] < 60_000
    assert "response.cancel" in vendor.kinds()


async def test_a_text_is_said_word_for_word_and_one_after_the_other(make, vendor):
    model, above = make()
    async with on_stage(above, model) as stage:
        await stage.send(TTSSpeakFrame("Good evening."), TTSSpeakFrame("How are you?"))
        await stage.until(lambda: words(stage) == "Good evening.How are you?")
        await stage.heard(LLMFullResponseEndFrame, 2)
    assert [asked["response"]["tool_choice"] for asked in vendor.all("response.create")] == ["none", "none"]


async def test_who_speaks_while_a_text_is_said_is_answered_after_it(make, vendor):
    model, above = make()
    async with on_stage(above, model) as stage:
        await stage.send(TTSSpeakFrame("The timer is over, as you have asked me to tell you."))
        await stage.heard(TTSAudioRawFrame)
        await stage.audio(SPOKEN)
        await stage.send(UserStoppedSpeakingFrame())
        await stage.until(lambda: words(stage).endswith("tell you.That is 12."))


@pytest.mark.parametrize(
    ("fault", "category"),
    [
        (Fault("status", status=503), ErrorCategory.SERVER),
        (Fault("status", status=429), ErrorCategory.RATE_LIMIT),
        (Fault("drop", after=9), ErrorCategory.CONNECTIVITY),
        (Fault("half", after=9), ErrorCategory.SERVER),
        (Fault("stall", after=9), ErrorCategory.CONNECTIVITY),
        (Fault("malformed", after=9), ErrorCategory.SERVER),
        (Fault("error", after=9), ErrorCategory.SERVER),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
async def test_every_fault_is_told_once_by_its_category(make, vendor, fault, category):
    vendor.faults.add(fault)
    model, above = make()
    async with on_stage(above, model, errors=None) as stage:
        await utterance(stage)
        found = await stage.heard(ErrorFrame)
        assert found.category is category
        await utterance(stage)
        await stage.quiet(0.2)
    assert len(stage.all(ErrorFrame)) == 1
    assert not model.orion_serves
    assert "openai" in found.error


async def test_a_message_of_another_shape_is_a_fault_and_is_not_quoted(make, vendor, logs):
    vendor.answers = [Says("Wait.", wait_secs=30)]
    model, above = make(agent=Agent("test", "", speech="openai"))
    async with on_stage(above, model, errors=None) as stage:
        await utterance(stage)
        socket = await vendor.joined.get()
        await socket.send({"type": "response.output_audio.delta", "delta": "secret words"}, {})
        assert (await stage.heard(ErrorFrame)).category is ErrorCategory.SERVER
    assert "secret words" not in "".join(logs)


async def test_a_refused_key_is_told_and_what_was_to_be_said_is_passed_on(make):
    model, above = make(key="sk-wrong")
    async with on_stage(above, model, errors=None) as stage:
        assert (await stage.heard(ErrorFrame)).category is ErrorCategory.AUTHENTICATION
        await stage.send(TTSSpeakFrame("Good evening."))
        await stage.heard(TTSSpeakFrame)
    assert not model.orion_owes


async def test_an_answer_that_fails_is_owed(make, vendor):
    vendor.answers = [Says(failed="rate_limit_exceeded")]
    model, above = make()
    async with on_stage(above, model, errors=None) as stage:
        await utterance(stage)
        assert (await stage.heard(ErrorFrame)).category is ErrorCategory.RATE_LIMIT
    assert model.orion_owes


async def test_what_the_simulator_sends_is_what_the_sdk_knows(make, vendor):
    vendor.answers = [Says("That is 12.", [("calculator", {"expression": "7 + 5"})]), Says("Well. " * 60)]
    vendor.heard = [None, "what is seven plus five"]
    model, above = make()
    async with on_stage(above, model) as stage:
        await utterance(stage)
        await stage.heard(LLMFullResponseEndFrame)
        await utterance(stage)
        await stage.heard(TTSAudioRawFrame, 6)
        await utterance(stage)
        await stage.quiet(0.3)
    kinds = set()
    for event in vendor.sent:
        kinds.add(strictly(RealtimeServerEvent, event).type)
    assert kinds >= {"response.done", "response.output_audio.delta", "conversation.item.truncated"}
    assert base64.b64decode(
        next(e["delta"] for e in vendor.sent if e["type"] == "response.output_audio.delta")
    )


@pytest.mark.parametrize("seed", range(12))
async def test_wherever_a_line_breaks_it_is_told_once_and_an_answer_was_given_or_is_owed(make, vendor, seed):
    dice = Random(seed)
    kind = dice.choice(["drop", "stall", "half", "malformed", "error"])
    vendor.faults.add(Fault(cast("Any", kind), after=dice.randrange(1, 45)))
    vendor.late_secs = dice.random() * 0.1
    agent = Agent("test", "", speech="openai", fail_over={"first_token_secs": 0.5, "next_token_secs": 0.5})
    model, above = make(agent=agent)
    async with on_stage(above, model, errors=None) as stage:
        await utterance(stage)
        await stage.until(lambda: stage.all(ErrorFrame) or words(stage) == "That is 12.")
        await stage.quiet(0.6)
        answered = words(stage) == "That is 12."
        assert len(stage.all(ErrorFrame)) == (not model.orion_serves)
        assert answered or model.orion_owes or "input_audio_buffer.commit" not in vendor.kinds()


async def test_pipecats_own_service_talks_to_the_simulator_by_its_server_vad(vendor):
    vendor.answers = [Says("Hello."), Says("That is 12.")]
    address = vendor.url.replace("http", "ws", 1) + "/realtime"
    service = OpenAIRealtimeLLMService(api_key=KEY, base_url=address)
    async with on_stage(service) as stage:
        await stage.send(LLMContextFrame(LLMContext([{"role": "user", "content": "Hello."}])))
        await stage.heard(LLMFullResponseEndFrame)
        await stage.audio(SPOKEN)
        await stage.audio(bytes(RATE_HZ * 2))
        await stage.until(lambda: words(stage) == "Hello.That is 12.")
        await stage.heard(LLMFullResponseEndFrame, 2)
        assert stage.all(ProposedUserStartedSpeakingFrame)
        assert stage.all(ProposedUserStoppedSpeakingFrame)


async def test_the_vendors_own_client_talks_to_the_simulator(vendor):
    vendor.answers = [Says("That is 12.", [("calculator", {"expression": "7 + 5"})])]
    client = AsyncOpenAI(api_key=KEY, base_url=vendor.url)
    told, event = "", cast("Any", None)
    session = cast("Any", {"type": "realtime", "instructions": "Be brief."})
    content = [{"type": "input_text", "text": "What is seven plus five?"}]
    item = cast("Any", {"type": "message", "role": "user", "content": content})
    async with client.realtime.connect(model="gpt-realtime") as connection:
        await connection.session.update(session=session)
        await connection.conversation.item.create(item=item)
        await connection.response.create()
        async for event in connection:
            told += event.delta if event.type == "response.output_audio_transcript.delta" else ""
            if event.type == "response.done":
                break
    await client.close()
    assert told == "That is 12."
    assert event.response.status == "completed"
    assert [item.type for item in event.response.output] == ["message", "function_call"]
    assert vendor.sessions[0]["instructions"] == "Be brief."
