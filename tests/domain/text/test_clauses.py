import pytest

from orion.domain.text.clauses import ClauseWords, aligned, clauses

TEXTS = [
    "Hello.",
    "No, yes, no, yes, no, yes, no, yes, no, yes, no, yes, no, yes.",
    "Dr. Smith has 3.14 apples. Really? He does; I have seen them: all of them!",
    "word " * 200,
    "x" * 500,
    "",
]


@pytest.mark.parametrize("text", TEXTS)
def test_no_word_of_a_text_is_lost_between_its_clauses(text):
    found = list(clauses(text, 20, 60, 160))
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(len(clause) <= 160 for clause in found)
    assert not any(clause.endswith("Dr.") for clause in found)


@pytest.mark.parametrize("text", TEXTS)
def test_each_word_is_told_once_in_its_clause(text):
    words = ClauseWords(text)
    told = [word for clause in clauses(text, 20, 60, 160) for word, _ in words.of(clause)]
    assert told == text.split()


def test_words_are_spread_by_the_letters_before_them():
    assert ClauseWords("a bcd e").spread("a bcd e", 1.0, 5.0) == [("a", 1.0), ("bcd", 2.0), ("e", 5.0)]


def test_the_first_part_is_shorter_than_the_later_ones():
    text = "One moment, I look it up for you, it takes no time at all, and here it is, as you see, as I said."
    first, second, *_ = clauses(text, 10, 60, 160)
    assert first == "One moment,"
    assert len(second) >= 60


def test_a_voice_that_reads_the_same_words_times_them():
    assert aligned(["Hi,", "you."], [("Hi", 0.1), ("you", 0.5)], 1.0) == [("Hi,", 0.1), ("you.", 0.5)]


def test_a_number_that_is_read_as_several_words_begins_with_the_first_of_them():
    read = [("It", 0.0), ("costs", 0.2), ("one", 0.5), ("thousand", 0.8), ("euros", 1.5)]
    times = aligned(["It", "costs", "1,000", "euros."], read, 2.0)
    assert times == [("It", 0.0), ("costs", 0.2), ("1,000", 0.5), ("euros.", 1.5)]


def test_several_written_words_that_are_read_as_one_share_its_time():
    times = aligned(["at", "5", "p.m.", "today"], [("at", 0.0), ("seventeen", 0.5), ("today", 1.5)], 2.0)
    assert [word for word, _ in times] == ["at", "5", "p.m.", "today"]
    assert [secs for _, secs in times] == pytest.approx([0.0, 0.5, 0.7, 1.5])


def test_words_that_are_not_read_come_at_the_end():
    assert aligned(["so", "—"], [("so", 0.0)], 1.0)[1][1] == 1.0
    assert aligned([], [("so", 0.0)], 1.0) == []
