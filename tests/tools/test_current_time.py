from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.tool import ToolFailure
from orion.testing import Conversation, Timers
from orion.tools import current_time, dates, time_difference
from orion.tools._zones import PLACES, find_zone


async def told(place=None):
    return await current_time.run(current_time.Args(place=place), Conversation())


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ("tokyo", "Asia/Tokyo"),
        ("New York", "America/New_York"),
        ("new_york", "America/New_York"),
        ("the netherlands", "Europe/Amsterdam"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("san fransisco", "America/Los_Angeles"),
        ("india", "Asia/Kolkata"),
        ("the UK", "Europe/London"),
        ("the usa", "America/New_York"),
        ("Zürich", "Europe/Zurich"),
        ("São Paulo", "America/Sao_Paulo"),
        ("UTC", "UTC"),
        ("mordor", None),
        ("東京", None),
        ("", None),
    ],
)
def test_a_place_as_people_say_it_has_a_zone(place, zone):
    assert find_zone(place) == zone


@pytest.mark.parametrize("zone", sorted(set(PLACES.values())))
def test_every_zone_of_the_table_exists(zone):
    assert ZoneInfo(zone).key == zone


async def test_the_time_elsewhere_is_the_clock_of_that_zone():
    before = datetime.now(ZoneInfo("Asia/Tokyo"))
    answer = await told("Tokyo")
    after = datetime.now(ZoneInfo("Asia/Tokyo"))
    assert answer["date"] in {before.date().isoformat(), after.date().isoformat()}
    assert answer["time"] in {before.strftime("%H:%M"), after.strftime("%H:%M")}
    assert answer["zone"] == "Asia/Tokyo"
    assert answer["spoken"].endswith("in Tokyo")


async def test_without_a_place_it_is_the_users_own_time():
    call = Conversation(timers=Timers(zone="Asia/Tokyo", clock=datetime(2026, 3, 4, 16, 30, tzinfo=UTC)))
    answer = await current_time.run(current_time.Args(), call)
    assert answer["spoken"] == "1:30 AM on Thursday, March 5"
    assert answer["zone"] == "Asia/Tokyo"
    told = await dates.run(dates.Args(), call)
    assert told["date"] == "2026-03-05"
    told = await time_difference.run(time_difference.Args(first="London"), call)
    assert told["hours"] == -9


async def test_where_that_is_not_known_it_is_the_servers_own_time():
    before = datetime.now().astimezone()
    answer = await told()
    after = datetime.now().astimezone()
    assert answer["time"] in {before.strftime("%H:%M"), after.strftime("%H:%M")}
    assert " in " not in answer["spoken"]


async def test_an_unknown_place_is_refused_by_its_name():
    with pytest.raises(ToolFailure, match="mordor"):
        await told("mordor")


@given(st.text(max_size=80))
async def test_any_text_is_a_place_or_none(place):
    zone = find_zone(place)
    assert zone is None or ZoneInfo(zone).key == zone
