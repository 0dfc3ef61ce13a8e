from __future__ import annotations

from typing import Any

from orion.processors.joined_context import JoinedContext


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


def test_words_before_calls_that_wait_are_joined_to_what_goes_on_and_the_calls_are_gone():
    calls: Any = {"role": "assistant", "tool_calls": [{"id": "a"}, {"id": "b"}]}
    results: Any = [{"role": "tool", "tool_call_id": name, "content": "waits"} for name in ("a", "b")]
    messages = [user("Order a pizza."), calls, *results, user("And pay.")]
    context = JoinedContext([*messages])
    assert not context.rejoin({"a"}), "b was done"
    assert context.get_messages() == messages
    assert context.rejoin({"a", "b"})
    assert context.get_messages() == [user("Order a pizza and pay.")]
