"""Units of measure: what they are called, what they measure, and how one is turned into another.

Factors: the SI Brochure (BIPM, 9th edition) and NIST Special Publication 811, appendix B.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit.

    Attributes:
        name: As it is said, for one.
        plural: For several.
        kind: What it measures: `length`, `mass`, `temperature` ...
        factor: How many of the kind's first unit it is.
        offset: Of temperatures: what is added, in the kind's first unit.
    """

    name: str
    plural: str
    kind: str
    factor: Fraction
    offset: Fraction = Fraction(0)


_TABLE = """
length
meter m metre; 1
kilometer km kilometre; 1000
centimeter cm centimetre; 0.01
millimeter mm millimetre; 0.001
micrometer micrometre micron; 0.000001
mile mi; 1609.344
nautical_mile sea_mile nmi; 1852
yard yd; 0.9144
foot/feet ft; 0.3048
inch/inches in; 0.0254
light_year; 9460730472580800
mass
gram g gramme; 1
kilogram kg kilo; 1000
milligram mg; 0.001
tonne metric_ton; 1000000
ton us_ton short_ton; 907184.74
pound lb lbs; 453.59237
ounce oz; 28.349523125
stone/stone st stones; 6350.29318
carat ct; 0.2
volume
liter l litre; 1
milliliter ml millilitre cc; 0.001
centiliter cl centilitre; 0.01
deciliter dl decilitre; 0.1
cubic_meter cubic_metre m3; 1000
cubic_centimeter cubic_centimetre cm3; 0.001
cubic_foot/cubic_feet ft3; 28.316846592
cubic_inch/cubic_inches; 0.016387064
gallon gal us_gallon; 3.785411784
imperial_gallon uk_gallon; 4.54609
quart qt; 0.946352946
pint pt us_pint; 0.473176473
imperial_pint uk_pint; 0.56826125
cup; 0.2365882365
fluid_ounce fl_oz ounce oz; 0.0295735295625
tablespoon tbsp; 0.01478676478125
teaspoon tsp; 0.00492892159375
barrel bbl; 158.987294928
area
square_meter square_metre sq_m sqm m2; 1
square_kilometer square_kilometre sq_km km2; 1000000
square_centimeter square_centimetre sq_cm cm2; 0.0001
hectare ha; 10000
acre; 4046.8564224
square_mile sq_mi sq_mile; 2589988.110336
square_yard sq_yd sq_yard; 0.83612736
square_foot/square_feet sq_ft sqft sq_foot sq_feet ft2; 0.09290304
square_inch/square_inches sq_in sq_inch sq_inches; 0.00064516
time
second s sec; 1
millisecond ms; 0.001
minute min; 60
hour h hr; 3600
day; 86400
week; 604800
fortnight; 1209600
month; 2629800
year yr; 31557600
decade; 315576000
century/centuries; 3155760000
speed
meter_per_second/meters_per_second metre_per_second m_/_s m/s mps; 1
kilometer_per_hour/kilometers_per_hour kilometre_per_hour km/h kmh kph km_/_h kilometers_/_h; 5/18
mile_per_hour/miles_per_hour mph miles_an_hour mi/h; 0.44704
foot_per_second/feet_per_second ft/s feet_/_s; 0.3048
knot kn; 463/900
data
byte; 1
bit; 0.125
kilobyte kb; 1000
megabyte mb; 1000000
gigabyte gb gig; 1000000000
terabyte tb; 1000000000000
petabyte pb; 1000000000000000
kibibyte kib; 1024
mebibyte mib; 1048576
gibibyte gib; 1073741824
tebibyte tib; 1099511627776
kilobit kbit; 125
megabit mbit; 125000
gigabit gbit; 125000000
energy
joule j; 1
kilojoule kj; 1000
calorie cal; 4.184
kilocalorie kcal; 4184
watt_hour wh; 3600
kilowatt_hour kwh; 3600000
power
watt w; 1
kilowatt kw; 1000
megawatt mw; 1000000
horsepower/horsepower hp; 745.69987158227022
pressure
pascal pa; 1
hectopascal hpa; 100
kilopascal kpa; 1000
bar; 100000
psi/psi pounds_per_square_inch; 6894.757293168361
atmosphere atm; 101325
temperature
degree_Celsius/degrees_Celsius celsius centigrade c degree_c degrees_c degrees_centigrade degree degrees; 1
degree_Fahrenheit/degrees_Fahrenheit fahrenheit f degree_f degrees_f degree degrees; 5/9; -160/9
kelvin/kelvin k kelvins; 1; -273.15
"""


_ABBREVIATED = 3
"""Longer names have a plural."""


def _read(table: str) -> dict[str, list[Unit]]:
    """The units by all that they are called, the first meaning first."""
    found: dict[str, list[Unit]] = {}
    kind = ""
    for line in table.strip().splitlines():
        names, *numbers = line.split(";")
        if not numbers:
            kind = names
            continue
        called = [name.replace("_", " ") for name in names.split()]
        one, _, several = called[0].partition("/")
        unit = Unit(one, several or f"{one}s", kind, *(Fraction(number.strip()) for number in numbers))
        spellings = {one.lower(), unit.plural.lower(), *called[1:]}
        spellings |= {f"{name}s" for name in called[1:] if len(name) > _ABBREVIATED}
        for spelling in spellings:
            found.setdefault(spelling, []).append(unit)
    return found


UNITS = _read(_TABLE)
MOST_WORDS = max(len(spelling.split()) for spelling in UNITS)
_USUAL = {
    "mile": "kilometer",
    "kilometer": "mile",
    "meter": "foot",
    "foot": "meter",
    "centimeter": "inch",
    "inch": "centimeter",
    "yard": "meter",
    "pound": "kilogram",
    "kilogram": "pound",
    "gram": "ounce",
    "ounce": "gram",
    "stone": "kilogram",
    "gallon": "liter",
    "liter": "gallon",
    "cup": "milliliter",
    "degree Celsius": "degrees fahrenheit",
    "degree Fahrenheit": "degrees celsius",
    "mile per hour": "kilometer per hour",
    "kilometer per hour": "mile per hour",
    "acre": "hectare",
    "hectare": "acre",
    "square foot": "square meter",
    "square meter": "square foot",
}


def counterpart(unit: Unit) -> Unit | None:
    """The unit into which people usually turn it, if none was said."""
    other = _USUAL.get(unit.name)
    return UNITS[other][0] if other else None


def convert(amount: Fraction, unit: Unit, into: Unit) -> Fraction:
    """The same amount in another unit of its kind."""
    return (amount * unit.factor + unit.offset - into.offset) / into.factor
