from __future__ import annotations

import pytest

from orion.domain.agent import Agent
from orion.domain.tool import Tool
from orion.providers.offline.dialogue import Dialogue
from orion.providers.offline.mood import destroys
from orion.tools import load_all

TOOLS = [tool.tool for tool in load_all().values()]
CHANGES = {tool.name for tool in TOOLS if tool.changes} | {"hand_over", "end_call"}


@pytest.fixture(scope="module")
def dialogue() -> Dialogue:
    return Dialogue(Agent("concierge", "", title="Orion", hand_offs=("researcher",)), TOOLS)


@pytest.mark.parametrize(
    "said",
    [
        "Please do not cancel my timer",
        "Don't set a timer for 5 minutes",
        "never set an alarm for 7",
        "do not make a plan to set a timer for 5 minutes",
        "please don't remind me to call Tom in 10 minutes",
        "don't hang up",
        "don't hand me over to the researcher",
        "I don't want to talk to the researcher",
        "I don't want a timer for 10 minutes",
        "I don't want to cancel my timer",
        "I don't want you to cancel my timer",
        "can you not cancel my timer",
        "you shouldn't cancel my timer",
        "don't forget what I told you about my dog",
    ],
)
def test_what_is_forbidden_is_not_done(dialogue, said):
    state, do = dialogue.step({}, said)
    assert (do.tool, do.text) == (None, "All right, I will not.")
    assert "phase" not in state


@pytest.mark.parametrize(
    "said",
    [
        "why did you cancel my timer",
        "did you cancel my timer?",
        "did the timer stop",
        "did you forget my dog?",
        "will you forget my dog",
        "what would happen if I said forget my dog",
        "I forgot my dog",
        "did you end the call",
        "how do I end the call",
        "I did not set a timer for 5 minutes",
        "I already set a timer for 5 minutes on my phone",
        "my wife set a timer for 5 minutes",
        "should I set a timer for 5 minutes?",
    ],
)
def test_what_is_asked_about_or_told_of_is_not_done(dialogue, said):
    _, do = dialogue.step({}, said)
    assert do.tool not in CHANGES
    assert do.text.startswith("I have done nothing just now. I do that when you say, for example: ")


def test_what_is_to_be_done_if_something_happens_is_not_done_at_once(dialogue):
    _, do = dialogue.step({}, "if it rains tomorrow, set a timer for 5 minutes")
    assert do.tool is None
    assert do.text.startswith("I cannot wait for something to happen.")


@pytest.mark.parametrize(
    ("said", "tool"),
    [
        ("could you set a timer for 5 minutes", "timer"),
        ("if you can, set a timer for 5 minutes", "timer"),
        ("why don't you set a timer for 5 minutes", "timer"),
        ("I told you to set a timer for 5 minutes", "timer"),
        ("don't worry, set a timer for 5 minutes", "timer"),
        ("set a timer for 5 minutes and don't cancel the other one", "timer"),
        ("I don't need the timer any more", "cancel_timer"),
        ("don't forget that my code is 4711", "remember"),
        ("I don't eat meat", "remember"),
        ("did I set an alarm", "list_timers"),
        ("do you know my name", "recall"),
    ],
)
def test_what_only_sounds_so_is_done(dialogue, said, tool):
    assert dialogue.step({}, said)[1].tool == tool


def test_of_several_requests_the_one_that_is_meant_is_done(dialogue):
    _, do = dialogue.step({}, "don't set an alarm for 7. What is 5 plus 5?")
    assert (do.tool, do.text) == ("calculator", "All right, I will not.")


def test_what_takes_something_away_is_offered_to_nobody_as_an_example(dialogue):
    offered = {dialogue.step({"count": count}, "flip a coin")[1].text for count in range(60)}
    assert not [text for text in offered if "forget" in text or "cancel" in text or "delete" in text]


def test_a_tool_ends_something_by_a_whole_word_of_its_name():
    names = ("cancel_timer", "end_call", "send_money", "calendar", "list_weekends")
    assert [destroys(Tool(name, "", {})) for name in names] == [True, True, False, False, False]
