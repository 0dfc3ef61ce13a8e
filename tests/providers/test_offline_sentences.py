"""What people type to the keyless agent, in their own words, and what it makes of it."""

from __future__ import annotations

import pytest

from orion.domain.agent import Agent
from orion.providers.offline.dialogue import Dialogue
from orion.tools import load_all

NAMES = "remember recall timer calculator current_time hand_over ask_agent make_plan end_call".split()


@pytest.fixture(scope="module")
def dialogue() -> Dialogue:
    return Dialogue(Agent("test", ""), [tool.tool for name, tool in load_all().items() if name in NAMES])


@pytest.mark.parametrize(
    ("said", "content"),
    [
        ("I parked the car on level 3, can you keep that in mind?", "I parked the car on level 3"),
        ("remember my birthday is on May 5", "my birthday is on May 5"),
        ("Remember that my dog is called Bello.", "my dog is called Bello"),
        ("my wifi is tulip, please remember that", "my wifi is tulip"),
        ("Can you remember my keys are on the shelf?", "my keys are on the shelf"),
        ("note that I get 20% off", "I get 20% off"),
    ],
)
def test_what_is_to_be_remembered_is_the_sentence_and_not_the_words_around_it(dialogue, said, content):
    _, do = dialogue.step({}, said)
    assert (do.tool, do.arguments) == ("remember", {"content": content})


@pytest.mark.parametrize("said", ["remember that", "please remember that", "remember the result", "remember"])
def test_what_only_points_at_something_is_not_kept(dialogue, said):
    _, do = dialogue.step({}, said)
    assert do.tool != "remember"


@pytest.mark.parametrize(
    ("said", "tool", "arguments"),
    [
        ("what's 15% of 80", "calculator", {"expression": "15 percent of 80"}),
        ("15 % of 80", "calculator", {"expression": "15 percent of 80"}),
        ("Set a timer for 5 mins please", "timer", {"duration": "5 minutes"}),
        ("set a timer for 1 min", "timer", {"duration": "1 minute"}),
        ("timer for 90s", "timer", {"duration": "90 seconds"}),
        ("set a timer for 30 secs", "timer", {"duration": "30 seconds"}),
        ("set a timer for 2 hrs", "timer", {"duration": "2 hours"}),
        ("timer for an hr", "timer", {"duration": "1 hour"}),
        ("remind me in 10 min to call mom", "timer", {"duration": "10 minutes", "about": "call mom"}),
        ("set two timers, one for 3 minutes and one for 5", "timer", {"duration": "3 minutes"}),
        ("what do you know about me?", "recall", {"query": "me"}),
        ("can you remember what I am allergic to", "recall", {"query": "I am allergic to"}),
        ("do you remember where I parked the car", "recall", {"query": "I parked the car"}),
    ],
)
def test_numbers_and_units_are_read_as_people_type_them(dialogue, said, tool, arguments):
    _, do = dialogue.step({}, said)
    assert (do.tool, do.arguments) == (tool, arguments)
