from typing import Any

import pytest
from pipecat.audio.turn.base_turn_analyzer import EndOfTurnState
from pipecat.frames.frames import (
    InterimTranscriptionFrame,
    TranscriptionFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
    VADUserStartedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.turns.user_turn_strategies import UserTurnStrategies

from orion.media.turn_end import stop_strategy
from tests.providers.stage import RATE_HZ, on_stage, recording

WHOLE = recording("go_forward_ten_meters")
HALF = recording("he_might_even_have_been_made_amiable_himself")[: RATE_HZ * 2]
"""One second: "he might even ..."."""
STEP = RATE_HZ // 50 * 2
QUIET = bytes(RATE_HZ * 2 // 5)


@pytest.fixture
def analyzer():
    return analyzer_of({})


def analyzer_of(turn_taking: dict[str, float]) -> Any:
    strategy: Any = stop_strategy(turn_taking)
    strategy._turn_analyzer.set_sample_rate(RATE_HZ)
    return strategy._turn_analyzer


def speak(analyzer, pcm):
    for i in range(0, len(pcm), STEP):
        analyzer.append_audio(pcm[i : i + STEP], is_speech=True)


def silence(analyzer, secs):
    """The states while it is quiet."""
    return [analyzer.append_audio(bytes(STEP), is_speech=False) for _ in range(round(secs * 50))]


async def test_a_whole_sentence_ends_the_turn_and_half_of_it_does_not(analyzer):
    speak(analyzer, WHOLE + QUIET)
    assert (await analyzer.analyze_end_of_turn())[0] is EndOfTurnState.COMPLETE
    speak(analyzer, HALF)
    assert (await analyzer.analyze_end_of_turn())[0] is EndOfTurnState.INCOMPLETE


async def test_an_unfinished_turn_ends_after_its_patience(analyzer):
    speak(analyzer, HALF)
    await analyzer.analyze_end_of_turn()
    assert EndOfTurnState.COMPLETE not in silence(analyzer, 1.1)
    assert EndOfTurnState.COMPLETE in silence(analyzer, 0.2)


async def test_words_that_go_on_take_the_verdict_back_and_the_audio_stays(analyzer):
    speak(analyzer, WHOLE + QUIET)
    analyzer.orion_transcript = "go forward ten meters and"
    assert (await analyzer.analyze_end_of_turn())[0] is EndOfTurnState.INCOMPLETE
    assert analyzer.speech_triggered
    assert analyzer._audio_buffer
    analyzer.orion_transcript = "go forward ten meters"
    assert analyzer.orion_decide() is EndOfTurnState.COMPLETE


async def test_an_agent_may_have_its_own_patience_and_other_settings_are_left_alone():
    made = analyzer_of({"unfinished_secs": 0.4, "stop_secs": 9, "no such": 1})
    speak(made, HALF)
    await made.analyze_end_of_turn()
    assert EndOfTurnState.COMPLETE in silence(made, 0.5)


def user_of(strategy):
    params = LLMUserAggregatorParams(user_turn_strategies=UserTurnStrategies(stop=[strategy]))
    return LLMContextAggregatorPair(LLMContext([]), user_params=params).user()


async def test_a_turn_ends_with_its_final_words():
    async with on_stage(user_of(stop_strategy({}))) as stage:
        await stage.send(VADUserStartedSpeakingFrame(start_secs=0.2))
        await stage.heard(UserStartedSpeakingFrame)
        await stage.audio(WHOLE + QUIET)
        await stage.send(InterimTranscriptionFrame("go forward", "", ""))
        await stage.send(VADUserStoppedSpeakingFrame(stop_secs=0.2))
        await stage.send(TranscriptionFrame("go forward ten meters", "", "", finalized=True))
        await stage.heard(UserStoppedSpeakingFrame)


async def test_words_that_ask_a_whole_question_end_a_turn_whose_sound_is_unfinished():
    strategy: Any = stop_strategy({"complete_at": 1.0, "unsure_secs": 60.0, "unfinished_secs": 60.0})
    async with on_stage(user_of(strategy)) as stage:
        await stage.send(VADUserStartedSpeakingFrame(start_secs=0.2))
        await stage.heard(UserStartedSpeakingFrame)
        await stage.audio(WHOLE + QUIET)
        await stage.send(VADUserStoppedSpeakingFrame(stop_secs=0.2))
        await stage.send(TranscriptionFrame("Shall I go forward ten meters?", "", "", finalized=True))
        await stage.audio(QUIET)
        await stage.heard(UserStoppedSpeakingFrame)


async def test_final_words_that_go_on_take_the_end_of_the_turn_back_for_a_while():
    async with on_stage(user_of(stop_strategy({}))) as stage:
        await stage.send(VADUserStartedSpeakingFrame(start_secs=0.2))
        await stage.heard(UserStartedSpeakingFrame)
        await stage.audio(WHOLE + QUIET)
        await stage.send(VADUserStoppedSpeakingFrame(stop_secs=0.2))
        await stage.send(TranscriptionFrame("go forward ten meters and", "", "", finalized=True))
        await stage.audio(QUIET * 4)
        assert stage.all(UserStoppedSpeakingFrame) == []
        await stage.audio(QUIET * 4)
        await stage.heard(UserStoppedSpeakingFrame)


async def test_a_cough_ends_its_turn_when_words_are_overdue():
    async with on_stage(user_of(stop_strategy({}))) as stage:
        await stage.send(VADUserStartedSpeakingFrame(start_secs=0.2))
        await stage.heard(UserStartedSpeakingFrame)
        await stage.audio(WHOLE + QUIET)
        await stage.send(VADUserStoppedSpeakingFrame(stop_secs=0.2))
        await stage.until(lambda: stage.all(UserStoppedSpeakingFrame), 3)


async def test_words_that_took_no_turn_are_none_of_the_next_one():
    strategy: Any = stop_strategy({})
    async with on_stage(user_of(strategy)) as stage:
        await strategy.process_frame(TranscriptionFrame("mhm", "", ""))
        await stage.send(VADUserStartedSpeakingFrame(start_secs=0.2))
        await stage.heard(UserStartedSpeakingFrame)
        await stage.audio(WHOLE + QUIET)
        await stage.send(VADUserStoppedSpeakingFrame(stop_secs=0.2))
        await stage.until(lambda: stage.all(UserStoppedSpeakingFrame), 3)
