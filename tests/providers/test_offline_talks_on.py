"""What a conversation goes on with: the built-in tools, asked as people ask, one thing after the other."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from orion.domain.agent import Agent
from orion.domain.tool import ToolFailure
from orion.providers.offline.dialogue import Dialogue
from orion.providers.offline.state import State
from orion.testing import Conversation
from orion.tools import load_all

TOOLS = load_all()
SCHEDULER = "current_time dates time_difference timer alarm list_timers change_timer cancel_timer".split()


class Talk:
    """A conversation with the built-in tools, which do what they are asked."""

    def __init__(self, names: list[str]) -> None:
        self.dialogue = Dialogue(Agent("concierge", "", title="Orion"), [TOOLS[name].tool for name in names])
        self.state: State = {}
        self.world = Conversation()

    def say(self, *texts: str) -> str:
        """Say one after the other; what was said to the last of them."""
        return [asyncio.run(self._say(text)) for text in texts][-1]

    @property
    def timers(self) -> list[tuple[str, float | None]]:
        """The names and the durations of those that are set."""
        return [(timer.name, timer.secs) for timer in self.world.timers.running]

    @property
    def memories(self) -> list[str]:
        """What is kept."""
        return [memory.content for memory in self.world.memories]

    async def _say(self, text: str) -> str:
        self.state, do = self.dialogue.step(self.state, text)
        said = [do.text]
        while do.tool:
            result = await self._result(do.tool, dict(do.arguments or {}))
            self.state, do = self.dialogue.told(self.state, do.tool, result)
            said.append(do.text)
        return " ".join(filter(None, said))

    async def _result(self, name: str, arguments: dict[str, Any]) -> Any:
        try:
            return await TOOLS[name].run(arguments, self.world)
        except ToolFailure as error:
            return {"error": str(error)}


@pytest.fixture
def talk() -> Talk:
    return Talk(list(TOOLS))


def test_a_timer_keeps_the_name_before_it(talk):
    talk.say("tea timer for 3 minutes", "and another for 10 minutes for the pasta")
    assert talk.timers == [("tea", 180), ("pasta", 600)]


def test_a_reminder_may_be_for_a_duration(talk):
    talk.say("remind me to call mom", "in 5 minutes")
    assert talk.timers == [("call mom", 300)]


@pytest.mark.parametrize(
    "then", ["make it 15 minutes", "no 15", "change it to 15 minutes", "i said 15 minutes"]
)
def test_a_correction_after_a_look_at_the_timers_changes_the_last_one(talk, then):
    talk.say("set a timer for 10 minutes", "how long is left", then)
    assert talk.timers == [("", 900)]


def test_a_change_is_corrected(talk):
    talk.say("set a timer for 10 minutes", "make it 90 minutes", "no 60")
    assert talk.timers == [("", 3600)]


@pytest.mark.parametrize(
    ("said", "secs"), [("add a minute", 660), ("5 more minutes", 900), ("take off 2 minutes", 480)]
)
def test_a_timer_is_made_longer_or_shorter_without_its_name(talk, said, secs):
    talk.say("set a timer for 10 minutes", said)
    assert talk.timers == [("", secs)]


def test_what_rings_is_called_off_by_what_it_is_about(talk):
    talk.say("remind me in 20 minutes to take my pills", "timer for 5 minutes", "cancel the pills one")
    assert talk.timers == [("", 300)]


@pytest.mark.parametrize("names", [list(TOOLS), SCHEDULER, SCHEDULER[::-1]])
def test_an_alarm_is_no_timer_whatever_the_order_of_the_tools(names):
    assert Talk(names).say("set an alarm for 3 o'clock").startswith("Okay, alarm for 3")


@pytest.mark.parametrize("answer", ["seven", "at 7", "7 please"])
def test_an_hour_alone_answers_for_what_time(talk, answer):
    assert talk.say("wake me up", answer).startswith("Okay, alarm for 7")


def test_an_hour_is_put_to_the_day_that_was_said(talk):
    assert talk.say("set an alarm", "tomorrow") == "At what time tomorrow?"
    assert talk.say("at 9") == "Okay, alarm for 9 AM tomorrow."


def test_a_number_alone_answers_for_how_long(talk):
    talk.say("set a timer", "five")
    assert talk.timers == [("", 300)]


@pytest.mark.parametrize("then", ["no, level 4", "no wait its on level 4"])
def test_what_is_kept_is_corrected_after_it_was_asked_for(talk, then):
    talk.say("i parked on level 3", "where did i park", then)
    assert talk.memories == ["i parked on level 4"]


def test_another_value_is_put_to_what_is_kept(talk):
    talk.say("remember my dog is called bello", "no, rex")
    assert talk.memories == ["my dog is called rex"]


def test_what_the_agent_told_of_the_user_is_not_kept_again(talk):
    talk.say("my locker code is 4471", "whats my locker code", "remember that")
    assert talk.memories == ["my locker code is 4471"]


def test_the_words_around_a_fact_need_no_stops(talk):
    talk.say("my brothers name is tim remember that pls", "note to self the gate code is 12")
    assert talk.memories == ["my brothers name is tim", "the gate code is 12"]
    assert "tim" in talk.say("what is my brothers name")


@pytest.mark.parametrize(
    "said", ["delete my email account", "delete my photos", "what is the capital of france"]
)
def test_what_is_no_note_is_refused(talk, said):
    talk.say("my dog is called rex", said)
    assert talk.state["done"]["tool"] == "remember"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (["how many miles is 10 km", "and in feet?"], "10 kilometers is about 32,808 feet."),
        (["how many miles is 10 km", "and 20?"], "20 kilometers is about 12.43 miles."),
        (["how many grams in a pound", "and in 3 pounds"], "3 pounds is about 1361 grams."),
        (
            ["what's the time difference between tokyo and london", "and between London and New York?"],
            "London is 5 hours ahead of New York.",
        ),
    ],
)
def test_a_question_goes_on_with_what_is_new_in_it(talk, said, told):
    assert talk.say(*said) == told
