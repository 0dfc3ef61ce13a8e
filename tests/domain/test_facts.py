from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain import facts


@pytest.mark.parametrize(
    ("said", "statement"),
    [
        ("My name is Sarah by the way", "My name is Sarah"),
        ("Hi, my name is Tom.", "my name is Tom"),
        ("oh and my sister lives in Rome", "my sister lives in Rome"),
        ("just so you know, I'm allergic to peanuts", "I'm allergic to peanuts"),
        ("I parked the car on level 3, can you keep that in mind?", "I parked the car on level 3"),
        ("please remember that my wifi password is tulip42", "my wifi password is tulip42"),
        ("Could you please remember my keys are on the shelf?", "my keys are on the shelf"),
        ("The gate code is 4711. Please remember it.", "The gate code is 4711"),
        ("don't forget that we leave on Sunday", "we leave on Sunday"),
        ("make a note: milk is out", "milk is out"),
        ("well, so my dog is called Bello, and don't forget it", "my dog is called Bello"),
        ("call me Ishmael", "call me Ishmael"),
        ("Tom's birthday is on May 5", "Tom's birthday is on May 5"),
        ("I like tea", "I like tea"),
        ("hello, I'm Peter", "I'm Peter"),
        ("I moved to Bremen", "I moved to Bremen"),
        ("my son is five", "my son is five"),
    ],
)
def test_a_statement_is_found_without_what_is_said_around_it(said: str, statement: str) -> None:
    assert facts.statement(said) == statement


@pytest.mark.parametrize(
    "said",
    [
        "",
        "hello",
        "remember that",
        "please keep that in mind",
        "can you remember this for me?",
        "what is my name",
        "remember what my name is",
        "my name is what?",
        "I want a coffee",
        "I'm German",
        "I'm Irish",
        "I'm tired",
        "I have a question",
        "I love you",
        "I am a bit tired",
        "my timer is wrong",
        "my head is hurting",
        "the weather is nice",
        "set a timer for five minutes",
        "call me a taxi",
        "call me back later",
        "Remember that the plumber comes on Monday and set a timer for ten minutes.",
        "write apples into the ledger",
        "what is twelve times seven, then remember the result",
    ],
)
def test_what_tells_nothing_of_the_user_is_no_statement(said: str) -> None:
    assert facts.statement(said) is None


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("my wifi password is tulip43", "my wifi password is tulip42"),
        ("the Wi-Fi password is rose", "my wifi password is tulip42"),
        ("my car is on level 4", "I parked the car on level 3"),
        ("I parked on level 4", "I parked the car on level 3"),
        ("I put my keys in the drawer", "my keys are on the shelf"),
        ("my dog is called Rex", "the name of my dog is Bello"),
        ("my dog's name is Rex", "I have a dog called Bello"),
        ("call me Tom", "my name is Thomas"),
        ("my gate code is 4712", "the code for my gate is 4711"),
        ("my birthday is on May 6", "my birthday is in June"),
        ("the plumber comes on Tuesday", "the plumber comes on Monday"),
        ("I live in Rome now", "I live in Oslo"),
        ("I moved to Rome", "I live in Oslo"),
        ("I'm Peter", "my name is Paul"),
        ("my dog is Rex", "my dog is called Bello"),
        ("my favorite color is green", "my favourite colour is blue"),
        ("my car is blue", "my car is red"),
        ("My dog is called Bello.", "my dog is called bello"),
    ],
)
def test_a_newer_statement_about_the_same_thing_replaces_the_older_one(new: str, old: str) -> None:
    assert facts.supersedes(new, old)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("my dog is allergic to nuts", "my dog is called Bello"),
        ("my dog is brown and white", "my dog is sick"),
        ("my car is red", "my car is on level 3"),
        ("I like tea", "I like coffee"),
        ("I am allergic to nuts", "I am allergic to milk"),
        ("my wifi password is tulip", "my bank password is rose"),
        ("my second dog is called Rex", "my dog is called Bello"),
        ("my dog is also called Rex", "my dog is called Bello"),
        ("my meeting is in room five", "my meeting is on Monday"),
        ("my wifi password is not tulip42", "my wifi password is tulip42"),
        ("Tom's birthday is in May", "my birthday is in June"),
        ("we leave on Sunday", "we leave the house at nine"),
        ("I was born in Oslo", "I was born on May 5"),
    ],
)
def test_what_both_can_be_so_stays_side_by_side(new: str, old: str) -> None:
    assert not facts.supersedes(new, old)


