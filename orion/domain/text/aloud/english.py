"""What English tells the rules."""

from __future__ import annotations

from functools import partial

from orion.domain.text.aloud.tongue import Money, Tongue, Unit, units
from orion.domain.text.numerals import english as numerals
from orion.domain.text.vocabulary import LANGUAGES

_MONTHS = ("January February March April May June July August September October November December").split()
_DAY_FIRST = frozenset("gb uk au nz ie za in".split())


def tongue(region: str) -> Tongue:
    """English of a region; a day is written before its month outside of America."""
    month_first = region not in _DAY_FIRST
    return Tongue(
        name="en",
        region=region,
        signs=LANGUAGES["en"],
        cardinal=numerals.cardinal,
        ordinal=numerals.ordinal,
        year=numerals.year,
        decimal=".",
        point="point",
        months=tuple(_MONTHS),
        month_short={name[:3].lower(): at for at, name in enumerate(_MONTHS, 1)} | {"sept": 9},
        month_first=month_first,
        date=partial(_date, month_first),
        time=_time,
        money=_MONEY,
        scales=_SCALES,
        units=_UNITS,
        per="per",
        fraction=_fraction,
        code_words=_CODE_WORDS,
        address_signs=_ADDRESS,
        and_so_on="and so on",
    )


def _date(month_first: bool, day: int, month: int, year: int, day_written_first: bool, _before: str) -> str:
    """Say "November thirtieth, twenty twenty-six", or "the thirtieth of November"."""
    name = _MONTHS[month - 1]
    said_year = numerals.year(year) if year else ""
    if not day:
        return f"{name} {said_year}".strip()
    if day_written_first and not month_first:
        return f"the {numerals.ordinal(day)} of {name} {said_year}".strip()
    return f"{name} {numerals.ordinal(day)}" + (f", {said_year}" if year else "")


def _time(hour: int, minute: int, second: int, half: str) -> str:
    """Say "ten oh five p.m."; an hour alone is "ten o'clock", "fourteen hundred" or "midnight"."""
    suffix = f" {half[0]}.m." if half else ""
    if (hour, minute, second) == (0, 0, -1) and not half:
        return "midnight"
    said = numerals.cardinal(hour)
    if minute > 0 or (second > 0 and minute == 0):
        said += f" {'oh ' if 0 < minute < 10 else ''}{numerals.cardinal(minute)}"
    elif minute == 0 and not half:
        said += " o'clock" if hour <= 12 else " hundred"
    if second > 0:
        said += f" and {numerals.cardinal(second)} second{'s' if second > 1 else ''}"
    return said + suffix


def _fraction(above: int, below: int) -> str | None:
    if below == 2:
        return f"{numerals.cardinal(above)} {'half' if above == 1 else 'halves'}"
    name = "quarter" if below == 4 else numerals.ordinal(below)
    return f"{numerals.cardinal(above)} {name if above == 1 else numerals.many(name)}"


_UNITS = units(
    "km = kilometer; m = meter; cm = centimeter; mm = millimeter; dm = decimeter; nm = nanometer; "
    "µm μm = micrometer; ft ft. = foot, feet; yd yd. yds = yard; mi mi. = mile; in. = inch, inches; "
    "km² km2 = square kilometer; m² m2 sqm = square meter; cm² cm2 = square centimeter; "
    "mm² = square millimeter; ft² ft2 sqft sq_ft sq._ft. = square foot, square feet; mi² = square mile; "
    "m³ m3 = cubic meter; cm³ cm3 = cubic centimeter; dm³ = cubic decimeter; ft³ = cubic foot, cubic feet; "
    "kg kgs = kilogram; g = gram; mg = milligram; µg μg mcg = microgram; t = ton; "
    "lb lbs lb. lbs. = pound; oz oz. = ounce; "
    "l L = liter; ml mL = milliliter; cl cL = centiliter; dl dL = deciliter; gal gal. = gallon; "
    "fl_oz fl._oz. = fluid ounce; tsp tsp. = teaspoon; tbsp tbsp. Tbsp = tablespoon; pt = pint; qt = quart; "
    "s sec sec. secs = second; ms = millisecond; µs μs = microsecond; ns = nanosecond; "
    "min min. mins mins. = minute; h hr hrs hr. hrs. = hour; d = day; wk wks = week; "
    "mo mos = month; yr yrs yr. yrs. = year; "
    "km/h kph kmh = kilometer per hour, kilometers per hour; mph = mile per hour, miles per hour; "
    "m/s = meter per second, meters per second; ft/s = foot per second, feet per second; kn = knot; "
    "W = watt; kW = kilowatt; MW = megawatt; GW = gigawatt; Wh = watt hour; kWh kwh KWh = kilowatt hour; "
    "MWh = megawatt hour; V = volt; kV = kilovolt; mV = millivolt; A = ampere; mA = milliampere; "
    "Ah = ampere hour; mAh = milliampere hour; Ω = ohm; kΩ = kilohm; "
    "Hz = hertz, hertz; kHz = kilohertz, kilohertz; MHz = megahertz, megahertz; GHz = gigahertz, gigahertz; "
    "J = joule; kJ = kilojoule; cal = calorie; kcal = kilocalorie; N = newton; "
    "Pa = pascal; hPa = hectopascal; kPa = kilopascal; bar = bar; mbar = millibar; "
    "psi = pound per square inch, pounds per square inch; atm = atmosphere; "
    "B = byte; kB KB = kilobyte; MB = megabyte; GB = gigabyte; TB = terabyte; PB = petabyte; "
    "KiB = kibibyte; MiB = mebibyte; GiB = gibibyte; TiB = tebibyte; "
    "kbps kbit/s kb/s = kilobit per second, kilobits per second; "
    "Mbps Mbit/s Mb/s = megabit per second, megabits per second; "
    "Gbps Gbit/s Gb/s = gigabit per second, gigabits per second; "
    "KB/s kB/s = kilobyte per second, kilobytes per second; "
    "MB/s = megabyte per second, megabytes per second; GB/s = gigabyte per second, gigabytes per second; "
    "dB = decibel; dBFS = decibel full scale, decibels full scale; px = pixel; MP = megapixel; "
    "dpi = dot per inch, dots per inch; fps = frame per second, frames per second; "
    "rpm RPM = revolution per minute, revolutions per minute; bpm BPM = beat per minute, beats per minute; "
    "mpg MPG = mile per gallon, miles per gallon; "
    "ppm = part per million, parts per million; ha = hectare; ac = acre; lm = lumen; lx = lux, lux; "
    "°C ºC ℃ = degree Celsius, degrees Celsius; °F ºF ℉ = degree Fahrenheit, degrees Fahrenheit; "
    "° º = degree; K = kelvin, kelvin; % = percent, percent; ‰ = per thousand, per thousand"
)


