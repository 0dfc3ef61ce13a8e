from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.agent import Agent
from orion.domain.tool import Tool
from orion.providers.offline import speech
from orion.providers.offline.dialogue import Dialogue
from orion.providers.offline.state import Do, State
from orion.tools import load_all

BOOK = Tool(
    "book_table",
    "Books a table in a restaurant.",
    {
        "type": "object",
        "properties": {
            "people": {"type": "integer", "minimum": 1, "maximum": 12, "x-ask": "For how many people?"},
            "at": {"type": "string", "enum": ["noon", "evening"], "x-ask": "At noon or in the evening?"},
        },
        "required": ["people", "at"],
    },
    examples=("book a table for {people} people", "reserve a table"),
    confirm=True,
)
TOOLS = [*(runnable.tool for runnable in load_all().values()), BOOK]
DIALOGUE = Dialogue(Agent("concierge", "", title="Orion", hand_offs=("scheduler",)), TOOLS)


class Conversation:
    """One conversation, whose state goes through JSON between turns, as a session keeps it."""

    def __init__(self, dialogue: Dialogue = DIALOGUE, state: State | None = None) -> None:
        self.dialogue = dialogue
        self.state: State = state or {}

    def say(self, text: str) -> Any:
        """The agent's words, or the tool that it calls with its arguments."""
        state, do = self.dialogue.step(self.state, text)
        return self._done(state, do)

    def tell(self, tool: str, result: object) -> Any:
        """A tool's result; the agent's words, or else the next call."""
        state, do = self.dialogue.told(self.state, tool, result)
        return self._done(state, do)

    def _done(self, state: State, do: Do) -> Any:
        self.state = json.loads(json.dumps(state, allow_nan=False))
        self.do = do
        return (do.tool, dict(do.arguments or {})) if do.tool else do.text


EXAMPLES = {phrase.lower() for phrases in speech.examples(TOOLS) for phrase in phrases}
REFUSALS = (*speech.UNKNOWN, *speech.IMPOSSIBLE)


def refused(said: Any) -> bool:
    """Whether it is a refusal."""
    return isinstance(said, str) and said.startswith(REFUSALS)


@pytest.fixture
def talk() -> Conversation:
    return Conversation()


def test_the_answer_to_one_question_leaves_what_is_known_and_a_correction_does_not():
    ride = Tool(
        "ride",
        "Books a ride.",
        {
            "type": "object",
            "properties": {
                "seats": {"type": "integer", "x-ask": "How many seats?"},
                "nights": {"type": "integer", "x-ask": "How many nights?"},
                "gate": {"type": "string", "enum": ["1", "2", "3"], "x-ask": "Which gate?"},
            },
            "required": ["seats", "nights", "gate"],
        },
        examples=("i need a ride for {seats} people and {nights} nights",),
    )
    talk = Conversation(Dialogue(Agent("rider", ""), [ride]))
    assert talk.say("i need a ride for four people and nine nights") == "Which gate?"
    assert talk.say("gate number two") == ("ride", {"seats": 4, "nights": 9, "gate": "2"})
    talk.say("i need a ride for four people and nine nights")
    assert talk.say("no, for five people and eight nights") == "Which gate?"
    assert talk.say("gate two")[1]["seats"] == 5


def test_a_question_is_called_off_with_a_reason_too(talk):
    assert talk.say("set a timer") == "For how long?"
    assert talk.say("Never mind, the eggs are done.") == "All right, I will not do it."
    assert "phase" not in talk.state


def test_thanks_and_an_all_right_before_a_request_do_not_hide_it(talk):
    assert talk.say("Thank you. Now back to the scheduler, please") == ("hand_over", {"agent": "scheduler"})
    assert talk.say("All right, then set a timer for two minutes") == ("timer", {"duration": "2 minutes"})


@pytest.mark.parametrize(
    ("text", "tool", "arguments"),
    [
        ("what time is it", "current_time", {}),
        ("could you please tell me the time in new york", "current_time", {"place": "new york"}),
        ("what is seven plus five", "calculator", {"expression": "7 plus 5"}),
        ("set a timer for ten minutes", "timer", {"duration": "10 minutes"}),
        ("remember that my dog is called Bello", "remember", {"content": "my dog is called Bello"}),
        ("what did i tell you about my dog", "recall", {"query": "my dog"}),
        ("let me talk to the scheduler", "hand_over", {"agent": "scheduler"}),
        ("goodbye", "end_call", {}),
        ("Goodbye!", "end_call", {}),
    ],
)
def test_a_request_calls_its_tool_with_what_was_said(talk, text, tool, arguments):
    assert talk.say(text) == (tool, arguments)


def test_what_is_missing_is_asked_for(talk):
    assert talk.say("set a timer") == "For how long?"
    assert talk.say("half an hour") == ("timer", {"duration": "30 minutes"})


