import time

import pytest
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


@pytest.mark.parametrize(
    "text",
    [
        "你好。今天天气很好！我们去公园吗？",
        "こんにちは。元気ですか？はい！",
        "नमस्ते। आप कैसे हैं? ठीक है।",
        "ሰላም። እንዴት ነህ። ",
        "他说：“好。”然后走了。",
    ],
)
def test_sentences_end_at_the_marks_of_their_script(text):
    assert len(sentences(text)) == len([one for one in text if one in "。！？।?።"])
    ready, held = split_sentences(text)
    assert ready + held == text
    assert held == ""


def test_a_mark_and_what_closes_its_quotation_stay_together():
    assert sentences("他说：“好！？”然后走了。") == ["他说：“好！？”", "然后走了。"]


def test_text_without_a_space_is_cut_at_a_comma_or_at_its_length():
    ready, held = split_sentences("今天天气很好，" * 40)
    assert ready.endswith("，")
    assert 64 <= len(held) <= 71
    ready, held = split_sentences("a" * 1000)
    assert (ready, held) == ("", "a" * 1000)
    ready, held = split_sentences("a" * 1001)
    assert (len(ready), len(held)) == (1001 - 64, 64)


@given(st.lists(st.sampled_from(["a", ".", " ", "\n", '"', "。", "”", "! ", "x" * 70]), max_size=60))
def test_what_was_held_before_need_not_be_looked_through_again(tokens):
    again, once, told_again, told_once = "", "", [], []
    for token in tokens:
        ready, again = split_sentences(again + token)
        told_again.append(ready)
        ready, once = split_sentences(once + token, len(once))
        told_once.append(ready)
    assert told_once == told_again


def test_an_endless_word_is_neither_held_without_bound_nor_looked_through_again_and_again():
    held, longest, began = "", 0, time.process_time()
    for _ in range(20_000):
        _, held = split_sentences(held + "a", len(held))
        longest = max(longest, len(held))
    assert longest == 1000
    assert time.process_time() - began < 2
