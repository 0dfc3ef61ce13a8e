"""Deepgram's services in conversation with a server that speaks its protocols."""

from __future__ import annotations

import asyncio

import pytest
from deepgram.listen.v1.types import ListenV1Results
from deepgram.listen.v2.types import ListenV2Connected, ListenV2TurnInfo
from loguru import logger
from pipecat.frames.frames import (
    EagerEndOfTurnCancelFrame,
    EagerTranscriptionFrame,
    ErrorFrame,
    InterimTranscriptionFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    TranscriptionFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.turns.user_turn_strategies import EagerUserTurnStrategies, ExternalUserTurnStrategies
from pipecat.utils.errors import ErrorCategory

from orion import providers
from orion.domain.agent import Agent
from orion.domain.breaker import Breakers
from orion.processors.stt_order import STTOrder
from orion.providers import Candidate
from orion.providers import deepgram as entry
from orion.providers.scripted.script import Heard
from orion.settings import ProviderSettings
from tests.processors.orders import SOON, AttentiveSTTService
from tests.providers.stage import RATE_HZ, on_stage, recording
from tests.simulators.deepgram import KEY, deepgram, results, turn_info
from tests.simulators.faults import Fault
from tests.simulators.fidelity import strictly

AGENT = Agent("test", "")
FLUX = Agent("test", "", stt="deepgram/flux-general-en")
EAGER = Agent("test", "", stt="deepgram/flux-general-en", turn_taking={"eager": 1})
SPOKEN = recording("seven_of_clubs")
SILENCE = bytes(RATE_HZ * 2)


@pytest.fixture
async def vendor():
    async with deepgram() as simulator:
        yield simulator


@pytest.fixture
def configured(settings, vendor):
    return settings.changed(providers={"DEEPGRAM": ProviderSettings(KEY, vendor.url)})


async def utterance(stage) -> None:
    """What the VAD marks as one."""
    await stage.send(VADUserStartedSpeakingFrame())
    await stage.audio(SPOKEN)
    await stage.send(VADUserStoppedSpeakingFrame())


async def joined(vendor, number: int) -> None:
    """Wait for that many connections in all."""
    async with asyncio.timeout(10):
        for _ in range(number):
            await vendor.joined.get()


async def test_nova_hears_partials_and_gives_the_final_words_when_asked(configured, vendor):
    vendor.heard = ["seven of clubs"]
    async with on_stage(entry.stt(configured, Agent("test", "", language="de"))) as stage:
        await utterance(stage)
        heard = await stage.heard(TranscriptionFrame)
    assert (heard.text, heard.finalized) == ("seven of clubs", True)
    assert [frame.text for frame in stage.all(InterimTranscriptionFrame)] == [
        "seven",
        "seven of",
        "seven of clubs",
    ]
    asked = vendor.asked[0]
    assert (asked["model"], asked["language"], asked["sample_rate"]) == (["nova-3"], ["de"], ["16000"])
    assert vendor.controls == ["Finalize", "CloseStream"]


@pytest.mark.parametrize("model", ["nova-3", "flux-general-multi"])
async def test_with_the_language_auto_it_is_the_vendors_to_detect(configured, vendor, model):
    agent = Agent("test", "", language="auto", stt=f"deepgram/{model}")
    async with on_stage(entry.stt(configured, agent)):
        await joined(vendor, 1)
    assert vendor.asked[0].get("language", []) == (["multi"] if model == "nova-3" else [])
    assert "language_hint" not in vendor.asked[0]


async def test_nova_hears_one_utterance_after_the_other(configured, vendor):
    vendor.heard = ["one", "two"]
    async with on_stage(entry.stt(configured, AGENT)) as stage:
        await utterance(stage)
        await stage.heard(TranscriptionFrame)
        await utterance(stage)
        await stage.heard(TranscriptionFrame, 2)
    assert [frame.text for frame in stage.all(TranscriptionFrame)] == ["one", "two"]


async def test_nova_that_gave_all_words_in_a_pause_owes_none_at_the_end(configured, vendor):
    vendor.heard, vendor.in_parts = ["seven of", ""], True
    second = AttentiveSTTService([Heard("heaven of")])
    candidates = [Candidate("deepgram", entry.stt(configured, AGENT)), Candidate("second", second)]
    async with on_stage(STTOrder(candidates, Breakers(), SOON)) as stage:
        await stage.send(VADUserStartedSpeakingFrame())
        await stage.audio(SPOKEN + SILENCE)
        assert (await stage.heard(TranscriptionFrame)).finalized is False
        await stage.send(VADUserStoppedSpeakingFrame())
        await stage.quiet(0.5)
        assert vendor.controls == ["Finalize"]
        assert [frame.text for frame in stage.all(TranscriptionFrame)] == ["seven of"]
    assert not second.heard_secs


async def test_nova_connects_again_after_a_lost_connection(configured, vendor):
    vendor.faults.add(Fault("drop", after=1))
    service = entry.stt(configured, AGENT)
    async with on_stage(service, errors=1) as stage:
        await utterance(stage)
        assert (await stage.heard(ErrorFrame)).category is ErrorCategory.CONNECTIVITY
        await joined(vendor, 2)
        await utterance(stage)
        await stage.heard(TranscriptionFrame)


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
@pytest.mark.parametrize("agent", [AGENT, FLUX], ids=["nova", "flux"])
async def test_a_refused_connection_is_an_error_of_its_kind_without_the_key(
    configured, vendor, agent, fault, category
):
    logs: list[str] = []
    sink = logger.add(logs.append, level="ERROR")  # all that is logged of Pipecat
    vendor.faults.add(fault)
    async with on_stage(providers.stt(configured, agent), errors=1) as stage:
        error = await stage.heard(ErrorFrame)
    assert (error.category, error.error) == (category, f"deepgram: {category.value}")
    logger.remove(sink)
    assert not [line for line in logs if KEY in line]


async def test_flux_tells_the_turn_and_its_words(configured, vendor):
    vendor.heard = ["seven of clubs"]
    async with on_stage(providers.stt(configured, FLUX)) as stage:
        await stage.audio(SPOKEN + SILENCE)
        heard = await stage.heard(TranscriptionFrame)
        await stage.heard(ProposedUserStoppedSpeakingFrame)
    assert (heard.text, heard.finalized) == ("seven of clubs", True)
    assert stage.all(ProposedUserStartedSpeakingFrame)
    assert stage.all(InterimTranscriptionFrame)[0].text == "seven"
    assert not stage.all(EagerTranscriptionFrame)
    assert vendor.asked[0]["model"] == ["flux-general-en"]


async def test_flux_predicts_the_end_where_the_agent_wants_it_and_takes_it_back(configured, vendor):
    vendor.heard = ["seven of clubs"]
    pause = bytes(RATE_HZ * 2 * 4 // 10)
    async with on_stage(providers.stt(configured, EAGER)) as stage:
        await stage.audio(SPOKEN + pause + SPOKEN + SILENCE)
        await stage.heard(TranscriptionFrame)
    assert [frame.text for frame in stage.all(EagerTranscriptionFrame)] == ["seven of clubs"] * 2
    assert len(stage.all(EagerEndOfTurnCancelFrame)) == 1


def test_turns_are_taken_as_flux_tells_them(configured):
    flux = providers.stt(configured, FLUX)
    assert isinstance(flux, providers.TakesTurns)
    assert isinstance(flux.orion_turns(), ExternalUserTurnStrategies)
    eager = providers.stt(configured, EAGER)
    assert isinstance(eager, providers.TakesTurns)
    assert isinstance(eager.orion_turns(), EagerUserTurnStrategies)
    assert not isinstance(providers.stt(configured, AGENT), providers.TakesTurns)


async def test_fluxs_own_error_is_one_of_its_kind(configured, vendor):
    vendor.faults.add(Fault("error", after=2))
    async with on_stage(providers.stt(configured, FLUX), errors=1) as stage:
        await stage.audio(SPOKEN)
        assert (await stage.heard(ErrorFrame)).category is ErrorCategory.SERVER
        await joined(vendor, 2)
        await stage.audio(SPOKEN + SILENCE)
        await stage.heard(TranscriptionFrame)


@pytest.mark.parametrize("after", [1, 3])
async def test_a_lost_connection_of_flux_is_told_once_and_made_anew(configured, vendor, after):
    vendor.faults.add(Fault("drop", after=after))
    async with on_stage(providers.stt(configured, FLUX), errors=1) as stage:
        await stage.audio(SPOKEN)
        assert (await stage.heard(ErrorFrame)).category is ErrorCategory.CONNECTIVITY
        await joined(vendor, 2)
        await stage.audio(SPOKEN + SILENCE)
        await stage.heard(TranscriptionFrame)


@pytest.mark.parametrize("agent", [AGENT, FLUX])
async def test_audio_for_which_there_is_no_connection_is_told_of_once_an_utterance(configured, vendor, agent):
    vendor.faults.add(Fault("drop", after=1), *[Fault("stall")] * 5)
    async with on_stage(providers.stt(configured, agent), errors=None) as stage:
        await stage.audio(SPOKEN)
        await stage.heard(ErrorFrame)
        for _ in range(2):
            told = len(stage.all(ErrorFrame))
            await stage.send(VADUserStartedSpeakingFrame())
            await stage.audio(SPOKEN)
            assert (await stage.heard(ErrorFrame, told + 1)).category is ErrorCategory.CONNECTIVITY
            assert len(stage.all(ErrorFrame)) == told + 1
            await stage.send(VADUserStoppedSpeakingFrame())


def test_a_key_is_all_that_is_missing(settings):
    assert entry.available(settings, "stt") == "set DEEPGRAM_API_KEY"
    keyed = settings.changed(providers={"DEEPGRAM": ProviderSettings("k"), "OPENAI": ProviderSettings("k")})
    assert providers.choose(keyed, "stt").provider == "deepgram"


def test_the_simulator_sends_what_the_sdk_knows():
    strictly(ListenV1Results, results("one two", 1.0, is_final=True, from_finalize=True))
    strictly(ListenV2Connected, {"type": "Connected", "request_id": "r", "sequence_id": 0})
    for event in ("StartOfTurn", "Update", "EagerEndOfTurn", "TurnResumed", "EndOfTurn"):
        strictly(ListenV2TurnInfo, {**turn_info(event, "one two", 0, 1.0), "sequence_id": 1})