def _money(one: str, many: str, cent: str = "", cents: str = "") -> Money:
    return Money(Unit(one, many), Unit(cent, cents or f"{cent}s") if cent else None)


_DOLLAR = _money("dollar", "dollars", "cent")
_POUND = _money("pound", "pounds", "penny", "pence")
_EURO = _money("euro", "euros", "cent")
_MONEY = {
    **dict.fromkeys(("$", "USD", "US$"), _DOLLAR),
    **dict.fromkeys(("€", "EUR"), _EURO),
    **dict.fromkeys(("£", "GBP"), _POUND),
    **dict.fromkeys(("¥", "JPY"), _money("yen", "yen")),
    **dict.fromkeys(("CA$", "C$", "CAD"), _money("Canadian dollar", "Canadian dollars", "cent")),
    **dict.fromkeys(("AU$", "A$", "AUD"), _money("Australian dollar", "Australian dollars", "cent")),
    **dict.fromkeys(("NZ$", "NZD"), _money("New Zealand dollar", "New Zealand dollars", "cent")),
    **dict.fromkeys(("HK$", "HKD"), _money("Hong Kong dollar", "Hong Kong dollars", "cent")),
    **dict.fromkeys(("S$", "SGD"), _money("Singapore dollar", "Singapore dollars", "cent")),
    **dict.fromkeys(("R$", "BRL"), _money("real", "reais", "centavo")),
    **dict.fromkeys(("₹", "INR"), _money("rupee", "rupees", "paisa", "paise")),
    **dict.fromkeys(("₩", "KRW"), _money("won", "won")),
    **dict.fromkeys(("₽", "RUB"), _money("rouble", "roubles", "kopeck")),
    **dict.fromkeys(("₺", "TRY"), _money("lira", "lira")),
    **dict.fromkeys(("₪", "ILS"), _money("shekel", "shekels")),
    "CHF": _money("Swiss franc", "Swiss francs", "centime"),
    "CNY": _money("yuan", "yuan"),
    "MXN": _money("Mexican peso", "Mexican pesos", "centavo"),
    "SEK": _money("Swedish krona", "Swedish kronor"),
    "NOK": _money("Norwegian krone", "Norwegian kroner"),
    "DKK": _money("Danish krone", "Danish kroner"),
    "PLN": _money("zloty", "zlotys"),
    "CZK": _money("Czech koruna", "Czech korunas"),
    "BTC": _money("bitcoin", "bitcoins"),
    "¢": _money("cent", "cents"),
}
_SCALES = units(
    "k K thousand = thousand, thousand; M m mn mln mil million millions = million, million; "
    "B b bn bln billion billions = billion, billion; T tn trn trillion trillions = trillion, trillion; "
    "hundred = hundred, hundred; dozen = dozen, dozen"
)
_CODE_WORDS = "|".join(
    (
        "code codes pin passcode password otp token id number no reference ref ticket order account booking "
        "confirmation reservation tracking invoice serial card licence license case extension ext phone "
        "telephone fax mobile cell call dial zip postcode routing iban isbn passport key tel"
    ).split()
)
_ADDRESS = {
    ".": "dot",
    "/": "slash",
    "-": "dash",
    "_": "underscore",
    "?": "question mark",
    "=": "equals",
    "&": "and",
    "@": "at",
    "#": "hash",
    "%": "percent",
    "+": "plus",
    ":": "colon",
    "~": "tilde",
}
