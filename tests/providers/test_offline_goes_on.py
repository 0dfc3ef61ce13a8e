"""What is said after something was done: follow-ups, corrections, undo; and several requests at once."""

from __future__ import annotations

from typing import Any

import pytest

from orion.domain.agent import Agent
from orion.domain.tool import Tool
from orion.providers.offline.dialogue import Dialogue
from orion.providers.offline.state import State
from orion.tools import load_all

FREE = {"type": "string"}
LAMP = Tool(
    "lamp",
    "Lights a lamp.",
    {
        "type": "object",
        "properties": {"room": {"type": "string", "enum": ["hall", "kitchen"]}},
        "required": ["room"],
    },
    examples=("light the lamp in the {room}",),
    side_effects=True,
)
DARK = Tool(
    "stop_lamp",
    "Puts a lamp out.",
    {"type": "object", "properties": {}},
    examples=("stop the lamp", "cancel the lamp", "put the lamp out"),
    side_effects=True,
)
DIM = Tool(
    "change_lamp",
    "Moves the light to another room.",
    {"type": "object", "properties": {"to": FREE}, "required": ["to"]},
    examples=("change the lamp to {to}",),
    side_effects=True,
)
SHIPPED = "calculator current_time timer remember recall hand_over ask_agent end_call".split()
TOOLS = [runnable.tool for name, runnable in load_all().items() if name in SHIPPED]


class Talk:
    """One conversation, whose tools answer at once."""

    def __init__(self, *more: Tool) -> None:
        self.dialogue = Dialogue(Agent("concierge", "", title="Orion"), [*TOOLS, *more])
        self.state: State = {}

    def say(self, text: str, **result: Any) -> Any:
        """The calls that follow in order, or the words if there is none; every call gets this result."""
        self.state, do = self.dialogue.step(self.state, text)
        self.said = [do.text]
        calls = []
        while do.tool:
            calls.append((do.tool, dict(do.arguments or {})))
            self.state, do = self.dialogue.told(self.state, do.tool, result or {"spoken": "done"})
            self.said.append(do.text)
        return calls or do.text


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.mark.parametrize(
    ("then", "expression"),
    [
        ("and 20 percent?", "20 percent of 80"),
        ("no I meant of 120", "15 percent of 120"),
        ("and of 200", "15 percent of 200"),
        ("divide that by 3", "divide 12 by 3"),
        ("plus 5", "12 plus 5"),
        ("and times two", "12 times 2"),
        ("half of that", "half of 12"),
        ("double it", "12 times 2"),
        ("add 5 to it", "12 plus 5"),
        ("what is that divided by four", "12 divided by 4"),
    ],
)
def test_a_sum_goes_on_from_the_last_one(talk, then, expression):
    talk.say("what's 15% of 80", result="12", spoken="12")
    assert talk.say(then, result="1") == [("calculator", {"expression": expression})]


@pytest.mark.parametrize("then", ["and in New York?", "how about New York", "New York?", "and New York"])
def test_a_question_goes_on_in_another_place(talk, then):
    talk.say("What time is it?")
    assert talk.say(then) == [("current_time", {"place": "New York"})]


def test_a_bare_number_keeps_the_unit_of_what_it_corrects(talk):
    talk.say("set a timer for five minutes")
    assert talk.say("no, ten") == [("timer", {"duration": "10 minutes"})]


@pytest.mark.parametrize("said", ["make it ten instead", "ten minutes would be better", "no, ten minutes"])
def test_a_correction_has_many_forms(talk, said):
    talk.say("set a timer for five minutes")
    assert talk.say(said) == [("timer", {"duration": "10 minutes"})]


def test_a_sum_of_several_steps_takes_each_result(talk):
    talk.say("2 plus 2", result="4")
    assert talk.say("add 3 and 4, then multiply that by 2", result="7") == [
        ("calculator", {"expression": "add 3 and 4"}),
        ("calculator", {"expression": "multiply 7 by 2"}),
    ]
    assert talk.say("and then subtract 4", result="10") == [("calculator", {"expression": "7 minus 4"})]


def test_what_was_stored_is_corrected_also_after_a_question(talk):
    talk.say("please remember that my wifi password is tulip42")
    talk.say("what's my wifi password?")
    assert talk.say("no, it's Tulip43") == [("remember", {"content": "my wifi password is Tulip43"})]


