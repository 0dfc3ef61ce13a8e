"""How alike texts are in meaning: the offline agent's router asks, and never waits for what is not known."""

from __future__ import annotations

import os
import signal

import pytest

from orion.providers import _minilm
from orion.providers._minilm.client import Vectors
from orion.providers._minilm.meaning import Meaning
from orion.providers._minilm.meaning import meaning as meaning_of

pytestmark = pytest.mark.skipif(_minilm.lack() is not None, reason=f"minilm: {_minilm.lack()}")

LIGHTS = ["switch on the lights", "turn the lamps off"]
WEATHER = ["what is the weather like"]


@pytest.fixture
def vectors():
    made = Vectors()
    yield made
    made.close()


def test_other_words_of_the_same_meaning_are_nearer_than_other_things(vectors):
    meaning = Meaning(vectors)
    meaning.learn([*LIGHTS, *WEATHER])
    assert max(meaning("it is too dark in here", LIGHTS)) > max(meaning("it is too dark in here", WEATHER))
    assert max(meaning("will it rain", WEATHER)) > max(meaning("will it rain", LIGHTS))
    assert meaning("switch on the lights", LIGHTS)[0] == pytest.approx(1.0, abs=1e-4)


def test_what_is_not_known_yet_is_learnt_in_the_background_and_nothing_waits(vectors):
    meaning = Meaning(vectors)
    assert meaning("lights on", LIGHTS) == ()
    meaning.settle()
    assert len(meaning("lights on", LIGHTS)) == 2


def test_what_does_not_answer_in_time_leaves_the_words_and_its_late_answer_is_nobody_elses(vectors):
    meaning = Meaning(vectors)
    meaning.learn([*LIGHTS, *WEATHER])
    before = meaning("will it rain", WEATHER)
    os.kill(vectors._process.pid, signal.SIGSTOP)
    assert meaning("lights on", LIGHTS) == ()
    assert meaning("lights on", WEATHER) == (), "it is not waited for again"
    os.kill(vectors._process.pid, signal.SIGCONT)
    assert vectors.of("will it rain") == vectors.of("will it rain")
    assert meaning("will it rain", WEATHER) == before


def test_without_the_model_there_is_none(tmp_path):
    meaning = Meaning(Vectors(tmp_path / "nowhere"))
    assert meaning("lights on", LIGHTS) == ()
    meaning.settle()
    assert not meaning._kept


def test_the_switch_of_the_memory_is_that_of_the_router_too(settings):
    assert meaning_of(settings.changed(embeddings="auto")) is meaning_of(
        settings.changed(embeddings="minilm")
    )
    assert meaning_of(settings.changed(embeddings="off")) is None
    assert meaning_of(settings.changed(embeddings="openai")) is None
