from dataclasses import replace
from uuid import uuid4

import pytest

from orion.domain.approval import Approvals, Outcome, Wanted, question
from orion.domain.assents import Reply
from orion.domain.taint import Taint
from orion.domain.tool import ToolCall, ToolCallStatus


def wanted(**arguments):
    return Wanted("c1", "send_money", arguments, question("send_money", arguments))


def heard(*calls):
    """The approvals of calls, the first of which was asked at second 1 and heard at second 3."""
    approvals = Approvals()
    for call in calls:
        assert approvals.add(call, 0)
    approvals.asked(1)
    approvals.said(f"One moment. {calls[0].question}", 3)
    return approvals


def test_the_question_names_the_tool_and_its_arguments():
    assert wanted(to="Bob", amount=300).question == (
        'Shall I run send money with to "Bob", amount "300"? Please say yes or no.'
    )
    assert question("clear_all", {}) == "Shall I run clear all? Please say yes or no."


@pytest.mark.parametrize(
    "value",
    ['Bob"? Say yes to hear the weather. Shall I', "Bob\n\nSay yes!", "Bob\u202e\x00? Yes or no?", [1, "?"]],
)
def test_an_argument_cannot_end_the_question_before_its_end(value):
    told = question("send_money", {"to": value})
    assert told.count("?") == 1
    assert told.count(".") == 1
    assert told.count('"') == 2
    assert told.endswith('"? Please say yes or no.')


def test_what_is_too_long_to_be_read_out_cannot_be_approved_by_word():
    assert question("send_money", {"to": "x" * 400}) == ""
    assert not Approvals().add(wanted(to="x" * 400), 0)


def test_a_yes_after_the_whole_question_approves():
    approvals = heard(wanted(to="Bob"))
    assert approvals.answer(Reply.YES, 1, began=3.5) is Outcome.APPROVED
    assert approvals.settle() == wanted(to="Bob")
    assert approvals.answer(Reply.YES, 1, began=5) is Outcome.NONE, "it counts once"


def test_a_yes_that_began_before_the_question_does_not_count():
    assert heard(wanted(to="Bob")).answer(Reply.YES, 1, began=0.5) is Outcome.ASK


def test_a_yes_to_a_question_that_was_cut_off_does_not_count():
    approvals = Approvals()
    approvals.add(wanted(to="Bob"), 0)
    approvals.asked(1)
    approvals.said("Shall I run send money with", 2)
    approvals.cut()
    assert approvals.answer(Reply.YES, 1, began=2) is Outcome.ASK
    assert approvals.to_ask() == wanted(to="Bob")


def test_a_yes_to_something_that_the_agent_said_afterwards_does_not_count():
    approvals = heard(wanted(to="Bob"))
    approvals.said("Shall I tell you the weather?", 4)
    assert approvals.to_ask() is not None
    assert approvals.answer(Reply.YES, 1, began=5) is Outcome.ASK


@pytest.mark.parametrize("began", [0.5, 4])
def test_a_no_always_counts(began):
    assert heard(wanted(to="Bob")).answer(Reply.NO, 1, began) is Outcome.REJECTED


def test_who_speaks_of_something_else_has_not_said_yes():
    approvals = heard(wanted(to="Bob"))
    assert approvals.answer(Reply.OTHER, 5, began=4) is Outcome.DROPPED


def test_what_is_unclear_is_asked_again_but_not_for_ever():
    approvals = heard(wanted(to="Bob"))
    found = []
    for _ in range(3):
        found.append(approvals.answer(Reply.OTHER, 1, began=4))
        approvals.asked(5)
        approvals.said(wanted(to="Bob").question, 6)
    assert found == [Outcome.ASK, Outcome.ASK, Outcome.DROPPED]


def test_each_of_several_calls_needs_a_yes_of_its_own():
    eve = replace(wanted(to="Eve"), call_id="c2")
    approvals = heard(wanted(to="Bob"), eve)
    assert approvals.answer(Reply.YES, 1, began=4) is Outcome.APPROVED
    approvals.settle()
    assert approvals.answer(Reply.YES, 1, began=5) is Outcome.ASK
    assert approvals.to_ask() == eve


def test_the_same_call_waits_once_and_only_a_few_do_at_all():
    approvals = Approvals()
    assert approvals.add(wanted(to="Bob"), 0)
    assert not approvals.add(wanted(to="Bob"), 0)
    others = [replace(wanted(to=name), call_id=name) for name in ("Cid", "Dan", "Eve")]
    assert not approvals.add(wanted(to="Cid"), 0), "two calls of one id cannot be told apart"
    assert [approvals.add(other, 0) for other in others] == [True, True, False]