def test_an_answer_that_is_none_is_asked_for_again(talk):
    talk.say("set a timer")
    assert talk.say("a banana") == "Sorry, I did not catch that. For how long?"
    assert talk.say("ten minutes") == ("timer", {"duration": "10 minutes"})


def test_a_number_beyond_its_bounds_is_no_answer(talk):
    talk.say("book a table")
    assert "For how many people?" in talk.say("four hundred")
    assert "For how many people?" in talk.say("9" * 400)
    assert talk.say("four") == "At noon or in the evening?"


def test_what_has_effects_is_confirmed_and_may_be_corrected_before(talk):
    talk.say("book a table for four people")
    assert talk.say("in the evening") == "Shall I book a table in a restaurant, people 4, at evening?"
    assert talk.say("no") == "What should I change?"
    assert talk.say("five people") == "Shall I book a table in a restaurant, people 5, at evening?"
    assert talk.say("no, at noon") == "Shall I book a table in a restaurant, people 5, at noon?"
    assert talk.say("yes please") == ("book_table", {"people": 5, "at": "noon"})


@pytest.mark.parametrize("words", ["cancel", "never mind", "forget it", "no thanks", "stop please"])
def test_an_open_question_can_be_cancelled(talk, words):
    talk.say("book a table for four people in the evening")
    assert talk.say(words) == "All right, I will not do it."
    assert "book_table" not in str(talk.say("yes"))


def test_small_talk_does_not_lose_an_open_question(talk):
    talk.say("set a timer")
    assert talk.say("hello") == "Hello! What can I do for you? For how long?"
    assert talk.say("repeat that") == "Hello! What can I do for you? For how long?"
    assert talk.say("ten minutes") == ("timer", {"duration": "10 minutes"})


def test_another_request_replaces_an_open_question(talk):
    talk.say("set a timer")
    assert talk.say("what time is it in tokyo") == ("current_time", {"place": "tokyo"})


def test_what_was_done_is_done_again_with_the_correction(talk):
    talk.say("set a timer for five minutes")
    talk.tell("timer", {"spoken": "I will tell you in 5 minutes"})
    assert talk.say("no, for ten minutes") == ("change_timer", {"to": "10 minutes", "which": "last"})
    assert talk.do.text == ""


def test_a_correction_of_what_changes_nothing_is_not_excused(talk):
    talk.say("what time is it in tokyo")
    assert talk.say("sorry, in london") == ("current_time", {"place": "london"})
    assert talk.do.text == ""


@pytest.mark.parametrize("words", ["and in london", "what about london", "how about in london", "and london"])
def test_a_follow_up_goes_on_from_what_was_done(talk, words):
    talk.say("what time is it in tokyo")
    talk.tell("current_time", {"spoken": "nine in Tokyo"})
    assert talk.say(words) == ("current_time", {"place": "london"})


def test_a_follow_up_without_anything_before_it_is_no_request(talk):
    assert refused(talk.say("and in london"))


def test_the_last_answer_is_repeated(talk):
    assert talk.say("repeat that") == "I have not said anything yet."
    talk.say("what time is it in tokyo")
    talk.tell("current_time", {"spoken": "nine in Tokyo"})
    assert talk.say("can you say that again please") == "It is nine in Tokyo."
    assert talk.say("what did you say") == "It is nine in Tokyo."


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("hello", "Hello! What can I do for you?"),
        ("Good morning, Orion!", "Hello! What can I do for you?"),
        ("thank you very much", "My pleasure."),
        ("how are you today", "I am fine, thank you. What can I do for you?"),
        ("who are you", "I am Orion, a voice assistant that runs on your own machine."),
        ("okay", "All right."),
        ("", "Sorry, I did not catch that."),
        ("   ", "Sorry, I did not catch that."),
    ],
)
def test_small_talk_is_answered(talk, words, answer):
    assert talk.say(words) == answer


@pytest.mark.parametrize(
    "words", ["what is the meaning of life", "paint my house", "asdf qwer", "¿qué?", "🙂"]
)
def test_what_it_cannot_do_is_refused_in_one_sentence_with_one_example(talk, words):
    said = talk.say(words)
    assert refused(said)
    assert sum(example in said.lower() for example in EXAMPLES) == 1, said


def test_it_refuses_in_other_words_each_time(talk):
    assert len({talk.say("paint my house") for _ in range(8)}) == 8


def test_without_tools_it_says_so():
    assert Conversation(Dialogue(Agent("mute", ""), [])).say("help") == "I can only listen for now."


@pytest.mark.parametrize(
    "words",
    [
        "what time is it in tokyo and then set a timer for ten minutes",
        "what time is it in tokyo, and after that set a timer for ten minutes",
        "what time is it in tokyo and set a timer for ten minutes",
    ],
)
def test_several_requests_are_done_one_after_the_other(talk, words):
    assert talk.say(words) == ("current_time", {"place": "tokyo"})
    assert talk.tell("current_time", {"spoken": "nine in Tokyo"}) == ("timer", {"duration": "10 minutes"})
    assert talk.do.text == "It is nine in Tokyo."
    assert talk.tell("timer", {"spoken": "done"}) == "Okay, done."


