from hypothesis import given
from hypothesis import strategies as st

from orion.domain.sentence import sentences, split_sentences


@given(st.text())
def test_the_sentences_of_a_text_are_the_text(text):
    assert "".join(sentences(text)) == text


def test_a_long_sentence_is_cut_at_a_space_that_leaves_64_characters_behind():
    text = "word " * 60
    ready, held = split_sentences(text)
    assert ready + held == text
    assert ready.endswith(" ")
    assert 64 <= len(held) <= 70


def test_an_unfinished_sentence_is_held_whole():
    assert split_sentences("It is 3.5") == ("", "It is 3.5")
