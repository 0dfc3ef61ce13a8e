from __future__ import annotations

import pytest

from orion.domain.language_model import LanguageModel, alike


def test_a_language_model_gives_every_phrase_a_chance_and_sums_to_one():
    text = LanguageModel(["set a timer", "set an alarm", "stop"]).arpa()
    lines = text.split("\\1-grams:\n")[1].split("\n\n")[0].splitlines()
    unigrams = {word: 10 ** float(log) for log, word, _ in (line.split("\t") for line in lines)}
    assert sum(chance for word, chance in unigrams.items() if word != "<s>") == pytest.approx(1, abs=0.01)
    assert {"set", "a", "an", "timer", "alarm", "stop", "</s>", "<s>"} == set(unigrams)


def test_words_that_the_phrases_hold_are_liker_than_others_and_unknown_ones_count_nothing():
    model = LanguageModel.of_requests(["set a timer for five minutes", "what is eight times nine"])
    assert model.likeness("set a timer".split()) > model.likeness("set the timer".split()) > 0
    assert model.likeness("what is eight times nine".split()) > model.likeness(
        "what his ate times mine".split()
    )
    assert model.likeness(["zebra"]) == 0
    assert model.likeness([]) == 0


def test_a_number_that_no_phrase_holds_is_as_likely_as_one_that_does():
    model = LanguageModel.of_answers(["what is eight times nine"])
    known, other = (model.likeness(alike(f"what is eight times {word}".split())) for word in ("four", "for"))
    assert known > other + 2
    assert alike("set thirty three and nine".split()) == ["set", "<number>", "and", "<number>"]