def test_a_failure_leaves_the_other_requests_undone(talk):
    talk.say("what time is it in mordor and then set a timer for ten minutes")
    assert talk.tell("current_time", {"error": "I do not know mordor."}) == (
        "I do not know mordor. I leave the rest undone."
    )
    assert talk.say("okay") == "All right."


def test_an_and_inside_a_request_does_not_part_it(talk):
    assert talk.say("set a timer for one hour and thirty minutes") == (
        "timer",
        {"duration": "1 hour and 30 minutes"},
    )
    assert talk.say("set an alarm for an hour and a half from now") == (
        "timer",
        {"duration": "1.5 hours"},
    )
    assert talk.say("remember that i like salt and pepper") == (
        "remember",
        {"content": "i like salt and pepper"},
    )


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({"error": "I do not know that."}, "I do not know that."),
        ({"error": "x", "status": "timed_out"}, "Sorry, that took too long."),
        (
            {"error": "$.place: 3 is no string", "status": "refused"},
            "Sorry, I cannot do that with what you said.",
        ),
        ({"error": "current_time failed"}, "Sorry, that did not work."),
        ({"error": None}, "Sorry, that did not work."),
        ({"no": "template"}, "No: template."),
        (["one", "two"], "One, two."),
        (True, "Yes."),
        (None, "Done."),
        ({}, "Done."),
    ],
)
def test_every_result_has_an_answer(talk, result, words):
    assert talk.tell("current_time", result) == words


def test_the_result_of_an_unknown_tool_is_a_failure(talk):
    assert talk.tell("gone", {"spoken": "secret"}) == "Sorry, that did not work."


def test_a_late_result_is_told_and_the_open_question_is_asked_again(talk):
    talk.say("set a timer for ten minutes")
    talk.say("book a table")
    assert talk.tell("timer", {"spoken": "I will tell you"}) == "Okay, I will tell you. For how many people?"
    assert talk.say("four") == "At noon or in the evening?"


def test_an_open_question_belongs_to_the_agent_that_asked_it(talk):
    talk.say("set a timer")
    other = Conversation(Dialogue(Agent("scheduler", ""), TOOLS), talk.state)
    assert other.say("repeat that") == "For how long?"
    assert refused(other.say("ten minutes please"))


def test_a_tool_that_has_gone_takes_its_question_with_it(talk):
    talk.say("book a table for four people")
    rest = Conversation(Dialogue(Agent("concierge", ""), TOOLS[:-1]), talk.state)
    assert refused(rest.say("in the evening"))


def test_what_is_unclear_is_offered_and_taken_or_left():
    tools = [
        Tool("open_door", "Opens the door.", {}, examples=("open the front door",)),
        Tool("open_gate", "Opens the gate.", {}, examples=("open the garden gate",)),
    ]
    talk = Conversation(Dialogue(Agent("porter", ""), tools))
    assert (
        talk.say("open it up front or garden")
        == "Do you mean: open the front door, or: open the garden gate?"
    )
    assert talk.say("the gate") == ("open_gate", {})
    talk.say("open it up front or garden")
    assert "All right" in talk.say("no")


def test_too_long_a_text_is_refused_and_the_question_stays_open(talk):
    talk.say("set a timer")
    assert (
        talk.say("remind me in " * 400) == "Sorry, that was too much at once. Please say it in fewer words."
    )
    assert talk.say("ten minutes") == ("timer", {"duration": "10 minutes"})


NAMES = [tool.name for tool in TOOLS]
WORDS = (
    "no yes set a timer for ten minutes and then what time is it in london remember that half an hour plus "
    "seven times second what about cancel goodbye hand me over to the scheduler book table four , . - 5"
).split()
said = st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=15).map(" ".join) | st.text()
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
telling = st.sampled_from([*NAMES, "ask", "confirm", "choose", "concierge", "duration", "people"])
states = st.dictionaries(
    st.sampled_from(
        [
            "agent",
            "tool",
            "arguments",
            "asked",
            "phase",
            "options",
            "text",
            "waiting",
            "done",
            "last",
            "count",
        ]
    ),
    telling | st.lists(telling, max_size=2) | json_values,
)


@given(states, said)
def test_no_text_and_no_state_break_a_turn(state, text):
    talk = Conversation(state=state)
    for words in (text, text, "yes"):
        answer = talk.say(words)
        assert answer
        assert isinstance(answer, str) or answer[0] in NAMES


@given(states, st.sampled_from([*NAMES, ""]), json_values)
def test_no_result_breaks_a_turn(state, tool, result):
    assert Conversation(state=state).tell(tool, result)


@given(st.lists(said, max_size=6))
def test_no_conversation_ends_in_a_state_that_json_cannot_hold(texts):
    talk = Conversation()
    for text in texts:
        if isinstance(answer := talk.say(text), tuple):
            talk.tell(answer[0], {"spoken": "something"})
