"""Faults of every kind, of every engine, at random points of many calls: nobody notices but by the time."""

import pytest

from tests.pipelines.simulated_call import SimulatedCall, answer_to, question
from tests.virtual_time import run

WRITTEN, SPOKEN = range(190), range(70)
BARGED = range(40)
LONG = [range(begin, begin + 250) for begin in range(1000, 3000, 250)]


async def call(seed, *, spoken):
    return await SimulatedCall(seed, spoken=spoken).run()


def nothing_is_lost_or_said_twice(found, seed, *, spoken):
    answers, questions = [answer_to(1), answer_to(2)], [question(1), question(2)]
    assert found.agents == answers, seed
    assert not spoken or found.users == questions, seed
    assert found.errors == [], seed
    kept = [(message["role"], message["content"]) for message in found.context[1:]]
    assert kept == [
        ("user", questions[0]),
        ("assistant", answers[0]),
        ("user", questions[1]),
        ("assistant", answers[1]),
    ], seed


def written(seeds):
    calls = [run(call(seed, spoken=False)) for seed in seeds]
    for seed, found in zip(seeds, calls, strict=True):
        nothing_is_lost_or_said_twice(found, seed, spoken=False)
    assert {switched.kind for found in calls for switched in found.switches} == {"llm"}


def spoken(seeds):
    calls = [run(call(seed, spoken=True)) for seed in seeds]
    for seed, found in zip(seeds, calls, strict=True):
        nothing_is_lost_or_said_twice(found, seed, spoken=True)
    assert {switched.kind for found in calls for switched in found.switches} == {"stt", "llm", "tts"}
    waits = sorted(wait for found in calls for wait in found.first_audio_secs)
    assert len(waits) > len(seeds)
    assert waits[int(len(waits) * 0.95)] <= 1.0, waits[-20:]
    for latency in (latency for found in calls for latency in found.latencies):
        reached = [ms for ms in latency.as_dict().values() if ms is not None]
        assert len(reached) == 6
        assert reached[2:] == sorted(reached[2:])


def test_every_turn_of_a_written_conversation_is_answered_once_and_whole():
    written(WRITTEN)


def test_every_turn_of_a_call_is_answered_once_and_whole_and_soon():
    spoken(SPOKEN)


def interrupted(seeds):
    for seed in seeds:
        found = run(SimulatedCall(seed, spoken=True, barges_in=True).run())
        heard = " ".join(found.users)
        assert heard == f"{question(1)} {question(2)}", seed
        *broken, last = found.agents
        assert last in {answer_to(1), answer_to(2)}, seed
        assert all(answer_to(1).startswith(text) for text in broken), seed
        assert len(broken) <= 1, seed


def test_a_barge_in_at_any_point_loses_no_word_of_the_user_and_says_nothing_of_the_old_answer():
    interrupted(BARGED)


@pytest.mark.soak
@pytest.mark.parametrize("seeds", LONG)
def test_a_long_row_of_conversations_loses_nothing(seeds):
    written(seeds)
    spoken(seeds)
    interrupted(seeds)
