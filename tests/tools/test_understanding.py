"""Each built-in skill reads whole sentences, and no two claim the same one."""

from __future__ import annotations

from time import process_time

import pytest

from orion.domain.tool import Tool
from orion.tools import load_all

SAID = {
    "remember": [
        "My name is Sarah by the way",
        "my dog is called Bello",
        "please remember that my wifi password is tulip42",
        "I parked the car on level 3, can you keep that in mind?",
        "can you remember that the meeting is on Friday",
    ],
    "recall": [
        "what do you know about me?",
        "what's my wifi password",
        "where did I park?",
        "what's my dog called",
        "do you remember my name",
    ],
    "forget": [
        "forget my wifi password",
        "please forget where I parked",
        "forget what I told you about my dog",
    ],
    "forget_everything": [
        "delete everything you know about me",
        "forget everything",
        "wipe your memory please",
    ],
    "calculator": [
        "what's 15% of 80",
        "80 plus 15%",
        "what percent of 80 is 12",
        "a pizza costs $18.50 and I want to leave a 20% tip, how much do I pay?",
        "Split 96 euros between 4 people",
        "square root of 144",
        "the average of 3, 5 and 10",
        "whats 7*8+2",
        "What's 1000000 divided by 7?",
        "2 to the power of 100",
        "what is half of ninety",
    ],
    "dates": [
        "What's the date today?",
        "what day is it",
        "What day of the week is it on Christmas?",
        "which day is the 3rd of May 2027",
        "how many days until Easter",
        "what's the date in 3 weeks",
        "is 2028 a leap year",
    ],
    "time_difference": [
        "what's the time difference between Berlin and Tokyo?",
        "how many hours is Tokyo ahead of London",
        "what time is it in Tokyo when it is 3 pm in Berlin",
    ],
    "convert_units": [
        "how much is 3.5 km in miles?",
        "72 fahrenheit in celsius",
        "cups in a litre",
        "how many feet in a mile",
        "how many days are in 3 weeks",
    ],
    "current_time": [
        "What time is it?",
        "whats the time over in mumbai right now",
        "what time will it be in 3 hours",
    ],
    "timer": [
        "Set a timer for 5 mins please",
        "tea timer for 3 minutes",
        "start a countdown from 60 seconds",
        "remind me to call mom in 20 minutes",
    ],
    "alarm": ["wake me up at 7am tomorrow", "set alarm 6:30", "set an alarm at 9 tonight"],
    "list_timers": [
        "how much time is left on my timer?",
        "how long on the pasta",
        "what reminders have i got",
    ],
    "change_timer": ["add a minute", "15 more minutes", "change it to 7", "rename it to laundry"],
    "cancel_timer": ["cancel the timer", "cancel all of them", "cancel the pills one"],
    "": [
        "Hi there!",
        "How are you today?",
        "What's your name?",
        "and in New York?",
        "What's the weather like in Paris?",
        "Who won the world cup in 2018?",
        "tell me a joke",
        "you're useless",
        "can you repeat that?",
        "what did you say",
        "how old are you",
        "forget it",
        "remember that",
        "thanks, that's all for now",
        "ask the researcher what 17 squared is",
        "make a plan to set a timer for 2 minutes and then tell me what time it is in London",
        "",
    ],
}


@pytest.fixture(scope="module")
def tools() -> list[Tool]:
    return [runnable.tool for runnable in load_all().values() if runnable.tool.understand is not None]


@pytest.mark.parametrize(
    ("name", "said"), [(name, said) for name, all_said in SAID.items() for said in all_said]
)
def test_a_sentence_is_understood_by_its_own_tool_and_by_no_other(
    tools: list[Tool], name: str, said: str
) -> None:
    found = {tool.name for tool in tools if tool.understand and tool.understand(said) is not None}
    assert found == ({name} if name else set())


def test_understanding_takes_less_than_five_milliseconds_for_all_tools_together(tools: list[Tool]) -> None:
    sentences = [said for all_said in SAID.values() for said in all_said]
    for tool in tools:
        assert tool.understand is not None
        tool.understand("what is it")  # tables are read
    began = process_time()
    for said in sentences:
        for tool in tools:
            assert tool.understand is not None
            tool.understand(said)
    assert (process_time() - began) / len(sentences) < 0.005
