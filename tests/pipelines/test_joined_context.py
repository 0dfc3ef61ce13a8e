from __future__ import annotations

from typing import Any

from orion.pipelines.joined_context import JoinedContext


def user(text: str) -> Any:
    return {"role": "user", "content": text}


def test_what_goes_on_before_an_answer_is_one_message_with_what_was_said_before():
    context = JoinedContext([user("Order a pizza.")])
    context.add_message(user("And then pay the bill."))
    assert context.get_messages() == [user("Order a pizza and then pay the bill.")]


def test_a_sentence_of_its_own_and_what_was_answered_stay_as_they_are():
    answered: Any = {"role": "assistant", "content": "It is ordered."}
    for before, text in (
        ([user("Order a pizza.")], "Stop."),
        ([user("Order a pizza."), answered], "And pay."),
    ):
        context = JoinedContext([*before])
        context.add_message(user(text))
        assert context.get_messages() == [*before, user(text)]


def test_the_first_message_and_one_in_parts_join_nothing():
    context = JoinedContext([])
    context.add_message(user("And now?"))
    context.add_message({"role": "user", "content": [{"type": "text", "text": "and this"}]})
    assert len(context.get_messages()) == 2
