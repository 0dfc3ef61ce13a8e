import pytest

from orion.domain.speech import Heard, Part, Script


def script(*parts):
    made: Script[str] = Script()
    for number, (part, text) in enumerate(parts, 1):
        made.give(part, number, f"frame {number}", text)
    return made


def turn(*texts):
    return script((Part.BEGIN, ""), *((Part.TEXT, text) for text in texts), (Part.END, ""))


def left(made):
    return [(part, text) for part, _, text in made.rest()]


def test_what_is_left_is_the_words_that_were_not_said():
    made = turn("One two three.", "Four five.")
    made.out(1)
    made.said("a", "One two")
    assert left(made) == [(Part.TEXT, "three. Four five."), (Part.END, "")]


def test_a_turn_is_over_with_its_end():
    made = turn("One two.")
    assert made.out(1)
    assert not made.out(1)
    made.out(3)
    assert not made


def test_what_stands_alone_keeps_its_own_words():
    made = script((Part.BEGIN, ""), (Part.TEXT, "One two."), (Part.SPEAK, "A moment."), (Part.TEXT, "Three."))
    made.said("turn", "One")
    made.said("alone", "A")
    made.said("turn", "two. Three.")
    assert left(made) == [(Part.BEGIN, ""), (Part.SPEAK, "moment.")]
    made.said("alone", "moment.")
    made.completed("alone")
    assert left(made) == [(Part.BEGIN, "")]


@pytest.mark.parametrize("told", ["It is noon now", "It 12:30 now", "It is now"])
def test_words_that_are_told_otherwise_are_caught_up_with_at_the_next_one(told):
    made = turn("It is 12:30 now, and all is well.")
    made.said("a", f"{told} and")
    assert left(made)[1] == (Part.TEXT, "all is well.")


def test_only_words_that_the_engine_began_to_speak_are_owed():
    made = turn("One two. Three four.")
    assert not made.owes
    made.said("a", "One two.")
    made.asked("One two.")
    assert not made.owes
    made.asked("Three four.")
    assert made.owes


def test_of_an_engine_that_times_no_words_as_many_are_taken_for_said_as_fit():
    made = turn("One two three four five six seven eight.")
    assert made.skip(1.0) == "One two three"
    assert left(made)[1] == (Part.TEXT, "four five six seven eight.")


def test_a_word_is_played_when_the_sound_of_the_next_begins():
    heard: Heard[str] = Heard()
    for number, word in enumerate(("one", "two", "three")):
        heard.word(10 + number * 0.5, word, word)
    heard.sound(0.4, 10)
    assert heard.played() == []
    heard.sound(0.2, 10)
    assert heard.played() == ["one"]
    assert heard.all() == ["two", "three"]


def test_a_sentence_without_times_is_played_with_its_sound():
    heard: Heard[str] = Heard()
    heard.word(None, "a" * 20, "sentence")
    assert heard.silent
    heard.sound(1, 0)
    assert heard.played() == ["sentence"]
    assert not heard.silent


def test_what_has_gone_on_is_left_to_be_played_until_a_barge_in():
    heard: Heard[str] = Heard()
    heard.sound(2, 10)
    assert heard.left_secs(11) == pytest.approx(1)
    heard.cut()
    assert heard.left_secs(11) == 0
