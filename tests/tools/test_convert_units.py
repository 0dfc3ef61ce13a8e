from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orion.domain.tool import ToolFailure
from orion.domain.units import UNITS, convert
from orion.testing import Conversation
from orion.tools import convert_units
from orion.tools.convert_units import Args, understand


async def ask(conversion: str) -> str:
    return str((await convert_units.run(Args(conversion=conversion), Conversation()))["spoken"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("how much is 3.5 km in miles?", "3.5 kilometers is about 2.17 miles"),
        ("72 fahrenheit in celsius", "72 degrees Fahrenheit is about 22.2 degrees Celsius"),
        ("what's 98.6 °F in C", "98.6 degrees Fahrenheit is 37 degrees Celsius"),
        ("minus 40 celsius in fahrenheit", "Minus 40 degrees Celsius is minus 40 degrees Fahrenheit"),
        ("0 kelvin in celsius", "0 kelvin is minus 273.15 degrees Celsius"),
        ("what's 30 degrees in fahrenheit", "30 degrees Celsius is 86 degrees Fahrenheit"),
        ("how much is 100 celsius", "100 degrees Celsius is 212 degrees Fahrenheit"),
        ("cups in a litre", "1 liter is about 4.23 cups"),
        ("how many feet in a mile", "1 mile is 5280 feet"),
        ("how many inches are there in a foot", "1 foot is 12 inches"),
        ("a mile in feet", "1 mile is 5280 feet"),
        ("an acre in square feet", "1 acre is 43,560 square feet"),
        ("five foot eleven in centimeters", "5 feet 11 inches is 180.34 centimeters"),
        ("5'11\" in cm", "5 feet 11 inches is 180.34 centimeters"),
        ("how tall is 180 cm in feet", "180 centimeters is about 5.91 feet, or 5 feet 11 inches"),
        ("100 km/h in mph", "100 kilometers per hour is about 62.14 miles per hour"),
        ("how many knots is 100 kilometers per hour", "100 kilometers per hour is about 54 knots"),
        ("convert ten miles to kilometers", "10 miles is about 16.09 kilometers"),
        ("convert 5 miles", "5 miles is about 8.05 kilometers"),
        ("what is 5 kg in pounds", "5 kilograms is about 11.02 pounds"),
        ("how much is a stone in kilos", "1 stone is about 6.35 kilograms"),
        ("200 g in oz", "200 grams is about 7.05 ounces"),
        ("8 ounces in ml", "8 fluid ounces is about 236.6 milliliters"),
        ("how many ounces in a cup", "1 cup is 8 fluid ounces"),
        ("how many ounces in a pound", "1 pound is 16 ounces"),
        ("two and a half cups in ml", "2.5 cups is about 591.5 milliliters"),
        ("how many square feet in 100 square meters", "100 square meters is about 1076 square feet"),
        ("how many mb in a gb", "1 gigabyte is 1000 megabytes"),
        ("how many seconds are in 3 hours", "3 hours is 10,800 seconds"),
        ("ninety minutes in hours", "90 minutes is 1.5 hours"),
        ("10 in in cm", "10 inches is 25.4 centimeters"),
        ("1 light year in km", "1 light year is about 9,461,000,000,000 kilometers"),
    ],
)
async def test_an_amount_is_told_in_another_unit_and_rounded(asked: str, said: str) -> None:
    assert await ask(asked) == said
    understood = understand(asked)
    assert understood is not None
    assert await ask(understood["conversion"]) == said


async def test_the_result_holds_the_exact_value() -> None:
    told = await convert_units.run(Args(conversion="3.5 km in miles"), Conversation())
    assert (told["result"], told["unit"]) == ("2.174799172830668893661019645", "miles")


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (
            "5 km in kilos",
            "Kilometers measure a length and kilograms a weight, so I cannot convert one into the other.",
        ),
        (
            "how many grams is a cup of flour",
            "Cups measure a volume and grams a weight: how much one is of the other depends on what",
        ),
        ("10 dollars in euros", "I do not know exchange rates."),
        ("5 parsecs in miles", "I do not know the unit parsecs."),
        ("how many minutes", "Into which unit shall I convert minutes?"),
        ("5 miles and 3 kilos in meters", "I can convert one amount at a time."),
        ("hello", "I did not find a unit that I know."),
        ("1 mile in feet " * 13, "That was too much at once."),
    ],
)
async def test_what_cannot_be_converted_is_refused_in_a_sentence(asked: str, refusal: str) -> None:
    with pytest.raises(ToolFailure) as refused:
        await ask(asked)
    assert refused.value.message.startswith(refusal)


@pytest.mark.parametrize(
    "said",
    [
        "set a timer for 5 minutes",
        "remind me in 10 minutes",
        "how many days until christmas",
        "what is 5 minutes plus 3 minutes",
        "what time is it in Paris",
        "how many people are in a room",
        "wake me in 2 hours and 5 minutes",
        "a 20 percent tip on 45 pounds",
        "how long is my timer",
        "5 miles",
        "",
    ],
)
def test_what_asks_for_no_conversion_is_left_to_others(said: str) -> None:
    assert understand(said) is None


@pytest.mark.parametrize("spelling", sorted(UNITS))
def test_every_unit_is_turned_into_the_first_of_its_kind_and_back(spelling: str) -> None:
    unit = UNITS[spelling][0]
    first = next(units[0] for units in UNITS.values() if units[0].kind == unit.kind)
    amount = convert(unit.factor, unit, first)
    assert convert(amount, first, unit) == unit.factor


@given(st.text(max_size=200))
async def test_any_text_is_converted_or_refused(said: str) -> None:
    understand(said)
    if said:
        try:
            told = await convert_units.run(Args(conversion=said), Conversation())
        except ToolFailure:
            return
        assert Decimal(told["result"]).is_finite()


@given(
    st.lists(st.sampled_from("1 999999999999999 0.000001 km miles in how many to celsius f °C ft -".split()))
)
async def test_any_row_of_amounts_and_units_is_converted_or_refused(words: list[str]) -> None:
    await test_any_text_is_converted_or_refused.hypothesis.inner_test(" ".join(words)[:200])  # type: ignore[attr-defined]


def test_exchange_rates_are_asked_for_and_not_known() -> None:
    assert understand("how much is fifty dollars in euros") is not None
    assert understand("I have 5 dollars and 3 euros in my pocket") is None