@pytest.mark.parametrize(
    ("content", "said", "corrected"),
    [
        ("my wifi password is tulip42", "no, it's tulip43", "my wifi password is tulip43"),
        ("My dog is called Bello", "sorry, I meant Rex", "My dog is called Rex"),
        ("my dog is called Bello", "no, my dog is called Rex", "my dog is called Rex"),
        ("I parked the car on level 3", "actually it's on level 4", "I parked the car on level 4"),
        ("I parked the car on level 3", "no, level 4", "I parked the car on level 4"),
        ("my birthday is in May", "that's June", "my birthday is in June"),
        ("my wifi password is tulip42", "what is it?", None),
        ("we leave early", "no, it's late", None),
        ("my wifi password is tulip42", "no", None),
    ],
)
def test_a_correction_changes_the_value_and_nothing_else(
    content: str, said: str, corrected: str | None
) -> None:
    assert facts.corrected(content, said) == corrected


KNOWN = [
    "My name is Sarah",
    "my wifi password is tulip42",
    "I parked the car on level 3",
    "my dog is called Bello",
    "my dog is allergic to nuts",
    "my keys are in the blue bowl",
    "my birthday is on May 5",
    "I live in Oslo",
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("what's my name", [0]),
        ("name", [0]),
        ("who am I", [0]),
        ("my wi-fi password", [1]),
        ("where did I park", [2]),
        ("where I parked the car", [2]),
        ("where is my car", [2]),
        ("I park", [2]),
        ("what's my dog called", [3]),
        ("the name of my dog", [3]),
        ("my dog's name", [3]),
        ("dog", [3, 4]),
        ("where did I leave my keys", [5]),
        ("when is my birthday", [6]),
        ("where do I live", [7]),
        ("what is my cat called", []),
        ("my bank password", []),
    ],
)
def test_a_question_means_the_statements_about_its_thing(query: str, found: list[int]) -> None:
    assert facts.about(query, KNOWN) == [KNOWN[index] for index in found]


def test_the_name_of_somebody_means_all_that_is_told_of_them() -> None:
    told = ["my wife's name is Julia", "my wife's birthday is in June", "my wifi is fast"]
    assert facts.about("my wife", told) == told[:2]
    assert facts.about("who is my wife", told) == told[:1]
    assert facts.about("when is my wife's birthday", told) == told[1:2]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("it's on the 13th", "my anniversary is on the 12th of October"),
        ("that's wrong, it's on the 13th", "my anniversary is on the 12th of October"),
        ("no, they're on the table", "I put my keys in the drawer"),
        ("it's tulip43", "my wifi password is tulip42"),
        ("my dog is called Rex", None),
        ("it's at nine", None),
    ],
)
def test_a_remark_without_a_subject_is_about_the_newest_thing_of_its_sort(
    said: str, meant: str | None
) -> None:
    newest = [
        "my anniversary is on the 12th of October",
        "my wifi password is tulip42",
        "I put my keys in the drawer",
        "my birthday is on May 5",
    ]
    assert facts.meant(said, newest) == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [("park", "parked"), ("buy", "bought"), ("keys", "key"), ("left", "leaving"), ("stopped", "stop")],
)
def test_forms_of_a_word_are_one(one: str, other: str) -> None:
    assert facts.telling(one) == facts.telling(other)


def test_what_all_notes_have_shows_no_kinship() -> None:
    assert facts.only_generic("what is my cat called", "my dog is called Bello")
    assert not facts.only_generic("what is my dog called", "my dog is called Bello")
    assert not facts.only_generic("what is it called", "my dog is called Bello")


@given(st.text(max_size=1000), st.text(max_size=200))
def test_any_text_can_be_read(one: str, other: str) -> None:
    assert facts.statement(one) != ""
    assert facts.supersedes(one, one)
    facts.corrected(one, other)
    assert facts.about(one, [other]) in ([], [other])


@given(
    st.lists(
        st.sampled_from("my name is of the dog 's called in on at i am , and please remember that".split())
    )
)
def test_the_longest_text_of_such_words_is_read_at_once(words: list[str]) -> None:
    text = (" ".join(words) * 300)[:1000]
    began = process_time()
    facts.statement(text)
    facts.supersedes(text, text + " x")
    facts.about(text, [text])
    assert process_time() - began < 0.25
