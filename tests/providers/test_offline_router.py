from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.tool import Tool
from orion.providers.offline.router import ACCEPT, ASK, Router, tokens
from orion.tools import load_all

TOOLS = [runnable.tool for runnable in load_all().values()]
ROUTER = Router(TOOLS)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_example_of_a_tool_finds_its_tool(tool):
    for example in tool.examples:
        said = example
        for name, values in tool.said.items():
            said = said.replace(f"{{{name}}}", values[0])
        if "{" in said:
            continue
        best = ROUTER.rank(said)[0]
        assert (best.tool.name, best.score >= ACCEPT) == (tool.name, True), said


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("um could you maybe tell me what time it is in berlin", "current_time"),
        ("i need a timer for the eggs, seven minutes", "timer"),
        ("remember that i like salt and pepper", "remember"),
        ("do you remember that i like salt", "recall"),
        ("13 times 7", "calculator"),
        ("a timeer for ten minutes", "timer"),
    ],
)
def test_other_words_and_a_letter_misheard_find_it_too(text, name):
    assert ROUTER.rank(text)[0].tool.name == name


@pytest.mark.parametrize(
    "text", ["", "   ", "the of and", "purple elephants dance", "¿¿??", "sing me a song"]
)
def test_what_no_tool_does_stays_below_the_line(text):
    assert all(match.score < ASK for match in ROUTER.rank(text))


def test_words_that_all_tools_share_tell_less_than_their_own():
    tools = [
        Tool("open_door", "Opens the door.", {}, examples=("open the door",)),
        Tool("open_gate", "Opens the gate.", {}, examples=("open the gate",)),
        Tool("open_roof", "Opens the roof.", {}, examples=("open the roof",)),
    ]
    ranked = Router(tools).rank("open gate")
    assert ranked[0].tool.name == "open_gate"
    assert ranked[0].score - ranked[1].score > 0.3


def test_a_tool_without_examples_is_found_by_its_name():
    assert Router([Tool("water_plants", "Waters.", {})]).rank("water the plants")[0].score >= ACCEPT


def test_without_tools_nothing_is_found():
    assert Router([]).rank("what time is it") == []


def test_numbers_and_endings_are_alike():
    assert tokens("timers") == tokens("timer")
    assert tokens("five") == tokens("12") == ["#"]
    assert tokens("the a of") == []


@given(st.text(max_size=200))
def test_every_text_has_scores_in_order_between_0_and_1(text):
    scores = [match.score for match in ROUTER.rank(text)]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 0.95 for score in scores)