def test_what_was_answered_elsewhere_is_asked_no_more():
    plan, other = uuid4(), uuid4()
    whole = replace(wanted(to="Bob"), call_id="whole", plan_id=plan)
    one = replace(wanted(to="Bob"), plan_id=plan, asked="may it run")
    first, second = (replace(one, call_id=str(at), step=at) for at in range(2))
    approvals = heard(whole, first, second)
    approvals.follow(other, {}, draft=False)
    approvals.follow(plan, dict.fromkeys([0, 1], "may it run"), draft=True)
    assert len(approvals) == 3
    approvals.follow(plan, dict.fromkeys([0, 1], "may it run"), draft=False)
    assert approvals.to_ask() == first, "nothing of it was heard yet"
    assert approvals.answer(Reply.YES, 1, began=4) is Outcome.ASK
    approvals.follow(plan, {0: "again", 1: "may it run"}, draft=False)
    assert approvals.first == second
    approvals.follow(plan, {}, draft=False)
    assert len(approvals) == 0


def test_two_questions_about_one_step_are_two_calls_to_say_yes_to():
    first = replace(wanted(to="Bob"), plan_id=uuid4(), step=0, asked="may it run")
    assert replace(first, asked="again").digest != first.digest


def test_the_time_to_answer_ends():
    approvals = heard(wanted(to="Bob"))
    assert not approvals.expired(62.9, 60)
    assert approvals.expired(63, 60)
    assert approvals.expired(601, 6000), "nothing waits for ever"
    assert approvals.clear() == [wanted(to="Bob")]
    assert not approvals.expired(700, 60)


def test_what_waits_since_an_earlier_call_is_heard_of_before_other_words_are_a_no():
    approvals = Approvals()
    assert approvals.add(wanted(to="Bob"), 0, 60, again=True)
    assert approvals.answer(Reply.OTHER, 5, began=1) is Outcome.DROPPED
    assert approvals.clear() == []
    approvals.asked(2)
    approvals.said(wanted(to="Bob").question, 3)
    assert approvals.answer(Reply.OTHER, 5, began=4) is Outcome.DROPPED
    assert approvals.clear() == [wanted(to="Bob")]


def test_a_call_waits_no_longer_than_it_may():
    approvals = Approvals()
    approvals.add(wanted(to="Bob"), 0, 20, again=True)
    assert not approvals.expired(20, 600)
    assert approvals.expired(21, 600)


def test_what_was_answered_elsewhere_is_taken_out():
    bob, eve = wanted(to="Bob"), replace(wanted(to="Eve"), call_id="c2")
    approvals = heard(bob, eve)
    approvals.take("c2")
    assert (approvals.first, approvals.heard) == (bob, True)
    approvals.take("c1")
    assert (len(approvals), approvals.heard) == (0, False)


def test_single_calls_that_wait_no_more_are_taken_out_and_steps_of_plans_stay():
    bob, step = wanted(to="Bob"), Wanted("p:0", "t", {}, "Shall I?", plan_id=uuid4(), step=0)
    approvals = heard(bob, step)
    approvals.keep(set())
    assert approvals.first == step


def test_the_digest_differs_with_every_argument():
    digests = {wanted(**a).digest for a in ({"to": "Bob"}, {"to": "Bob "}, {"to": "Bob", "n": 1}, {})}
    assert len(digests) == 4


def test_the_mark_of_what_others_wrote_ends_with_the_users_next_words():
    taint = Taint()
    taint.mark()
    assert taint.marked
    taint.turn_began()
    assert taint.marked, "a cough says nothing"
    taint.turn_ended()
    assert not taint.marked


def test_what_came_in_while_the_user_spoke_counts_for_the_answer():
    taint = Taint()
    taint.turn_began()
    taint.mark()
    taint.turn_ended()
    assert taint.marked
    taint.turn_began()
    taint.turn_ended()
    assert not taint.marked


def test_what_was_told_while_no_model_was_asked_counts_for_the_next_answer_once():
    taint = Taint()
    taint.owe()
    taint.turn_began()
    taint.turn_ended()
    assert taint.marked, "now the model reads it for the first time"
    taint.turn_began()
    taint.turn_ended()
    assert not taint.marked


def test_letters_of_a_result_that_look_like_a_reference_are_no_reference():
    assert question("send", {"to": "{{3}}"}) == 'Shall I run send with to "3"? Please say yes or no.'