def test_the_result_can_be_remembered(talk):
    calls = talk.say("What is twelve times seven, then remember the result", result="84", spoken="84")
    assert calls == [
        ("calculator", {"expression": "12 times 7"}),
        ("remember", {"content": "12 times 7 is 84"}),
    ]


def test_without_a_result_that_points_at_nothing(talk):
    assert isinstance(talk.say("divide that by 3"), str)


def test_what_a_tool_did_is_taken_back_by_the_tool_that_does_the_opposite():
    talk = Talk(LAMP, DARK)
    talk.say("light the lamp in the hall")
    assert talk.say("undo that") == [("stop_lamp", {})]
    talk.say("light the lamp in the hall")
    assert talk.say("no wait, cancel it") == [("stop_lamp", {})]


def test_what_no_tool_takes_back_stays_and_is_said_to_stay(talk):
    assert talk.say("undo that") == "There is nothing to take back."
    talk.say("set a timer for ten minutes")
    assert talk.say("take that back") == "I cannot take that back."


def test_what_failed_needs_no_taking_back(talk):
    talk.say("set a timer for ten minutes", error="No timers today.")
    assert talk.say("undo that") == "There is nothing to take back."


def test_what_was_done_is_changed_if_a_tool_can_and_else_done_anew():
    talk = Talk(LAMP, DIM)
    talk.say("light the lamp in the hall")
    assert talk.say("no, in the kitchen") == [("change_lamp", {"to": "kitchen"})]
    talk = Talk(LAMP)
    talk.say("light the lamp in the hall")
    assert talk.say("no, in the kitchen") == [("lamp", {"room": "kitchen"})]
    assert talk.said[0] == "What I did before stays."


@pytest.mark.parametrize(
    "said",
    [
        "set two timers, one for 3 minutes and one for 5 minutes",
        "set timers for 3 and 5 minutes",
        "set a timer for 3 minutes and another one for 5 minutes",
        "set a timer for 3 minutes and set a timer for 5 minutes",
    ],
)
def test_two_values_for_one_tool_are_two_calls(talk, said):
    assert talk.say(said) == [("timer", {"duration": "3 minutes"}), ("timer", {"duration": "5 minutes"})]


@pytest.mark.parametrize(
    "said", ["what time is it in Rome and Tokyo?", "what time is it in Rome and in Tokyo"]
)
def test_two_places_are_two_questions(talk, said):
    assert [place.lower() for _, arguments in talk.say(said) for place in arguments.values()] == [
        "rome",
        "tokyo",
    ]


def test_of_several_requests_what_is_impossible_is_said_and_the_rest_is_done(talk):
    assert talk.say("set a timer for 3 minutes and tell me a joke") == [("timer", {"duration": "3 minutes"})]
    assert talk.said[-1].endswith("I can't tell you a joke.")
    assert talk.say("tell me a joke and set a timer for 3 minutes") == [("timer", {"duration": "3 minutes"})]
    assert talk.said[0] == "I can't tell you a joke."


def test_a_question_of_a_tool_is_answered_into_the_same_call():
    which = Tool(
        "stop_lamp",
        "Puts a lamp out.",
        {"type": "object", "properties": {"which": FREE}},
        examples=("stop the lamp", "stop the {which} lamp"),
        side_effects=True,
    )
    talk = Talk(which)
    talk.say("stop the lamp", error="Which one: the red or the blue lamp?")
    assert talk.say("the red one") == [("stop_lamp", {"which": "the red one"})]


def test_a_question_that_is_not_answered_is_dropped(talk):
    talk.say("set a timer")
    assert talk.say("banana").endswith("For how long?")
    assert talk.say("banana").endswith("For how long?")
    assert talk.say("banana") == "I still did not get that, so I leave it. What else can I do?"
    assert "phase" not in talk.state


def test_the_agent_is_spoken_to_by_its_title(talk):
    assert talk.say("Orion, what's 2+2?", result="4") == [("calculator", {"expression": "2 + 2"})]
    assert talk.say("What's 3+3, Orion?", result="6") == [("calculator", {"expression": "3 + 3"})]


def test_another_agent_is_called_by_its_title_too():
    agent = Agent("scheduler", "", hand_offs=("concierge",), titles={"concierge": "Orion"})
    _, do = Dialogue(agent, TOOLS).step({}, "ok thanks, back to Orion please")
    assert (do.tool, do.arguments) == ("hand_over", {"agent": "concierge"})
