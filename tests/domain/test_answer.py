from hypothesis import given
from hypothesis import strategies as st

from orion.domain.answer import Answer

WORDS = st.lists(st.sampled_from(["yes", "no", "it", "is", "far.", "near!", "why?"]), min_size=1, max_size=30)


def tokens(text):
    *others, last = text.split(" ")
    return [*(f"{word} " for word in others), last]


def attempt(answer, text, *, ends=True):
    answer.begin()
    return "".join(answer.take(token) for token in tokens(text)) + (answer.rest() if ends else "")


def test_whole_sentences_are_released_as_they_come():
    answer = Answer()
    answer.begin()
    assert [answer.take(token) for token in ("It is ", "far. ", "Go")] == ["", "It is far. ", ""]
    assert answer.rest() == "Go"


def test_an_attempt_that_breaks_off_loses_its_unfinished_sentence():
    answer = Answer()
    attempt(answer, "It is far. It is in", ends=False)
    assert attempt(answer, "Ask again.") == "Ask again."
    assert answer.released == "It is far. Ask again."


def test_what_is_repeated_is_left_out():
    answer = Answer()
    attempt(answer, "It is far. It is near. It", ends=False)
    assert attempt(answer, "It  is FAR. It is near. It is here.") == "It is here."


def test_only_the_last_sentence_may_be_repeated_too():
    answer = Answer()
    attempt(answer, "It is far. It is near. It", ends=False)
    assert attempt(answer, "It is near. It is here.") == "It is here."


def test_a_sentence_that_was_cut_for_its_length_is_gone_on_with():
    answer, long = Answer(), " ".join(["word"] * 80)
    attempt(answer, long, ends=False)
    assert 0 < len(answer.released) < len(long)
    attempt(answer, f"{long}. The end.")
    assert answer.released == f"{long}. The end."


def test_the_same_words_may_come_again_after_new_ones():
    answer = Answer()
    attempt(answer, "Yes. It", ends=False)
    assert attempt(answer, "No. Yes.") == "No. Yes."


def test_a_continuation_is_parted_by_a_space():
    answer = Answer()
    attempt(answer, "It is far.\nIt", ends=False)
    attempt(answer, "Go.")
    assert answer.released == "It is far.\nGo."


def test_what_was_said_before_a_tool_s_result_is_left_out_where_it_is_repeated():
    answer = Answer("It is far. It is near.")
    assert attempt(answer, "It is near. It is here. It is far.") == "It is here. It is far."
    assert answer.released == "It is here. It is far."
    assert answer.heard.split() == "It is far. It is near. It is here. It is far.".split()


def test_an_attempt_over_a_tool_s_result_may_break_off_too():
    answer = Answer("It is far.")
    attempt(answer, "It is far. It is near. It", ends=False)
    assert attempt(answer, "It is far. It is near. It is here.") == "It is here."
    assert answer.released == "It is near. It is here."


@given(WORDS, st.integers(0, 30))
def test_who_begins_anew_after_any_word_says_the_answer_once(words, cut):
    numbered = " ".join(f"{index}{word}" for index, word in enumerate(words))
    answer = Answer()
    attempt(answer, " ".join(numbered.split()[:cut]) or "", ends=False)
    attempt(answer, numbered)
    assert answer.released.split() == numbered.split()


def test_an_answer_in_chinese_is_released_a_sentence_at_a_time():
    answer = Answer()
    told = [answer.take(character) for character in "你好。今天天气很好！"]
    assert [text for text in told if text] == ["你好。", "今天天气很好！"]
