from typing import Any

from orion.domain.hearing import Hearing

START, STOP = "start", "stop"


class Ear:
    """Frames are the numbers of tenths of a second since the call began."""

    def __init__(self):
        self.hearing: Hearing[Any] = Hearing()
        self.tenth = 0

    def listen(self, secs):
        for _ in range(round(secs * 10)):
            self.tenth += 1
            self.hearing.audio(self.tenth, 0.1)

    def speech(self, secs):
        self.hearing.started(START)
        self.listen(secs)
        self.hearing.stopped(STOP)


def test_at_least_two_seconds_are_kept_in_silence():
    ear = Ear()
    ear.listen(10)
    assert len(ear.hearing.again()) in {20, 21}


def test_all_of_what_is_being_said_is_kept_with_a_second_before_it():
    ear = Ear()
    ear.listen(5)
    ear.speech(8)
    again = ear.hearing.again()
    assert again[-1] == STOP
    assert START in again
    assert len(again) - 2 >= 90


def test_no_more_than_half_a_minute_is_kept():
    ear = Ear()
    ear.hearing.started(START)
    ear.listen(60)
    assert len(ear.hearing.again()) <= 301


def test_what_is_transcribed_is_not_heard_again():
    ear = Ear()
    ear.speech(2)
    ear.listen(0.5)
    assert ear.hearing.transcript("hello there") == "hello there"
    assert START not in ear.hearing.again()
    assert ear.hearing.again() == [21, 22, 23, 24, 25]


def test_after_a_transcript_in_the_middle_of_speech_words_that_come_twice_are_told_once():
    ear = Ear()
    ear.hearing.started(START)
    ear.listen(3)
    assert ear.hearing.transcript("one two three") == "one two three"
    ear.listen(1)
    assert len(ear.hearing.again()) in {20, 21}
    assert ear.hearing.transcript("Two, three, four") == "four"


def test_without_a_second_hearing_nothing_is_left_out():
    ear = Ear()
    ear.hearing.started(START)
    ear.listen(1)
    ear.hearing.transcript("no")
    assert ear.hearing.transcript("no") == "no"


def test_silence_that_nobody_heard_a_word_in_is_forgotten():
    ear = Ear()
    ear.speech(1)
    before = ear.hearing.owed
    ear.hearing.silence()
    assert (before, ear.hearing.owed, ear.hearing.again()) == (True, False, [])


def test_a_part_of_the_words_leaves_the_others_owed_until_all_are_given():
    ear = Ear()
    ear.listen(1)
    ear.speech(2)
    assert not ear.hearing.over()  # it has given none
    assert ear.hearing.transcript("hello", more=True) == "hello"
    assert ear.hearing.owed
    assert START in ear.hearing.again()
    assert ear.hearing.transcript("hello there", more=True) == "there"
    assert (ear.hearing.over(), ear.hearing.owed) == (True, False)
    assert ear.hearing.again() == []
