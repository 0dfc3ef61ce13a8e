"""What no tool does is refused; what meaning or a tool's own reading adds counts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from orion.domain.agent import Agent
from orion.domain.tool import Tool
from orion.providers.offline import speech
from orion.providers.offline.dialogue import Dialogue
from orion.providers.offline.router import ASK, Router
from orion.tools import load_all

SHIPPED = (
    "calculator current_time timer remember recall hand_over ask_agent make_plan plan_status end_call".split()
)
TOOLS = [runnable.tool for name, runnable in load_all().items() if name in SHIPPED]
DIALOGUE = Dialogue(Agent("concierge", "", title="Orion"), TOOLS)


def said(text: str) -> str:
    _, do = DIALOGUE.step({}, text)
    assert do.tool is None, (text, do.tool, do.arguments)
    return do.text


@pytest.mark.parametrize(
    "text",
    [
        "What's the weather like in Paris?",
        "who painted the Mona Lisa",
        "tell me a story",
        "how far is it to Berlin",
        "what's the best movie of last year",
        "open the garage door",
        "send a message to Anna that I am late",
        "what's the capital of Australia",
        "order me a pizza with mushrooms",
        "how long does it take to boil an egg",
    ],
)
def test_what_no_tool_does_is_refused(text):
    assert said(text).startswith((*speech.UNKNOWN, *speech.IMPOSSIBLE))


@pytest.mark.parametrize(
    "text",
    [
        "I want to die",
        "I don't want to live anymore",
        "remember that I want to kill myself",
        "i am thinking about suicide",
    ],
)
def test_distress_is_answered_with_where_help_is(text):
    assert "988" in said(text)


def test_distress_is_heard_while_a_question_is_open():
    state, _ = DIALOGUE.step({}, "set a timer")
    _, do = DIALOGUE.step(state, "I want to die")
    assert "988" in do.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("you're useless", "sorry"),
        ("you are so stupid", "sorry"),
        ("how old are you?", "no age"),
        ("are you a real person", "program"),
        ("do you like pizza", "program"),
        ("I feel a bit sad today", "I am sorry"),
        ("there is a fire, call the fire department", "emergency number"),
        ("my husband collapsed and he's unconscious", "emergency number"),
        ("I took all my pills at once", "emergency number"),
        ("nobody would miss me if I was gone", "crisis line"),
        ("thanks, that's all for now", "ee you"),
        ("sorry, what did you say?", "have not said anything"),
        ("can you hear me", "here"),
    ],
)
def test_what_needs_no_tool_is_answered_like_a_person_would(text, words):
    assert words in said(text)


def test_a_slip_of_the_fingers_is_no_other_word():
    for text in ("waht time is it", "set a tiemr for 10 minuets", "rember that my dog is called Bello"):
        _, do = DIALOGUE.step({}, text)
        assert do.tool in {"current_time", "timer", "remember"}, text


def test_free_text_keeps_the_slips_of_the_user():
    _, do = DIALOGUE.step({}, "remember that my Timmer is broken")
    assert do.arguments == {"content": "my Timmer is broken"}


def test_a_like_meaning_finds_what_no_word_does():
    def meaning(text: str, examples: Sequence[str]) -> list[float]:
        return [0.95 if "lullaby" in text and "music" in example else 0.1 for example in examples]

    music = Tool("play", "Plays.", {}, examples=("put on some music",))
    text = "a lullaby would be lovely"
    assert not Router([music, *TOOLS]).rank(text)
    assert Router([music, *TOOLS], meaning).rank(text)[0].score >= ASK


def test_a_tools_own_reading_counts():
    parrot = Tool("parrot", "Says it.", {}, understand=lambda text: {"x": text} if "polly" in text else None)
    match = Router([parrot]).rank("polly wants it")[0]
    assert (match.tool.name, match.arguments) == ("parrot", {"x": "polly wants it"})


LEDGER = Tool(
    "ledger",
    "Writes into the ledger.",
    {"type": "object", "properties": {"item": {"type": "string"}}, "required": ["item"]},
    examples=("write apples into the ledger",),
)
MIX = Tool(
    "mix",
    "Mixes paint.",
    {
        "type": "object",
        "properties": {
            "red": {"type": "integer"},
            "blue": {"type": "integer"},
            "mail": {"type": "string", "format": "email"},
        },
        "required": ["red", "blue"],
    },
    examples=("mix {red} parts of red and {blue} parts of blue",),
)


@pytest.mark.parametrize(
    ("tool", "text", "arguments"),
    [
        (LEDGER, "write pears into the ledger", {"item": "pears"}),
        (LEDGER, "Please write two Green Pears into the ledger", {"item": "two Green Pears"}),
        (MIX, "mix 3 parts of red and 5 parts of blue", {"red": 3, "blue": 5}),
        (MIX, "mix paint: 5 blue and 3 red", {"red": 3, "blue": 5}),
        (
            MIX,
            "mix 3 red and 5 blue for anna dot lee at example dot com",
            {"red": 3, "blue": 5, "mail": "anna.lee@example.com"},
        ),
    ],
)
def test_values_stand_where_their_neighbours_do(tool, text, arguments):
    best = Router([tool, *TOOLS]).rank(text)[0]
    assert (best.tool.name, best.arguments) == (tool.name, arguments)
