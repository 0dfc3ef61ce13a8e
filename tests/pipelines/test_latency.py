from orion.domain.turn import Latency
from orion.pipelines.latency import Stopwatch


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
