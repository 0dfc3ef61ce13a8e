from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from orion.domain.tool import ToolFailure
from orion.tools import current_time, end_call, hand_over, load_all, recall, remember, timer
from tests.tools.conversation import ListedConversation


def test_every_tool_has_a_description_examples_and_places_that_are_arguments() -> None:
    for name, runnable in load_all().items():
        assert len(runnable.tool.description) > 30, name
        assert runnable.tool.examples, name
        properties = runnable.tool.parameters.get("properties", {})
        assert set(runnable.tool.said) <= set(properties), name


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ("tokyo", "Asia/Tokyo"),
        ("New York", "America/New_York"),
        ("the netherlands", "Europe/Amsterdam"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("san fransisco", "America/Los_Angeles"),
        ("india", "Asia/Kolkata"),
    ],
)
def test_a_place_as_people_say_it_has_a_zone(place: str, zone: str) -> None:
    assert current_time.find_zone(place) == zone


async def test_the_time_elsewhere_is_the_clock_of_that_zone() -> None:
    before = datetime.now(ZoneInfo("Asia/Tokyo"))
    told = await current_time.run(current_time.Args(place="Tokyo"), ListedConversation())
    after = datetime.now(ZoneInfo("Asia/Tokyo"))
    assert (
        before.strftime("%H:%M") <= told["time"] <= after.strftime("%H:%M") or before.date() != after.date()
    )
    assert told["spoken"].endswith("in Tokyo")


async def test_an_unknown_place_is_refused_by_its_name() -> None:
    with pytest.raises(ToolFailure, match="mordor"):
        await current_time.run(current_time.Args(place="mordor"), ListedConversation())


@pytest.mark.parametrize(
    ("duration", "secs"),
    [
        ("ten minutes", 600),
        ("1 hour and 30 minutes", 5400),
        ("an hour and a half", 5400),
        ("half an hour", 1800),
        ("a quarter of an hour", 900),
        ("forty five seconds", 45),
        ("one second", 1),
        ("two and a half minutes", 150),
        ("soon", None),
    ],
)
def test_durations_are_understood_as_people_say_them(duration: str, secs: float | None) -> None:
    assert timer.seconds(duration) == secs


async def test_a_timer_speaks_when_it_is_due() -> None:
    call = ListedConversation()
    told = await timer.run(timer.Args(duration="ninety seconds", about="take the pizza out"), call)
    assert call.announced == [(90.0, "Reminder: take the pizza out.")]
    assert told["spoken"] == "I will tell you in 1 minute and 30 seconds"


@pytest.mark.parametrize("duration", ["0 seconds", "25 hours", "two days", "later"])
async def test_a_timer_beyond_its_limits_is_refused(duration: str) -> None:
    call = ListedConversation()
    with pytest.raises(ToolFailure):
        await timer.run(timer.Args(duration=duration), call)
    assert call.announced == []


async def test_what_was_remembered_is_told_back_to_its_owner() -> None:
    call = ListedConversation()
    await remember.run(remember.Args(content="my dog is called Bello"), call)
    told = await recall.run(recall.Args(query="dog"), call)
    assert told["spoken"] == "You told me that your dog is called Bello."
    nothing = await recall.run(recall.Args(query="cat"), call)
    assert nothing["spoken"] == "You have not told me anything about cat."


async def test_a_hand_over_goes_to_the_agent_that_sounds_like_it() -> None:
    call = ListedConversation()
    assert await hand_over.run(hand_over.Args(agent="schedule"), call) == {"agent": "scheduler"}
    assert call.handed_to == "scheduler"


async def test_a_hand_over_to_nobody_names_who_there_is() -> None:
    with pytest.raises(ToolFailure, match="the scheduler or the researcher"):
        await hand_over.run(hand_over.Args(agent="plumber"), ListedConversation())
    with pytest.raises(ToolFailure, match="anybody"):
        await hand_over.run(hand_over.Args(agent="plumber"), ListedConversation(agents=()))


async def test_a_hand_over_to_an_agent_that_has_gone_is_refused() -> None:
    with pytest.raises(ToolFailure, match="right now"):
        await hand_over.run(hand_over.Args(agent="scheduler"), ListedConversation(existing=()))


async def test_the_call_ends_when_asked_to() -> None:
    call = ListedConversation()
    await end_call.run(end_call.Args(), call)
    assert call.ended
