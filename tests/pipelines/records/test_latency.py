from pipecat.frames.frames import (
    AggregatedTextFrame,
    BotStartedSpeakingFrame,
    BotStoppedSpeakingFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
)

from orion.domain.turn import Latency
from orion.pipelines.records.latency import Filler, Stopwatch


def test_stages_are_milliseconds_after_the_end_of_speech():
    watch = Stopwatch()
    watch.speech_ended(10.0)
    watch.mark("end_of_turn_ms", 10.25)
    watch.mark("first_audio_ms", 10.6)
    assert watch.take() == Latency(end_of_turn_ms=250.0, first_audio_ms=600.0)


def test_only_the_first_time_counts():
    watch = Stopwatch()
    watch.speech_ended(0.0)
    watch.mark("llm_first_token_ms", 0.3)
    watch.mark("llm_first_token_ms", 0.9)
    assert watch.take().llm_first_token_ms == 300.0


def test_a_later_end_of_speech_begins_anew():
    watch = Stopwatch()
    watch.speech_ended(0.0)
    watch.mark("stt_final_ms", 0.1)
    watch.speech_ended(1.0)
    assert watch.take() == Latency()


def test_what_nobody_waited_for_has_no_latency():
    watch = Stopwatch()
    watch.mark("first_audio_ms", 3.0)
    assert watch.take() == Latency()
    watch.speech_ended(4.0)
    watch.take()
    watch.mark("first_audio_ms", 5.0)
    assert watch.take() == Latency()


def audio(context):
    return TTSAudioRawFrame(bytes(2), 24000, 1, context_id=context)


def filled():
    """What covers the frames of a filler, while it is heard."""
    filler = Filler()
    told = AggregatedTextFrame("One moment.", "sentence", context_id="f")
    frames = [
        TTSSpeakFrame("One moment.", append_to_context=False),
        told,
        TTSStartedFrame(context_id="f", append_to_context=False),
        audio("f"),
        BotStartedSpeakingFrame(),
        audio(None),
    ]
    assert all(filler.covers(frame) for frame in frames)
    return filler


def test_a_filler_is_no_part_of_the_answer():
    filler = filled()
    assert not filler.covers(TTSStartedFrame(context_id="a", append_to_context=True))
    assert not filler.covers(audio("a"))


def test_an_answer_that_begins_while_the_filler_is_heard_is_audible_with_its_first_sound():
    filler = filled()
    filler.covers(audio("a"))
    assert filler.sounding


def test_one_that_begins_after_it_is_audible_when_the_agent_begins_to_speak_again():
    filler = filled()
    filler.covers(BotStoppedSpeakingFrame())
    filler.covers(audio("a"))
    assert not filler.sounding
    assert not filler.covers(BotStartedSpeakingFrame())


def test_what_is_said_by_request_is_no_filler():
    filler = Filler()
    assert not filler.covers(TTSSpeakFrame("Good morning.", append_to_context=True))
    assert not filler.covers(TTSStartedFrame(context_id="g"))
    assert not filler.covers(audio("g"))
