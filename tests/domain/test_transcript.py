from __future__ import annotations

import pytest

from orion.domain.transcript import said, spoken_words


@pytest.mark.parametrize(
    "text", ["You", "you.", "Thank you for watching!", "♪", "♪ ♫", "[BLANK_AUDIO]", "(music)", " ... ", ""]
)
def test_what_a_model_writes_where_nobody_speaks_is_no_word(text):
    assert said(text) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Thank you.", "Thank you."),
        ("You are right.", "You are right."),
        ("What is to-day?", "What is today?"),
        ("To-morrow or to-night", "Tomorrow or tonight"),
        ("Good-by!", "Goodbye!"),
        ("Good-bye!", "Goodbye!"),
        ("An ill-disposed man", "An ill-disposed man"),
    ],
)
def test_words_are_spelled_as_they_are_today(text, words):
    assert said(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What's 33 minus 9?", "what's thirty three minus nine"),
        ("At 8 p.m., to-day", "at eight pm to day"),
        ("15% of 1,240", "fifteen percent of one thousand two hundred forty"),
        ("-5 degrees, or 2.5", "minus five degrees or two point five"),
        ("007 is a twenty-one-year-old", "zero zero seven is a twenty one year old"),
        ("It is 8:30.", "it is eight thirty"),
    ],
)
def test_the_spoken_words_of_a_transcript(text, words):
    assert spoken_words(text) == words.split()