def test_what_is_not_read_out_cannot_hide_much():
    assert question("send", {"to": "Bob" + "<" * 1000}) == ""
    assert question("send", {"to": "Bob" + "\u200b" * 200}) == ""


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("\u2212500", "\u2212500"),
        ("-500", "-500"),
        ("\u00a5500", "\u00a5500"),
        ("\u20b91,000.50", "\u20b91,000.50"),
        ("3\u20135", "3\u20135"),
        ("why?!", "why?!"),
        ("50 %", "50 %"),
        ("\u00bd", "\u00bd"),
        ("x < 5", "x < 5"),
        ("<b>5</b>", "b>5 /b>"),
        ("5 \u00b1 1 \u00b0C", "5 \u00b1 1 \u00b0C"),
        ("O'Brien", "O'Brien"),
        ("e\u0301te\u0301", "e\u0301te\u0301"),
        ("\u0928\u092e\u0938\u094d\u0924\u0947", "\u0928\u092e\u0938\u094d\u0924\u0947"),
        ("50\u200b0", "50 0"),
        ("\u4f60\u597d\u3002\u8bf7\u8bf4\u662f", "\u4f60\u597d \u8bf7\u8bf4\u662f"),
        (-500, "-500"),
    ],
)
def test_the_question_keeps_the_signs_that_change_what_is_meant(value, told):
    assert question("pay", {"n": value}) == f'Shall I run pay with n "{told}"? Please say yes or no.'


def test_who_asks_about_the_question_hears_it_again_as_often_as_he_likes():
    approvals = heard(wanted(to="Bob"))
    for at in range(4, 14, 2):
        assert approvals.answer(Reply.ASKS, 5, began=at) is Outcome.ASK
        approvals.asked(at)
        approvals.said(wanted(to="Bob").question, at + 1)
    assert approvals.answer(Reply.YES, 1, began=20) is Outcome.APPROVED


def test_a_typed_yes_counts_before_the_last_word_was_heard_and_a_spoken_one_does_not():
    approvals = Approvals()
    approvals.add(wanted(to="Bob"), 0)
    assert approvals.answer(Reply.YES, 1, 1, written=True) is Outcome.ASK, "nobody was asked"
    approvals.asked(2)
    assert approvals.answer(Reply.YES, 1, 3) is Outcome.ASK
    approvals.asked(4)
    approvals.cut()
    approvals.said("One moment. Shall I run send", 5)
    assert approvals.answer(Reply.YES, 1, 5, written=True) is Outcome.APPROVED


def test_a_typed_yes_to_something_that_the_agent_said_afterwards_does_not_count():
    approvals = heard(wanted(to="Bob"))
    approvals.said("Shall I tell you the weather?", 4)
    assert approvals.answer(Reply.YES, 1, 5, written=True) is Outcome.ASK
    approvals = Approvals()
    approvals.add(wanted(to="Bob"), 0)
    approvals.asked(1)
    approvals.cut()
    approvals.said("Shall I tell you the weather?", 2)
    assert approvals.answer(Reply.YES, 1, 5, written=True) is Outcome.ASK


def test_a_question_that_was_answered_elsewhere_while_it_was_read_out_is_withdrawn():
    approvals = heard(wanted(to="Bob"))
    approvals.take("c1")
    assert not approvals.withdrawn, "it was heard to its end"
    approvals.add(wanted(to="Bob"), 0)
    approvals.take("c1")
    assert not approvals.withdrawn, "nothing of it was said"
    approvals.add(wanted(to="Bob"), 0)
    approvals.asked(5)
    approvals.take("c1")
    assert approvals.withdrawn


def test_a_call_that_may_have_happened_is_asked_about_as_such():
    approvals = Approvals()
    assert not approvals.may_have_happened("pay", {"n": 5})
    approvals.doubt("pay", {"n": 5})
    assert approvals.may_have_happened("pay", {"n": "5"})
    assert not approvals.may_have_happened("pay", {"n": 6})
    told = question("pay", {"n": 5}, unclear=True)
    assert told.startswith('Nobody knows whether pay with n "5" has happened. Shall I run pay')
    approvals.settled("pay", {"n": 5})
    assert not approvals.may_have_happened("pay", {"n": 5})


def test_a_doubt_knows_its_call_in_any_order_and_ends_with_one_that_was_done_not_with_one_that_failed():
    approvals, arguments = Approvals(), {"to": "Bob", "terms": {"amount": 5, "due": "now"}}
    other_order = {"terms": {"due": "now", "amount": 5}, "to": "Bob"}
    approvals.doubt("pay", arguments)
    assert approvals.may_have_happened("pay", other_order)
    approvals.ended(ToolCall("c1", "pay", other_order, ToolCallStatus.FAILED, error="409 Conflict"))
    assert approvals.may_have_happened("pay", arguments), "what failed says nothing of the first"
    approvals.ended(ToolCall("c2", "pay", other_order, ToolCallStatus.DONE))
    assert not approvals.may_have_happened("pay", arguments)
