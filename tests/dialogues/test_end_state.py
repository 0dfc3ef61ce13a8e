"""The judge of the dialogues: each way in which an end state can be wrong is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dialogues.dialogue import Dialogue, Line, script
from tests.dialogues.end_state import EndState, Told, differences

DIALOGUE = Dialogue(
    id="all",
    title="",
    exercises=(),
    lines=(),
    expect={
        "status": "ended",
        "agent": "scheduler",
        "hand_offs": ["scheduler"],
        "memories": ["locker 42"],
        "timers": [{"secs": 60, "about": "eggs"}],
        "effects": [{"book_table": {"guests": 6}}, {"clean_room": {"room": 2}, "sometimes": True}],
        "told": [{"calculator": {"result": "12"}}, {"current_time": {"zone": "Asia/Tokyo"}}],
        "plans": [{"status": "done", "steps": ["timer done", "clean_room"]}],
        "approvals": [{"pay_bill": "rejected"}],
    },
)
STATE = EndState(
    status="ended",
    agent="scheduler",
    hand_offs=["scheduler"],
    memories=["My locker is number forty-two."],
    told=[
        Told("calculator", {"result": "12"}),
        Told("timer", {"secs": 60.0, "about": "the eggs"}),
        Told("current_time", {"zone": "Asia/Tokyo", "time": "10:00"}),
    ],
    plans=[("done", [("timer", "done"), ("clean_room", "skipped")])],
    approvals=[("pay_bill", "rejected")],
    effects=[("book_table", {"guests": 6, "time": "20:00"})],
)


def test_what_is_as_published_differs_in_nothing():
    assert differences(DIALOGUE, STATE) == []
    may = [*STATE.effects, ("clean_room", {"room": 2})]
    assert differences(DIALOGUE, replace(STATE, effects=may)) == []


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("status", "active"),
        ("agent", "concierge"),
        ("hand_offs", []),
        ("memories", []),
        ("memories", ["My locker is number 43."]),
        ("memories", ["My locker is number 42 and the one of my friend in the other hall is open."]),
        ("memories", ["My locker is number 42.", "My locker is number 42."]),
        ("told", [*STATE.told, STATE.told[1]]),
        ("told", [STATE.told[1], STATE.told[2]]),
        ("told", [STATE.told[2], STATE.told[1], STATE.told[0]]),
        ("told", [STATE.told[0], Told("timer", {"secs": 61, "about": "the eggs"}), STATE.told[2]]),
        ("plans", []),
        ("plans", [("failed", [("timer", "done"), ("clean_room", "skipped")])]),
        ("plans", [("done", [("timer", "failed"), ("clean_room", "skipped")])]),
        ("plans", [("done", [("timer", "done")])]),
        ("approvals", []),
        ("approvals", [("pay_bill", "approved")]),
        ("effects", []),
        ("effects", [("book_table", {"guests": 5})]),
        ("effects", [*STATE.effects, *STATE.effects]),
        ("effects", [*STATE.effects, ("clean_room", {"room": 3})]),
    ],
)
def test_what_is_not_as_published_is_told(part, value):
    assert differences(DIALOGUE, replace(STATE, **{part: value}))


def test_where_nothing_is_published_nothing_dangerous_was_asked_and_no_plan_goes_on():
    kept = {name: value for name, value in DIALOGUE.expect.items() if name not in {"plans", "approvals"}}
    silent = replace(DIALOGUE, expect=kept)
    assert differences(silent, replace(STATE, approvals=[("make_plan", "approved")])) == []
    assert differences(silent, STATE) == ["approvals: [('pay_bill', 'rejected')] instead of []"]
    going_on = replace(STATE, approvals=[], plans=[("running", [])])
    assert differences(silent, going_on) == ["plans: one is running"]


def test_two_answers_of_the_model_to_one_line_are_refused():
    lines = (Line("Hello.", answers="Hello."), Line("Hello.", answers="Good day."))
    with pytest.raises(AssertionError, match="two answers"):
        script([replace(DIALOGUE, lines=lines)])
